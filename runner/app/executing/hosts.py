"""Which hosts a run may reach: those that its spec names, and `network.allow`."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from runner.domain.release import Release
from runner.domain.tool import HttpCall

DEFAULT_PORTS = {"http": 80, "https": 443}


def model_hosts(release: Release) -> tuple[str, ...]:
    """Return `host:port` of the model: nothing else is reached with its key."""
    return tuple(named_hosts(release.spec.agent.model.base_url))


def tool_hosts(release: Release) -> tuple[str, ...]:
    """Return what the tools may reach: hosts in tool addresses, in values, in `network.allow`."""
    named = [*release.spec.agent.network.allow]
    for tool in release.spec.tools:
        if isinstance(tool.call, HttpCall) and isinstance(tool.call.url, str):
            named += named_hosts(tool.call.url)
    for value in release.values.values():
        if isinstance(value, str):
            named += named_hosts(value)
    return tuple(dict.fromkeys(named))


def named_hosts(url: str) -> Iterator[str]:
    """Yield `host:port` of an address; nothing for a text that is none."""
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return
    if parts.scheme in DEFAULT_PORTS and parts.hostname:
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        yield f"{host}:{port}"
