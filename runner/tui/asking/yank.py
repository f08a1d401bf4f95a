"""`y`: what can be copied from a screen. It is shown as well, for terminals that do not copy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult

from runner.app.plain_text import plain
from runner.tui.asking.chooser import Choice, Chooser
from runner.tui.look import Cell
from runner.tui.page import Page
from runner.tui.widgets.cells import LONG, SURROGATE, clean
from runner.tui.widgets.columns import Column
from runner.tui.widgets.lines import LineView
from runner.tui.widgets.table import VirtualTable

TAKEN = frozenset("jkgGy")
"""Keys that move in the list, and the one that opened it: pressed again it copies the line."""
MOST = 10_000_000
"""Characters that are copied at most; terminals drop what is much longer."""
SAID = 120


@dataclass(frozen=True)
class Yank:
    """Something to copy, and the key that copies it."""

    key: str
    label: str
    text: str


class YankDialog(Chooser):
    """What the screen below offers, each with a key; `c` is the command that prints the same."""

    HEADING = "Copy    by its key or enter, esc closes"
    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("KEY", 3),
        Column("WHAT", 16),
        Column("TEXT", 20, grow=True),
    )
    DEFAULT_CSS = """
    YankDialog > #box { height: auto; max-height: 100%; }
    YankDialog Menu { height: auto; max-height: 12; }
    YankDialog #whole { height: 6; border-top: solid $primary; padding: 0 1; }
    YankDialog.-ascii #whole { border-top: ascii $primary; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._yanks: dict[str, Yank] = {}

    def compose_more(self) -> ComposeResult:
        """The whole text of the line under the cursor, to be copied with the mouse."""
        yield LineView(id="whole")

    @property
    def below(self) -> Page:
        """The screen that it is about."""
        stack = self.app.screen_stack
        page = stack[stack.index(self) - 1]
        if not isinstance(page, Page):
            msg = "only pages have something to copy"
            raise TypeError(msg)
        return page

    def choose_from(self) -> Sequence[Choice]:
        """Return a line for everything that can be copied."""
        page = self.below
        found = yanks(page.command(), page.yanks())
        self._yanks = {yank.key: yank for yank in found}
        return [self._choice(yank) for yank in found]

    def chosen(self, key: str) -> None:
        """Copy it, and say what was copied."""
        yank = self._yanks[key]
        self.app.copy_to_clipboard(yank.text[:MOST])
        said = clean(yank.text[: SAID * 4])
        said = said if len(said) <= SAID else f"{said[: SAID - 3]}..."
        self.notify(f"{yank.label} copied: {said}", markup=False)
        self.dismiss()

    def on_key(self, event: events.Key) -> None:
        """Copy by a key."""
        key = self.menu.cursor_key if event.character == "y" else event.character
        if key and key in self._yanks:
            event.stop()
            self.chosen(key)

    def on_virtual_table_moved(self, event: VirtualTable.Moved) -> None:
        """Show the whole text."""
        event.stop()
        yank = self._yanks.get(event.key or "")
        lines = yank.text[:LONG].split("\n") if yank else ()
        self.query_one("#whole", LineView).show(lines, wrap=True, keep=False)

    @staticmethod
    def _choice(yank: Yank) -> Choice:
        shown = " ".join(yank.text[:1_000].split())
        cells: tuple[Cell, ...] = ((yank.key, "strong"), yank.label, (shown, "dim"))
        return Choice(yank.key, cells)


def yanks(command: str, offered: Sequence[tuple[str, str]]) -> list[Yank]:
    """Return what can be copied, each with a key of its own; nothing in it steers a terminal."""
    found = [Yank("c", "command", _harmless(command))]
    used = {"c", *TAKEN}
    for label, text in offered:
        key = next((key for key in _keys(label) if key not in used), None)
        if key is None:
            break
        used.add(key)
        found.append(Yank(key, label, _harmless(text)))
    return found


def _keys(label: str) -> str:
    """Return the keys that would do for a word: its own letters, then any."""
    own = "".join(letter for letter in label.lower() if letter.isascii() and letter.isalnum())
    return f"{own}123456789abdefhilmnopqrstuvwxz"


def _harmless(text: str) -> str:
    return SURROGATE.sub("\ufffd", plain(text))
