"""Text as a terminal shows it: plain, of a known width, cut where it is seen to be cut.

Widths are counted in cells. What terminals disagree about (joiners, variation selectors, skin
tones) is left out, so that every terminal agrees with the width that we count; what is invisible
and could hide a message becomes a dot. No more of a text is looked at than can be shown.
"""

import re
from collections.abc import Sequence

from rich.cells import cell_len, get_character_cell_size

from runner.app.plain_text import plain
from runner.tui.look import Cell, Piece
from runner.tui.tints import pieces

LONG = 65_536
"""Characters of one line; of a longer one only its beginning and its end are shown."""
HEAD, TAIL = 4_096, 1_024
MARKS = 2
"""Combining marks that one character may carry; more would climb over the lines around."""
DISAGREED = re.compile("[\u200c\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
HIDDEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u180e\u2060-\u2064\u206a-\u206f\u3164\ufe00-\ufe0d\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str, *, ascii: bool = False) -> str:  # noqa: A002  the name of the choice
    """Return a text on one line that steers nothing and whose width every terminal agrees on."""
    if text.isascii() and text.isprintable():
        return text
    made = plain(text.replace("\r\n", " ").replace("\n", " "))
    if ascii:
        made = made.replace("␛", "?").replace("·", "?")
    if made.isascii():
        return made
    made = SURROGATE.sub("\ufffd", HIDDEN.sub("?" if ascii else "·", DISAGREED.sub("", made)))
    return made if all(map(get_character_cell_size, made)) else _few_marks(made)


def _few_marks(text: str) -> str:
    """Leave out marks that have nothing to stand on, or stand on too many others."""
    kept: list[str] = []
    marks = MARKS
    for character in text:
        marks = 0 if get_character_cell_size(character) else marks + 1
        if marks <= MARKS:
            kept.append(character)
    return "".join(kept)


def taken(text: str, room: int, *, simple: bool = False) -> tuple[str, int, bool]:
    """Return as much of a text as fits, made clean; its width; and whether anything is left."""
    some = text[: room * 4 + 16]
    made, left = clean(some, ascii=simple), len(some) < len(text)
    if made.isascii():
        return made[:room], min(len(made), room), left or len(made) > room
    width = 0
    for at, character in enumerate(made):
        size = get_character_cell_size(character)
        if width + size > room:
            return made[:at], width, True
        width += size
    return made, width, left


def fitted(
    cell: Cell, room: int, *, right: bool = False, simple: bool = False
) -> tuple[list[Piece], bool]:
    """Return a cell as clean pieces that are together exactly `room` wide; whether it was cut."""
    made, width, cut = _beginning(pieces(cell), room, simple=simple)
    if cut and room > 0:
        made, width, _ = _beginning(pieces(cell), room - 1, simple=simple)
        made.append(("~" if simple else "…", made[-1][1] if made else "plain"))
        width += 1
    if width < room:
        blank: Piece = (" " * (room - width), "plain")
        made = [blank, *made] if right else [*made, blank]
    return made, cut


def _beginning(parts: Sequence[Piece], room: int, *, simple: bool) -> tuple[list[Piece], int, bool]:
    made: list[Piece] = []
    width = 0
    for text, tone in parts:
        if not text:
            continue
        if width >= room:
            return made, width, True
        kept, size, left = taken(text, room - width, simple=simple)
        made.append((kept, tone))
        width += size
        if left:
            return made, width, True
    return made, width, False


def shortened(cell: Cell, *, simple: bool = False) -> tuple[Piece, ...]:
    """Return a very long line as its beginning, how much is not shown, and its end."""
    parts = pieces(cell)
    size = sum(len(text) for text, _ in parts)
    if size <= LONG:
        return parts
    dots = "..." if simple else "…"
    gap: Piece = (f" {dots} {size - HEAD - TAIL:,} characters not shown {dots} ", "dim")
    return (*part(parts, 0, HEAD), gap, *part(parts, size - TAIL, size))


def part(parts: Sequence[Piece], start: int, end: int) -> tuple[Piece, ...]:
    """Return the characters from `start` to `end` of pieces, with their tones."""
    made: list[Piece] = []
    at = 0
    for text, tone in parts:
        some = text[max(start - at, 0) : max(end - at, 0)]
        if some:
            made.append((some, tone))
        at += len(text)
        if at >= end:
            break
    return tuple(made)


def wrapped(cell: Cell, room: int, *, simple: bool = False) -> list[tuple[Piece, ...]]:
    """Return a line as rows of at most `room` cells, broken between words where there are any."""
    parts = [(clean(text, ascii=simple), tone) for text, tone in shortened(cell, simple=simple)]
    whole = "".join(text for text, _ in parts)
    if len(whole) * 2 <= room or cell_len(whole) <= room:
        return [tuple(parts)]
    places = breaks(whole, max(room, 2))
    if len(parts) == 1:
        return [((whole[start:end], parts[0][1]),) for start, end in places]
    return [part(parts, start, end) for start, end in places]


def breaks(text: str, room: int) -> list[tuple[int, int]]:
    """Return where the rows of a clean text begin and end; the blanks at a break go."""
    made: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = _reach(text, start, room)
        if end < len(text) and text[end] != " ":
            blank = text.rfind(" ", start, end)
            end = blank if blank > start and text[start:blank].strip() else end
        made.append((start, end))
        start = end
        if start < len(text) and text[start] == " ":
            start += 1
    return made or [(0, 0)]


def _reach(text: str, start: int, room: int) -> int:
    """Return the end of the longest piece from `start` that fits; at least one character."""
    some = text[start : start + room]
    if some.isascii():
        return start + len(some)
    width = 0
    for at in range(start, len(text)):
        width += get_character_cell_size(text[at])
        if width > room:
            return max(at, start + 1)
    return len(text)
