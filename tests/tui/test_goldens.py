"""Every screen as it looks, at three sizes, without colours, and in ASCII.

`UPDATE_GOLDEN=1` writes the files below `golden/`; look at what was written before it is committed.
"""

import re

import pytest

from runner.tui.look import Look
from tests.tui.agents import NAMES
from tests.tui.screens import (
    GOLDEN,
    SCREENS,
    SIZES,
    assert_golden,
    drive,
    open_on,
    press,
    screen_text,
    settled,
)
from tests.tui.world import UiWorld

LOOKS = {"no-color": Look(colour=False), "ascii": Look(ascii=True)}
LISTS = ("fleet", "matrix", "runs", "runs-failed", "runs-oldest", "schedules")
FIRST = ("fleet", "runs", "versions", "schedules")
RESIZED_S = 0.15
"""Textual waits so long for further changes of the size, and a little more."""


@pytest.mark.parametrize("name", SCREENS)
async def test_a_screen_looks_so(ui_world: UiWorld, name: str, subtests: pytest.Subtests) -> None:
    """Opened in a usual terminal, which then shrinks, and grows."""
    shown = SCREENS[name]
    async with drive(ui_world, SIZES["120x40"], opening=shown.opening) as pilot:
        await press(pilot, *shown.keys)
        for size, (columns, rows) in SIZES.items():
            if size != "120x40":
                await pilot.resize_terminal(columns, rows)
                await pilot.pause(RESIZED_S)
                await settled(pilot)
            with subtests.test(size):
                assert_golden(pilot.app, f"{name}-{size}")


@pytest.mark.parametrize("look", LOOKS)
async def test_screens_look_so_in_another_way(
    ui_world: UiWorld, look: str, subtests: pytest.Subtests
) -> None:
    """One after the other, as somebody goes through them."""
    async with drive(ui_world, look=LOOKS[look]) as pilot:
        for name, shown in SCREENS.items():
            await open_on(pilot, ui_world, shown)
            with subtests.test(name):
                assert_golden(pilot.app, f"{name}-{look}")


@pytest.mark.parametrize("name", [name for name in SCREENS if name != "run-hostile"])
def test_in_ascii_nothing_else_is_drawn(name: str) -> None:
    """What agents and people wrote stays as it is; there is none of it on these screens."""
    drawn = (GOLDEN / f"{name}-ascii.txt").read_text(encoding="utf-8")
    ours = [line for line in drawn.splitlines() if "日本語" not in line]
    assert [line for line in ours if not line.isascii()] == []


@pytest.mark.parametrize("name", ["fleet", "schedules"])
def test_names_of_agents_are_whole_at_80_columns(name: str) -> None:
    drawn = (GOLDEN / f"{name}-80x24.txt").read_text(encoding="utf-8")
    assert [agent for agent in NAMES if agent not in drawn] == []


@pytest.mark.parametrize("name", LISTS)
def test_no_name_or_version_is_cut_in_a_list_at_80_columns(name: str) -> None:
    drawn = (GOLDEN / f"{name}-80x24.txt").read_text(encoding="utf-8")
    assert [agent for agent in NAMES if re.search(rf" {agent[:4]}[a-z-]*…", drawn)] == []
    assert re.findall(r" v[0-9]+[0-9.]*…", drawn) == []


@pytest.mark.parametrize("name", FIRST)
async def test_a_terminal_may_be_too_small_and_grow(ui_world: UiWorld, name: str) -> None:
    async with drive(ui_world, (120, 40), opening=name) as pilot:
        before = screen_text(pilot.app)
        for columns, rows in ((20, 5), (1, 1), (120, 40)):
            await pilot.resize_terminal(columns, rows)
            await pilot.pause(RESIZED_S)
        await settled(pilot)
        assert screen_text(pilot.app) == before


def test_no_golden_is_of_a_screen_that_is_gone() -> None:
    known = {f"{name}-{way}" for name in SCREENS for way in (*SIZES, *LOOKS)}
    assert {path.stem for path in GOLDEN.glob("*.txt")} - known == set()
