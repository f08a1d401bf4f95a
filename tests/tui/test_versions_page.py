"""The Versions page: what it tells of each release, and what its keys do."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from runner.tui.look import Look
from runner.tui.screens.diff import DiffPage
from runner.tui.screens.diff_refs import RefsDialog
from runner.tui.screens.versions import VersionsPage
from runner.tui.screens.versions_agent import AgentDialog
from tests.tui.agents import LONG_NAME
from tests.tui.screens import assert_within, drive, press, screen_text, settled
from tests.tui.world import UiWorld

AGENT = "invoice-triage"


@asynccontextmanager
async def shown(
    world: UiWorld,
    agent: str = AGENT,
    size: tuple[int, int] = (120, 40),
    look: Look | None = None,
    environment: str | None = "prod",
) -> AsyncIterator[Pilot[Any]]:
    opening = f"versions:{agent}" if agent else "versions"
    async with drive(world, size, look, environment, opening) as pilot:
        yield pilot


def page(pilot: Pilot[Any]) -> VersionsPage:
    assert isinstance(pilot.app.screen, VersionsPage)
    return pilot.app.screen


def text(pilot: Pilot[Any]) -> str:
    return screen_text(pilot.app)


def line(pilot: Pilot[Any], version: str) -> str:
    """The row of a version."""
    return next(each for each in text(pilot).splitlines() if each[2:].startswith(f"{version} "))


async def test_each_version_says_where_it_is_live_and_how_it_did(ui_world: UiWorld) -> None:
    async with shown(ui_world) as pilot:
        assert "adb3efc    5h Ann Ops  staging prod    25%  0.0032     8 tools send_email" in line(
            pilot, "v1.2.0"
        )
        assert "(8d in prod)    93%  0.0013    14 " in line(pilot, "v1.1.0")
        assert "same files as v1.2.0" in line(pilot, "worktree")
        assert page(pilot).crumbs() == ("Versions", AGENT, "v1.2.0 live")


async def test_the_cursor_begins_at_what_is_live_and_the_pane_says_what_changed_in_it(
    ui_world: UiWorld,
) -> None:
    async with shown(ui_world) as pilot:
        assert page(pilot).versions.cursor_key == "v1.2.0"
        told = text(pilot)
        assert "prod       live for 3h       14% of 7 runs, $0.0035 a run" in told
        assert "DIFF v1.1.0 → v1.2.0  4 files differ" in told
        assert "+ widening   tools send_email" in told
        await press(pilot, "j")
        assert "DIFF v1.0.0 → v1.1.0" in text(pilot)
        assert "prod       was live for 8d" in text(pilot)
        await press(pilot, "j")
        assert "nothing before it to compare with" in text(pilot)


async def test_a_hold_is_told_with_who_and_why(ui_world: UiWorld) -> None:
    async with shown(ui_world, "refund-bot") as pilot:
        assert "staging ‖ held in prod" in line(pilot, "v2.1.0")
        await press(pilot, "k")
        told = " ".join(text(pilot).split())
        assert "held in prod since 2026-11-19 08:45Z by Ann Ops" in told
        assert "refunds above 200 EUR without a person" in told


async def test_a_marked_version_is_the_base_of_what_the_cursor_is_on(ui_world: UiWorld) -> None:
    async with shown(ui_world) as pilot:
        await press(pilot, "G", "space")
        assert "v1.0.0 B" in text(pilot)
        await press(pilot, "k", "k")
        assert "DIFF v1.0.0 → v1.2.0" in text(pilot)
        await press(pilot, "X")
        assert "DIFF v1.2.0 → v1.0.0" in text(pilot)
        await press(pilot, "X", "j", "space")
        assert page(pilot).versions.marks == ["v1.1.0"]
        await press(pilot, "space")
        assert page(pilot).versions.marks == []


async def test_d_and_enter_open_the_whole_comparison(ui_world: UiWorld) -> None:
    async with shown(ui_world, size=(80, 24)) as pilot:
        for key in ("d", "enter"):
            await press(pilot, key)
            assert isinstance(pilot.app.screen, DiffPage)
            assert "v1.1.0 → v1.2.0" in text(pilot)
            await press(pilot, "escape")
            assert page(pilot).versions.cursor_key == "v1.2.0"


async def test_w_asks_for_any_two_refs(ui_world: UiWorld) -> None:
    async with shown(ui_world) as pilot:
        await press(pilot, "W", "ctrl+u", *"v9", "enter")
        assert isinstance(pilot.app.screen, RefsDialog)
        assert "a version is written in full" in text(pilot)
        await press(pilot, "ctrl+u", *"previous", "space", *"prod", "enter")
        assert isinstance(pilot.app.screen, DiffPage)
        assert "prod (v1.1.0) → prod (v1.2.0)" in text(pilot)


async def test_another_agent_is_chosen_by_a_part_of_its_name(ui_world: UiWorld) -> None:
    async with shown(ui_world, "") as pilot:
        assert page(pilot).crumbs()[1] == AGENT
        await press(pilot, "space", "a")
        assert isinstance(pilot.app.screen, AgentDialog)
        await press(pilot, *"week", "enter")
        assert page(pilot).crumbs()[1] == LONG_NAME
        assert page(pilot).versions.marks == []
        assert page(pilot).command() == f"agentctl releases list {LONG_NAME}"
        await press(pilot, "1", "3")
        assert page(pilot).crumbs()[1] == LONG_NAME


async def test_l_shows_the_runs_of_the_version(ui_world: UiWorld) -> None:
    async with shown(ui_world) as pilot:
        await press(pilot, "l")
        assert type(pilot.app.screen).__name__ == "RunsPage"
        assert f"agent:{AGENT} version:v1.2.0" in text(pilot)


async def test_what_can_be_done_with_a_version_opens_its_dialog(ui_world: UiWorld) -> None:
    async with shown(ui_world) as pilot:
        await press(pilot, "j")
        for key, name in (("R", "MoveDialog"), ("p", "MoveDialog"), ("t", "DryRunDialog")):
            await press(pilot, key)
            assert type(pilot.app.screen).__name__ == name
            assert "v1.1.0" in text(pilot)
            await pilot.pause(0.35)  # the key that opened it is not listened to for a while
            await press(pilot, "escape")
            assert isinstance(pilot.app.screen, VersionsPage)


async def test_read_only_offers_nothing_that_moves(ui_world: UiWorld) -> None:
    async with shown(ui_world, look=Look(read_only=True)) as pilot:
        for key in ("R", "p", "t"):
            await press(pilot, key)
            assert isinstance(pilot.app.screen, VersionsPage)
        assert "promote" not in text(pilot)


async def test_names_and_the_command_of_the_comparison_can_be_copied(ui_world: UiWorld) -> None:
    async with shown(ui_world) as pilot:
        words = dict(page(pilot).yanks())
        assert words["version"] == f"{AGENT}@v1.2.0"
        assert words["digest"].startswith("h1:")
        assert words["commit"] == ui_world.git("rev-parse", f"{AGENT}/v1.2.0^{{}}")
        assert words["diff command"] == f"agentctl diff {AGENT} v1.1.0 v1.2.0"


async def test_a_new_release_appears_and_the_cursor_stays(ui_world: UiWorld) -> None:
    async with shown(ui_world) as pilot:
        ui_world.git("tag", "-a", "-m", "By hand", f"{AGENT}/v1.3.0", "HEAD")
        await press(pilot, "ctrl+r")
        assert "By hand" in line(pilot, "v1.3.0")
        assert page(pilot).versions.cursor_key == "v1.2.0"


async def test_a_tag_that_was_moved_is_tampered(ui_world: UiWorld) -> None:
    ui_world.git("tag", "-f", "-a", "-m", "moved", f"{AGENT}/v1.1.0", f"{AGENT}/v1.2.0^{{}}")
    async with shown(ui_world) as pilot:
        assert "✖ tampered" in line(pilot, "v1.1.0")
        await press(pilot, "j")
        assert f"{AGENT}@v1.1.0 is not what it was" in text(pilot)


async def test_without_a_release_the_worktree_is_shown_with_the_command_for_one(
    ui_world: UiWorld,
) -> None:
    for tag in ui_world.git("tag", "--list", "kb-sync/*").split():
        ui_world.git("tag", "-d", tag)
    async with shown(ui_world, "kb-sync") as pilot:
        assert "kb-sync has no release yet: agentctl release kb-sync" in text(pilot)
        assert "never released" in line(pilot, "worktree")
        await press(pilot, "d", "X", "j")
        assert isinstance(pilot.app.screen, VersionsPage)


async def test_without_an_environment_nothing_is_moved(ui_world: UiWorld) -> None:
    (ui_world.root / "agentctl.yaml").unlink()
    shutil.rmtree(ui_world.root / "agent-configs/environments")
    ui_world.git("commit", "-qam", "No environments")
    async with shown(ui_world, environment=None) as pilot:
        await press(pilot, "p")
        assert isinstance(pilot.app.screen, VersionsPage)
        assert "no environments" in text(pilot)


@pytest.mark.parametrize(
    ("agent", "size"), [(LONG_NAME, (80, 24)), (AGENT, (120, 40)), (AGENT, (200, 60))]
)
async def test_no_version_is_cut_and_no_line_is_too_wide(
    ui_world: UiWorld, agent: str, size: tuple[int, int]
) -> None:
    ui_world.git("tag", "-a", "-m", "long", f"{agent}/v10.20.30-rc.12345", "HEAD")
    async with shown(ui_world, agent, size, Look(ascii=True)) as pilot:
        assert line(pilot, "v10.20.30-rc.12345")
        assert_within(text(pilot), size[0])
        assert text(pilot).isascii()
        assert any(agent in each for each in text(pilot).splitlines()[:2])


async def test_the_pane_comes_and_goes_with_the_room(ui_world: UiWorld) -> None:
    async with shown(ui_world, size=(80, 24)) as pilot:
        assert "DIFF" not in text(pilot)
        for size, there in (((160, 24), True), ((80, 24), False), ((100, 40), True)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
            assert ("DIFF v1.1.0 → v1.2.0" in text(pilot)) is there, size


async def test_messages_of_others_steer_nothing(ui_world: UiWorld) -> None:
    hostile = "\x1b]0;owned\x07 [/red] \u202eabc \U0001f468\u200d\U0001f469 cust-1234"
    ui_world.git("tag", "-a", "-m", hostile, f"{AGENT}/v1.3.0", "HEAD")
    async with shown(ui_world) as pilot:
        await press(pilot, "g", "j")
        assert not {"\x1b", "\x07", "\u202e"} & set(text(pilot))
        assert "[/red]" in line(pilot, "v1.3.0")
        assert "cust-1234" not in text(pilot)
