"""Which hosts may be reached, and at which addresses: the one gate for every connection.

A name is checked against the list, then resolved once, and each address is checked again. The
connection goes to an address that this module returned, so a second answer of the name server
(DNS rebinding) is never asked for.
"""

import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread

from runner.boundary.addresses import as_address, plain_host, real_address, refused_because
from runner.boundary.exchange import HttpError
from runner.domain.errors import UsageError

Resolve = Callable[[str, int], Sequence[str]]
LOOKUP_S = 10.0


def ask_system(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a name in the order that the system prefers. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Egress:
    """The hosts of `network.allow`: `host`, `host:port`, `*.suffix`, `*.suffix:port`, addresses.

    Raises:
        UsageError: an entry is none of these.
    """

    def __init__(self, allow: Iterable[str], *, resolve: Resolve = ask_system) -> None:
        self._rules = tuple(_rule(entry) for entry in allow)
        self._resolve = resolve

    def check(self, host: str, port: int) -> str:
        """Return the address to connect to: the first of `addresses`."""
        return self.addresses(host, port)[0]

    def addresses(self, host: str, port: int, within_s: float = LOOKUP_S) -> tuple[str, ...]:
        """Return every address of a host that may be connected to, best first; at least one.

        Raises:
            HttpError: `egress` (not allowed), `bad_url` (no host), `connection` (unknown name) or
                `timeout` (no answer from the name server); `sent` is always False.
        """
        name = _checked(host)
        if not any(rule.matches(name, port) for rule in self._rules):
            raise _not_allowed(name, port)
        if as_address(name):
            return (name,)
        return self._permitted(name, port, self._look_up(name, port, within_s))

    def _permitted(self, name: str, port: int, found: Sequence[str]) -> tuple[str, ...]:
        refusals: dict[str, str | None] = {
            address: self._refusal(address, port) for address in found
        }
        permitted = tuple(address for address, reason in refusals.items() if reason is None)
        if not permitted:
            address, reason = next(iter(refusals.items()))
            raise HttpError(
                "egress",
                f"{show_place(name, port)} leads to {address}, {reason}: network.allow does not "
                "name that address",
                sent=False,
                help=f"when this is meant, add `{show_place(address, port)}` to network.allow",
            )
        return permitted

    def _refusal(self, text: str, port: int) -> str | None:
        address = as_address(text)
        if address is None:
            return "not an address"
        reason = refused_because(address)
        names = {str(address), str(real_address(address))}
        if real_address(address).is_loopback:
            names.add("localhost")
        named = any(rule.names(name, port) for rule in self._rules for name in names)
        return None if named else reason

    def _look_up(self, name: str, port: int, within_s: float) -> Sequence[str]:
        """Resolve in a thread: the system's resolver takes no time limit."""
        answers: SimpleQueue[Sequence[str] | OSError | UnicodeError] = SimpleQueue()
        Thread(target=_ask, args=(self._resolve, name, port, answers), daemon=True).start()
        try:
            answer = answers.get(timeout=max(within_s, 0.0))
        except Empty:
            message = f"looking up {name} took longer than {within_s:.1f} s"
            raise HttpError("timeout", message, sent=False) from None
        if isinstance(answer, OSError | UnicodeError) or not answer:
            raise HttpError(
                "connection",
                f"the name {name} has no address",
                sent=False,
                help="check the spelling of the host, and the name server of this machine",
            )
        return answer


def show_place(host: str, port: int) -> str:
    """Return `host:port`, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@dataclass(frozen=True)
class _Rule:
    host: str
    port: int | None
    below: bool = False

    def matches(self, host: str, port: int) -> bool:
        if not self.below:
            return self.names(host, port)
        fits = host.endswith("." + self.host) and as_address(host) is None
        return fits and self.port in {None, port}

    def names(self, host: str, port: int) -> bool:
        return not self.below and self.host == host and self.port in {None, port}


def _rule(entry: str) -> _Rule:
    below = entry.startswith("*.")
    host, port = _split(entry[2:] if below else entry)
    try:
        if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise ValueError(f"{port!r} is not a port")
        name = plain_host(host)
        if below and as_address(name):
            raise ValueError("`*.` goes before a name, not before an address")
    except ValueError as error:
        raise UsageError(
            f"network.allow has {entry[:100]!r}: {error}",
            help="write `host`, `host:port`, `*.suffix` or an address, without http://",
        ) from None
    return _Rule(name, int(port) if port else None, below)


def _split(text: str) -> tuple[str, str]:
    if text.count(":") > 1 and not text.startswith("["):
        return text, ""
    if text.endswith("]"):
        return text, ""
    host, _, port = text.rpartition(":") if ":" in text else (text, "", "")
    return host, port


def _checked(host: str) -> str:
    try:
        return plain_host(host)
    except ValueError as error:
        raise HttpError(
            "bad_url", f"the address cannot be used: {error}", sent=False, help="check the URL"
        ) from None


def _not_allowed(name: str, port: int) -> HttpError:
    place = show_place(name, port)
    return HttpError(
        "egress",
        f"{place} is not in network.allow, so it was not contacted",
        sent=False,
        help=f"add `{place}` to network.allow in agent.yaml when this agent may reach it",
    )


def _ask(
    resolve: Resolve,
    name: str,
    port: int,
    answers: "SimpleQueue[Sequence[str] | OSError | UnicodeError]",
) -> None:
    try:
        answers.put(resolve(name, port))
    except (OSError, UnicodeError) as error:
        answers.put(error)
