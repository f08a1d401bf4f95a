"""Where runs are exported to: a new file, JSON lines or CSV."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from runner.app.listing.run_export import export_runs
from runner.domain.errors import AgentctlError
from runner.tui.reading import Flight, Reading
from runner.tui.screens.runs_query import Said
from runner.tui.tints import look_of
from runner.tui.widgets.entry import Entry

Rows = Callable[[], Iterable[Mapping[str, Any]]]


class ExportDialog(ModalScreen[None], Reading):
    """Asks for a file's name; what could not be written is said, and the dialog stays."""

    DEFAULT_CSS = """
    ExportDialog { align: center middle; }
    ExportDialog > #box {
        width: 76; max-width: 100%; height: auto;
        background: $surface; border: round $primary; padding: 0 1;
    }
    ExportDialog.-ascii > #box { border: ascii $primary; }
    ExportDialog #heading { text-style: bold; }
    ExportDialog Static, ExportDialog Entry { height: 1; margin: 0 1; }
    ExportDialog Said { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="export.leave", show=False)
    ]

    def __init__(self, rows: Rows, what: str) -> None:
        super().__init__()
        self._flights: dict[str, Flight] = {}
        self._rows = rows
        self._what = what
        self._path = Path()

    def compose(self) -> ComposeResult:
        """Put a field into a box."""
        self.set_class(look_of(self.app).ascii, "-ascii")
        with Vertical(id="box"):
            yield Static(f"Export {self._what}", id="heading", markup=False)
            yield Static("into a new file, FILE.jsonl or FILE.csv", markup=False)
            yield Entry("runs.jsonl", id="file")
            yield Said(id="problem")
            yield Static("enter writes it    esc closes", classes="keys", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Let a worker write."""
        event.stop()
        if not self.reading:
            rows, self._path = self._rows, Path(event.value.strip())
            self.read("export", partial(_exported, rows, self._path))

    def on_read(self, what: str, value: int) -> None:
        """Say what was written."""
        self.notify(f"{value:,} runs in {self._path}", markup=False)
        self.dismiss()

    def on_unread(self, what: str, error: AgentctlError) -> None:
        """Say why nothing was written."""
        told = "; ".join(part for part in (error.message, error.help) if part)
        self.query_one("#problem", Said).tell((told, "bad"))

    def action_leave(self) -> None:
        """Close without writing."""
        self.dismiss()

    def on_click(self, event: events.Click) -> None:
        """A click beside the box closes it."""
        if event.widget is self:
            self.dismiss()


def _exported(rows: Rows, path: Path) -> int:
    """In a worker: write them."""
    return export_runs(rows(), path)
