"""A screen as a picture or a text, without a terminal."""

import asyncio
import re
from io import StringIO
from typing import Any, Literal

from rich.console import Console
from textual.app import App
from textual.widgets import Input

from runner.boundary.surroundings import countdown
from runner.domain.errors import TransientError
from runner.tui.look import Look
from runner.tui.opening import Opening
from runner.tui.ui import AgentctlUi
from runner.tui.world import World

Form = Literal["svg", "txt"]
LONGEST_S = 30.0
PAUSE_S = 0.02
QUIET_ROUNDS = 3
"""So often nothing may be under way, one look after the other, before a screen is complete."""
FONT_FACE = re.compile(r"\s*@font-face \{.*?\}", re.S)
FONTS = "'DejaVu Sans Mono', 'Fira Code', Menlo, Consolas, monospace"


def take_shot(world: World, look: Look, opening: Opening, size: tuple[int, int], form: Form) -> str:
    """Return a screen as an SVG picture or as lines of text, once everything on it was read.

    Raises:
        TransientError: it was not complete within half a minute.
        Exception: what crashed it.
    """
    return asyncio.run(_taken(AgentctlUi(world, look, opening), size, form))


async def _taken(ui: AgentctlUi, size: tuple[int, int], form: Form) -> str:
    ui.animation_level = "none"
    async with ui.run_test(size=size) as pilot:
        left_s, quiet = countdown(LONGEST_S), 0
        while quiet < QUIET_ROUNDS and not ui.crash:
            await pilot.pause(PAUSE_S)
            quiet = 0 if _busy(ui) else quiet + 1
            if not left_s():
                raise TransientError(
                    f"the screen was not complete within {LONGEST_S:.0f} s",
                    help="try again; `agentctl ui` shows it as it comes",
                )
        if ui.crash:
            return ""  # leaving the block raises it
        return picture(ui) if form == "svg" else screen_text(ui)


def _busy(ui: AgentctlUi) -> bool:
    for each in ui.screen.query(Input):
        each.cursor_blink = False
    return any(getattr(node, "reading", False) for node in (ui, *ui.screen_stack))


def screen_text(app: App[Any]) -> str:
    """Return what a person sees as plain text. The one use of these private names of Textual's."""
    width, height = app.size
    console = Console(width=width, height=height, file=StringIO(), record=True, color_system=None)
    below = app._background_screens
    console.print(app.screen._compositor.render_update(full=True, screen_stack=below))
    lines = console.export_text().split("\n")
    return "\n".join(line.rstrip() for line in lines[:height]) + "\n"


def picture(app: App[Any]) -> str:
    """Return what a person sees as an SVG that loads nothing from anywhere."""
    svg = FONT_FACE.sub("", app.export_screenshot())
    return svg.replace("Fira Code", FONTS)
