"""One screen of the frame: head, banner, body, and a line of keys. Every screen is one of these."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Static

from runner.app.tones import Tone
from runner.domain.errors import AgentctlError
from runner.tui.frame import Banner, Foot, FrameLine, Head
from runner.tui.look import Look
from runner.tui.reading import Came, Flight, Reading
from runner.tui.widgets.table import VirtualTable

NORMAL, WIDE, TALL = 100, 150, 36
SMALLEST = (60, 14)
"""Columns and rows below which nothing but a word about it is shown."""
TOO_SMALL = f"too small: {SMALLEST[0]} columns by {SMALLEST[1]} rows are needed"
Breadth = Literal["narrow", "normal", "wide"]
Hint = tuple[str, str]
"""The name of an action and the word for it in the line of keys."""
CHANGING = frozenset({"promote", "rollback", "dry_run", "undo"})
"""Actions that a read-only screen does not offer."""


class Page(Screen[None], Reading):
    """A screen. A subclass gives `compose_body`, `refresh_data`, `on_read`, and its names."""

    DEFAULT_CSS = """
    Page #too-small { display: none; }
    Page.-tiny > * { display: none; }
    Page.-tiny > #too-small { display: block; }
    """
    NAME: ClassVar[str] = ""
    TITLE: ClassVar[str] = ""
    HINTS: ClassVar[tuple[Hint, ...]] = ()
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NORMAL, "-normal"), (WIDE, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (TALL, "-tall")]  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self._flights: dict[str, Flight] = {}
        self._unread: set[str] = set()

    @property
    def look(self) -> Look:
        """How it is shown."""
        return self.ui.look

    @property
    def breadth(self) -> Breadth:
        """How wide the terminal is."""
        width = self.app.size.width
        return "narrow" if width < NORMAL else "normal" if width < WIDE else "wide"

    @property
    def short(self) -> bool:
        """Whether there is no room for what is only nice to have."""
        return self.app.size.height < TALL

    def compose(self) -> ComposeResult:
        """Put the body into the frame."""
        yield Static(TOO_SMALL, id="too-small", markup=False)
        yield Head(id="head")
        yield Banner(id="banner")
        with Vertical(id="body"):
            yield from self.compose_body()
        yield Foot(id="foot")

    def compose_body(self) -> ComposeResult:
        """Yield the widgets of this screen."""
        yield from ()

    @on(Resize)
    def _fit(self) -> None:
        """Show a word about it where there is no room for a screen."""
        columns, rows = SMALLEST
        self.set_class(self.app.size.width < columns or self.app.size.height < rows, "-tiny")

    def on_mount(self) -> None:
        """Read for the first time. A subclass that needs more names it `on_ready`."""
        self.on_ready()
        self.refresh_data()

    def on_ready(self) -> None:
        """Prepare the widgets, before the first read."""

    def on_screen_resume(self) -> None:
        """Catch up with what changed while another screen was shown."""
        if self.is_mounted and not self._flights:
            self.refresh_data()
        self.restate()

    def refresh_data(self) -> None:
        """Read again what this screen shows; called when something changed, and now and then."""

    def stand_on(self, agent: str) -> None:
        """Go to an agent in the list that is shown; one that is not read yet is gone to later."""
        for table in self.query(VirtualTable):
            table.go_to(agent)

    def crumbs(self) -> tuple[str, ...]:
        """Return where this is, from the outside to the inside, after the environment."""
        return (self.TITLE,)

    def command(self) -> str:
        """Return the command line that prints the same."""
        return "agentctl status"

    def hints(self) -> Sequence[Hint]:
        """Return what the line of keys names, what matters most first."""
        return self.HINTS

    def yanks(self) -> Sequence[tuple[str, str]]:
        """Return what can be copied: a word for it and the text."""
        return ()

    def on_came(self, message: Came) -> None:  # Textual calls the one of Reading after it
        """Keep a banner until what it was about is read again."""
        what, wanted = message.flight.what, self._flights.get(message.flight.what)
        if wanted is message.flight:
            (self._unread.add if message.error else self._unread.discard)(what)
            if not self._unread:
                self.banner(None)

    def on_unread(self, what: str, error: AgentctlError) -> None:
        """Say why something could not be read; what is shown stays."""
        self.banner(error.message + (f"; {error.help}" if error.help else ""))

    def banner(self, text: str | None, tone: Tone = "bad") -> None:
        """Show a line under the head that stays; None takes it away."""
        for line in self.query(Banner):
            line.tell(text, tone)

    def toast(self, text: str, *, bad: bool = False) -> None:
        """Show a word that goes away by itself; nothing that a person must act on."""
        self.notify(text, severity="error" if bad else "information", markup=False)

    def restate(self) -> None:
        """Draw head and foot again: where this is, or what can be done, has changed."""
        for line in self.query(FrameLine):  # none before they are there, and after
            line.refresh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what changes something from a read-only screen."""
        return not (self.look.read_only and action in CHANGING)

    def key_of(self, action: str) -> str:
        """Return the key that calls one of this screen's, or the application's, actions."""
        for each in (*self.BINDINGS, *self.app.BINDINGS):
            if isinstance(each, Binding) and each.action == action:
                return self.look.keys.get(each.id or "", each.key).partition(",")[0].strip()
        return ""


def bound(key: str, action: str, label: str, page: str) -> Binding:
    """Return a binding that the user's file can give another key: `page.action`."""
    return Binding(key, action, label, id=f"{page}.{action.partition('(')[0]}", show=False)
