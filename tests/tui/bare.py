"""An application with one widget and nothing else, and rows that count what is asked of them."""

from collections.abc import Sequence

from textual.app import App, ComposeResult
from textual.widget import Widget

from runner.tui.look import Cell, Look
from runner.tui.widgets.rows import Rows

HOSTILE = (
    "\x1b[31mred\x1b[0m \x1b]52;c;aGk=\x07 \x9b2J",
    "[/markup] [bold]x[/] [@click=app.quit]y[/]",
    "\u202egnp.exe\u202c \u2066x\u2069 \u200e\u200f",
    "a\tb\nc\r\nd\x00e\x7f",
    "漢字かな交じり文" * 40,
    "👨\u200d👩\u200d👧 🇩🇪 ⚠\ufe0f ✔\ufe0f 👍🏽 1\ufe0f\u20e3",
    "e" + "\u0301" * 5_000,
    "\u0301\u0302 starts with marks",
    "\ud800 lone \udfff",
    "tag\U000e0041\U000e0042 \u00ad \u2060 \u3164 \ufff9",
    "",
    "\u200d",
)


class Bare(App[None]):
    """Shows one widget; keeps the messages that tables send."""

    def __init__(self, widget: Widget, look: Look | None = None) -> None:
        super().__init__()
        self.look = look or Look()
        self.widget = widget
        self.heard: list[tuple[str, object]] = []

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_virtual_table_moved(self, message) -> None:
        self.heard.append(("moved", message.key))

    def on_virtual_table_opened(self, message) -> None:
        self.heard.append(("opened", message.key))

    def on_virtual_table_marked(self, message) -> None:
        self.heard.append(("marked", message.marks))


class ListedRows:
    """Rows of given keys; every row has the same number of cells."""

    def __init__(self, keys: Sequence[str], *rest: Cell) -> None:
        self.keys = list(keys)
        self.rest = rest
        self.places = {key: at for at, key in enumerate(self.keys)}
        self.built: list[int] = []

    def __len__(self) -> int:
        return len(self.keys)

    def key(self, index: int) -> str:
        return self.keys[index]

    def cells(self, index: int) -> Sequence[Cell]:
        self.built.append(index)
        return (self.keys[index], *self.rest)

    def index_of(self, key: str) -> int | None:
        return self.places.get(key)


def rows(start: int, end: int, step: int = 1) -> Rows:
    """Rows r<start> to r<end-1>."""
    return ListedRows([f"r{number}" for number in range(start, end, step)])
