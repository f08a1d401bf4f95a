"""Diagnostics as a person reads them: place, source line, caret, help."""

import re
import unicodedata
from collections.abc import Sequence

from runner.domain.diagnostics import Diagnostic, Place

HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
WIDTH = 100
RED, YELLOW, BLUE, BOLD, RESET = "\x1b[31m", "\x1b[33m", "\x1b[34m", "\x1b[1m", "\x1b[0m"


def render(diagnostics: Sequence[Diagnostic], *, colour: bool = False) -> str:
    """Return the diagnostics as text, with a closing sentence; empty for none."""
    if not diagnostics:
        return ""
    return f"{blocks(diagnostics, colour=colour)}\n{summary(diagnostics)}"


def blocks(diagnostics: Sequence[Diagnostic], *, colour: bool = False) -> str:
    """Return the diagnostics as text, each followed by an empty line but the last.

    Control characters are replaced, and long source lines are cut around the caret.
    """
    text = "\n".join(_block(diagnostic) for diagnostic in diagnostics)
    return _coloured(text) if colour else text


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """Return `Found 4 errors and 1 warning in 2 files.`"""
    errors = sum(diagnostic.severity == "error" for diagnostic in diagnostics)
    counts = ((errors, "error"), (len(diagnostics) - errors, "warning"))
    found = " and ".join(_count(number, word) for number, word in counts if number)
    files = len({diagnostic.place.file for diagnostic in diagnostics})
    return f"Found {found} in {_count(files, 'file')}."


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _block(diagnostic: Diagnostic) -> str:
    place = diagnostic.place
    head = f"{diagnostic.severity}[{diagnostic.code}]: {_safe(diagnostic.message)}"
    number = str(place.line)
    gutter = " " * len(number)
    lines = [head, f"{gutter}--> {_safe(place.file)}:{place.line}:{place.column}"]
    if place.source:
        source, indent, width = _cut(place)
        lines += [
            f"{gutter} |",
            f"{number} | {source}",
            f"{gutter} | {' ' * indent}{'^' * width}",
            f"{gutter} |",
        ]
    if diagnostic.help:
        lines.append(f"{gutter} = help: {_safe(diagnostic.help)}")
    return "\n".join(lines) + "\n"


def _cut(place: Place) -> tuple[str, int, int]:
    """The source line for a screen, the columns before the caret, and the carets' number."""
    start = max(place.column - place.source_column, 0)
    left = max(start - WIDTH // 2, 0) if columns(place.source) > WIDTH else 0
    before = _safe(place.source[left:start])
    marked = _safe(place.source[start : start + place.length])
    after = _safe(place.source[start + place.length :])
    lead = "..." if left or place.source_column > 1 else ""
    shown = _clip(f"{lead}{before}{marked}{after}")
    indent = columns(lead + before)
    return shown, indent, max(min(columns(marked), WIDTH - indent), 1)


def _clip(text: str) -> str:
    if columns(text) <= WIDTH:
        return text
    while columns(text) > WIDTH - 3:
        text = text[: min(len(text) - 1, WIDTH)]
    return text + "..."


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _safe(text: str) -> str:
    """Replace what could move the cursor or reverse the reading."""
    return HIDDEN.sub(lambda found: " " if found[0] == "\t" else "\N{REPLACEMENT CHARACTER}", text)


def _coloured(text: str) -> str:
    text = re.sub(r"(?m)^error\[AC\d+\]", rf"{BOLD}{RED}\g<0>{RESET}", text)
    text = re.sub(r"(?m)^warning\[AC\d+\]", rf"{BOLD}{YELLOW}\g<0>{RESET}", text)
    text = re.sub(r"(?m)^( *\| *)(\^+)$", rf"\g<1>{RED}\g<2>{RESET}", text)
    return re.sub(r"(?m)^ *\d* (\||-->|=)", rf"{BLUE}\g<0>{RESET}", text)
