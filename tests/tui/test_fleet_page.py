"""The fleet: what it shows at every width, and what each of its keys does."""

import shutil
from typing import Any

import pytest
from textual.pilot import Pilot

from runner.tui.asking.dry_run import DryRunDialog
from runner.tui.asking.move import MoveDialog
from runner.tui.look import Look
from runner.tui.screens.diff import DiffPage
from runner.tui.screens.fleet import FleetPage
from runner.tui.screens.fleet_filter import FilterLine
from runner.tui.screens.runs import RunsPage
from runner.tui.screens.versions import VersionsPage
from runner.tui.shots import screen_text
from runner.tui.widgets.entry import Entry
from tests.tui import plays
from tests.tui.agents import LONG_NAME, NAMES
from tests.tui.screens import assert_within, drive, press, settled
from tests.tui.world import UiWorld

WIDE = (120, 40)


def lines(pilot: Pilot[Any]) -> list[str]:
    return screen_text(pilot.app).splitlines()


def line_of(pilot: Pilot[Any], word: str) -> str:
    return next((line for line in lines(pilot) if word in line), "")


def agents(pilot: Pilot[Any]) -> list[str]:
    """The agents of the rows, in their order."""
    words = [line[2:].split() for line in lines(pilot) if line[1:2] != "/"]
    return [some[0] for some in words if some and some[0] in NAMES]


