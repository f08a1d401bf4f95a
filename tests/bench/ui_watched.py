"""A screen of the terminal UI, without a terminal, watched while keys are pressed; JSON to stdout.

In a process of its own, so that its memory is that of the UI: `python -m tests.bench.ui_watched
PROJECT SCREEN KEY...`.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from runner.boundary.clock import SystemClock
from runner.tui.look import Look
from runner.tui.opening import found, read_opening
from runner.tui.starting import collect_rarely
from runner.tui.ui import AgentctlUi
from runner.tui.widgets.table import VirtualTable
from runner.tui.world import World
from tests.bench.figures import peak_bytes

SIZE = (120, 40)
BEAT_S = 0.002
LONGEST_S = 60.0


class Pulse:
    """Tells what was in the way of the screen's next answer at the most."""

    def __init__(self) -> None:
        self.cpu_s = 0.0
        """CPU of the screen's own thread: what handlers do."""
        self.wall_s = 0.0
        """With waiting for other threads, and for other work on the machine."""

    async def beat(self) -> None:
        """Ask to be called every 2 ms, and look what came in between."""
        while True:
            wall, cpu = time.perf_counter(), time.thread_time()
            await asyncio.sleep(BEAT_S)
            self.wall_s = max(self.wall_s, time.perf_counter() - wall - BEAT_S)
            self.cpu_s = max(self.cpu_s, time.thread_time() - cpu)


@asynccontextmanager
async def watched() -> AsyncIterator[Pulse]:
    pulse = Pulse()
    task = asyncio.create_task(pulse.beat())
    try:
        yield pulse
    finally:
        task.cancel()


async def measure(root: Path, screen: str, keys: list[str]) -> dict[str, Any]:
    """Return what opening a screen and pressing keys cost."""
    wanted = found(read_opening(screen), root, None)
    ui = AgentctlUi(World(root, None, None, SystemClock()), Look(), wanted)
    ui.animation_level = "none"
    started, cpu = time.perf_counter(), time.process_time()
    async with ui.run_test(size=SIZE) as pilot:
        async with watched() as opening:
            await painted(ui)
            first = {"wall_s": time.perf_counter() - started, "cpu_s": time.process_time() - cpu}
            await quiet(ui, pilot)
        async with watched() as pressing:
            costs = [await pressed(pilot, key) for key in keys]
            await quiet(ui, pilot)
        return {
            "first": first,
            "keys": costs,
            "opening": vars(opening),
            "pressing": vars(pressing),
            "peak": peak_bytes(),
        }


async def painted(ui: AgentctlUi) -> None:
    """Wait until a table of the screen has rows."""
    end = time.perf_counter() + LONGEST_S
    while time.perf_counter() < end:
        tables = ui.screen.query(VirtualTable)
        if any(table.cursor_key is not None for table in tables):
            return
        await asyncio.sleep(BEAT_S)
    raise SystemExit(f"no row within {LONGEST_S:.0f} s")


async def quiet(ui: AgentctlUi, pilot: Pilot[Any]) -> None:
    """Wait until nothing is being read."""
    end = time.perf_counter() + LONGEST_S
    while time.perf_counter() < end:
        await pilot.pause(0.05)
        if not any(getattr(node, "reading", False) for node in (ui, ui.screen)):
            return


async def pressed(pilot: Pilot[Any], key: str) -> float:
    """Return the CPU seconds of a key, with what Textual's pilot needs to wait for its end."""
    before = time.process_time()
    await pilot.press(key)
    return time.process_time() - before


if __name__ == "__main__":
    collect_rarely()
    where, what, *typed = sys.argv[1:]
    json.dump(asyncio.run(measure(Path(where), what, typed)), sys.stdout)
