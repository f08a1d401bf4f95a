"""Schedules: when agents would run, in words and in times."""

from typing import Any

import pytest
from textual.pilot import Pilot

from runner.tui.look import Look
from runner.tui.screens.schedules import SchedulesPage
from runner.tui.shots import screen_text
from tests.tui.agents import NAMES
from tests.tui.screens import assert_within, drive, press, settled
from tests.tui.world import UiWorld


def text(pilot: Pilot[Any]) -> str:
    return screen_text(pilot.app)


def rows(pilot: Pilot[Any]) -> list[str]:
    return [line for line in text(pilot).splitlines() if line[2:].partition(" ")[0] in NAMES]


@pytest.mark.parametrize("look", [Look(), Look(ascii=True)], ids=["plain", "ascii"])
async def test_at_80_columns_nothing_that_matters_is_cut(ui_world: UiWorld, look: Look) -> None:
    async with drive(ui_world, (80, 24), look, opening="schedules") as pilot:
        assert not look.ascii or text(pilot).isascii()
        found = rows(pilot)
        assert len(found) == 5
        assert all(" live" in row for row in found)
        assert_within(text(pilot), 80)


async def test_the_words_of_the_chosen_one_are_whole_at_80_columns(ui_world: UiWorld) -> None:
    async with drive(ui_world, (120, 40), opening="schedules") as pilot:
        await pilot.resize_terminal(80, 24)
        await pilot.pause(0.15)
        await settled(pilot)
        chosen = text(pilot).partition("─" * 80)[2].partition("  1  ")[0]
        assert chosen.split()[:2] == rows(pilot)[0][2:].split()[:2]
        assert "every 15 minutes from 07:00 to 18:45, Monday to Friday" in " ".join(chosen.split())
        assert "…" not in chosen


async def test_the_words_come_before_the_cron_line(ui_world: UiWorld) -> None:
    async with drive(ui_world, (120, 40), opening="schedules") as pilot:
        (nightly,) = (row for row in rows(pilot) if "nightly" in row)
        assert "every day at 02:30 Europe/Berlin" in nightly
        await pilot.resize_terminal(200, 60)
        await settled(pilot)
        (nightly,) = (row for row in rows(pilot) if "nightly" in row)
        assert "every day at 02:30 Europe/Berlin" in nightly
        assert "30 2 * * *" in nightly


async def test_how_many_runs_a_day_is_a_number_that_is_read_at_once(ui_world: UiWorld) -> None:
    async with drive(ui_world, (200, 60), opening="schedules") as pilot:
        found = {row[2:].split()[1]: row.split()[-1] for row in rows(pilot)}
        assert found["quarter-hourly"] == "34.3"
        assert found["queue"] == "24"


async def test_a_reason_that_all_have_is_told_once(ui_world: UiWorld) -> None:
    """A setting that is broken breaks every version."""
    settings = ui_world.root / "agentctl.yaml"
    settings.write_text("environments: [")
    async with drive(ui_world, opening="schedules") as pilot:
        assert "invoice-triage@prod and 3 more cannot be read" in text(pilot)
        assert text(pilot).count("this is not YAML") == 1


async def test_what_another_environment_runs_does_not_stay(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="schedules") as pilot:
        assert rows(pilot)
        ui_world.root.rename(ui_world.root.parent / "away")
        await press(pilot, "e")
        assert "no project" in text(pilot)
        assert rows(pilot) == []
        assert "has a schedule" not in text(pilot)  # nobody knows


async def test_an_agent_is_gone_to_before_anything_is_read(ui_world: UiWorld) -> None:
    async with drive(ui_world) as pilot:
        await pilot.app.switch_mode("schedules")
        page = pilot.app.screen
        assert isinstance(page, SchedulesPage)
        page.stand_on("kb-sync")
        await settled(pilot)
        assert page.chosen is not None
        assert page.chosen.agent == "kb-sync"
