"""What agent.yaml says beside model, texts and tools: variables, network, words for people."""

from collections.abc import Iterator
from typing import Any

from runner.domain.agent import AgentFile, AgentSpec, Variable
from runner.domain.change import Change, Level
from runner.domain.references import SecretRef
from runner.domain.tool import CommandCall, HttpCall, PythonCall
from runner.rollout.findings import shown
from runner.rollout.plain import Row, Told, differing, dumped, moved, said, unlike
from runner.rollout.schema_levels import schema_changes

TOLD_ELSEWHERE = frozenset(
    {"model", "instructions", "task", "input_schema", "output_schema", "tools", "examples"}
    | {"schedules", "network", "permissions", "limits", "variables", "spec_version"}
)
FOR_PEOPLE: dict[str, tuple[str, Level]] = {
    "name": ("name-changed", "breaking"),
    "description": ("description-changed", "note"),
    "scope": ("scope-changed", "note"),
    "owners": ("owners-changed", "note"),
    "subject": ("subject-changed", "behaviour"),
    "waivers": ("waivers-changed", "note"),
}


def agent_changes(before: AgentSpec, after: AgentSpec) -> Iterator[Change]:
    """Yield how input, answer, variables, network, secrets and the rest differ."""
    yield from schema_changes("input", before.input_schema, after.input_schema, "input")
    yield from schema_changes("output", before.output_schema, after.output_schema, "output")
    yield from _variables(before.agent.variables, after.agent.variables)
    yield from _network(before.agent, after.agent)
    yield from _secrets(before, after)
    for row in differing(before.agent, after.agent):
        if row[0] not in TOLD_ELSEWHERE:
            rule, level = FOR_PEOPLE.get(row[0], ("field-changed", "behaviour"))
            yield Told("other").change(rule, level, _field(row), row)


def _field(row: Row) -> str:
    """A text as it was and is; of a list what came and went."""
    name, old, new = row
    if isinstance(old, dict) and isinstance(new, dict):
        return "; ".join(_field((f"{name}.{key}", was, now)) for key, was, now in unlike(old, new))
    if isinstance(old, list) and isinstance(new, list):
        signs = [*(f"+{said(item)}" for item in new if item not in old)]
        signs += [f"-{said(item)}" for item in old if item not in new]
        return f"{name} {', '.join(signs) or 'in another order'}"
    return f"{name} {moved(old, new)}"


def _variables(before: dict[str, Variable], after: dict[str, Variable]) -> Iterator[Change]:
    for name, variable in before.items():
        if name in after:
            yield from _variable(name, variable, after[name])
        else:
            text = "removed: pointers that give it must drop it"
            row = (name, dumped(variable), None)
            yield Told("variables").change("variable-removed", "breaking", text, row)
    for name, variable in after.items():
        if name not in before:
            yield _added(name, variable)


def _added(name: str, variable: Variable) -> Change:
    row = (name, None, dumped(variable))
    if variable.default is None:
        text = "added without a default: pointers must give it"
        return Told("variables").change("variable-required-added", "breaking", text, row)
    text = f"added; where a pointer gives none it is {said(variable.default)}"
    return Told("variables").change("variable-added", "behaviour", text, row)


def _variable(name: str, before: Variable, after: Variable) -> Iterator[Change]:
    tell = Told("variables", name)
    for row in differing(before, after):
        field, old, new = row
        if field == "description":
            yield tell.change("variable-described", "note", "the description changed", row)
        elif field == "default" and new is None:
            text = f"its default {said(old)} is gone: pointers must give it"
            yield tell.change("variable-default-removed", "breaking", text, row)
        elif field == "default":
            rule = "variable-default-added" if old is None else "variable-default-changed"
            yield tell.change(rule, "behaviour", f"default {moved(old, new)}", row)
        else:
            text = f"{field} {moved(old, new)}: values in pointers must fit"
            yield tell.change(f"variable-{field}-changed", "breaking", text, row)


def _network(before: AgentFile, after: AgentFile) -> Iterator[Change]:
    old, new = before.network.allow, after.network.allow
    for host in (host for host in new if host not in old):
        text = f"{host} may be reached now"
        yield Told("network").change("network-widened", "widening", text, (host, None, host))
    for host in (host for host in old if host not in new):
        text = f"{host} may be reached no longer, unless the spec names it elsewhere"
        yield Told("network").change("network-narrowed", "behaviour", text, (host, host, None))


def _secrets(before: AgentSpec, after: AgentSpec) -> Iterator[Change]:
    """A host must have a secret before the version that reads it comes."""
    old, new = _named(before), _named(after)
    for name in (name for name in new if name not in old):
        text = f"reads the secret {name}: it must be there first"
        yield Told("other").change("secret-added", "widening", text, (name, None, name))
    for name in (name for name in old if name not in new):
        text = f"reads the secret {name} no longer"
        yield Told("other").change("secret-removed", "note", text, (name, name, None))


def _named(spec: AgentSpec) -> dict[str, Any]:
    held: list[object] = [spec.agent.model.api_key]
    for tool in spec.tools:
        if isinstance(tool.call, HttpCall):
            held += tool.call.headers.values()
        elif isinstance(tool.call, CommandCall | PythonCall):
            held += tool.call.env.values()
    return {ref.label: ref for ref in held if isinstance(ref, SecretRef)}


def value_changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    """Yield how the values of two environments differ."""
    tell = Told("values")
    for row in unlike(before, after):
        name, old, new = row
        if name not in before:
            yield tell.change("value-added", "note", f"given: {shown(new)}", row)
        elif name not in after:
            yield tell.change("value-removed", "note", f"not given; was {shown(old)}", row)
        else:
            yield tell.change("value-changed", "note", f"{shown(old)} → {shown(new)}", row)
