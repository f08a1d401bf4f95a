"""The line in which runs are asked for, and lines that say something about it."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.suggester import Suggester
from textual.widget import Widget

from runner.app.listing.query_typing import suggestion
from runner.tui.look import Cell
from runner.tui.tints import look_of, pieces, text_of
from runner.tui.widgets.cells import fitted
from runner.tui.widgets.entry import Entry

REMEMBERED = 50
Known = Callable[[], Mapping[str, Sequence[str]]]
"""The values that some fields are known to take."""


class QuerySuggester(Suggester):
    """Completes names of fields, and the values that they take."""

    def __init__(self, known: Known) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._known = known

    async def get_suggestion(self, value: str) -> str | None:
        """Return the line with its last word completed."""
        return suggestion(value, self._known())


class QueryLine(Entry):
    """The line. Esc leaves it as it was before, enter as it is; up and down are the ones before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave the query as it was", id="query.leave", show=False),
        Binding("up", "remembered(-1)", "Query before", id="query.before", show=False),
        Binding("down", "remembered(1)", "Query after", id="query.after", show=False),
        Binding("tab", "cursor_right", "Take what is suggested", id="query.take", show=False),
    ]

    class Left(Message):
        """Nobody types any more."""

    def __init__(self, known: Known, *, id: str) -> None:  # noqa: A002  Textual's word
        super().__init__(placeholder="all runs", suggester=QuerySuggester(known), id=id)
        self._before = ""
        self._past: list[str] = []
        self._at = 0

    def on_focus(self) -> None:
        """Note what it said before, and begin another term."""
        self._before = self.value
        self.value = f"{self.value} ".lstrip()
        self.cursor_position = len(self.value)
        self._at = len(self._past)

    def remember(self) -> None:
        """Keep what is typed for `up`."""
        typed = self.value.strip()
        if typed and typed not in self._past[-1:]:
            self._past = [*self._past[-REMEMBERED:], typed]

    def action_leave(self) -> None:
        """Put back what it said before; what was typed is remembered."""
        self.remember()
        self.value = self._before
        self.post_message(self.Left())

    def action_remembered(self, step: int) -> None:
        """Show what was typed before, or after that."""
        self._at = min(max(self._at + step, 0), len(self._past))
        self.value = self._past[self._at] if self._at < len(self._past) else self._before
        self.cursor_position = len(self.value)


class Said(Widget):
    """A line of text in tones; without anything to say it takes no room."""

    DEFAULT_CSS = "Said { height: 1; width: 100%; padding: 0 1; display: none; }"

    def __init__(self, *, id: str) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self.cell: Cell = ""

    def tell(self, cell: Cell) -> None:
        """Say something, or nothing."""
        if cell != self.cell:
            self.cell = cell
            self.display = bool(cell)
            self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Return what `width: auto` comes to."""
        return text_of(self.app, self.cell).cell_len

    def render(self) -> RenderResult:
        """Return the line, visibly cut where it is too long."""
        simple = look_of(self.app).ascii
        made, _cut = fitted(pieces(self.cell), self.size.width, simple=simple)
        whole = Text(no_wrap=True, overflow="crop", end="")
        for part in made:
            whole.append_text(text_of(self.app, part))
        return whole
