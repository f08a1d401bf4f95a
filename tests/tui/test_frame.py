"""The frame: head, banner, line of keys; reading in workers, and what is dropped."""

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from rich.color_triplet import ColorTriplet
from textual.app import ComposeResult
from textual.widgets import Static

from runner.domain.errors import AgentctlError, UsageError
from runner.tui.frame import Banner
from runner.tui.look import Look
from runner.tui.page import Page, bound
from runner.tui.shots import screen_text
from runner.tui.themes import THEMES
from runner.tui.ui import AgentctlUi
from runner.tui.world import World, world_of
from tests.tui.making import clock_at
from tests.tui.screens import settled
from tests.tui.story import NOW
from tests.tui.world import UiWorld


class Told(Page):
    """A page whose reads a test decides on."""

    NAME = "fleet"
    TITLE = "Told"
    HINTS = (("shout", "shout"), ("rollback", "roll back"))
    BINDINGS = [  # noqa: RUF012
        bound("s", "shout", "Shout", "told"),
        bound("R", "rollback", "Roll back", "told"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.came: list[tuple[str, object]] = []
        self.done: list[str] = []
        self.refreshed = 0

    def refresh_data(self) -> None:
        self.refreshed += 1

    def compose_body(self) -> ComposeResult:
        yield Static("body", markup=False)

    def on_read(self, what: str, value: object) -> None:
        self.came.append((what, value))

    def action_shout(self) -> None:
        self.done.append("shout")

    def action_rollback(self) -> None:
        self.done.append("rollback")


class Framed(AgentctlUi):
    """The application with that page in place of the first screen."""

    def __init__(self, world: World, look: Look) -> None:
        super().__init__(world, look)
        self.told = Told()
        self.remove_mode("fleet")
        self.add_mode("fleet", lambda: self.told)


def framed(world: UiWorld, look: Look | None = None) -> Framed:
    return Framed(world_of(world.root, world.state, None, world.clock), look or Look())


async def test_the_head_names_the_environment_and_counts_what_asks_for_a_person(
    ui_world: UiWorld,
) -> None:
    ui = framed(ui_world)
    async with ui.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        head = screen_text(ui).splitlines()[0]
    assert head.startswith(" agentctl  prod!  ▸ Told")
    assert "1 held" in head
    assert "failed" in head
    assert head.endswith("↻ 0s  14:02Z")


async def test_another_environment_has_other_counts(ui_world: UiWorld) -> None:
    ui = framed(ui_world)
    async with ui.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("e")
        await settled(pilot)
        head = screen_text(ui).splitlines()[0]
    assert head.startswith(" agentctl  dev  ▸ Told")
    assert "held" not in head


async def test_data_that_nobody_reads_any_more_is_called_stale(ui_world: UiWorld) -> None:
    ui = framed(ui_world)
    async with ui.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert ui.pulse is not None
        ui.pulse = replace(ui.pulse, at=ui.pulse.at - timedelta(seconds=95))
        ui.told.restate()
        await pilot.pause()
        assert "stale 95s" in screen_text(ui).splitlines()[0]


async def test_read_only_is_said_and_hides_what_changes_something(ui_world: UiWorld) -> None:
    ui = framed(ui_world, Look(read_only=True))
    async with ui.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("s", "R")
        await settled(pilot)
        shown = screen_text(ui).splitlines()
        ui.open_move("rollback", "invoice-triage", "prod")
        await settled(pilot)
        assert ui.screen is ui.told
    assert " RO " in shown[0]
    assert "shout" in shown[-1]
    assert "roll back" not in shown[-1]
    assert ui.told.done == ["shout"]


async def test_a_key_of_the_users_own_takes_the_place_of_ours(ui_world: UiWorld) -> None:
    ui = framed(ui_world, Look(keys={"told.shout": "f5"}))
    async with ui.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("s", "f5")
        await settled(pilot)
        assert "f5 shout" in screen_text(ui).splitlines()[-1]
    assert ui.told.done == ["shout"]


async def test_an_error_of_a_read_stands_in_a_banner_until_the_next_good_one(
    ui_world: UiWorld,
) -> None:
    ui = framed(ui_world)
    async with ui.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        ui.told.read("x", _fails)
        await settled(pilot)
        assert "▲ no pointer [/x]; make one" in screen_text(ui)
        ui.told.read("y", lambda: 1)
        await settled(pilot)
        assert ui.told.query_one(Banner).said, "what was read is something else"
        ui.told.read("x", lambda: 2)
        await settled(pilot)
        assert not ui.told.query_one(Banner).said
    assert ui.told.came == [("y", 1), ("x", 2)]


def _fails() -> None:
    raise UsageError("no pointer [/x]", help="make one")


async def test_a_bug_of_a_read_is_told_and_the_screen_stays_up(ui_world: UiWorld) -> None:
    ui = framed(ui_world)
    async with ui.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        ui.told.read("x", lambda: 1 // 0)
        await settled(pilot)
        assert "a bug in agentctl: ZeroDivisionError" in screen_text(ui)
        assert ui.is_running


async def test_a_read_that_is_asked_for_meanwhile_is_made_once_more(ui_world: UiWorld) -> None:
    ui = framed(ui_world)
    begun, may_end = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        assert may_end.wait(10)
        return "slow"

    async with ui.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        ui.told.read("x", slow)
        assert await asyncio.to_thread(begun.wait, 10)
        for number in range(5):
            ui.told.read("x", lambda number=number: number)
        may_end.set()
        await settled(pilot)
    assert ui.told.came == [("x", "slow"), ("x", 4)]


async def test_what_was_read_for_another_target_or_environment_is_dropped(
    ui_world: UiWorld,
) -> None:
    ui = framed(ui_world)
    begun, may_end = threading.Barrier(3), threading.Event()

    def slow(name: str) -> str:
        begun.wait(10)
        assert may_end.wait(10)
        return name

    async with ui.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        ui.told.read("step", lambda: slow("first"), target="t1")
        ui.told.read("rows", lambda: slow("of prod"))
        await asyncio.to_thread(begun.wait, 10)
        ui.told.read("step", lambda: "second", target="t2")
        ui.switch_environment("staging")
        ui.told.read("step", lambda: "third", target="t2")
        may_end.set()
        await settled(pilot)
    assert ui.told.came == [("step", "third")]


async def test_files_that_change_make_the_page_read_again(ui_world: UiWorld) -> None:
    ui = framed(ui_world)
    async with ui.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        before = ui.told.refreshed
        ui._watch()
        await settled(pilot)
        assert ui.told.refreshed == before
        ui_world.move("promote", "kb-sync", "v0.3.0", "staging")
        ui._watch()
        await settled(pilot)
    assert ui.told.refreshed > before


@pytest.mark.parametrize("size", [(59, 24), (80, 13), (1, 1)])
async def test_a_terminal_that_is_too_small_is_told_so(
    ui_world: UiWorld, size: tuple[int, int]
) -> None:
    ui = framed(ui_world)
    async with ui.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.resize_terminal(*size)
        await settled(pilot)
        assert "too small: 60 columns by 14 rows are needed".startswith(
            screen_text(ui).splitlines()[0][:10]
        )
        assert "body" not in screen_text(ui)
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert "body" in screen_text(ui)


async def test_without_environments_the_key_says_so(tmp_path) -> None:
    (tmp_path / "agent-configs").mkdir()
    world = world_of(tmp_path, None, None, clock_at(NOW))
    ui = Framed(world, Look())
    async with ui.run_test(size=(80, 24), notifications=True) as pilot:
        await settled(pilot)
        await pilot.press("e")
        await settled(pilot)
        assert "no environments" in screen_text(ui)
    assert world.environment is None


async def test_settings_that_are_mended_bring_their_environment(ui_world: UiWorld) -> None:
    good = (ui_world.root / "agentctl.yaml").read_text()
    ui_world.git("rm", "-q", "--cached", "agentctl.yaml")
    ui_world.git("commit", "-qm", "Forget the settings")
    (ui_world.root / "agentctl.yaml").write_text("environments: [", encoding="utf-8")
    ui = framed(ui_world)
    async with ui.run_test(size=(100, 24)) as pilot:
        await settled(pilot)
        assert "not read" in screen_text(ui).splitlines()[0]
        (ui_world.root / "agentctl.yaml").write_text(good, encoding="utf-8")
        ui.changed()
        await settled(pilot)
        assert ui.world.environment == "prod"
        assert screen_text(ui).startswith(" agentctl  prod!  ▸ Told")


async def test_an_error_does_not_tell_what_the_project_hides(ui_world: UiWorld) -> None:
    settings = ui_world.root / "agentctl.yaml"
    settings.write_text(settings.read_text().replace("cust-", "hunter[0-9]|cust-"))
    ui_world.git("commit", "-qam", "Hide passwords")
    ui = framed(ui_world)
    async with ui.run_test(size=(100, 24)) as pilot:
        await settled(pilot)

        def fails() -> None:
            raise AgentctlError("`hunter2` is no version", help="not hunter3 either")

        ui.told.read("versions", fails)
        await settled(pilot)
        assert "`[redacted]` is no version; not [redacted] either" in screen_text(ui)


@pytest.mark.parametrize("theme", [each.name for each in THEMES])
async def test_the_environment_can_be_read_on_its_block(ui_world: UiWorld, theme: str) -> None:
    ui = framed(ui_world, Look(theme=theme))
    async with ui.run_test(size=(100, 24)) as pilot:
        await settled(pilot)
        for protected in (False, True):
            ui.world.protected = frozenset({"prod"} if protected else ())
            ui.told.restate()
            await pilot.pause()
            (row, *_) = ui.screen._compositor.render_strips()
            style = next(each.style for each in row if each.text.strip("! ") == "prod")
            assert contrast(style.color.triplet, style.bgcolor.triplet) >= 3.9


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """The contrast of two colours (WCAG 2, 1.4.3): large bold text needs 3."""
    lights = sorted(map(luminance, (one, other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def luminance(colour: ColorTriplet) -> float:
    parts = [each / 255 for each in colour]
    parts = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_a_project_that_is_none_and_an_environment_that_is_none_are_refused(
    tmp_path, ui_world: UiWorld
) -> None:
    with pytest.raises(AgentctlError, match="no project"):
        world_of(tmp_path, None, None, ui_world.clock)
    with pytest.raises(UsageError, match="no environment 'prdo'"):
        world_of(ui_world.root, ui_world.state, "prdo", ui_world.clock)


def test_settings_that_cannot_be_read_do_not_keep_the_ui_from_starting(ui_world: UiWorld) -> None:
    ui_world.git("rm", "-q", "--cached", "agentctl.yaml")
    ui_world.git("commit", "-qm", "Forget the settings")
    (ui_world.root / "agentctl.yaml").write_text("environments: [", encoding="utf-8")
    world = world_of(ui_world.root, ui_world.state, None, ui_world.clock)
    assert (world.environment, world.environments) == (None, ())
