"""A list in a dialog, of which a person takes one: by keys, by typing a part, or by the mouse."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from runner.tui.look import Cell
from runner.tui.tints import look_of
from runner.tui.widgets.columns import Column
from runner.tui.widgets.entry import Entry
from runner.tui.widgets.table import VirtualTable


@dataclass(frozen=True)
class Choice:
    """One line of the list. `words` is what a typed part is looked for in."""

    key: str
    cells: tuple[Cell, ...]
    words: str = ""


class Choices:
    """The rows of the list."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        self.choices = tuple(choices)
        self._places = {choice.key: at for at, choice in enumerate(self.choices)}

    def __len__(self) -> int:
        return len(self.choices)

    def key(self, index: int) -> str:
        """Return what identifies a line."""
        return self.choices[index].key

    def cells(self, index: int) -> Sequence[Cell]:
        """Return what a line shows."""
        return self.choices[index].cells

    def index_of(self, key: str) -> int | None:
        """Return where a line is."""
        return self._places.get(key)

    def with_words(self, typed: str) -> "Choices":
        """Return those in which all the words that were typed are found, in any case."""
        wanted = typed.lower().split()
        return Choices([each for each in self.choices if all(w in each.words for w in wanted)])


class Menu(VirtualTable):
    """A table of which one row is taken; there is nothing to mark."""

    lit = True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Marks have no meaning here."""
        return action != "mark"


class Chooser(ModalScreen[None]):
    """The dialog. A subclass gives the title, the columns, the choices, and what is done."""

    HEADING: ClassVar[str] = ""
    COLUMNS: ClassVar[tuple[Column, ...]] = ()
    FILTERED: ClassVar[str] = ""
    """What stands in the field for a part; empty for a list without one."""
    DEFAULT_CSS = """
    Chooser { align: center middle; }
    Chooser > #box {
        width: 100; max-width: 100%; height: 80%;
        background: $surface; border: round $primary;
    }
    Chooser.-ascii > #box { border: ascii $primary; }
    Chooser #heading { height: 1; padding: 0 1; text-style: bold; }
    Chooser #part { height: 1; padding: 0 1; }
    Chooser Menu { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="chooser.leave", show=False),
        Binding("up", "move('step', -1)", "Up", id="chooser.up", show=False),
        Binding("down", "move('step', 1)", "Down", id="chooser.down", show=False),
        Binding("pageup", "move('page', -1)", "Page up", id="chooser.page_up", show=False),
        Binding("pagedown", "move('page', 1)", "Page down", id="chooser.page_down", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.choices = Choices(())

    def compose(self) -> ComposeResult:
        """Put the list into a box."""
        self.set_class(look_of(self.app).ascii, "-ascii")
        with Vertical(id="box"):
            yield Static(self.HEADING, id="heading", markup=False)
            if self.FILTERED:
                yield Entry(placeholder=self.FILTERED, id="part")
            yield Menu(self.COLUMNS)
            yield from self.compose_more()

    def compose_more(self) -> ComposeResult:
        """Yield what stands below the list."""
        yield from ()

    def on_mount(self) -> None:
        """Fill the list."""
        self.choices = Choices(self.choose_from())
        self.menu.show(self.choices)
        (self.query_one("#part") if self.FILTERED else self.menu).focus()

    @property
    def menu(self) -> Menu:
        """The list."""
        return self.query_one(Menu)

    def choose_from(self) -> Sequence[Choice]:
        """Return the lines."""
        return ()

    def chosen(self, key: str) -> None:
        """Do what was taken; the dialog is still there."""

    def action_leave(self) -> None:
        """Close without having taken anything."""
        self.dismiss()

    def action_move(self, how: str, by: int) -> None:
        """Move in the list while one types."""
        if how == "step":
            self.menu.action_step(by)
        else:
            self.menu.action_page(by)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show only what has the words."""
        event.stop()
        self.menu.show(self.choices.with_words(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the line under the cursor."""
        event.stop()
        if self.menu.cursor_key is not None:
            self.chosen(self.menu.cursor_key)

    def on_virtual_table_opened(self, event: VirtualTable.Opened) -> None:
        """Take a line."""
        event.stop()
        self.chosen(event.key)

    def on_click(self, event: events.Click) -> None:
        """A click beside the box closes it."""
        if event.widget is self:
            self.dismiss()
