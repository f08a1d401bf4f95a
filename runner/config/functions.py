"""A python tool's file: can it be read, and does it define the function? Nothing is executed."""

import ast
import warnings
from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache

from runner.notation.problems import Problem

ANYTHING = "*"


@lru_cache(maxsize=32)
def top_level_names(data: bytes) -> frozenset[str] | Problem:
    """Return the names that a Python file defines outside functions and classes, or its problem.

    `*` is among them when the file takes every name of another module.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except SyntaxError as error:
        message = f"this is not Python: {error.msg}"
        return Problem("AC314", message, error.lineno or 1, max(error.offset or 1, 1))
    except (ValueError, RecursionError, MemoryError) as error:
        return Problem("AC314", f"this is not Python: {str(error) or 'it is nested too deeply'}")
    return frozenset(_defined(tree.body))


def function_problem(names: frozenset[str], function: str, file: str) -> tuple[str, str] | None:
    """Return message and help when no function of this name is defined, or None."""
    if function in names or ANYTHING in names:
        return None
    message = f"`{file}` does not define `{function}`"
    if near := get_close_matches(function, names, n=1, cutoff=0.6):
        return message, f"did you mean `{near[0]}`?"
    known = ", ".join(f"`{name}`" for name in sorted(names)[:10])
    return message, f"it defines {known}" if known else "it defines nothing"


def _defined(body: list[ast.stmt]) -> Iterator[str]:
    """Names bound by statements, also inside `if`, `try`, `with` and loops."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name).split(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                yield node.id
            elif node.id == "globals":
                yield ANYTHING
        elif not isinstance(node, ast.Lambda | ast.comprehension):
            waiting += ast.iter_child_nodes(node)
