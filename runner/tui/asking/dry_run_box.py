"""What the dialog of a dry run is made of: the inputs to choose from, the input, and the start."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static, TextArea

from runner.app.moves.lines import Line
from runner.app.tones import Tone
from runner.tui.asking.parts import Confirm, Facts, Picker, key_words
from runner.tui.look import Cell
from runner.tui.tints import look_of, text_of


class DryRunBox(Vertical):
    """It shows what it is told, and says what was typed; it decides nothing."""

    DEFAULT_CSS = """
    DryRunBox {
        width: 104; max-width: 100%; height: 100%; max-height: 32;
        background: $surface; border: round $primary;
    }
    DryRunBox.-ascii { border: ascii $primary; }
    DryRunBox #facts { height: auto; max-height: 9; }
    DryRunBox #input { height: 1fr; min-height: 4; padding: 0 1; }
    DryRunBox #state, DryRunBox #same {
        height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis;
    }
    DryRunBox.-ascii #state, DryRunBox.-ascii #same { text-overflow: clip; }
    DryRunBox #keys { width: 1fr; height: 1; }
    DryRunBox #last { height: 1; }
    """

    def __init__(self, name: str) -> None:
        super().__init__(id="box")
        self.border_title = f"Dry run of {name}"

    def compose(self) -> ComposeResult:
        """Put the facts above the input, and the start into the last corner."""
        yield Facts(id="facts")
        yield Picker("Input", id="picker")
        yield TextArea(id="input", compact=True, theme="css", highlight_cursor_line=False)
        yield Static(id="state")
        yield Static(id="same")
        with Horizontal(id="last"):
            yield Static(id="keys")
            yield Confirm(id="confirm")

    def on_mount(self) -> None:
        """Draw the border as this terminal can."""
        self.set_class(look_of(self.app).ascii, "-ascii")

    def offer(self, names: Sequence[str]) -> None:
        """Show which inputs can be chosen."""
        self.query_one(Picker).offer(names)

    def write(self, text: str) -> None:
        """Put a text into the input."""
        area = self.query_one(TextArea)
        with self.prevent(TextArea.Changed):
            area.text = text

    @property
    def typed(self) -> str:
        """What stands in the input."""
        return self.query_one(TextArea).text

    def enable(self, *, on: bool) -> None:
        """Let the input be changed, or let nothing be changed."""
        self.query_one(Picker).disabled = self.query_one(TextArea).disabled = not on
        self.query_one(Picker if on else Facts).focus()

    def hide_input(self) -> None:
        """Leave what was started alone on the screen."""
        for part in (self.query_one(Picker), self.query_one(TextArea)):
            part.display = False
        self.query_one(Facts).focus()

    def tell(self, lines: Sequence[Line]) -> None:
        """Show facts."""
        self.query_one(Facts).tell(lines)

    def say(self, text: str, tone: Tone, same: str) -> None:
        """Say in a line how it stands, and in another one which command does the same."""
        cell: Cell = (text, tone)
        self.query_one("#state", Static).update(text_of(self.app, cell))
        self.query_one("#same", Static).update(text_of(self.app, (("$ ", "dim"), (same, "plain"))))

    def confirm(self, *, ready: bool, shown: bool) -> None:
        """Show what starts it, and whether it can be."""
        confirm = self.query_one(Confirm)
        confirm.display = shown
        confirm.tell("Start", ready=ready)

    def keys(self, hints: Sequence[tuple[str, str, str]]) -> None:
        """Name the keys that do something: the key, a word, the screen's action."""
        self.query_one("#keys", Static).update(key_words(self, hints))
