"""What must hold for schedules: names, cron, time zones, and the input of their runs."""

from collections.abc import Iterator, Mapping
from typing import Any

from runner.config.parts import Part, Parts
from runner.config.pointers import pointer_loc
from runner.domain.diagnostics import Diagnostic
from runner.domain.schedule import Recurring, Schedule
from runner.notation.cron import check_cron, check_timezone
from runner.notation.schema import check_schema, compile_schema

SLOTS = ("slot.time", "slot.previous", "last_success.slot")
SOME_SLOT = "2026-01-01T00:00:00Z"


def check_schedules(parts: Parts) -> Iterator[Diagnostic]:
    """Yield the problems of schedules.yaml."""
    first: dict[str, int] = {}
    for part in parts.schedules:
        name = part.value.name
        line = part.source.span((*part.loc, "name")).value.line
        if name in first:
            message = f"a schedule `{name}` stands on line {first[name]} already"
            yield part.source.problem("AC403", message, (*part.loc, "name"))
        first.setdefault(name, line)
        if isinstance(part.value, Recurring):
            yield from _times(part, part.value)
        yield from _references(part)
        yield from _input(parts, part)


def _times(part: Part[Schedule], schedule: Recurring) -> Iterator[Diagnostic]:
    if message := check_cron(schedule.cron):
        yield part.source.problem("AC401", message, (*part.loc, "cron"))
    if message := check_timezone(schedule.timezone):
        yield part.source.problem("AC402", message, (*part.loc, "timezone"))


def _references(part: Part[Schedule]) -> Iterator[Diagnostic]:
    for key, value in part.value.input.items():
        if not _is_reference(value):
            continue
        loc = (*part.loc, "input", key)
        if value["from"] not in SLOTS:
            words = ", ".join(f"`{slot}`" for slot in SLOTS)
            yield part.source.problem("AC405", f"`from` must be one of {words}", (*loc, "from"))
        for other in set(value) - {"from", "default"}:
            message = f"unknown field `{other}` beside `from`"
            yield part.source.key_problem("AC405", message, (*loc, other))


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and "from" in value


def _input(parts: Parts, part: Part[Schedule]) -> Iterator[Diagnostic]:
    schema = parts.input_schema.value if parts.input_schema else None
    if schema is None or check_schema(schema):
        return
    given = _with_a_slot(part.value.input)
    for problem in compile_schema(schema).problems(given):
        loc = (*part.loc, "input", *pointer_loc(given, problem.pointer))
        message = f"the input does not fit input_schema: {problem}"
        yield part.source.problem("AC404", message, loc)


def _with_a_slot(given: Mapping[str, Any]) -> dict[str, Any]:
    """The input as a run gets it: a reference is a time, or its default."""
    return {
        key: value.get("default", SOME_SLOT) if _is_reference(value) else value
        for key, value in given.items()
    }
