"""Host names in one spelling, and the addresses that no name may lead to."""

import ipaddress
import re

import httpx

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")
HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
THIS_NETWORK = ipaddress.ip_network("0.0.0.0/8")
TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
"""NAT64 (RFC 6052) and its local prefix (RFC 8215); the IPv4 address is the last 32 bits."""
SITE_LOCAL = ipaddress.ip_network("fec0::/10")
METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254",
        "fd00:ec2::254",
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
    )
)
"""Where clouds hand out credentials; some lie in ranges that are otherwise private or public."""


def plain_host(host: str) -> str:
    """Return a host in one spelling: lower case, ASCII (IDNA), no brackets, no dot at the end.

    Addresses must be written plainly; the shorthands of inet_aton (`2130706433`, `0x7f.1`,
    `0177.0.0.1`) are refused, because their readers disagree about them.

    Raises:
        ValueError: it is no host.
    """
    if ":" in host:
        bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        if "%" in bare:
            raise ValueError(
                f"{host[:100]!r} has a zone, which means something on one machine only"
            )
        return str(ipaddress.IPv6Address(bare))
    name = _ascii(host).removesuffix(".")
    if NUMERIC_LABEL.fullmatch(name.rpartition(".")[2]):
        return str(ipaddress.IPv4Address(name))
    if len(name) > 253 or not HOST_NAME.fullmatch(name):
        raise ValueError(f"{host[:100]!r} is not a host name")
    if max(map(len, name.split("."))) > 63:
        raise ValueError(f"{host[:100]!r} has a label of more than 63 characters")
    return name


def as_address(host: str) -> IpAddress | None:
    """Return the address that a plain host is, or None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def refused_because(address: IpAddress) -> str | None:
    """Return what makes an address one that no allowed name may lead to, or None.

    Private addresses (RFC 1918, fc00::/7) are fine: most services that agents work with are
    internal, and their names had to be allowed first.
    """
    real = real_address(address)
    reasons = (
        (real.is_loopback, "a loopback address"),
        (real in METADATA, "a cloud's metadata address"),
        (real.is_link_local, "a link-local address"),
        (real in SITE_LOCAL, "a site-local address"),
        (real.is_multicast, "a multicast address"),
        (real.is_unspecified or real in THIS_NETWORK, "an unspecified address"),
        (real.is_reserved, "a reserved address"),
    )
    return next((reason for holds, reason in reasons if holds), None)


def real_address(address: IpAddress) -> IpAddress:
    """Return the IPv4 address inside a mapped, NAT64, 6to4 or Teredo one, else itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if any(address in network for network in TRANSLATED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or address


def _ascii(name: str) -> str:
    try:
        return httpx.URL(scheme="http", host=name).raw_host.decode("ascii").lower()
    except (httpx.InvalidURL, UnicodeError):
        raise ValueError(f"{name[:100]!r} is not a host name") from None
