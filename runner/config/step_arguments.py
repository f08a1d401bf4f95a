"""Do the arguments of a step fit the tool that it calls, as far as they are known beforehand?"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from runner.config.advice import near
from runner.config.pointers import pointer_loc
from runner.domain.tool import Step, ToolSpec
from runner.notation.filling import FROM, expression_of, parts_of
from runner.notation.schema import check_schema, compile_schema
from runner.notation.tree import Loc

PLAIN_INPUT = re.compile(r"\s*input\.([A-Za-z_][A-Za-z0-9_]*)\s*")
Found = tuple[Loc, str, str]
"""Path inside `arguments`, message and help."""


def argument_problems(composite: ToolSpec, step: Step, tool: ToolSpec) -> Iterator[Found]:
    """Yield what the tool would refuse whatever the composite is called with."""
    if check_schema(tool.input_schema):
        return  # it has its own problem
    yield from _missing(composite, step, tool)
    yield from _unknown(step, tool)
    literal = {name: value for name, value in step.arguments.items() if _as_it_stands(value)}
    for problem in compile_schema(tool.input_schema).problems(literal):
        # What is about the whole object may be about arguments that are not known yet.
        if problem.pointer:
            message = f"the value does not fit `{tool.name}`: {problem.message}"
            yield pointer_loc(literal, problem.pointer), message, ""


def _as_it_stands(value: Any) -> bool:
    inside = (inner for _loc, inner in parts_of(value, ()))
    return not any(isinstance(inner, Mapping) and FROM in inner for inner in inside)


def _missing(composite: ToolSpec, step: Step, tool: ToolSpec) -> Iterator[Found]:
    for name in _names(tool.input_schema, "required"):
        if name not in step.arguments:
            yield (), f"`{tool.name}` requires the argument `{name}`", f"add `{name}: ...`"
            continue
        plain = PLAIN_INPUT.fullmatch(expression_of(step.arguments[name]) or "")
        source = plain[1] if plain else ""
        declared = _names(composite.input_schema, "properties")
        if source in declared and source not in _names(composite.input_schema, "required"):
            message = f"`{tool.name}` requires `{name}`, and `input.{source}` may be absent"
            advice = f"add `{source}` to `required` of `{composite.name}`, or give another value: "
            yield (name, "from"), message, advice + f"\"input.{source} || 'none'\""


def _unknown(step: Step, tool: ToolSpec) -> Iterator[Found]:
    schema: Mapping[str, Any] = tool.input_schema
    declared = _names(schema, "properties")
    if schema.get("additionalProperties") is not False or "patternProperties" in schema:
        return
    for name in step.arguments:
        if name not in declared:
            yield (name,), f"`{name}` is not an argument of `{tool.name}`", near(name, declared)


def _names(schema: Mapping[str, Any], keyword: str) -> list[str]:
    found = schema.get(keyword)
    return [name for name in found if isinstance(name, str)] if found else []
