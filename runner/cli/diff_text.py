"""How a comparison is told to a person: one screen, or everything with the text of every file."""

import re
import sys
from collections.abc import Iterator, Sequence
from shutil import get_terminal_size

from runner.app.comparing.diff_words import (
    NOTHING,
    foot_words,
    head_words,
    hunks_of,
    left_out,
    place_of,
    sign_of,
    widest_place,
)
from runner.app.comparing.diffing import Difference
from runner.app.plain_text import one_line, plain
from runner.boundary.surroundings import is_terminal
from runner.cli.main import Shell
from runner.cli.output import coloured
from runner.cli.terminal import Colour, painted
from runner.domain.change import Change, Level

WIDTH = 118
NARROWEST = 60
MOST = 40
"""Lines of the screen without -v."""
HUNKS = 3
"""Places shown of one text."""
INDENT = " " * 8
MARKED = re.compile(r"\[-.*?-\]|\{\+.*?\+\}")
COLOURS: dict[Level, Colour | None] = {
    "breaking": "red",
    "widening": "yellow",
    "behaviour": "cyan",
    "note": None,
}
SIGNS: dict[str, Colour | None] = {"-": "red", "+": "green", "~": "yellow", "@": "cyan"}


def diff_text(shell: Shell, found: Difference, *, verbose: bool) -> str:
    """Return a comparison for a person, made plain and then coloured where wanted."""
    colour = coloured(shell, sys.stdout)
    head, foot = list(_head(found)), list(_foot(found))
    if verbose:
        changes = _changes(found.comparison.changes, colour=colour)
        return "\n".join([*head, *changes, *foot, *_texts(found, colour=colour)])
    width = max(get_terminal_size().columns, NARROWEST) if is_terminal(sys.stdout) else WIDTH
    room = MOST - len(head) - len(foot)
    changes = folded(found.comparison.changes, room, width, colour=colour)
    short = [[_cut(line, width) for line in part] for part in (head, foot)]
    return "\n".join([*short[0], *changes, *short[1]])


def _head(found: Difference) -> Iterator[str]:
    yield from map(plain, head_words(found))
    yield ""


def _changes(changes: Sequence[Change], *, colour: bool) -> Iterator[str]:
    """Yield every change with every place of a text, nothing cut."""
    if not changes:
        yield f"  {NOTHING}"
    wide = widest_place(changes)
    for change in changes:
        yield _line(change, None, wide, colour=colour)
        for place in hunks_of(change):
            yield _place(place, None, colour=colour)


def folded(
    changes: Sequence[Change], room: int, width: int, *, colour: bool, all_by: str = "-v"
) -> Iterator[str]:
    """Yield at most `room` lines: the weightiest changes, some places of texts, what is left.

    `all_by` is what one says to see all of them.
    """
    if not changes:
        yield f"  {NOTHING}"
    listed = changes if len(changes) <= room else changes[: room - 1]
    spare = max(room - len(listed) - 1, 0)
    wide = widest_place(listed)
    for change in listed:
        yield _line(change, width, wide, colour=colour)
        places = hunks_of(change)
        shown = places[: min(HUNKS, spare)]
        spare -= len(shown)
        yield from (_place(place, width, colour=colour) for place in shown)
        if shown and len(places) > len(shown) and spare:
            spare -= 1
            yield f"{INDENT}… {len(places) - len(shown)} more places, {all_by} shows all"
    if len(listed) < len(changes):
        yield f"  … {left_out(changes[len(listed) :])}: {all_by} shows all"


def _line(change: Change, width: int | None, wide: int, *, colour: bool) -> str:
    text = one_line(change.text, len(change.text))
    line = f"  {sign_of(change)} {change.level:<9}  {place_of(change):<{wide}}  {text}"
    line = line if width is None else _cut(line, width)
    paint = COLOURS[change.level] if colour else None
    return line.replace(change.level, painted(change.level, paint), 1)


def _place(place: str, width: int | None, *, colour: bool) -> str:
    text = one_line(place, len(place) if width is None else width - len(INDENT))
    return INDENT + _marks(text, colour=colour)


def _marks(text: str, *, colour: bool) -> str:
    """Paint the marks inside a line; they stay there for those who see no colour."""
    if not colour:
        return text
    return MARKED.sub(lambda m: painted(m[0], "red" if m[0].startswith("[") else "green"), text)


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"


def _foot(found: Difference) -> Iterator[str]:
    yield ""
    yield from map(plain, foot_words(found))


def _texts(found: Difference, *, colour: bool) -> Iterator[str]:
    for path, lines in found.texts().items():
        yield ""
        yield plain(path)
        for line in lines:
            text = plain(line.text)
            paint = SIGNS.get(line.sign) if colour else None
            if line.sign == "~":
                yield f"{painted('~', paint)} {_marks(text, colour=colour)}"
            else:
                yield painted(f"{line.sign} {text}", paint) if paint else f"{line.sign} {text}"
