"""Starting the terminal UI, and ending it so that the terminal is as it was."""

import asyncio
import gc

from textual.filter import Monochrome, NoColor

from runner.boundary.endings import asked_to_end
from runner.domain.errors import InterruptedRunError
from runner.tui.look import Look
from runner.tui.opening import Opening, show
from runner.tui.ui import AgentctlUi
from runner.tui.world import World

COLLECTING = (10_000, 10, 100)
"""How often Python looks for garbage. By its own numbers the screen stood still for 0.4 s at a time
while the steps of a run with a journal of 200 MB were read; so it does for less than 0.05 s."""


class StartedUi(AgentctlUi):
    """The UI with its first screen; who started it is told what crashed it."""

    def __init__(self, world: World, look: Look, opening: Opening) -> None:
        super().__init__(world, look, start=opening.below)
        # Textual looks at NO_COLOR alone; what was asked for with --color counts as well.
        others = [each for each in self._filters if not isinstance(each, NoColor | Monochrome)]
        self._filters = others if look.colour else [*others, NoColor()]
        self.no_color = not look.colour
        self._opening = opening
        self.asked = 0
        """The signal by which the process was asked to end; 0 for none."""

    def end(self, signal_number: int) -> None:
        """Leave, because the process was asked to end."""
        self.asked = signal_number
        self.exit()

    @property
    def crash(self) -> Exception | None:
        """What ended it, if a bug did."""
        return self._exception

    def on_mount(self) -> None:  # type: ignore[override]  # Textual calls the other one as well
        """Open what is on top of the first screen, once that is there."""
        self.call_later(self._show)

    async def _show(self) -> None:
        await show(self, self._opening)

    def _fatal_error(self) -> None:
        """End. Textual would print the crash here, with every local variable."""
        self._close_messages_no_wait()


def run_ui(world: World, look: Look, opening: Opening) -> None:
    """Show the UI in this process's terminal until somebody leaves it.

    Raises:
        InterruptedRunError: the process was asked to end.
        Exception: what crashed it. In both cases the terminal is restored by then.
    """
    collect_rarely()
    ui = StartedUi(world, look, opening)
    asyncio.run(_shown(ui))
    if ui.crash:
        raise ui.crash
    if ui.asked:
        raise InterruptedRunError("the process was asked to end", signal_number=ui.asked)


def collect_rarely() -> None:
    """Let garbage be looked for so seldom that nobody waits for it."""
    gc.set_threshold(*COLLECTING)


async def _shown(ui: StartedUi) -> None:
    with asked_to_end(ui.end):
        await ui.run_async()
