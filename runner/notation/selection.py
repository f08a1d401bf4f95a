"""JMESPath: which part of a result the model sees. Home of jmespath."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError, ParseError
from jmespath.functions import Functions

from runner.notation.problems import Problem

MAX_LENGTH = 2000
FUNCTIONS = frozenset(Functions.FUNCTION_TABLE)


def select(expression: str, data: Any) -> Any:
    """Return what a JMESPath expression selects; None where it finds nothing.

    Raises:
        ValueError: the expression is wrong, or does not fit the data.
    """
    if problem := check(expression):
        raise ValueError(problem.message)
    try:
        return jmespath.search(expression, data)
    except (JMESPathError, TypeError, ValueError, RecursionError, ArithmeticError) as error:
        raise ValueError(f"`{expression}` does not fit the result: {_short(error)}") from None


def check(expression: str) -> Problem | None:
    """Return what is wrong with an expression; its column counts from 1 inside the expression."""
    if not expression.strip():
        return Problem("AC305", "the JMESPath expression is empty")
    if len(expression) > MAX_LENGTH:
        return Problem("AC305", f"a JMESPath expression has at most {MAX_LENGTH} characters")
    try:
        tree = jmespath.compile(expression).parsed
        unknown = next((name for name in _functions(tree) if name not in FUNCTIONS), None)
    except ParseError as error:
        column = min(max(error.lex_position, 0), len(expression)) + 1
        words = f"{error.msg} at its column {column}"
        return Problem("AC305", f"this is not JMESPath: {words}", column=column)
    except (JMESPathError, RecursionError) as error:
        return Problem("AC305", f"this is not JMESPath: {_short(error)}")
    return None if unknown is None else _no_function(unknown)


def _functions(node: Any) -> Iterator[str]:
    """Yield the functions that are called below a node of the tree; a run would stop at one."""
    if node["type"] == "function_expression":
        yield str(node["value"])
    for child in node["children"]:
        if isinstance(child, dict):  # the bounds of a slice are numbers
            yield from _functions(child)


def _no_function(name: str) -> Problem:
    near = get_close_matches(name, FUNCTIONS, n=1)
    advice = f"did you mean `{near[0]}`?" if near else ""
    return Problem("AC305", f"this is not JMESPath: no function is called `{name}`", help=advice)


def _short(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return str(error).split("\n", maxsplit=1)[0][:200]
