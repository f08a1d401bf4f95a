"""The line above the fleet: how many there are and how they stand, and the filter that is typed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from textual.app import ComposeResult, RenderResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget

from runner.app.fleet.row import Row
from runner.tui.look import Cell, Look, Piece, badge
from runner.tui.tints import text_of
from runner.tui.widgets.entry import Entry

COUNTED = ("tampered", "failing", "drifted", "held", "behind")


def counted(rows: Iterable[Row], shown: int, many: int, look: Look) -> Iterator[Piece]:
    """Yield how many of how many agents are shown, and how all of them stand."""
    words = Counter(word for row in rows for word in {row.sync_word, row.health.word})
    some = "" if shown == many else f"{shown} of "
    yield f"{some}{many} agent{'' if many == 1 else 's'}", "strong"
    for word in COUNTED:
        if words[word]:
            text, tone = badge(word, ascii=look.ascii)
            glyph = text.partition(" ")[0]
            yield f"   {glyph} {words[word]} {word}", tone


class Summary(Widget):
    """One line of counts."""

    DEFAULT_CSS = "Summary { height: 1; width: 100%; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self._said: tuple[Piece, ...] = ()

    def tell(self, parts: Iterator[Piece]) -> None:
        """Show other pieces."""
        self._said = tuple(parts)
        self.refresh()

    def render(self) -> RenderResult:
        """Return the line."""
        cell: Cell = ((" ", "plain"), *self._said)
        made = text_of(self.app, cell)
        made.truncate(max(self.size.width, 1), overflow="crop")
        return made


class FilterLine(Entry):
    """Where a filter is typed; every letter is a letter here."""

    DEFAULT_CSS = "FilterLine { width: 1fr; height: 1; }"
    BINDINGS: ClassVar[list[Any]] = [
        Binding("escape", "leave(False)", "No filter", id="filter.clear", show=False),
        Binding("enter,down", "leave(True)", "Keep the filter", id="filter.keep", show=False),
    ]

    class Left(Message):
        """The line is done with."""

    def action_leave(self, keep: bool) -> None:
        """Be done; what was typed stays, or goes."""
        if not keep:
            self.value = ""
        self.post_message(self.Left())


class Asking(Horizontal):
    """The filter behind a slash; hidden until it is asked for."""

    DEFAULT_CSS = """
    Asking { height: 1; display: none; }
    Asking Summary { width: 3; }
    """

    def compose(self) -> ComposeResult:
        """Yield the slash and the line."""
        yield Summary(id="slash")
        yield FilterLine(id="filter")

    def on_mount(self) -> None:
        """Show the slash."""
        self.query_one(Summary).tell(iter([("/", "strong")]))

    def begin(self) -> None:
        """Show the line and type into it."""
        self.display = True
        self.query_one(FilterLine).focus()

    def end(self) -> None:
        """Hide the line."""
        self.display = False
