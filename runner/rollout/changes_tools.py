"""Tools by name: what the model is shown, what it may send, and what is behind it."""

from collections.abc import Iterator
from typing import Any

from runner.domain.agent import AgentSpec
from runner.domain.change import Change, Level
from runner.domain.tool import ToolSpec
from runner.rollout.changes_permissions import unconditional
from runner.rollout.changes_text import text_change
from runner.rollout.plain import Row, Told, differing, dumped, moved, said, unlike
from runner.rollout.schema_levels import schema_changes

PARTS = frozenset(
    {"name", "description", "inputSchema", "outputSchema", "annotations", "call", "result"}
)
FIELDS: dict[str, tuple[str, Level]] = {
    "title": ("tool-title-changed", "note"),
    "dry_run": ("tool-dry-run-changed", "note"),
    "idempotency_key": ("tool-idempotency-key-changed", "behaviour"),
}


def tool_changes(before: AgentSpec, after: AgentSpec) -> Iterator[Change]:
    """Yield which tools came, went and changed."""
    old, new = ({tool.name: tool for tool in spec.tools} for spec in (before, after))
    for name, tool in old.items():
        if name not in new:
            yield _removed(tool)
        elif tool.model_dump_json() != new[name].model_dump_json():
            yield from _one(tool, new[name])
    for name, tool in new.items():
        if name not in old:
            yield _added(tool, after)
    kept = ([n for n in old if n in new], [n for n in new if n in old])
    if kept[0] != kept[1]:
        text = "stand in another order before the model"
        yield Told("tools").change("tools-reordered", "behaviour", text, ("", *kept))


def _removed(tool: ToolSpec) -> Change:
    """A tool that was hidden from the model stands in no recorded call of its own."""
    row = (tool.name, _short(tool), None)
    if not tool.offered:
        return Told("tools").change("tool-removed", "behaviour", "removed; it was hidden", row)
    text = "removed: recorded runs and examples that call it do not fit"
    return Told("tools").change("tool-removed", "breaking", text, row)


def _added(tool: ToolSpec, spec: AgentSpec) -> Change:
    row = (tool.name, None, _short(tool))
    if not tool.offered:
        text = f"added ({tool.call.kind}), hidden from the model"
        return Told("tools").change("tool-added", "behaviour", text, row)
    does = "reads" if tool.reads_only else "writes"
    ruling = unconditional(spec.agent.permissions, tool).decision
    text = f"added ({does}, {tool.call.kind}, {ruling}): the model may now call it"
    return Told("tools").change("tool-added", "widening", text, row)


def _short(tool: ToolSpec) -> dict[str, Any]:
    return {"description": tool.description, "kind": tool.call.kind, "reads": tool.reads_only}


def _one(before: ToolSpec, after: ToolSpec) -> Iterator[Change]:
    name = before.name
    tell = Told("tools", name)
    if before.description != after.description:
        yield text_change(
            "tool-description-changed", "tools", name, before.description, after.description
        )
    yield from schema_changes("tool-input", before.input_schema, after.input_schema, "tools", name)
    yield from schema_changes(
        "tool-output", before.output_schema, after.output_schema, "tools", name
    )
    for row in differing(before.annotations, after.annotations):
        text = f"{row[0]} {moved(row[1], row[2])}"
        yield tell.change("tool-annotation-changed", "behaviour", text, row)
    yield from _call(before, after)
    for row in differing(before.result, after.result):
        text = f"result.{row[0]} {moved(row[1], row[2])}: the model sees it otherwise"
        yield tell.change("tool-result-changed", "behaviour", text, row)
    for row in unlike(_rest(before), _rest(after)):
        yield _field(tell, row)


def _rest(tool: ToolSpec) -> dict[str, Any]:
    return {name: value for name, value in dumped(tool).items() if name not in PARTS}


def _call(before: ToolSpec, after: ToolSpec) -> Iterator[Change]:
    tell = Told("tools", before.name)
    if before.call.kind != after.call.kind:
        old, new = dumped(before.call), dumped(after.call)
        text = f"is called by {moved(before.call.kind, after.call.kind)}"
        yield tell.change("tool-kind-changed", "behaviour", text, ("call", old, new))
        return
    for row in differing(before.call, after.call):
        text = f"call.{row[0]} {moved(row[1], row[2])}"
        yield tell.change("tool-call-changed", "behaviour", text, row)


def _field(tell: Told, row: Row) -> Change:
    name, old, new = row
    if name == "offered":
        if new:
            return tell.change("tool-offered", "widening", "the model is offered it now", row)
        text = "the model is offered it no longer: recorded runs that call it fit no longer"
        return tell.change("tool-hidden", "breaking", text, row)
    rule, level = FIELDS.get(name, ("tool-field-changed", "behaviour"))
    if name == "dry_run":
        if old is None or new is None:
            rule = "tool-dry-run-added" if old is None else "tool-dry-run-removed"
        return tell.change(rule, level, f"dry_run {said(old)} → {said(new)}", row)
    return tell.change(rule, level, f"{name} {moved(old, new)}", row)
