"""The text of a run's tab: what was read, written as lines, at the place of a step."""

from collections.abc import Callable
from typing import Any

from textual.app import App, SuspendNotSupported

from runner.app.pagers import show_in_pager
from runner.app.story.journal_index import JournalIndex
from runner.app.story.proof import Proof
from runner.app.story.steps import Step
from runner.tui.screens.run_reads import Seen, Tab
from runner.tui.screens.run_tabs import (
    RawLines,
    Written,
    calls_text,
    config_text,
    messages_text,
    proofs_text,
    text_of_lines,
)
from runner.tui.widgets.lines import LineView


class TabText(LineView):
    """One tab at a time; another content of the same tab stays at its place."""

    def __init__(self, hide: Callable[[Any], Any], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.tab: Tab | None = None
        self.index: JournalIndex | None = None
        self.proofs: tuple[Proof, ...] | None = None
        """What a verification said; until then the tab says what is known without one."""
        self._hide = hide
        self._seen: Seen | None = None
        self._system_open = False

    def begin(self) -> None:
        """Show that something is being read."""
        self.tab = None
        self.show([("reading", "dim")], keep=False)

    def tell(self, tab: Tab, seen: Seen, step: Step | None) -> None:
        """Show what was read; at first at the place of a step."""
        first = self.tab is None or self.tab.name != tab.name
        self.tab, self._seen = tab, seen
        if tab.name == "jsonl":
            self._tell_raw(tab.content, seen, step, first=first)
            return
        made = self._written(tab)
        self.show(made.lines, wrap=tab.name != "tools", keep=not first, stops=made.stops)
        if first and step is not None:
            line = made.places.get(step.key if tab.name == "evidence" else step.place)
            self.call_after_refresh(self.go_to, line or 0)

    def again(self) -> None:
        """Show the same once more: what is folded, or known, has changed."""
        if self.tab is not None and self._seen is not None:
            self.tell(self.tab, self._seen, None)

    def fold(self) -> None:
        """Fold the instructions, or show them."""
        self._system_open = not self._system_open
        self.again()

    @property
    def text(self) -> str:
        """All of it, not made plain."""
        return text_of_lines(self._written(self.tab).lines) if self.tab else ""

    def _tell_raw(self, index: JournalIndex, seen: Seen, step: Step | None, *, first: bool) -> None:
        self.index = index
        stops = step.lines if step is not None else ()
        self.show(RawLines(index, seen.reader, self._hide), keep=not first, stops=stops)
        if first:
            self.call_after_refresh(self.action_stop, 1)

    def _written(self, tab: Tab) -> Written:
        hide = self._hide
        if tab.name == "messages":
            return messages_text(tab.content, hide, open_system=self._system_open)
        if tab.name == "tools":
            return calls_text(tab.content, hide, self.look)
        if tab.name == "config":
            return config_text(tab.content, hide)
        if tab.name == "evidence":
            return proofs_text(self.proofs or tab.content, hide, self.look)
        return Written()


def open_pager(app: App[Any], text: str) -> str:
    """Give the terminal to the person's pager; return why that cannot be, or nothing."""
    try:
        with app.suspend():
            shown = show_in_pager(text)
    except SuspendNotSupported:
        return "there is no terminal here that a pager could have"
    return "" if shown else "no pager: set AGENTCTL_PAGER or PAGER"