async def hurried(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys one right after the other."""
    await pilot.press(*keys)
    await settled(pilot)


def page(pilot: Pilot[Any]) -> FleetPage:
    found = pilot.app.screen
    assert isinstance(found, FleetPage)
    return found


def told(pilot: Pilot[Any]) -> str:
    """What was said in a word that goes away."""
    return " | ".join(each.message for each in pilot.app._notifications)


def dialog(pilot: Pilot[Any]) -> tuple[str, str, str, str | None]:
    found = pilot.app.screen
    assert isinstance(found, MoveDialog)
    wish = found._wish
    return wish.action, wish.agent, wish.environment, wish.ref


@pytest.mark.parametrize("look", [Look(), Look(ascii=True, colour=False)], ids=["plain", "ascii"])
async def test_names_and_versions_are_whole_at_every_width(ui_world: UiWorld, look: Look) -> None:
    async with drive(ui_world, (60, 24), look) as pilot:
        for width in (60, 80, 90, 120, 200):
            await pilot.resize_terminal(width, 24)
            await settled(pilot)
            text = screen_text(pilot.app)
            assert_within(text, width)
            for agent, version in zip(NAMES, ("v1.2.0", "v0.3.0", "v2.0.0", "v1.0.0"), strict=True):
                assert f"{agent} " in text
                assert version in text
            assert text.isascii() or not look.ascii


async def test_the_worst_comes_first_and_its_why_stands_below(ui_world: UiWorld) -> None:
    async with drive(ui_world, (80, 24)) as pilot:
        assert agents(pilot)[:2] == ["invoice-triage", "kb-sync"]
        text = screen_text(pilot.app)
        assert "6 of the last 7 runs did not succeed" in text
        assert "tool send_email" in text
        assert "[R]" in text
        assert "v1.2.0 promoted 3h ago by Ann Ops (v1.1.0: 92% of 14 runs)" in text
        await press(pilot, "j")
        assert "its process is gone" in screen_text(pilot.app)


async def test_a_tall_terminal_tells_since_when_and_what_a_day_costs(ui_world: UiWorld) -> None:
    async with drive(ui_world, WIDE) as pilot:
        assert "v1.2.0 promoted 3h ago by Ann Ops (v1.1.0: 92% of 14 runs)" in line_of(
            pilot, "SINCE"
        )
        assert "9 runs in 24 h" in line_of(pilot, "DAY")
        assert "quarter-hourly in 12m, Fri 2026-11-20 14:15Z" in line_of(pilot, "quarter")
        assert "$ agentctl show S760ZY57" in line_of(pilot, "MEND")


async def test_a_filter_is_typed_letter_by_letter(ui_world: UiWorld) -> None:
    async with drive(ui_world, (80, 24)) as pilot:
        await hurried(pilot, "slash", *"sync:held")
        assert agents(pilot) == ["refund-bot"]
        await press(pilot, "enter", "j", "k")
        assert agents(pilot) == ["refund-bot"]
        assert "/sync:held" in line_of(pilot, "1 of 4 agents")
        await press(pilot, "escape")
        assert len(agents(pilot)) == 4
        await hurried(pilot, "slash", *"jk", "escape")
        assert len(agents(pilot)) == 4
        assert page(pilot).focused is page(pilot).table


async def test_half_a_filter_says_what_is_wrong(ui_world: UiWorld) -> None:
    async with drive(ui_world, (80, 24)) as pilot:
        await press(pilot, "slash")
        for text in ("kb-sync", "kb-sync helth:x"):
            page(pilot).query_one(FilterLine).value = text
            await settled(pilot)
        assert "no field `helth`; did you mean `health`?" in screen_text(pilot.app)
        assert agents(pilot) == ["kb-sync"]
        await press(pilot, "escape")
        assert "helth" not in screen_text(pilot.app)


async def test_a_filter_that_hides_all_says_how_it_goes(ui_world: UiWorld) -> None:
    async with drive(ui_world, (80, 24)) as pilot:
        await press(pilot, "slash", "z", "z", "enter")
        assert "no agent is shown: esc takes the filter away" in screen_text(pilot.app)
        await press(pilot, "escape")
        assert len(agents(pilot)) == 4


async def test_only_what_asks_for_a_person(ui_world: UiWorld) -> None:
    async with drive(ui_world, (80, 24), environment="staging") as pilot:
        assert len(agents(pilot)) == 4
        await press(pilot, "exclamation_mark")
        assert agents(pilot) == [LONG_NAME]
        await press(pilot, "exclamation_mark")
        assert len(agents(pilot)) == 4


async def test_orders_take_turns_and_the_cursor_stays_on_its_agent(ui_world: UiWorld) -> None:
    async with drive(ui_world, (80, 24)) as pilot:
        await press(pilot, "G", "s")
        assert agents(pilot) == sorted(NAMES)
        assert page(pilot).table.cursor_key == LONG_NAME
        assert "by agent" in screen_text(pilot.app)
        await hurried(pilot, "s", "s", "s", "s")
        assert agents(pilot)[0] == "invoice-triage"


async def test_wide_shows_all_columns_and_scrolls_to_them(ui_world: UiWorld) -> None:
    async with drive(ui_world, (80, 24)) as pilot:
        assert "$24h" not in screen_text(pilot.app)
        await hurried(pilot, "w", *["right"] * 8)
        assert "TOKENS" in screen_text(pilot.app)
        await press(pilot, "w")
        assert "TOKENS" not in screen_text(pilot.app)


async def test_an_agent_that_is_not_here_stands_last_without_trouble(ui_world: UiWorld) -> None:
    async with drive(ui_world, WIDE, environment="staging") as pilot:
        await press(pilot, "G")
        assert agents(pilot)[-1] == "kb-sync"
        assert "no pointer" in line_of(pilot, "kb-sync")
        assert "it is live in dev, prod" in line_of(pilot, "WHY")
        await press(pilot, "R")
        assert "nothing to roll back" in told(pilot)


async def test_another_environment_is_another_list(ui_world: UiWorld) -> None:
    async with drive(ui_world, (80, 24)) as pilot:
        await press(pilot, "e")
        assert pilot.app.world.environment == "dev"
        assert "worktree" in line_of(pilot, "invoice-triage")
        assert page(pilot).command() == "agentctl status --env dev"


async def test_the_matrix_shows_who_is_ahead(ui_world: UiWorld) -> None:
    async with drive(ui_world, WIDE) as pilot:
        await press(pilot, "E")
        assert "staging +1" in line_of(pilot, "refund-bot")
        assert "[v1.2.0" in line_of(pilot, "invoice-triage")
        assert page(pilot).command() == "agentctl status"
        await press(pilot, "left", "left")
        assert "[worktree]" in line_of(pilot, "invoice-triage")
        await press(pilot, "left", "E")
        assert "SYNC" in screen_text(pilot.app)


async def test_the_matrix_needs_its_columns(ui_world: UiWorld) -> None:
    async with drive(ui_world, (80, 24)) as pilot:
        await press(pilot, "E")
        assert "needs 90 columns" in told(pilot)
        assert not page(pilot).in_matrix
    async with drive(ui_world, WIDE) as pilot:
        await press(pilot, "E")
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert not page(pilot).in_matrix
        assert "SYNC" in screen_text(pilot.app)
        await pilot.resize_terminal(*WIDE)
        await settled(pilot)
        assert "AHEAD" in screen_text(pilot.app)


@pytest.mark.parametrize(("columns", "hinted"), [(80, False), (160, True)])
async def test_the_matrix_is_hinted_at_where_it_can_be_shown(
    ui_world: UiWorld, columns: int, hinted: bool
) -> None:
    async with drive(ui_world, (columns, 24)) as pilot:
        assert ("E matrix" in lines(pilot)[-1]) is hinted


async def test_a_cell_of_the_matrix_is_promoted_and_compared_to_its_right(
    ui_world: UiWorld,
) -> None:
    async with drive(ui_world, WIDE, environment="staging") as pilot:
        await press(pilot, "E", "p")
        assert dialog(pilot) == ("promote", LONG_NAME, "prod", "v1.1.0")
        await press(pilot, "escape", "d")
        assert isinstance(pilot.app.screen, DiffPage)
        assert pilot.app.screen.crumbs()
        await press(pilot, "escape", "right", "p")
        assert "prod is the last environment" in told(pilot)
        await press(pilot, "d")
        assert isinstance(pilot.app.screen, FleetPage)


async def test_enter_shows_the_runs_of_the_agent_here(ui_world: UiWorld) -> None:
    async with drive(ui_world, (80, 24)) as pilot:
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, RunsPage)
        assert "agent:invoice-triage env:prod" in screen_text(pilot.app)
        await press(pilot, "1")
        assert page(pilot).table.cursor_key == "invoice-triage"


async def test_the_help_says_what_enter_leads_to(ui_world: UiWorld) -> None:
    async with drive(ui_world, WIDE) as pilot:
        await press(pilot, "question_mark")
        assert "Runs of the agent here" in line_of(pilot, "⏎  ")
        await press(pilot, *"runsofthe"[:4], "enter")
        assert isinstance(pilot.app.screen, RunsPage)


async def test_what_was_opened_on_the_runs_does_not_hide_those_that_are_asked_for(
    ui_world: UiWorld,
) -> None:
    async with drive(ui_world, WIDE) as pilot:
        await press(pilot, "2", "enter", "1", "j", "enter")
        assert isinstance(pilot.app.screen, RunsPage)
        assert pilot.app.screen.query_one(Entry).value == "agent:kb-sync env:prod"


@pytest.mark.parametrize("key", ["q", "escape"])
async def test_from_the_runs_and_versions_one_comes_back_to_the_agent(
    ui_world: UiWorld, key: str
) -> None:
    async with drive(ui_world, WIDE) as pilot:
        await press(pilot, "j", "enter")
        assert isinstance(pilot.app.screen, RunsPage)
        await press(pilot, key)
        assert isinstance(pilot.app.screen, FleetPage)
        await press(pilot, "v", "l")  # the versions, and the runs of the one that is live
        assert isinstance(pilot.app.screen, RunsPage)
        await press(pilot, key)
        assert isinstance(pilot.app.screen, VersionsPage)
        await press(pilot, key)
        assert page(pilot).table.cursor_key == "kb-sync"
        assert pilot.app.is_running
        await press(pilot, "v", "1", "q")  # by its number it is the beginning again
        assert not pilot.app.is_running


async def test_v_shows_the_versions_of_the_agent(ui_world: UiWorld) -> None:
    async with drive(ui_world, (80, 24)) as pilot:
        await press(pilot, "j", "v")
        assert isinstance(pilot.app.screen, VersionsPage)
        assert "kb-sync" in screen_text(pilot.app)


async def test_d_compares_with_what_was_live_before(ui_world: UiWorld) -> None:
    async with drive(ui_world, WIDE) as pilot:
        await press(pilot, "d")
        assert isinstance(pilot.app.screen, DiffPage)
        assert "v1.1.0" in screen_text(pilot.app)
        await press(pilot, "escape", "j", "d")
        assert "nothing is known to have been live before" in told(pilot)


async def test_a_rollback_and_a_promotion_are_asked_about(ui_world: UiWorld) -> None:
    async with drive(ui_world, WIDE) as pilot:
        await press(pilot, "R")
        assert dialog(pilot) == ("rollback", "invoice-triage", "prod", None)
        await press(pilot, "escape", "G", "p")
        assert dialog(pilot) == ("promote", LONG_NAME, "prod", "v1.1.0")


async def test_a_dry_run_is_asked_about(ui_world: UiWorld) -> None:
    async with drive(ui_world, WIDE) as pilot:
        await press(pilot, "t")
        assert isinstance(pilot.app.screen, DryRunDialog)
        assert "invoice-triage" in screen_text(pilot.app)


async def test_a_read_only_screen_offers_nothing_that_changes(ui_world: UiWorld) -> None:
    async with drive(ui_world, WIDE, Look(read_only=True)) as pilot:
        assert "roll back" not in screen_text(pilot.app)
        assert "[d]" in screen_text(pilot.app)
        await press(pilot, "R", "p", "t")
        assert isinstance(pilot.app.screen, FleetPage)


async def test_what_can_be_copied(ui_world: UiWorld) -> None:
    async with drive(ui_world, (80, 24)) as pilot:
        copied = dict(page(pilot).yanks())
        assert copied["name"] == "invoice-triage"
        assert copied["version"] == "invoice-triage@v1.2.0"
        assert copied["digest"].startswith("h1:")
        assert copied["mend"] == "agentctl show S760ZY57"
        assert copied["failed run"] == ui_world.runs["throttled"]
        await press(pilot, "space", "j", "space")
        assert dict(page(pilot).yanks())["marked names"] == "invoice-triage kb-sync"


async def test_a_run_and_a_move_made_elsewhere_appear(ui_world: UiWorld) -> None:
    async with drive(ui_world, WIDE) as pilot:
        assert "v0.3.0" in line_of(pilot, "kb-sync")
        await press(pilot, "G")
        ui_world.play(plays.reported("47", 1), LONG_NAME, {"week": "47"})
        ui_world.move("rollback", "invoice-triage", None, "prod", "429")
        await press(pilot, "ctrl+r")
        assert "v1.1.0" in line_of(pilot, "invoice-triage")
        assert "the last 3 runs of v1.0.0 succeeded" in line_of(pilot, "ALSO")
        assert page(pilot).table.cursor_key == LONG_NAME


async def test_what_the_project_hides_is_hidden(ui_world: UiWorld) -> None:
    settings = ui_world.root / "agentctl.yaml"
    settings.write_text(settings.read_text().replace("cust-[0-9]{4}", "send_email|invoice-t"))
    async with drive(ui_world, WIDE) as pilot:
        text = screen_text(pilot.app)
        assert "send_email" not in text
        assert "tool [redacted]" in text
        assert "[redacted]riage" in text


async def test_a_project_with_nothing_but_agents_is_shown_with_what_it_lacks(
    ui_world: UiWorld,
) -> None:
    shutil.rmtree(ui_world.root / ".git")
    shutil.rmtree(ui_world.root / "agent-configs/environments")
    shutil.rmtree(ui_world.state)
    (ui_world.root / "agentctl.yaml").unlink()
    async with drive(ui_world, (80, 24), environment=None) as pilot:
        text = " ".join(screen_text(pilot.app).split())
        assert sorted(agents(pilot)) == sorted(NAMES)
        for words in ("no git repository", "no release yet", "no environment", "no run is known"):
            assert words in text
        await hurried(pilot, "p", "E", "R", "d", "e")


async def test_what_cannot_be_read_is_told_once_and_its_help_is_no_command(
    ui_world: UiWorld,
) -> None:
    settings = ui_world.root / "agentctl.yaml"
    settings.write_text("environments:\n  prod: {protektet: true}\n")
    ui_world.git("commit", "-qam", "Mistype")
    async with drive(ui_world) as pilot:
        said = " ".join(screen_text(pilot.app).split())
        assert "unknown field `protektet`: did you mean `protected`?" in said
        assert said.partition(" agents ")[0].count("protektet") == 1
        assert "$ did you mean" not in said


async def test_the_matrix_shows_the_worst_first_and_stays_on_the_agent(ui_world: UiWorld) -> None:
    for number in range(3):
        shutil.copytree(
            ui_world.root / "agent-configs/kb-sync", ui_world.root / f"agent-configs/a-{number}"
        )
    async with drive(ui_world) as pilot:
        await press(pilot, "j", "E")
        rows = [line[2:].split()[0] for line in lines(pilot)[3:9]]
        assert rows[:2] == ["invoice-triage", "kb-sync"]
        assert set(rows[2:4]) == {"refund-bot", LONG_NAME}
        assert line_of(pilot, "▌").startswith("▌ kb-sync")


async def test_a_broken_pointer_is_one_row(ui_world: UiWorld) -> None:
    pointer = ui_world.root / "agent-configs/environments/prod/kb-sync.yaml"
    pointer.write_text("[/b] \x1b[31m: nonsense\n")
    ui_world.git("commit", "--quiet", "-m", "Break it", str(pointer))
    async with drive(ui_world, (80, 24)) as pilot:
        assert "? unknown" in line_of(pilot, "kb-sync")
        assert len(agents(pilot)) == 4
        await press(pilot, "g", "R")


async def test_a_project_without_agents_says_how_to_make_one(ui_world: UiWorld) -> None:
    for agent in NAMES:
        shutil.rmtree(ui_world.root / "agent-configs" / agent)
        for pointer in ui_world.root.glob(f"agent-configs/environments/*/{agent}.yaml"):
            pointer.unlink()
    ui_world.git("commit", "--quiet", "--all", "-m", "Start again")
    async with drive(ui_world, WIDE) as pilot:
        assert "agentctl new AGENT" in screen_text(pilot.app)
        await hurried(pilot, "enter", "v", "d", "R", "p", "t", "E", "p", "d", "left", "right")
        assert "no agent is chosen" in told(pilot)
        assert page(pilot).yanks() == ()
