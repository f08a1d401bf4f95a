"""A comparison as lines of cells: what the changes mean, before any text."""

import re
from collections.abc import Iterator, Sequence

from rich.cells import cell_len

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
from runner.app.plain_text import one_line
from runner.app.tones import Tone
from runner.domain.change import Change, Level
from runner.tui.look import Cell, Piece
from runner.tui.tints import pieces
from runner.tui.widgets.cells import wrapped

LEVELS: dict[Level, Tone] = {
    "breaking": "bad",
    "widening": "warning",
    "behaviour": "live",
    "note": "plain",
}
MARKED = re.compile(r"(\[-.*?-\]|\{\+.*?\+\})")
INDENT = " " * 8
SIMPLE = str.maketrans({"→": "->", "…": "...", "✔": "+", "✖": "x"})
"""What our own sentences have in place of these with `--ascii`."""
FEW = 3
"""Places shown of one text where there is little room."""


def semantic_lines(found: Difference) -> list[Cell]:
    """Return everything that is known of a comparison without its texts."""
    head, *sides = head_words(found)
    lines: list[Cell] = [(head, "strong"), *((side, "dim") for side in sides), ""]
    lines += change_lines(found.comparison.changes)
    return [*lines, "", *foot_words(found)]


def change_lines(changes: Sequence[Change], room: int | None = None) -> Iterator[Cell]:
    """Yield the changes, the weightiest first; at most `room` lines, with what is left out."""
    if not changes:
        yield (f"  {NOTHING}", "dim")
    wide = widest_place(changes)
    listed = changes if room is None or len(changes) <= room else changes[: max(room - 1, 0)]
    spare = None if room is None else room - len(listed)
    for change in listed:
        yield _change(change, wide)
        shown = hunks_of(change) if spare is None else hunks_of(change)[: min(FEW, max(spare, 0))]
        spare = None if spare is None else spare - len(shown)
        for hunk in shown:
            yield ((INDENT, "plain"), *marks_in(one_line(hunk, len(hunk))))
    if len(listed) < len(changes):
        yield (f"  … {left_out(changes[len(listed) :])}: d shows all", "dim")


def _change(change: Change, wide: int) -> Cell:
    tone = LEVELS[change.level]
    return (
        (f"  {sign_of(change)} ", tone),
        (f"{change.level:<9}", tone),
        (f"  {place_of(change):<{wide}}  ", "strong"),
        (one_line(change.text, len(change.text)), "plain"),
    )


def marks_in(text: str) -> tuple[Piece, ...]:
    """Return a text with the marks in it in their tones; they stay there for who sees none."""
    tones: dict[str, Tone] = {"[-": "removed", "{+": "added"}
    return tuple((part, tones.get(part[:2], "plain")) for part in MARKED.split(text) if part)


def hanging(cell: Cell, width: int, *, simple: bool) -> list[tuple[Piece, ...]]:
    """Return a line as rows of a width; what goes on stands further in than it began."""
    parts = in_ascii(cell) if simple else pieces(cell)
    if sum(cell_len(text) for text, _tone in parts) <= width:
        return wrapped(parts, width, simple=simple)
    indent = len(INDENT) if parts[0][0].startswith("  ") else 2
    first, *rest = wrapped(parts, max(width - indent, 10), simple=simple)
    return [first, *(((" " * indent, "plain"), *row) for row in rest)]


def in_ascii(cell: Cell) -> tuple[Piece, ...]:
    """Return a line of our own words without the characters that ASCII lacks."""
    return tuple((text.translate(SIMPLE), tone) for text, tone in pieces(cell))
