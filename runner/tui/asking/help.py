"""`?`: every key that does something here; enter does it."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.screen import Screen

from runner.tui.asking.chooser import Choice, Chooser
from runner.tui.asking.doings import Doing, doings, run_later
from runner.tui.widgets.columns import Column


class HelpDialog(Chooser):
    """The keys of the screen below, of its list, and of the application."""

    HEADING = "Keys    type to find, enter does it, esc closes"
    FILTERED = "find"
    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("KEY", 14),
        Column("DOES", 24, grow=True),
        Column("WHERE", 12, rank=1),
    )

    def __init__(self) -> None:
        super().__init__()
        self._doings: dict[str, Doing] = {}

    @property
    def below(self) -> Screen[Any]:
        """The screen that it is about."""
        stack = self.app.screen_stack
        return stack[stack.index(self) - 1]

    def choose_from(self) -> Sequence[Choice]:
        """Return a line for every action."""
        self._doings = {str(at): doing for at, doing in enumerate(doings(self.below))}
        return [self._choice(key, doing) for key, doing in self._doings.items()]

    def chosen(self, key: str) -> None:
        """Do it, where it can be done now."""
        doing = self._doings[key]
        if not doing.enabled:
            self.notify(f"{doing.label}: not possible here", markup=False)
            return
        self.dismiss()
        run_later(self.app, doing)

    def _choice(self, key: str, doing: Doing) -> Choice:
        keys, tone = doing.key_words(self.app), "plain" if doing.enabled else "dim"
        cells = ((keys, "strong"), (doing.label, tone), (doing.where, "dim"))
        return Choice(key, cells, f"{keys} {doing.label} {doing.where}".lower())  # type: ignore[arg-type]
