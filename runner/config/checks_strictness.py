"""What makes an agent strict: closed and described schemas, programs of a fixed version."""

from collections.abc import Iterator
from typing import Any

from runner.config.advice import near
from runner.config.loose import looseness, properties_of, unmet
from runner.config.parts import Part, Parts
from runner.domain.diagnostics import Diagnostic
from runner.domain.tool import CommandCall, ToolSpec
from runner.notation.schema import check_schema

MOST = 20


def check_strictness(parts: Parts) -> Iterator[Diagnostic]:
    """Yield a warning for each loose place of input_schema and of the tools.

    What no object can meet is an error.
    """
    if parts.input_schema is not None:
        yield from _loose(parts.input_schema, "input_schema", ("AC224", "AC225"))
    for part in parts.tools:
        schema = Part(part.value.input_schema, part.source, (*part.loc, "inputSchema"))
        yield from _loose(schema, f"inputSchema of `{part.value.name}`", ("AC316", "AC315"))
        yield from _command(part)


def _loose(schema: Part[dict[str, Any]], what: str, codes: tuple[str, str]) -> Iterator[Diagnostic]:
    if check_schema(schema.value) or schema.value.get("type", "object") != "object":
        return  # told as an error
    for loc, name in unmet(schema.value):
        message = f"{what} requires `{name}`, and allows no property of that name"
        advice = near(name, properties_of(schema.value)) or "list it under `properties`"
        yield schema.source.problem("AC318", message, (*schema.loc, *loc), advice)
    found = list(looseness(schema.value))
    for place in found[:MOST]:
        code = codes[1] if place.undescribed else codes[0]
        message = f"{what}: {place.message}"
        yield schema.source.key_warning(code, message, (*schema.loc, *place.loc), place.help)


def _command(part: Part[ToolSpec]) -> Iterator[Diagnostic]:
    call = part.value.call
    if not isinstance(call, CommandCall):
        return
    from runner.config.unpinned import unpinned  # noqa: PLC0415  for commands alone

    if problem := unpinned(call.argv):
        index, package, advice = problem
        message = f"`{package}` is whatever is newest on the day of the call"
        yield part.source.warning("AC317", message, (*part.loc, "call", "argv", index), advice)
