"""A table of any length: only the rows that are seen are built.

The cursor, the marks and the place on the screen belong to keys, not to positions: after a
refresh, another order or a filter the same row is under the eye.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message

from runner.tui.widgets.columns import LEAD, Column
from runner.tui.widgets.rows import Rows
from runner.tui.widgets.table_lines import TableLines

__all__ = ["Column", "Rows", "VirtualTable"]


class VirtualTable(TableLines):
    """Rows under a line of titles, with a cursor that keeps to its key.

    A table that was once told to `follow` keeps its cursor at the newest edge until it is moved
    away, and follows again when it is moved back; `unseen` counts what arrived meanwhile.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "step(1)", "Down", id="table.down", show=False),
        Binding("k,up", "step(-1)", "Up", id="table.up", show=False),
        Binding("g,home", "first", "First row", id="table.first", show=False),
        Binding("G,end", "last", "Last row", id="table.last", show=False),
        Binding("ctrl+f,pagedown", "page(1)", "Page down", id="table.page_down", show=False),
        Binding("ctrl+b,pageup", "page(-1)", "Page up", id="table.page_up", show=False),
        Binding("left", "side(-1)", "Scroll left", id="table.left", show=False),
        Binding("right", "side(1)", "Scroll right", id="table.right", show=False),
        Binding("space", "mark", "Mark", id="table.mark", show=False),
        Binding("enter", "open", "Open", id="table.open", show=False),
    ]

    class Said(Message):
        """What a table says; `control` is for selectors."""

        def __init__(self, table: "VirtualTable") -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> "VirtualTable":
            """The table that says it."""
            return self.table

    class Moved(Said):
        """The cursor is on another row; key None when there is none."""

        def __init__(self, table: "VirtualTable", key: str | None) -> None:
            super().__init__(table)
            self.key = key

    class Opened(Said):
        """Enter, or a double click, on a row."""

        def __init__(self, table: "VirtualTable", key: str) -> None:
            super().__init__(table)
            self.key = key

    class Marked(Said):
        """A row was marked, or its mark taken away."""

        def __init__(self, table: "VirtualTable", marks: list[str]) -> None:
            super().__init__(table)
            self.marks = marks

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        id: str | None = None,  # noqa: A002  Textual's word
        newest: Literal["top", "bottom"] = "top",
    ) -> None:
        super().__init__(columns, id=id)
        self._key: str | None = None
        self._wanted: str | None = None
        self._seen: list[str] = []
        self._newest = newest
        self._live = self._follow = False
        self._edge: str | None = None
        self._unseen = 0

    @property
    def cursor(self) -> int:
        """The position of the cursor; 0 in an empty table."""
        return self._cursor

    @property
    def cursor_key(self) -> str | None:
        """The key of the row under the cursor."""
        return self._key

    @property
    def marks(self) -> list[str]:
        """The keys of the marked rows, in the order of marking; a filter may hide some."""
        return list(self._marks)

    @property
    def unseen(self) -> int:
        """How many rows arrived at the newest edge since the cursor left it."""
        return self._unseen

    @property
    def follow(self) -> bool:
        """Whether the cursor stays at the newest edge."""
        return self._follow

    @follow.setter
    def follow(self, follow: bool) -> None:
        self._live = self._live or follow
        self._follow = follow
        if follow:
            self._go(self._newest_index)

    def show(self, rows: Rows) -> None:
        """Show rows in place of those before: cursor, marks and place stay with their keys.

        Call it again when the rows have changed, the same object or another.
        """
        before, top = self._key, self.scroll_offset.y
        self._revision += 1
        self._rows = rows
        index, line = self._landing(top)
        self._cursor = index
        self._key = rows.key(index) if len(rows) else None
        self.virtual_size = Size(self._wide + LEAD, len(rows) + 1)
        stays = top == 0 and not self._live and index < self._height
        self._place(0 if stays else index - line)
        self._count_unseen()
        self._remember()
        self.refresh()
        if self._key != before:
            self.post_message(self.Moved(self, self._key))

    def go_to(self, key: str) -> bool:
        """Move the cursor to a row; one that is not there yet is gone to when it comes."""
        index = self._rows.index_of(key)
        if index is None:
            self._wanted = key
            return False
        self._go(index)
        return True

    def clear_marks(self) -> None:
        """Take all marks away."""
        self._marks.clear()
        self.refresh()

    def action_step(self, rows: int) -> None:
        """Move the cursor by rows."""
        self._go(self._cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor and the view by what is seen."""
        step = pages * max(self._height - 1, 1)
        top = self.scroll_offset.y + step
        self._go(self._cursor + step)
        self._place(top)

    def action_first(self) -> None:
        """Move the cursor to the first row."""
        self._go(0)

    def action_last(self) -> None:
        """Move the cursor to the last row."""
        self._go(len(self._rows) - 1)

    def action_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away."""
        if self._key is None:
            return
        if self._key in self._marks:
            del self._marks[self._key]
        else:
            self._marks[self._key] = None
        self._refresh_row(self._cursor)
        self.post_message(self.Marked(self, self.marks))

    def action_open(self) -> None:
        """Open the row under the cursor."""
        if self._key is not None:
            self.post_message(self.Opened(self, self._key))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to a row; a second click opens it."""
        place = event.get_content_offset(self)
        index = self.scroll_offset.y + (place.y if place else 0) - 1
        if place is None or place.y < 1 or index >= len(self._rows):
            return
        self._go(index)
        if event.chain == 2:
            self.action_open()

    def on_focus(self) -> None:
        """Show the cursor at full strength."""
        self._refresh_row(self._cursor)

    def on_blur(self) -> None:
        """Show the cursor so that it can still be found."""
        self._refresh_row(self._cursor)

    def on_resize(self) -> None:
        """Choose the columns again, and keep the cursor in view."""
        self._left = min(self._left, max(self._wide - self._room, 0))
        self._into_view()
        self._remember()
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """A wheel or the scroll bar takes the cursor with the view."""
        super().watch_scroll_y(old_value, new_value)
        top = self.scroll_offset.y
        inside = min(max(self._cursor, top), top + self._height - 1)
        if self._height > 0 and inside != self._cursor:
            self._go(inside)
        self._remember()

    @property
    def _newest_index(self) -> int:
        return 0 if self._newest == "top" else max(len(self._rows) - 1, 0)

    def _go(self, index: int) -> None:
        """Move the cursor; whether it follows depends on where it lands."""
        index = min(max(index, 0), max(len(self._rows) - 1, 0))
        before, self._cursor, self._wanted = self._cursor, index, None
        key = self._rows.key(index) if len(self._rows) else None
        moved, self._key = key != self._key, key
        self._follow = self._live and index == self._newest_index
        if index == self._newest_index:
            self._seen_all()
        self._into_view()
        for row in {before, index}:
            self._refresh_row(row)
        if moved:
            self.post_message(self.Moved(self, key))

    def _into_view(self) -> None:
        top = self.scroll_offset.y
        if self._height > 0 and not top <= self._cursor < top + self._height:
            up = self._cursor < top
            self._place(self._cursor if up else self._cursor - self._height + 1)

    def _place(self, top: int) -> None:
        """Show a row as the first one, as far as there are rows below it."""
        self.place_y(min(max(top, 0), max(len(self._rows) - max(self._height, 1), 0)))

    def _refresh_row(self, index: int) -> None:
        self.refresh_line(index + 1)

    def _landing(self, top: int) -> tuple[int, int]:
        """Return where the cursor comes to be among new rows, and on which line of the view.

        It stays on its key; where that is gone, on the next one below, or above, that is left.
        """
        rows, line = self._rows, max(min(self._cursor - top, self._height - 1), 0)
        wanted = None if self._wanted is None else rows.index_of(self._wanted)
        if wanted is not None:
            self._wanted = None
            return wanted, min(wanted, line)
        if self._follow:
            return self._newest_index, self._newest_index and self._height - 1
        found = None if self._key is None else rows.index_of(self._key)
        if found is not None:
            return found, line
        near = [*range(line + 1, len(self._seen)), *range(min(line, len(self._seen)) - 1, -1, -1)]
        for at in near:
            found = rows.index_of(self._seen[at])
            if found is not None:
                return found, min(at, line)
        return min(self._cursor, max(len(rows) - 1, 0)), line

    def _remember(self) -> None:
        """Note the keys on the screen: a refresh may take the one under the cursor away."""
        top = self.scroll_offset.y
        some = range(top, min(top + max(self._height, 0), len(self._rows)))
        self._seen = [self._rows.key(index) for index in some]

    def _seen_all(self) -> None:
        self._unseen = 0
        self._edge = self._rows.key(self._newest_index) if len(self._rows) else None

    def _count_unseen(self) -> None:
        place = None if self._edge is None else self._rows.index_of(self._edge)
        if place is None or self._follow:
            self._seen_all()
        else:
            self._unseen = abs(place - self._newest_index)
