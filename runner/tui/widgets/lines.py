"""A text of any length: only the lines that are seen are built."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.strip import Strip

from runner.tui.look import Cell
from runner.tui.widgets.cells import fitted
from runner.tui.widgets.painted import UNREADABLE, Painted
from runner.tui.widgets.wrapping import CutRows, Lines, WrappedRows, is_short, stop_after

__all__ = ["LineView", "Lines"]
STEP = 8
"""Cells that one key press scrolls to the side."""


class LineView(Painted):
    """Lines that are scrolled, wrapped where they are few, with stops that n and N go to.

    A view that was once told to `follow` keeps its end in view until it is scrolled up, and
    follows again when it is back at the end.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "step(1)", "Down", id="lines.down", show=False),
        Binding("k,up", "step(-1)", "Up", id="lines.up", show=False),
        Binding("g,home", "first", "Beginning", id="lines.first", show=False),
        Binding("G,end", "last", "End", id="lines.last", show=False),
        Binding("ctrl+f,pagedown", "page(1)", "Page down", id="lines.page_down", show=False),
        Binding("ctrl+b,pageup", "page(-1)", "Page up", id="lines.page_up", show=False),
        Binding("left", "side(-1)", "Scroll left", id="lines.left", show=False),
        Binding("right", "side(1)", "Scroll right", id="lines.right", show=False),
        Binding("n", "stop(1)", "Next place", id="lines.next", show=False),
        Binding("N", "stop(-1)", "Place before", id="lines.before", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self._lines: Lines = ()
        self._wraps = False
        self._rows: CutRows | WrappedRows = CutRows(())
        self._stops: tuple[int, ...] = ()
        self._here: int | None = None
        self._live = self._follow = False
        self._cut: set[int] = set()

    @property
    def top(self) -> int:
        """The first line in view, not counting how lines are wrapped."""
        return self._rows.line_of(self.scroll_offset.y)

    @property
    def at_end(self) -> bool:
        """Whether the last line is in view."""
        return self.scroll_offset.y + self.size.height >= len(self._rows)

    @property
    def here(self) -> int | None:
        """The stop that n or N went to last; it stands in reverse video."""
        return self._here

    @property
    def follow(self) -> bool:
        """Whether the end stays in view."""
        return self._follow

    @follow.setter
    def follow(self, follow: bool) -> None:
        self._live = self._live or follow
        self._follow = follow
        if follow:
            self._place(len(self._rows))

    def show(
        self,
        lines: Lines,
        *,
        wrap: bool = False,
        keep: bool = True,
        stops: Sequence[int] | None = None,
    ) -> None:
        """Show lines in place of those before.

        `wrap` breaks them at the width where the text is short enough; `keep` leaves the place
        that is in view; `stops` are the lines that n and N go to.
        """
        top = self.top if keep else 0
        self._lines, self._wraps = lines, wrap and is_short(lines)
        self.stops_are(stops or ())
        if not keep:
            self._left, self._here = 0, None
        self._lay(top)

    def stops_are(self, stops: Sequence[int]) -> None:
        """Set the lines that n and N go to, such as what a search found."""
        self._stops = tuple(stops)
        if self._here not in self._stops:
            self._here = None
        self._again()

    def go_to(self, line: int) -> None:
        """Put a line at the top, as far as there are lines below it."""
        self._place(self._rows.row_of(line))

    def action_step(self, rows: int) -> None:
        """Scroll by rows."""
        self._place(self.scroll_offset.y + rows)

    def action_page(self, pages: int) -> None:
        """Scroll by what is seen, less a line."""
        self._place(self.scroll_offset.y + pages * max(self.size.height - 1, 1))

    def action_first(self) -> None:
        """Scroll to the beginning."""
        self._place(0)

    def action_last(self) -> None:
        """Scroll to the end."""
        self._place(len(self._rows))

    def action_side(self, steps: int) -> None:
        """Scroll to the side, as long as a line in view is cut."""
        top = self.scroll_offset.y
        if steps > 0 and self._cut.isdisjoint(range(top, top + self.size.height)):
            return
        self._left = max(self._left + steps * STEP, 0)
        self._again()

    def action_stop(self, step: int) -> None:
        """Go to the next stop, or the one before."""
        at = self.top if self._here is None else self._here
        if self._here is None and step > 0 and at in self._stops:
            at -= 1
        stop = stop_after(self._stops, at, step)
        if stop is not None:
            self._here = stop
            self._again()
            self.go_to(stop)

    def on_resize(self) -> None:
        """Wrap again for the new width; the line at the top stays there."""
        self._lay(self.top)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow again at the end, and no longer above it."""
        super().watch_scroll_y(old_value, new_value)
        self._follow = self._live and self.at_end

    def render_line(self, y: int) -> Strip:
        """Return a row of what is seen."""
        row, width = self.scroll_offset.y + y, self.room
        if row >= len(self._rows):
            return Strip.blank(width, self.ground)
        here = self._here is not None and self._rows.line_of(row) == self._here
        name = (row, self._revision, width, self._left, here, self.ground, self.app.theme)
        strip = self._kept.get(name)
        if strip is None:
            strip = self._painted(row, reverse=here)
            self._kept.set(name, strip)
        return strip

    def _painted(self, row: int, *, reverse: bool) -> Strip:
        width, simple = self.room, self.look.ascii
        try:
            cell: Cell = self._rows.row(row, simple=simple)
        except UNREADABLE as why:
            cell = self.unreadable(why)
        parts, cut = fitted(cell, self._left + width, simple=simple)
        (self._cut.add if cut else self._cut.discard)(row)
        strip = Strip(self.segments(parts, reverse=reverse))
        return strip.crop_extend(self._left, self._left + width, self.ground)

    def _lay(self, top: int) -> None:
        """Break the lines for this width, and put a line at the top."""
        width, simple = self.room, self.look.ascii
        if self._wraps and width > 0:
            self._rows = WrappedRows(self._lines, width, simple=simple)
        else:
            self._rows = CutRows(self._lines)
        self._again()
        follow = self._follow
        self.virtual_size = Size(width, len(self._rows))
        self._place(len(self._rows) if follow else self._rows.row_of(top))
        self._follow = follow

    def _again(self) -> None:
        self._revision += 1
        self._cut.clear()
        self.refresh()

    def _place(self, row: int) -> None:
        """Show a row as the first one, as far as there are rows below it."""
        most = max(len(self._rows) - max(self.size.height, 1), 0)
        self.place_y(min(max(row, 0), most))
        self._follow = self._live and self.at_end
