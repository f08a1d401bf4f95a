"""Inputs and values made up for comparing: the same for both versions, and each time."""

from collections.abc import Mapping, Sequence
from typing import Any

from runner.domain.agent import AgentSpec, Variable
from runner.domain.release import Release
from runner.notation.filling import expression_of
from runner.rollout.findings import canonical

MOMENT = "2026-01-01T00:00:00Z"
BY_FORMAT = {
    "date-time": MOMENT,
    "date": "2026-01-01",
    "time": "00:00:00Z",
    "uri": "https://example.invalid/",
    "email": "someone@example.invalid",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
MAX_DEPTH = 6


def inputs_for(before: AgentSpec, after: AgentSpec) -> list[dict[str, Any]]:
    """Return inputs to render with: one of each schedule, and one made up from each schema."""
    made = [_of_schema(spec.input_schema, MAX_DEPTH) for spec in (after, before)]
    scheduled = [
        {name: _filled(value) for name, value in schedule.input.items()}
        for spec in (after, before)
        for schedule in spec.schedules
    ]
    found = [value for value in (*scheduled, *made) if isinstance(value, dict)]
    return [*{canonical(value): value for value in found}.values()]


def values_for(mine: Release, other: Release) -> dict[str, Any]:
    """Return a value for each variable: from a pointer, the default, or made up.

    Where only the other side has a pointer its values count, so that it is the texts that differ.
    """
    given = mine.values or other.values
    return {
        name: given.get(name, _value(name, variable))
        for name, variable in mine.spec.agent.variables.items()
    }


def _value(name: str, variable: Variable) -> Any:
    if variable.default is not None:
        return variable.default
    schema = {"type": variable.type, "format": variable.format}
    return name if (made := _of_schema(schema, 1)) == "text" else made


def _filled(value: Any) -> Any:
    """`{from: ...}` of a schedule is a time; its default stands for one that never ran."""
    if isinstance(value, Mapping) and (set(value) == {"from", "default"} or expression_of(value)):
        return value.get("default", MOMENT)
    return value


def _of_schema(schema: Any, depth: int) -> Any:
    """Return a value in the shape of a schema; a pattern is not followed."""
    if not isinstance(schema, dict) or depth == 0:
        return {} if schema is None else "text"
    for word in ("const", "default"):
        if word in schema:
            return schema[word]
    for word in ("enum", "examples"):
        if isinstance(schema.get(word), Sequence) and schema[word]:
            return schema[word][0]
    return _of_type(schema, depth)


def _of_type(schema: dict[str, Any], depth: int) -> Any:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = next((k for k in kind if k != "null"), "null") if isinstance(kind, list) else kind
    if kind == "object":
        properties = schema.get("properties") or {}
        return {name: _of_schema(inner, depth - 1) for name, inner in properties.items()}
    if kind == "array":
        return [_of_schema(schema.get("items", {"type": "string"}), depth - 1)]
    if kind in {"integer", "number"}:
        return schema.get("minimum", 1)
    if kind in {"boolean", "null"}:
        return True if kind == "boolean" else None
    return BY_FORMAT.get(schema.get("format") or "", "text")
