"""A dialog that lets an agent be chosen."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from runner.tui.asking.chooser import Choice, Chooser
from runner.tui.widgets.columns import Column


class AgentDialog(Chooser):
    """Asks for an agent: by a part of its name, or by going to it."""

    HEADING = "Agent    enter takes it, esc closes"
    COLUMNS: ClassVar[tuple[Column, ...]] = (Column("AGENT", 20, grow=True),)
    FILTERED = "a part of its name"
    DEFAULT_CSS = "AgentDialog > #box { width: 60; }"

    def __init__(
        self, agents: Sequence[str], shown: str | None, take: Callable[[str], None]
    ) -> None:
        super().__init__()
        self._agents, self._shown, self._take = agents, shown, take

    def choose_from(self) -> Sequence[Choice]:
        """Return the agents; the one that is shown first."""
        names = sorted(self._agents, key=lambda name: (name != self._shown, name))
        return [Choice(name, (name,), name) for name in names]

    def chosen(self, key: str) -> None:
        """Show the one that was taken."""
        self.dismiss()
        self._take(key)
