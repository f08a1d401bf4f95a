"""What a difference between two schemas means for those on either side of it."""

from typing import Any

from runner.domain.change import Area, Change, Level
from runner.rollout.findings import Finding
from runner.rollout.plain import flat
from runner.rollout.schema_changes import schema_findings

Schema = dict[str, Any]
NARROWED = {
    "tool-input": "old calls may not fit",
    "input": "callers and schedules may not fit",
    "tool-output": "the tool may give less: check its backend first",
    "output": "the model may answer less: check examples and evals",
}
WIDENED = {
    "tool-input": "the model may now send more: check the backend first",
    "input": "callers may now send more: check templates and tools",
    "tool-output": "the model may see what it never saw",
    "output": "readers of the answer may see what they never saw",
}
ANSWERS = frozenset({"tool-output", "output"})
"""Here the other side reads: what widens breaks it, what narrows does not."""


def schema_changes(
    role: str, before: Schema | None, after: Schema | None, area: Area, name: str = ""
) -> list[Change]:
    """Return how a schema changed; `role` is a key of NARROWED and the start of each rule's id."""
    label = "" if role in {"input", "output"} else f"{role.removeprefix('tool-')}: "
    return [
        Change(
            rule=f"{role}-{finding.rule}",
            level=level_of(role, finding),
            area=area,
            name=name,
            path=finding.path,
            text=flat(label + finding.text + _meaning(role, finding)),
            before=finding.before,
            after=finding.after,
        )
        for finding in _findings(before, after)
    ]


def level_of(role: str, finding: Finding) -> Level:
    """Return how bad a finding is in a role."""
    breaks, adds = finding.narrows, finding.widens
    if role in ANSWERS:
        breaks, adds = adds, breaks
    if breaks:
        return "breaking"
    if adds:
        return "widening"
    return "note" if finding.rule == "comment-changed" else "behaviour"


def _findings(before: Schema | None, after: Schema | None) -> list[Finding]:
    if before is None and after is not None:
        return [Finding("schema-added", "", "a schema is asked for now", narrows=True, after=after)]
    if before is not None and after is None:
        return [Finding("schema-removed", "", "no schema any longer", widens=True, before=before)]
    return schema_findings(before or {}, after or {})


def _meaning(role: str, finding: Finding) -> str:
    if finding.narrows and finding.widens:
        return "; counts as breaking"
    if finding.narrows:
        return f"; {NARROWED[role]}"
    return f"; {WIDENED[role]}" if finding.widens else ""
