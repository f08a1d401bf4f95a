"""The texts of a comparison as rows of a width: unified, or side by side. For worker threads.

Lines are wrapped here and not by the widget, so that what goes on stands under its own side and a
prompt of a hundred kilobytes blocks nobody.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from rich.cells import cell_len

from runner.app.comparing.line_pairs import Row, Side, Span
from runner.app.comparing.side_by_side import (
    CONTEXT,
    FileDiff,
    Gap,
    Sign,
    UnifiedLine,
    folded,
    unified,
)
from runner.app.tones import Tone
from runner.tui.look import Cell, Look, Piece
from runner.tui.screens.diff_meaning import hanging
from runner.tui.widgets.cells import wrapped

NARROWEST = 120
"""Columns that two sides need."""
SIGNED: dict[Sign, Tone] = {" ": "dim", "-": "removed", "+": "added"}
PLACE = tuple[int, int, int]
"""Where a row comes from: before or in the texts, which file, which line of it."""


@dataclass(frozen=True)
class Manner:
    """How texts are shown."""

    width: int
    sides: bool = False
    words: bool = True
    """Whether words inside changed lines are marked."""
    context: int | None = CONTEXT
    """Lines around a change; None for all."""

    @property
    def beside(self) -> bool:
        """Whether two sides are shown: wanted, and with room for them."""
        return self.sides and self.width >= NARROWEST - 1  # the scroll bar has one


@dataclass
class Laid:
    """Rows for one width, and where each comes from."""

    cells: list[Cell] = field(default_factory=list)
    places: list[PLACE] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)
    """The rows where changes begin."""

    def add(self, cell: Cell, place: PLACE) -> None:
        """Add a row."""
        self.cells.append(cell)
        self.places.append(place)

    def row_of(self, place: PLACE) -> int:
        """Return the first row that comes from a place, or from after it."""
        return next((at for at, each in enumerate(self.places) if each >= place), 0)


def lay_out(head: Sequence[Cell], files: Sequence[FileDiff], manner: Manner, look: Look) -> Laid:
    """Return the rows of a whole comparison: its meaning first, then each file."""
    laid = Laid()
    for number, cell in enumerate(head):
        for row in hanging(cell, manner.width, simple=look.ascii):
            laid.add(row, (0, 0, number))
    for number, file in enumerate(files):
        _Laying(laid, manner, look, number, file).lay()
    return laid


class _Laying:
    """Lays one file out."""

    def __init__(self, laid: Laid, manner: Manner, look: Look, number: int, file: FileDiff) -> None:
        self.laid, self.manner, self.look = laid, manner, look
        self.number, self.file = number, file
        self.digits = max(len(str(len(file.rows))), 2)
        self.line = 0

    def lay(self) -> None:
        """Add the rows of the file."""
        self._add("")
        self.laid.stops += [] if self.file.rows else [len(self.laid.cells)]
        self._add(self._title())
        rows = folded(self.file.rows, self.manner.context)
        if self.manner.beside:
            self._beside(rows)
        else:
            self._unified(rows)

    def _title(self) -> Cell:
        file = self.file
        count = f"  +{file.added} -{file.removed}" if file.rows else ""
        note = f"  {file.note}" if file.note else ""
        return ((file.path, "strong"), (count, "dim"), (note, "warning"))

    def _add(self, cell: Cell) -> None:
        self.laid.add(cell, (1, self.number, self.line))

    def _begins(self, *, changed: bool, before: bool) -> None:
        if changed and not before:
            self.laid.stops.append(len(self.laid.cells))

    def _unified(self, rows: Sequence[Row | Gap]) -> None:
        room = max(self.manner.width - 2 * self.digits - 4, 10)
        was = False
        for line in unified(rows):
            if isinstance(line, Gap):
                self._gap(line)
                was = False
                continue
            changed = line.sign != " "
            self._begins(changed=changed, before=was)
            was = changed
            self.line = line.after or line.before or self.line
            for gutter, text in zip_longest(
                [self._numbers(line)], self._wrapped(line.spans, line.sign, room)
            ):
                lead: Piece = gutter or (" " * (2 * self.digits + 4), "plain")
                self._add((lead, *text))

    def _numbers(self, line: UnifiedLine) -> Piece:
        before, after = (str(number or "") for number in (line.before, line.after))
        text = f"{before:>{self.digits}} {after:>{self.digits}} {line.sign} "
        return text, SIGNED[line.sign]

    def _beside(self, rows: Sequence[Row | Gap]) -> None:
        room = max((self.manner.width - 3 - 2 * (self.digits + 3)) // 2, 10)
        was = False
        for row in rows:
            if isinstance(row, Gap):
                self._gap(row)
                was = False
                continue
            self._begins(changed=not row.same, before=was)
            was = not row.same
            side = row.after or row.before
            self.line = side.number if side else self.line
            self._pair(row, room)

    def _pair(self, row: Row, room: int) -> None:
        wide = self.digits + 3 + room
        bar: Piece = (f" {self.look.glyph('│', '|')} ", "dim")
        blank: tuple[Piece, ...] = ((" " * wide, "plain"),)
        left = list(self._side(row.before, " " if row.same else "-", room))
        right = list(self._side(row.after, " " if row.same else "+", room))
        for one, other in zip_longest(left, right):
            self._add((*_filled(one or blank, wide), bar, *(other or ())))

    def _side(self, side: Side | None, sign: Sign, room: int) -> Iterator[tuple[Piece, ...]]:
        if side is None:
            return
        lead = f"{side.number:>{self.digits}} {sign} "
        for text in self._wrapped(side.spans, sign, room):
            yield ((lead, SIGNED[sign]), *text)
            lead = " " * len(lead)

    def _gap(self, gap: Gap) -> None:
        dots = self.look.glyph("⋯", "...")
        lines = "line" if gap.lines == 1 else "lines"
        lead = " " * self.digits
        self._add((f"{lead} {dots} {gap.lines:,} {lines} alike {dots}", "dim"))

    def _wrapped(self, spans: Sequence[Span], sign: Sign, room: int) -> list[tuple[Piece, ...]]:
        return wrapped(tuple(self._pieces(spans, sign)), room, simple=self.look.ascii)

    def _pieces(self, spans: Sequence[Span], sign: Sign) -> Iterator[Piece]:
        """Yield the words of a line: marked ones in its tone, or all where none are marked."""
        tone: Tone = "plain" if sign == " " else SIGNED[sign]
        if not self.manner.words or all(span.kind == "kept" for span in spans):
            yield "".join(span.text for span in spans), tone
            return
        signs = ("[-", "-]") if sign == "-" else ("{+", "+}")
        before, after = ("", "") if self.look.colour and not self.look.ascii else signs
        for span in spans:
            if span.kind == "kept":
                yield span.text, "plain"
            else:
                yield f"{before}{span.text}{after}", tone


def _filled(parts: tuple[Piece, ...], width: int) -> tuple[Piece, ...]:
    """Return pieces with blanks up to a width in cells."""
    missing = width - sum(cell_len(text) for text, _tone in parts)
    return (*parts, (" " * missing, "plain")) if missing > 0 else parts
