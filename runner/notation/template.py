"""Templates for tasks and instructions: a small, bounded part of Jinja.

The language itself is in `notation.jinja`, which is loaded when the first template is met: an agent
without one does not wait for it.
"""

import re
from collections.abc import Mapping
from typing import Any

from runner.notation.problems import Problem
from runner.notation.template_words import METHOD_NAMES
from runner.notation.text import position

__all__ = ["METHOD_NAMES", "check", "looks_like_one", "names", "render"]

MARKS = re.compile(r"\{\{[^\n]*?\}\}|\{%[^\n]*?%\}|\{%")


def render(text: str, context: Mapping[str, Any]) -> str:
    """Return a template's text with its names filled from the context.

    Raises:
        NotationError: wrong syntax, a missing name, a wrong value, or too much output or work.
    """
    from runner.notation import jinja  # noqa: PLC0415  15 ms that only templates should cost

    return jinja.render(text, context)


def check(text: str) -> list[Problem]:
    """Return what is wrong with a template before it has any values."""
    from runner.notation import jinja  # noqa: PLC0415  as in `render`

    return jinja.check(text)


def names(text: str) -> set[str]:
    """Return the outside names of a template with their first attribute, such as `input.since`."""
    from runner.notation import jinja  # noqa: PLC0415  as in `render`

    return jinja.names(text)


def looks_like_one(text: str) -> Problem | None:
    """Return where a text that is not rendered has a template's marks, or None."""
    found = MARKS.search(text)
    if found is None:
        return None
    line, column = position(text, found.start())
    message = f"`{found[0][:40]}` is sent as it stands: the text is not a template"
    advice = "add `template: jinja`, or ignore this when the marks are meant as text"
    return Problem("AC215", message, line, column, len(found[0]), advice)
