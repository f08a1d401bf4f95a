"""Fields that the format names and this version cannot honour: said plainly, never ignored."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from runner.config.source import Source
from runner.domain.diagnostics import Diagnostic
from runner.notation.tree import Loc

AGENT: tuple[Loc, ...] = (
    ("fallback",),
    ("mcp_servers",),
    ("budget",),
    ("retry",),
    ("on_failure",),
    ("tools", "server"),
    ("permissions", "approval_expiry"),
)
PROJECT: tuple[Loc, ...] = (
    ("retention",),
    ("smtp",),
)
ENVIRONMENT = ("runner",)
CALL_KINDS = ("ask_person", "agent", "mcp")
UNATTENDED = ("park", "fail")


def without_agent_fields(source: Source) -> tuple[Any, list[Diagnostic]]:
    """Return agent.yaml's data without what is not supported, and a problem for each."""
    data, found = _without(source, source.data, AGENT)
    loc: Loc = ("permissions", "unattended")
    if source.at(loc) in UNATTENDED:
        found.append(_problem(source, loc, f"`permissions.unattended: {source.at(loc)}`"))
        data, _ = _without(source, data, [loc])
    return data, found


def without_project_fields(source: Source) -> tuple[Any, list[Diagnostic]]:
    """Return agentctl.yaml's data without what is not supported, and a problem for each."""
    environments = source.at(("environments",))
    names = environments if isinstance(environments, dict) else {}
    inner: list[Loc] = [("environments", name, key) for name in names for key in ENVIRONMENT]
    return _without(source, source.data, [*PROJECT, *inner])


def call_kind(source: Source, loc: Loc) -> Diagnostic | None:
    """Return the problem of a tool whose kind of call is not supported, or None."""
    kind = source.at((*loc, "call", "kind"))
    if kind not in CALL_KINDS:
        return None
    return _problem(source, (*loc, "call", "kind"), f"the kind of call `{kind}`")


def _without(source: Source, data: Any, locs: Iterable[Loc]) -> tuple[Any, list[Diagnostic]]:
    data, found = copy.deepcopy(data), []
    for loc in locs:
        parent = data
        for part in loc[:-1]:
            parent = parent.get(part) if isinstance(parent, Mapping) else None
        if not isinstance(parent, dict) or loc[-1] not in parent:
            continue
        # An empty value asks for nothing.
        if parent.pop(loc[-1]) not in ([], {}, None) and loc[-1] != "unattended":
            found.append(_problem(source, loc, f"`{'.'.join(map(str, loc))}`"))
    return data, found


def _problem(source: Source, loc: Loc, what: str) -> Diagnostic:
    message = f"{what} is not supported by this version of agentctl"
    return source.key_problem("AC110", message, loc, "remove it; nothing would honour it")
