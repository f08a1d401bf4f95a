"""The screen of two runs side by side."""

from typing import Any

import pytest
from textual.pilot import Pilot

from runner.tui.look import Look
from runner.tui.screens.compare import ComparePage
from runner.tui.screens.run_tabs import text_of_lines
from runner.tui.widgets.lines import LineView
from runner.tui.widgets.table import VirtualTable
from tests.run_journal import START, Journal, answered, asked, finished
from tests.tui.screens import SIZES, assert_within, drive, press, screen_text, settled, until
from tests.tui.world import UiWorld

BOTH = "compare:{before}:{throttled}"


def page_of(pilot: Pilot[Any]) -> ComparePage:
    page = pilot.app.screen
    assert isinstance(page, ComparePage)
    return page


def cursor(pilot: Pilot[Any]) -> str | None:
    return page_of(pilot).query_one(VirtualTable).cursor_key


def detail(pilot: Pilot[Any]) -> str:
    return text_of_lines(page_of(pilot).query_one(LineView)._lines)


def said(pilot: Pilot[Any]) -> list[str]:
    return [note.message for note in pilot.app._notifications]


async def test_it_opens_with_what_the_runs_ran_with(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=BOTH) as pilot:
        assert cursor(pilot) == "config"
        text = screen_text(pilot.app)
        assert "invoice-triage@v1.1.0  prod  ✔ succeeded" in text
        assert "invoice-triage@v1.2.0  prod  ✖ failed" in text
        assert "version" in detail(pilot)
        assert "v1.2.0" in detail(pilot)
        await press(pilot, "j")
        assert cursor(pilot) == "totals"
        assert "tokens in" in detail(pilot)


async def test_n_goes_to_the_next_difference_and_shows_it_by_words(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=BOTH) as pilot:
        await press(pilot, "n", "n")
        assert cursor(pilot) == "t0|t0"
        assert "Always ask before you write to a customer." in detail(pilot)
        await press(pilot, "N")
        assert cursor(pilot) == "start|start"
        await press(pilot, "N", "N")
        assert said(pilot) == ["no difference before this one"]
        await press(pilot, "G", "n")
        assert said(pilot)[-1] == "no difference after this one"


async def test_a_step_that_one_run_lacks_is_marked(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=BOTH) as pilot:
        line = next(li for li in screen_text(pilot.app).splitlines() if "t2  send_email" in li)
        assert line.split()[0] == "+"
        await press(pilot, *"nnnnnnn")
        assert cursor(pilot) == "|t2.c2"
        assert "HTTP 429" in detail(pilot)


async def test_x_swaps_the_sides_and_keeps_the_pair(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=BOTH) as pilot:
        await press(pilot, *"nnnnnnn", "X")
        assert cursor(pilot) == "t2.c2|"
        text = screen_text(pilot.app)
        assert text.index("v1.2.0") < text.index("v1.1.0  prod")
        line = next(li for li in text.splitlines() if "t2  send_email" in li)
        assert "- t2  send_email" in line


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_two_columns_stand_beside_each_other_where_there_is_room(
    ui_world: UiWorld, size: tuple[int, int]
) -> None:
    async with drive(ui_world, size, opening=BOTH) as pilot:
        await press(pilot, "n", "n")
        text = screen_text(pilot.app)
        assert_within(text, size[0])
        beside = "You are the invoice triage agent." in text and any(
            line.count("You are the invoice triage agent.") == 2 for line in text.splitlines()
        )
        assert beside == (size[0] >= 120)
        assert "invoice-triage@v1.1.0" in text
        assert "invoice-triage@v1.2.0" in text


async def test_a_terminal_that_shrinks_lays_the_difference_out_again(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=BOTH) as pilot:
        await press(pilot, "n", "n")
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert_within(screen_text(pilot.app), 80)
        assert cursor(pilot) == "t0|t0"
        assert all(line.count("You are the invoice") < 2 for line in detail(pilot).splitlines())


