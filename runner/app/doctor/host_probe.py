"""One connection to a host that an agent's tools may reach."""

from contextlib import suppress
from dataclasses import dataclass

from runner.app.doctor.need import Need, Status
from runner.boundary.egress import Egress
from runner.boundary.exchange import HttpError
from runner.boundary.probe import connect
from runner.domain.errors import AgentctlError, UsageError

HOST_WITHIN_S = 2.0
HTTPS = 443
USUAL_PORTS = (HTTPS, 80)


@dataclass(frozen=True)
class HostProbe:
    """One connection to a host that the tools may reach."""

    entry: str
    allow: tuple[str, ...]
    named_by: str

    def look(self) -> tuple[Need, ...]:
        """Connect, and return what came of it."""
        host, port = host_and_port(self.entry)
        try:
            egress = Egress(self.allow)
            egress.addresses(host, port or HTTPS, HOST_WITHIN_S)
            return (self._connected(egress, host, port),)
        except HttpError as error:
            return (self._need(status_of(error), advice=told(error)),)
        except UsageError as error:
            return (self._need("wrong", advice=told(error)),)

    def unseen(self, status: Status, why: str) -> tuple[Need, ...]:
        """Return that nothing was found out, and why."""
        return (self._need(status, advice=why),)

    def _connected(self, egress: Egress, host: str, port: int | None) -> Need:
        """Of an entry without a port it is not known which one a tool will use."""
        if port:
            address = connect(egress, host, port, HOST_WITHIN_S)
            return self._need("ok", f"{address} answers")
        for usual in USUAL_PORTS:
            with suppress(HttpError):
                address = connect(egress, host, usual, HOST_WITHIN_S / len(USUAL_PORTS))
                return self._need("ok", f"{address} answers on port {usual}")
        ports = " and ".join(map(str, USUAL_PORTS))
        advice = f"nobody answers on the ports {ports}; name the port in network.allow"
        return self._need("warning", advice=advice)

    def _need(self, status: Status, where: str = "", advice: str = "") -> Need:
        sentence = f"{advice} (named by {self.named_by})" if advice else ""
        return Need("host", self.entry, status, where, sentence)


def host_and_port(entry: str) -> tuple[str, int | None]:
    """Return the parts of an entry of network.allow; None where it names no port."""
    if entry.count(":") > 1 and not entry.startswith("["):
        return entry, None
    host, _, port = entry.rpartition(":") if not entry.endswith("]") else (entry, "", "")
    return (host.strip("[]"), int(port)) if host and port else (entry.strip("[]"), None)


def status_of(error: HttpError) -> Status:
    """A rule of ours, or a wrong address, is not the other side's fault."""
    return "wrong" if error.kind in {"egress", "bad_url"} else "unreachable"


def told(error: AgentctlError) -> str:
    """Return what went wrong and what to do, in one sentence."""
    return f"{error.message}; {error.help}" if error.help else error.message
