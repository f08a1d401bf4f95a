"""What a screen shows, as text, and how a test holds it against a file."""

import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from textual.app import App
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from runner.tui.look import Look
from runner.tui.opening import Opening, found, read_opening, show
from runner.tui.shots import screen_text
from runner.tui.ui import AgentctlUi
from runner.tui.world import World
from tests.tui.agents import LONG_NAME
from tests.tui.world import UiWorld

GOLDEN = Path(__file__).parent / "golden"
SIZES = {"120x40": (120, 40), "80x24": (80, 24), "200x60": (200, 60)}
ROUNDS = 20
LONGEST_S = 20


@dataclass(frozen=True)
class Shown:
    """A screen with goldens: how it is opened, and keys that are pressed then.

    `{throttled}` in `opening` is the id of the run that the world calls so.
    """

    opening: str
    keys: tuple[str, ...] = ()


SCREENS = {
    "fleet": Shown("fleet"),
    "runs": Shown("runs"),
    "runs-oldest": Shown("runs", ("G",)),
    "runs-failed": Shown("runs:status:failed"),
    "versions": Shown("versions:invoice-triage"),
    "schedules": Shown("schedules"),
    "run": Shown("run:{throttled}"),
    "run-composite": Shown("run:{composite}"),
    "run-hostile": Shown("run:{hostile}"),
    "diff": Shown("diff:invoice-triage:v1.1.0:v1.2.0"),
    "compare": Shown("compare:{before}:{throttled}"),
    "rollback": Shown("rollback:invoice-triage"),
    "promote": Shown(f"promote:{LONG_NAME}:v1.1.0"),
    "promote-held": Shown("promote:refund-bot:v2.1.0"),
    "dry-run": Shown("dry-run:invoice-triage:v1.1.0"),
    "help": Shown("fleet", ("question_mark",)),
    "yank": Shown("fleet", ("y",)),
    "command": Shown("fleet", ("colon",)),
    "matrix": Shown("fleet", ("E",)),  # it stays so: the last one
}
"""Every screen and dialog; a new one is a line here."""


@asynccontextmanager
async def drive(
    world: UiWorld,
    size: tuple[int, int] = (120, 40),
    look: Look | None = None,
    environment: str | None = "prod",
    opening: str = "fleet",
) -> AsyncIterator[Pilot[Any]]:
    """Start the UI on a world without a terminal; yields once it has read everything."""
    seen = World(world.root, world.state, environment, world.clock)
    ui = AgentctlUi(seen, look or Look(), opening_of(world, opening))
    async with ui.run_test(size=size, notifications=True) as pilot:
        await settled(pilot)
        yield pilot


def opening_of(world: UiWorld, text: str) -> Opening:
    """What is typed to open a screen; `{throttled}` in it is the id of a run."""
    return found(read_opening(text.format(**world.runs)), world.root, world.state)


async def open_on(pilot: Pilot[Any], world: UiWorld, shown: Shown) -> None:
    """Leave what is open on top of a first screen, open another one, and press its keys."""
    ui = pilot.app
    assert isinstance(ui, AgentctlUi)
    while len(ui.screen_stack) > 1:
        ui.pop_screen()
    opening = opening_of(world, shown.opening)
    await ui.switch_mode(opening.below)
    await show(ui, opening)
    await settled(pilot)
    await press(pilot, *shown.keys)


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until nothing is being read, and what was read is shown."""
    for _round in range(ROUNDS):
        await pilot.pause()
        for worker in list(pilot.app.workers):
            with suppress(WorkerCancelled):
                await worker.wait()
        await pilot.pause()
        nodes = (pilot.app, *pilot.app.screen_stack)
        if not any(getattr(node, "reading", False) for node in nodes):
            return


async def until(pilot: Pilot[Any], came: Callable[[], bool]) -> None:
    """Wait for what comes from elsewhere: a file that grew, a task of Textual's own."""
    end = time.monotonic() + LONGEST_S
    while not came():
        assert time.monotonic() < end, screen_text(pilot.app)
        await pilot.pause(0.02)
        await settled(pilot)


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys, one after the other, and wait for what they start."""
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


def assert_golden(app: App[Any], name: str) -> None:
    """Hold the screen against `golden/<name>.txt`; UPDATE_GOLDEN=1 writes the file."""
    got, path = screen_text(app), GOLDEN / f"{name}.txt"
    assert_within(got, app.size.width)
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(got, encoding="utf-8")
        return
    assert path.is_file(), f"no {path.name}: UPDATE_GOLDEN=1 writes it"
    assert got == path.read_text(encoding="utf-8")


def assert_within(text: str, width: int) -> None:
    """No line is wider than the terminal, in cells."""
    wide = [line for line in text.splitlines() if cell_len(line) > width]
    assert not wide, wide
