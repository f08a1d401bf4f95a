"""How a table is painted: a line of titles, and the rows that are seen."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.strip import Strip

from runner.tui.look import Piece
from runner.tui.widgets.cells import fitted
from runner.tui.widgets.columns import LEAD, Column, Fit, fit
from runner.tui.widgets.painted import UNREADABLE, Painted
from runner.tui.widgets.rows import NoRows, Rows

STEP = 8
"""Cells that one key press scrolls to the side."""


class TableLines(Painted):
    """The lines of a table, without anything that moves in it."""

    def __init__(self, columns: Sequence[Column], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._fit: tuple[int, Fit] | None = None
        self._rows: Rows = NoRows()
        self._cursor = 0
        self._marks: dict[str, None] = {}

    @property
    def lit(self) -> bool:
        """Whether the cursor stands in reverse video; it is bold where it does not."""
        return self.has_focus

    def columns_are(self, columns: Sequence[Column]) -> None:
        """Show other columns; the rows must give a cell for each."""
        self._columns, self._fit, self._left = tuple(columns), None, 0
        self._revision += 1
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a line of what is seen: the titles, a row, or nothing."""
        index = self.scroll_offset.y + y - 1
        if y == 0:
            return self._titles()
        if index >= len(self._rows):
            return Strip.blank(self.room, self.ground)
        try:
            return self._row(index)
        except UNREADABLE as why:
            parts, _ = fitted(self.unreadable(why), self.room, simple=self.look.ascii)
            return Strip(self.segments(parts, reverse=False), self.room)

    def _titles(self) -> Strip:
        shown, look = self._fitting, self.look
        parts: list[Piece] = []
        for at, width in zip(shown.shown, shown.widths, strict=True):
            column = self._columns[at]
            made, _ = fitted((column.title, "strong"), width, right=column.right, simple=look.ascii)
            parts += [*made, (" ", "plain")]
        more_left = self._left > 0
        more_right = self._wide - self._left > self._room
        before = look.glyph("«", "<") if more_left else " "
        after = look.glyph("»", ">") if more_right else ""
        body = Strip(self.segments(parts, reverse=False))
        room = self._room - len(after)
        body = body.crop_extend(self._left, self._left + max(room, 0), self.ground)
        lead = self.segments([(f"{before} ", "strong")], reverse=False)
        end = self.segments([(after, "strong")], reverse=False) if after else []
        return self._whole([*lead, *body, *end])

    def _row(self, index: int) -> Strip:
        key = self._rows.key(index)
        here = index == self._cursor
        reverse, marked, width = here and self.lit, key in self._marks, self.room
        name = (key, self._revision, width, self._left, here, reverse, marked, self._dress)
        strip = self._kept.get(name)
        if strip is None:
            strip = self._painted(index, (here, reverse, marked))
            self._kept.set(name, strip)
        return strip

    def _painted(self, index: int, state: tuple[bool, bool, bool]) -> Strip:
        here, reverse, marked = state
        shown, look = self._fitting, self.look
        cells = self._rows.cells(index)
        parts: list[Piece] = []
        for at, width in zip(shown.shown, shown.widths, strict=True):
            right = self._columns[at].right
            made, _ = fitted(cells[at], width, right=right, simple=look.ascii)
            parts += [*made, (" ", "plain")]
        cursor: Piece = (look.glyph("▌", ">") if here else " ", "accent")
        mark: Piece = (look.glyph("●", "*") if marked else " ", "accent")
        weigh = here and not reverse
        if weigh:
            parts = [(text, "strong" if tone == "plain" else tone) for text, tone in parts]
        body = Strip(self.segments(parts, reverse=reverse))
        ground = self.segments([("", "plain")], reverse=reverse)[0].style
        body = body.crop_extend(self._left, self._left + max(self._room, 0), ground)
        return self._whole([*self.segments([cursor, mark], reverse=reverse), *body])

    def _whole(self, segments: list[Segment]) -> Strip:
        """Return a line of exactly the widget's width."""
        return Strip(segments).crop_extend(0, self.room, self.ground)

    @property
    def _dress(self) -> tuple[object, ...]:
        """What a theme changes."""
        return self.ground, self.app.theme

    def action_side(self, steps: int) -> None:
        """Scroll to the side, where the columns need more room than there is."""
        most = max(self._wide - self._room, 0)
        left = min(max(self._left + steps * STEP, 0), most)
        if left != self._left:
            self._left = left
            self.refresh()

    @property
    def _height(self) -> int:
        """How many rows are seen."""
        return self.size.height - 1

    @property
    def _room(self) -> int:
        return max(self.room - LEAD, 0)

    @property
    def _fitting(self) -> Fit:
        room = self._room
        if self._fit is None or self._fit[0] != room:
            self._fit = room, fit(self._columns, room)
        return self._fit[1]

    @property
    def _wide(self) -> int:
        return self._fitting.wide
