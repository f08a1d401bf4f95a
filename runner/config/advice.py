"""What to write instead: help for values of the wrong kind in fields that are often written so."""

import json
import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from runner.notation.tree import Loc

FILES = ("tools", "examples", "schedules", "input_schema", "output_schema")
TEXTS = ("instructions", "task")
PATH = re.compile(r"[\w./-]+\.\w{1,5}")
PLAIN = re.compile(r"[\w./-]+")
VERSION = re.compile(r"v?[0-9]+(\.[0-9]+){0,2}")
LONGEST = 60


def advice_for(loc: Loc, value: Any, written: str, words: str) -> str:
    """Return help for a wrong value, or an empty text.

    `written` is the value as it stands in the file, `words` say what the field takes.
    """
    name = str(loc[-1]) if loc else ""
    if name == "version" and VERSION.fullmatch(written):
        numbers = [*written.removeprefix("v").split("."), "0", "0"][:3]
        return f"write `version: v{'.'.join(numbers)}`"
    if name == "argv" and isinstance(value, str):
        return f"write a list, a word each: `argv: {_listed(value)}`"
    if name == "version" and isinstance(value, str):
        return near(value, ["worktree"])
    if name in FILES and isinstance(value, str) and "mapping" in words:
        return f"write `{name}: {{file: {_path(value)}}}`"
    if name in TEXTS and isinstance(value, str):
        in_file = f"`{name}: {{file: {_path(value)}}}`"
        in_place = "" if PATH.fullmatch(value) else f'`{name}: {{text: "..."}}` or '
        return f"write {in_place}{in_file}"
    if "must be text" in words and isinstance(value, int | float) and len(written) <= LONGEST:
        return f'put it in quotes: "{written}"'
    return near(value, re.findall(r"`([\w-]+)`", words)) if isinstance(value, str) else ""


def near(word: str, known: Iterable[str]) -> str:
    """Return `did you mean ...?` for the known word that is nearest, or an empty text."""
    by_lower = {name.lower(): name for name in known}
    found = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return f"did you mean `{by_lower[found[0]]}`?" if found else ""


def _path(value: str) -> str:
    return value if PATH.fullmatch(value) and len(value) <= LONGEST else "PATH"


def _listed(value: str) -> str:
    if len(value) > LONGEST:
        return "[PROGRAM, ARGUMENT]"
    words = [word if PLAIN.fullmatch(word) else json.dumps(word) for word in value.split()]
    return f"[{', '.join(words)}]"