async def test_enter_reads_a_difference_z_fills_the_screen_and_escape_goes_back(
    ui_world: UiWorld,
) -> None:
    async with drive(ui_world, opening=BOTH) as pilot:
        await press(pilot, "n", "n", "enter")
        assert page_of(pilot).query_one(LineView).has_focus
        await press(pilot, "escape", "z")
        assert "get_invoice  " not in screen_text(pilot.app)
        await press(pilot, "escape")
        assert "get_invoice  " in screen_text(pilot.app)
        assert page_of(pilot).query_one(VirtualTable).has_focus
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, ComparePage)


async def test_d_shows_how_the_versions_differ(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=BOTH) as pilot:
        await press(pilot, "d")
        assert not isinstance(pilot.app.screen, ComparePage)
    async with drive(ui_world, opening="compare:{ok}:{hostile}") as pilot:
        await press(pilot, "d")
        assert said(pilot) == ["the runs are not of one agent"]


async def test_a_run_is_the_same_as_itself(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="compare:{ok}:{ok}") as pilot:
        assert "they ran with the same" in detail(pilot)
        await press(pilot, "n", "j", "j", "d")
        assert said(pilot)[0] == "no difference after this one"
        assert "the same in both" in detail(pilot)


async def test_y_offers_both_runs_and_the_difference(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=BOTH) as pilot:
        await press(pilot, "n", "n")
        offered = dict(page_of(pilot).yanks())
        assert offered["left run"] == ui_world.runs["before"]
        assert offered["right run"] == ui_world.runs["throttled"]
        assert "Always ask" in offered["difference"]
        short = ui_world.runs["throttled"][-8:]
        assert f"agentctl show {short} --full" in page_of(pilot).command()


async def test_a_run_that_goes_on_is_compared_again(ui_world: UiWorld) -> None:
    journal = Journal(ui_world.state, "01M7ZZZZZZZZZZZZZZZZZZZZZZ").write(START, asked())
    async with drive(ui_world, opening=f"compare:{{ok}}:{journal.path.stem}") as pilot:
        assert "running" in screen_text(pilot.app)
        journal.write(answered(), finished()).end()
        await until(pilot, lambda: "running" not in screen_text(pilot.app))


async def test_a_journal_that_is_broken_or_deleted_is_told(ui_world: UiWorld) -> None:
    with ui_world.journal("before").open("ab") as file:
        file.write(b"{}\n")
    async with drive(ui_world, opening=BOTH) as pilot:
        assert "the line does not end with" in screen_text(pilot.app)
        ui_world.journal("throttled").unlink()
        await press(pilot, "ctrl+r", "n", "n")
        assert "the journal was deleted" in " ".join(screen_text(pilot.app).split())
        assert "Always ask before" in detail(pilot)


@pytest.mark.parametrize("look", [Look(), Look(ascii=True, colour=False)])
async def test_hostile_texts_steer_nothing(ui_world: UiWorld, look: Look) -> None:
    async with drive(ui_world, look=look, opening="compare:{ok}:{hostile}") as pilot:
        for key in "nnnnnnnnzGX":
            await press(pilot, key)
            text = screen_text(pilot.app)
            assert_within(text, 120)
            assert not [c for c in text if c in "\x1b\x9b\x07\u202e\u2066\x00"]
        assert isinstance(pilot.app.screen, ComparePage)


async def test_what_the_project_hides_is_in_no_difference(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=BOTH) as pilot:
        for _row in range(15):
            await press(pilot, "j")
            assert "cust-4711" not in detail(pilot)


async def test_with_ascii_a_comparison_is_ascii(ui_world: UiWorld) -> None:
    async with drive(ui_world, look=Look(ascii=True), opening=BOTH) as pilot:
        for key in "njnn":
            await press(pilot, key)
            assert screen_text(pilot.app).isascii(), screen_text(pilot.app)
