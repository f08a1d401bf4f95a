"""What dialogs are made of: fields of one line, marks, what confirms, and facts in two columns."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from runner.app.moves.lines import Line, Way
from runner.tui.look import Cell
from runner.tui.tints import look_of, text_of
from runner.tui.widgets.cells import wrapped
from runner.tui.widgets.entry import Entry
from runner.tui.widgets.lines import LineView

LABEL = 10
"""Columns of the words at the left of facts."""
SIMPLE = str.maketrans({"→": "->", "…": "..."})
"""What our own sentences have in place of these with `--ascii`."""
LEAST = 20
"""Columns below which nothing is wrapped."""
Ignores = Callable[[str], bool]
"""Whether a key is not to be listened to now."""


class Facts(LineView):
    """Labelled lines, wrapped beside their labels."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self.told: tuple[Line, ...] = ()

    def tell(self, lines: Sequence[Line], *, keep: bool = True) -> None:
        """Show facts in place of those before."""
        if keep and tuple(lines) == self.told:
            return
        self.told = tuple(lines)
        self.show(self._laid(self.size.width), keep=keep)
        if self.styles.auto_dimensions:
            self.refresh(layout=True)

    def on_resize(self) -> None:
        """Wrap again."""
        self.show(self._laid(self.size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many rows the facts take, for where that decides the height."""
        return max(len(self._laid(width)), 1)

    def _laid(self, width: int) -> list[Cell]:
        room = max(width - LABEL - 2, LEAST)
        simple, laid = look_of(self.app).ascii, list[Cell]()
        for line in self.told:
            text = line.text.translate(SIMPLE) if simple else line.text
            for number, row in enumerate(wrapped((text, line.tone), room, simple=simple)):
                label = "" if number else line.label
                laid.append(((f" {label:<{LABEL}}", "dim"), *row))
        return laid


class Typed(Entry):
    """A field of one line that can be told not to listen to a key."""

    def __init__(self, ignores: Ignores, **more: Any) -> None:
        super().__init__(**more)
        self._ignores = ignores

    def on_key(self, event: events.Key) -> None:
        """Drop a key that is not listened to, before it becomes a character."""
        if self._ignores(event.key):
            event.stop()
            event.prevent_default()


class Ways(Typed):
    """A field for a REF: up and down go through those that can be taken."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "way(-1)", "REF before", id="move.way_before", show=False),
        Binding("down", "way(1)", "Next REF", id="move.way_next", show=False),
    ]
    ways: tuple[Way, ...] = ()

    def action_way(self, step: int) -> None:
        """Take the next REF, or the one before."""
        refs = [way.ref for way in self.ways]
        if not refs:
            return
        start = -1 if step > 0 else 0
        at = refs.index(self.value) if self.value in refs else start
        self.value = refs[(at + step) % len(refs)]
        self.cursor_position = len(self.value)


class Field(Horizontal):
    """A field with its label."""

    DEFAULT_CSS = """
    Field { height: 1; }
    Field > Static { width: 15; padding: 0 1; }
    Field > Input { width: 1fr; }
    """

    def __init__(self, label: str, field: Input, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._label, self._field = label, field

    def compose(self) -> ComposeResult:
        """Put the label before the field."""
        yield Static(Text(self._label))
        yield self._field

    def call_it(self, label: str) -> None:
        """Change the label."""
        self._label = label
        self.query_one(Static).update(Text(label))


class Toggle(Static, can_focus=True):
    """Something to be switched on or off, by space or a click."""

    DEFAULT_CSS = """
    Toggle { height: 1; padding: 0 1; }
    Toggle:focus { text-style: reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "switch", "Switch", id="move.switch", show=False)
    ]

    class Switched(Message):
        """It was switched."""

        def __init__(self, toggle: "Toggle") -> None:
            super().__init__()
            self.toggle = toggle

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.on, self._text = False, ""

    def tell(self, text: str, *, on: bool) -> None:
        """Say what it is about, and how it stands."""
        self._text, self.on = text, on
        self.update(text_of(self.app, f"[{'x' if on else ' '}] {text}"))

    def action_switch(self) -> None:
        """Switch it."""
        self.tell(self._text, on=not self.on)
        self.post_message(self.Switched(self))

    def on_click(self) -> None:
        """A click switches it, too."""
        self.action_switch()


class Picker(Static, can_focus=True):
    """One of some texts, chosen with up and down."""

    DEFAULT_CSS = """
    Picker { height: 1; padding: 0 1; }
    Picker:focus { text-style: reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j,space", "pick(1)", "Next", id="pick.next", show=False),
        Binding("up,k", "pick(-1)", "The one before", id="pick.before", show=False),
    ]

    class Picked(Message):
        """Another one was chosen: `at` counts from 0."""

        def __init__(self, at: int) -> None:
            super().__init__()
            self.at = at

    def __init__(self, label: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._label = label
        self._texts: Sequence[str] = ()
        self._at = 0

    def offer(self, texts: Sequence[str]) -> None:
        """Show what can be chosen; the first one is."""
        self._texts, self._at = texts, 0
        self._tell()

    def action_pick(self, step: int) -> None:
        """Choose the next one, or the one before."""
        if self._texts:
            self._at = (self._at + step) % len(self._texts)
            self._tell()
            self.post_message(self.Picked(self._at))

    def on_click(self) -> None:
        """A click chooses the next one."""
        self.action_pick(1)

    def _tell(self) -> None:
        place = f"  ({self._at + 1} of {len(self._texts)})"
        cell: Cell = (
            (f"{self._label:<{LABEL}}", "dim"),
            (self._texts[self._at], "strong"),
            (place, "dim"),
        )
        self.update(text_of(self.app, cell))


class Confirm(Static, can_focus=True):
    """What carries a decision out: `y` while it has the focus, or a click. Enter does nothing."""

    DEFAULT_CSS = """
    Confirm { width: auto; height: 1; padding: 0 1; }
    Confirm:focus { text-style: reverse bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "agree", "Confirm", id="move.agree", show=False)
    ]

    class Agreed(Message):
        """A person agreed."""

    def tell(self, word: str, *, ready: bool) -> None:
        """Name what it does; while it is not ready it can be neither focused nor clicked."""
        self.disabled = not ready
        cell: Cell = (("y ", "accent"), (word, "strong")) if ready else (f"  {word}", "dim")
        self.update(text_of(self.app, cell))

    def action_agree(self) -> None:
        """Say that a person agreed."""
        if not self.disabled:
            self.post_message(self.Agreed())

    def on_click(self) -> None:
        """A click agrees, too."""
        self.action_agree()


def key_words(widget: Widget, hints: Sequence[tuple[str, str, str]]) -> Text:
    """Return a line of keys, words and the screen's actions that a click on them calls."""
    made = Text(" ", no_wrap=True, end="")
    for key, word, action in hints:
        part = text_of(widget.app, ((key, "strong"), (f" {word}", "dim")))
        part.apply_meta({"@click": f"screen.{action}"})
        made.append_text(part)
        made.append("  ")
    return made
