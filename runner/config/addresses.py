"""The parts of an address in a config: is its host one, and does it hold a secret?

Source: RFC 3986, section 3. An address in a config has no place for a name and password.
"""

import re

ADDRESS = re.compile(
    r"(?P<scheme>[A-Za-z][\w+.-]*://)?(?P<authority>[^/?#]*)(?P<path>[^?#]*)"
    r"(?P<query>\?[^#]*)?(?P<fragment>#.*)?",
    re.DOTALL,
)
HOST = re.compile(r"(?:\w(?:[\w.-]*\w)?\.?|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?")
SECRET_NAME = re.compile(
    r"(?i)(token|secret|passwd|password|api[-_]?key|access[-_]?key|authorization|signature|cookie)"
    r"(?!s|[-_]?(type|version|method|algorithm))"
)
PAIR = re.compile(r"(?P<before>[?&;](?P<name>[^=&;#]+)=)(?P<value>[^&;#]+)")


def host_problem(address: str) -> str | None:
    """Return what is wrong with the host or the port of an address, or None."""
    parts = ADDRESS.fullmatch(address)
    if parts is None or parts["scheme"] not in {"http://", "https://"}:
        return "the address must begin with http:// or https://"
    host = HOST.fullmatch(parts["authority"])
    if host is None or ".." in parts["authority"]:
        return "the address needs a host: `http(s)://host/path` or `http(s)://host:port/path`"
    if host["port"] is not None and not 0 < int(host["port"]) < 65536:
        return f"`{host['port']}` is not a port; they go from 1 to 65535"
    if re.search(r"\s", address):
        return "the address has a space in it"
    return None


def without_secrets(address: str) -> str:
    """Return an address, or its end from the path on, without a password and secret values."""
    parts = ADDRESS.fullmatch(address)
    authority, scheme = (parts["authority"], parts["scheme"] or "") if parts else ("", "")
    if "@" in authority:
        address = scheme + address[len(scheme) :].replace(authority, authority.rpartition("@")[2])
    elif authority and not HOST.fullmatch(authority) and "@" in address:
        # A password with `/`, `?` or `#` in it.
        address = scheme + address.rpartition("@")[2]
    return PAIR.sub(_hidden, address)


def names_a_secret(name: str) -> bool:
    """Return whether the name of a header or of a query's parameter says that it is secret."""
    return SECRET_NAME.search(name) is not None


def _hidden(pair: re.Match[str]) -> str:
    literal = names_a_secret(pair["name"]) and not pair["value"].startswith("{")
    return f"{pair['before']}HIDDEN" if literal else pair[0]
