"""Starting the terminal UI, and ending it so that the terminal is as it was."""

import asyncio
import gc

from runner.boundary.endings import asked_to_end
from runner.domain.errors import InterruptedRunError
from runner.tui.look import Look
from runner.tui.opening import Opening
from runner.tui.ui import AgentctlUi
from runner.tui.world import World

COLLECTING = (10_000, 10, 100)
"""How often Python looks for garbage. By its own numbers the screen stood still for 0.4 s at a time
while the steps of a run with a journal of 200 MB were read; so it does for less than 0.05 s."""


def run_ui(world: World, look: Look, opening: Opening) -> None:
    """Show the UI in this process's terminal until somebody leaves it.

    Raises:
        InterruptedRunError: the process was asked to end.
        Exception: what crashed it. In both cases the terminal is restored by then.
    """
    collect_rarely()
    ui = AgentctlUi(world, look, opening)
    asyncio.run(_shown(ui))
    if ui.crash:
        raise ui.crash
    if ui.asked_to_end:
        raise InterruptedRunError("the process was asked to end", signal_number=ui.asked_to_end)


def collect_rarely() -> None:
    """Let garbage be looked for so seldom that nobody waits for it."""
    gc.set_threshold(*COLLECTING)


async def _shown(ui: AgentctlUi) -> None:
    with asked_to_end(ui.end):
        await ui.run_async()
