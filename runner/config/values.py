"""Values of an environment and the input of a run, checked against what the spec declares."""

from collections.abc import Mapping
from typing import Any

from runner.domain.agent import AgentSpec, Variable
from runner.domain.errors import UsageError
from runner.notation.schema import compile_schema


def resolve_values(spec: AgentSpec, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value for each declared variable: the given one, else its default.

    Raises:
        UsageError: a value is missing, undeclared or of the wrong type; all of them are named.
    """
    declared = spec.agent.variables
    defaults = {name: v.default for name, v in declared.items() if v.default is not None}
    values = {**defaults, **given}
    wrong = [f"`{name}` is not a variable of the agent" for name in given if name not in declared]
    for name, variable in declared.items():
        if name not in values:
            wrong.append(f"`{name}` has no value")
        elif problem := value_problem(variable, values[name]):
            wrong.append(f"`{name}`: {problem}")
    if wrong:
        raise UsageError(
            "values that do not fit: " + "; ".join(wrong),
            help="values stand in the environment's pointer, under `values`",
        )
    return values


def value_problem(variable: Variable, value: Any) -> str | None:
    """Return why a value does not fit a variable, or None."""
    schema = {"type": variable.type} | ({"format": variable.format} if variable.format else {})
    problems = compile_schema(schema).problems(value)
    return problems[0].message if problems else None


def check_input(spec: AgentSpec, value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the input of a run when it keeps to input_schema.

    Raises:
        UsageError: it does not; every problem is named.
    """
    if spec.input_schema is None:
        return dict(value)
    problems = compile_schema(spec.input_schema).problems(dict(value))
    if problems:
        raise UsageError(
            "the input does not fit input_schema: " + "; ".join(map(str, problems)),
            help=f"it takes {_properties(spec.input_schema)}",
        )
    return dict(value)


def _properties(schema: Mapping[str, Any]) -> str:
    names = list(schema.get("properties", {}))
    return ", ".join(f"`{name}`" for name in names) if names else "what the schema says"
