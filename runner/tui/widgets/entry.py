"""A field of one line. What is pasted into it may come from anywhere."""

from typing import Any

from textual import events
from textual.widgets import Input

from runner.app.plain_text import plain
from runner.tui.widgets.cells import SURROGATE


class Entry(Input):
    """A text field without a frame whose text steers no terminal: Textual draws it as it is."""

    def __init__(self, value: str | None = None, **more: Any) -> None:
        super().__init__(value, compact=True, select_on_focus=False, **more)
        self.cursor_blink = False

    def on_paste(self, event: events.Paste) -> None:
        """Take all lines of what is pasted, as one: Textual would take the first alone."""
        event.stop()
        event.prevent_default()
        line = " ".join(part.strip() for part in event.text.splitlines() if part.strip())
        self.replace(line, *self.selection)

    def validate_value(self, value: str) -> str:
        """Replace what would steer a terminal."""
        return SURROGATE.sub("\ufffd", plain(value.replace("\n", " ")))
