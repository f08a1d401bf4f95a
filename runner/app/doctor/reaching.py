"""What an agent needs elsewhere: the hosts of its tools, the model's server, the model."""

from collections.abc import Iterator, Sequence

from runner.app.doctor.host_probe import HostProbe, host_and_port
from runner.app.doctor.model_probe import ModelProbe
from runner.app.doctor.need import Need
from runner.app.executing.hosts import model_hosts, named_hosts, tool_hosts
from runner.boundary.probe import side_by_side
from runner.domain.release import Release
from runner.domain.tool import HttpCall

ALL_WITHIN_S = 5.0

Probe = HostProbe | ModelProbe


def probes(release: Release, key: str | None) -> Iterator[Probe | Need]:
    """Yield what is to be tried, and what cannot be: wildcards. `key` is the model's, if known."""
    model = release.spec.agent.model
    label = model.api_key.label if model.api_key else None
    yield ModelProbe(model.id, model.base_url, model_hosts(release), label, key)
    allow = tool_hosts(release)
    with_port = {host for host, port in map(host_and_port, allow) if port}
    for entry in allow:
        if entry in with_port:
            continue  # the entry with the port says which connection is meant
        if entry.startswith("*."):
            why = "a wildcard names no one host, so there is nothing to connect to"
            yield Need("host", entry, "skipped", help=why)
        else:
            yield HostProbe(entry, allow, ", ".join(_named_by(release, entry)))


def _named_by(release: Release, entry: str) -> Iterator[str]:
    calls = [(tool.name, tool.call) for tool in release.spec.tools]
    for name, call in calls:
        url = call.url if isinstance(call, HttpCall) else None
        if isinstance(url, str) and entry in named_hosts(url):
            yield f"the tool {name}"
    for name, value in release.values.items():
        if isinstance(value, str) and entry in named_hosts(value):
            yield f"the variable {name}"
    if entry in release.spec.agent.network.allow:
        yield "network.allow"


def reached(wanted: Sequence[Probe], *, offline: bool) -> dict[Probe, tuple[Need, ...]]:
    """Return what each probe found; all are made side by side, equal ones once."""
    different = list(dict.fromkeys(wanted))
    if offline:
        return {probe: probe.unseen("skipped", "not tried: --offline") for probe in different}
    found = side_by_side([probe.look for probe in different], ALL_WITHIN_S)
    late = f"no answer within {ALL_WITHIN_S:.0f} s for all connections together"
    return {
        probe: probe.unseen("unreachable", late) if needs is None else needs
        for probe, needs in zip(different, found, strict=True)
    }
