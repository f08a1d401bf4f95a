"""The screen of one run: its steps, what each holds, its tabs, and what is done from it."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from runner.domain.events import RunFinished
from runner.journal.writer import FileJournal
from runner.tui.look import Look
from runner.tui.screens.run import RunPage
from runner.tui.screens.run_tabs import text_of_lines
from runner.tui.screens.run_text import TabText
from runner.tui.widgets.lines import LineView
from runner.tui.widgets.table import VirtualTable
from tests.run_journal import (
    START,
    Journal,
    answered,
    asked,
    begun,
    calls,
    ended,
    finished,
)
from tests.tui.screens import (
    SIZES,
    Shown,
    assert_within,
    drive,
    open_on,
    press,
    screen_text,
    settled,
    until,
)
from tests.tui.world import UiWorld


def page_of(pilot: Pilot[Any]) -> RunPage:
    page = pilot.app.screen
    assert isinstance(page, RunPage)
    return page


def table_of(pilot: Pilot[Any]) -> VirtualTable:
    return page_of(pilot).query_one(VirtualTable)


def said(pilot: Pilot[Any]) -> list[str]:
    """What toasts say."""
    return [note.message for note in pilot.app._notifications]


def opening(name: str) -> str:
    return f"run:{{{name}}}"


async def test_a_failed_run_opens_at_the_step_that_failed_first(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=opening("throttled")) as pilot:
        page = page_of(pilot)
        assert page.step is not None
        assert (page.step.name, page.step.word) == ("send_email", "failed")
        text = screen_text(pilot.app)
        assert "invoice-triage@v1.2.0  prod  ✖ failed" in text
        assert "Result      send_email: HTTP 429 Too Many" in text
        assert "The customer agreed; I send the" in text


async def test_a_run_that_went_well_opens_at_its_beginning(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=opening("ok")) as pilot:
        assert table_of(pilot).cursor == 0
        assert "Input" in screen_text(pilot.app)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_the_agent_and_its_version_are_never_cut(
    ui_world: UiWorld, size: tuple[int, int]
) -> None:
    async with drive(ui_world, size, opening=opening("report_46")) as pilot:
        for name in ("report_46", "hostile", "composite", "in_doubt"):
            await open_on(pilot, ui_world, Shown(opening(name)))
            seen = page_of(pilot)._seen
            assert seen is not None
            text = screen_text(pilot.app)
            assert_within(text, size[0])
            assert seen.run.label in text.splitlines()[1]


async def test_j_and_k_read_the_steps_and_the_capitals_those_that_failed(
    ui_world: UiWorld,
) -> None:
    async with drive(ui_world, opening=opening("throttled")) as pilot:
        first = table_of(pilot).cursor_key
        await press(pilot, "J")
        assert table_of(pilot).cursor_key == "t3.c1"
        assert "Your receipt" in screen_text(pilot.app)
        await press(pilot, "K")
        assert table_of(pilot).cursor_key == first
        await press(pilot, "j", "k", "k")
        assert page_of(pilot).step is not None
        assert page_of(pilot).step.name == "create_ticket"  # type: ignore[union-attr]
        await press(pilot, "g", "K")
        assert said(pilot) == ["no step before this one went wrong"]


async def test_f_lists_only_what_went_wrong_and_keeps_the_step(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=opening("throttled")) as pilot:
        before = table_of(pilot).cursor_key
        await press(pilot, "f")
        assert "get_invoice " not in screen_text(pilot.app)
        assert "failed only" in screen_text(pilot.app)
        assert table_of(pilot).cursor_key == before
        await press(pilot, "f")
        assert "get_invoice " in screen_text(pilot.app)
        assert table_of(pilot).cursor_key == before


async def test_a_run_without_failures_says_so_when_only_they_are_asked_for(
    ui_world: UiWorld,
) -> None:
    async with drive(ui_world, opening=opening("ok")) as pilot:
        await press(pilot, "f")
        assert "nothing went wrong so far" in screen_text(pilot.app)
        await press(pilot, "J", "o", "enter", "y", "escape", "f")
        assert "Input" in screen_text(pilot.app)


async def test_i_shows_the_time_in_which_nobody_worked(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=opening("resumed")) as pilot:
        assert "… idle" in screen_text(pilot.app)
        assert "240.0" not in screen_text(pilot.app)
        await press(pilot, "i")
        assert "240.0" in screen_text(pilot.app)
        assert "idle shown" in screen_text(pilot.app)
        await press(pilot, "i")
        assert "240.0" not in screen_text(pilot.app)


async def test_on_a_narrow_screen_enter_reads_a_step_and_escape_goes_back(
    ui_world: UiWorld,
) -> None:
    async with drive(ui_world, SIZES["80x24"], opening=opening("throttled")) as pilot:
        assert "Permission" not in screen_text(pilot.app)
        await press(pilot, "enter")
        assert "Permission" in screen_text(pilot.app)
        await press(pilot, "escape")
        assert "Permission" not in screen_text(pilot.app)
        assert table_of(pilot).has_focus
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, RunPage)


async def test_a_terminal_that_grows_shows_both_panes(ui_world: UiWorld) -> None:
    async with drive(ui_world, SIZES["80x24"], opening=opening("throttled")) as pilot:
        await pilot.resize_terminal(200, 60)
        await settled(pilot)
        text = screen_text(pilot.app)
        assert "Permission" in text
        assert "get_invoice" in text
        assert_within(text, 200)


async def test_z_gives_a_payload_the_whole_screen(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=opening("throttled")) as pilot:
        await press(pilot, "z")
        text = screen_text(pilot.app)
        assert "Permission" in text
        assert "create_ticket" not in text
        assert page_of(pilot).query_one("#payload").has_focus
        await press(pilot, "escape")
        assert "create_ticket" in screen_text(pilot.app)


async def test_n_goes_through_the_parts_of_a_payload(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=opening("throttled")) as pilot:
        view = page_of(pilot).query_one("#payload", LineView)
        await press(pilot, "n", "n")
        second = view.here
        await press(pilot, "N")
        assert view.here is not None
        assert second is not None
        assert view.here < second


TABS = {
    "m": "The customer agreed; I send the receipt.",
    "T": "t2.c2  send_email",
    "c": "limits.max_iterations",
    "x": "ledger, end",
    "l": '"type":"tool.started"',
    "s": "Permission",
}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_each_tab_has_a_letter_that_stands_in_the_bar(
    ui_world: UiWorld, size: tuple[int, int]
) -> None:
    async with drive(ui_world, size, opening=opening("throttled")) as pilot:
        bar = screen_text(pilot.app).splitlines()[-2]
        for key, shown in TABS.items():
            await press(pilot, key)
            assert f" {key} " in bar
            assert size[0] < 100 or shown in screen_text(pilot.app), key
            assert_within(screen_text(pilot.app), size[0])


async def test_brackets_turn_the_tabs_and_a_click_chooses_one(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=opening("throttled")) as pilot:
        page = page_of(pilot)
        await press(pilot, "right_square_bracket")
        assert page._tab == "messages"
        await press(pilot, "left_square_bracket", "left_square_bracket")
        assert page._tab == "jsonl"
        await pilot.click(
            "#tabs", offset=(screen_text(pilot.app).splitlines()[-2].index("Config"), 0)
        )
        await settled(pilot)
        assert page._tab == "config"
        await press(pilot, "escape")
        assert page._tab == "step"


async def test_a_tab_opens_at_the_step_that_was_looked_at(ui_world: UiWorld) -> None:
    async with drive(ui_world, SIZES["80x24"], opening=opening("throttled")) as pilot:
        await press(pilot, "J", "l")
        view = page_of(pilot).query_one(TabText)
        step = page_of(pilot).step
        assert step is not None
        assert view.here == step.lines[0]
        await press(pilot, "n")
        assert view.here == step.lines[1]


async def test_the_instructions_are_folded_until_they_are_asked_for(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=opening("ok")) as pilot:
        await press(pilot, "m")
        assert "characters, i shows them" in screen_text(pilot.app)
        assert "invoice triage agent" not in screen_text(pilot.app)
        await press(pilot, "i")
        assert "invoice triage agent" in screen_text(pilot.app)


async def test_the_raw_lines_are_the_bytes_of_the_journal(ui_world: UiWorld) -> None:
    path = ui_world.journal("composite")
    async with drive(ui_world, opening=opening("composite")) as pilot:
        await press(pilot, "l")
        lines = page_of(pilot).query_one(TabText)._lines
        shown = [lines[at][1][0] for at in range(len(lines))]
        assert shown == path.read_text(encoding="utf-8").splitlines()


async def test_v_verifies_in_place(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=opening("composite")) as pilot:
        await press(pilot, "V")
        text = screen_text(pilot.app)
        assert "every text beside them as they were written" in text
        assert "the tag has no signature" in text
        assert said(pilot) == ["verified: nothing is not ok"]


async def test_v_says_what_was_changed(ui_world: UiWorld) -> None:
    path = ui_world.journal("composite")
    lines = path.read_bytes().splitlines(keepends=True)
    lines[-1] = lines[-1].replace(b"succeeded", b"succeedet")
    path.chmod(0o600)
    path.write_bytes(b"".join(lines))
    async with drive(ui_world, opening=opening("composite")) as pilot:
        assert "the line hashes to" in screen_text(pilot.app)
        assert table_of(pilot).cursor_key is not None
        await press(pilot, "V")
        assert "✖ not ok" in screen_text(pilot.app)
        assert "not ok" in said(pilot)[0]


async def test_r_copies_the_command_that_resumes(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=opening("in_doubt")) as pilot:
        short = ui_world.runs["in_doubt"][-8:]
        assert f"goes on with agentctl resume {short} --settle" in screen_text(pilot.app)
        await press(pilot, "r")
        assert pilot.app.clipboard.startswith(f"agentctl resume {short} --settle")
        assert said(pilot)[0].startswith("copied: agentctl resume")


async def test_a_run_that_has_ended_has_nothing_to_resume(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=opening("ok")) as pilot:
        await press(pilot, "r")
        assert said(pilot) == ["nothing to resume: the run has ended, or is executed now"]


async def test_y_offers_the_run_its_journal_and_the_step(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=opening("throttled")) as pilot:
        page = page_of(pilot)
        offered = dict(page.yanks())
        assert offered["run id"] == ui_world.runs["throttled"]
        assert offered["journal"] == str(ui_world.journal("throttled"))
        assert offered["step"] == f"{ui_world.runs['throttled']} t2.c2"
        assert '"type": "tool.started"' in offered["step as JSON"]
        assert "cust-4711" not in "".join(offered.values())
        assert "HTTP 429" in offered["payload"]
        assert page.command() == f"agentctl show {ui_world.runs['throttled'][-8:]}"
        await press(pilot, "x")
        assert page.command().startswith("agentctl audit verify ")


async def test_d_compares_with_the_run_before(ui_world: UiWorld) -> None:
    from runner.tui.screens.compare import ComparePage

    async with drive(ui_world, opening=opening("throttled")) as pilot:
        await press(pilot, "d")
        page = pilot.app.screen
        assert isinstance(page, ComparePage)
        assert page._ids[1] == ui_world.runs["throttled"]


async def test_d_of_a_first_run_says_that_there_is_none_before(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=f"run:{ui_world.ids[0]}") as pilot:
        await press(pilot, "d")
        assert said(pilot) == ["there is no earlier run of this agent in this environment"]


async def test_a_rollback_is_asked_for_the_agent_of_the_run(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=opening("throttled")) as pilot:
        await press(pilot, "R")
        assert not isinstance(pilot.app.screen, RunPage)
    async with drive(ui_world, opening=opening("throttled"), look=Look(read_only=True)) as pilot:
        await press(pilot, "R")
        assert isinstance(pilot.app.screen, RunPage)
        assert "roll back" not in screen_text(pilot.app)
    async with drive(ui_world, opening=opening("hostile")) as pilot:
        await press(pilot, "R")
        assert said(pilot) == ["the run was not one of a released version in an environment"]


async def test_the_pager_needs_a_terminal(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=opening("throttled")) as pilot:
        await press(pilot, "o")
        assert said(pilot) == ["there is no terminal here that a pager could have"]
        await press(pilot, "m", "o")
        assert len(said(pilot)) == 2


Live = Callable[[Pilot[Any], Journal], Awaitable[None]]


def live_journal(world: UiWorld, run: str = "01M7ZZZZZZZZZZZZZZZZZZZZZZ") -> Journal:
    return Journal(world.state, run).write(START)


async def test_a_run_that_goes_on_is_followed_at_its_end(ui_world: UiWorld) -> None:
    journal = live_journal(ui_world).write(asked())
    async with drive(ui_world, opening=f"run:{journal.path.stem}") as pilot:
        assert "running" in screen_text(pilot.app)
        journal.write(2, calls(1, "pay"), begun())
        await until(pilot, lambda: table_of(pilot).cursor_key == "t1.c1")
        await press(pilot, "k")
        journal.write(1, ended(), asked(2), 1, answered(2), finished()).end()
        await until(pilot, lambda: "succeeded" in screen_text(pilot.app))
        assert table_of(pilot).cursor_key == "t1.model"
        await press(pilot, "G")
        assert table_of(pilot).cursor_key == "end"


async def test_the_raw_lines_of_a_run_that_goes_on_grow(ui_world: UiWorld) -> None:
    journal = live_journal(ui_world).write(asked())
    async with drive(ui_world, opening=f"run:{journal.path.stem}") as pilot:
        await press(pilot, "l")
        journal.write(answered())
        await until(pilot, lambda: "model.answered" in screen_text(pilot.app))
        journal.end()


async def test_a_journal_that_is_deleted_while_it_is_shown_stays(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=opening("throttled")) as pilot:
        ui_world.journal("throttled").unlink()
        await press(pilot, "ctrl+r", "J")
        text = screen_text(pilot.app)
        assert "the journal was deleted; what was read is still shown" in text
        assert "Your receipt" in text
        for key in "mTxl":
            await press(pilot, key)
            assert "cannot be read" not in screen_text(pilot.app)
        assert '"type":"run.started"' in screen_text(pilot.app)


async def test_a_journal_that_is_replaced_while_it_is_shown_is_told(ui_world: UiWorld) -> None:
    path = ui_world.journal("throttled")
    async with drive(ui_world, opening=opening("throttled")) as pilot:
        path.rename(path.with_suffix(".old"))
        path.write_bytes(b"something else\n")
        await press(pilot, "ctrl+r", "l")
        text = screen_text(pilot.app)
        assert "another file took the journal's place" in text
        assert '"type":"run.started"' in text


async def test_a_journal_that_is_cut_while_it_is_shown_keeps_its_steps(ui_world: UiWorld) -> None:
    path = ui_world.journal("throttled")
    async with drive(ui_world, opening=opening("throttled")) as pilot:
        os.truncate(path, 700)
        await press(pilot, "ctrl+r")
        assert "the journal was cut short while it was shown" in screen_text(pilot.app)
        assert "send_email" in screen_text(pilot.app)
        await press(pilot, *"JmTxls")
        assert isinstance(pilot.app.screen, RunPage)


async def test_a_torn_last_line_is_noted(ui_world: UiWorld) -> None:
    with ui_world.journal("gone").open("ab") as file:
        file.write(b'{"run":"01M')
    async with drive(ui_world, opening=opening("gone")) as pilot:
        assert "the last line is torn" in screen_text(pilot.app)
        assert "gone" in screen_text(pilot.app)
        await press(pilot, "l", "G")
        assert '{"run":"01M' in screen_text(pilot.app)


async def test_a_run_that_is_not_there_is_said(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="runs") as pilot:
        pilot.app.open_run("01NOSUCHRUN")  # type: ignore[attr-defined]
        await settled(pilot)
        assert "no run has '01NOSUCHRUN' in its id" in screen_text(pilot.app)
        await press(pilot, *"sJKfizonVrdvmTcxlyR")
        assert isinstance(pilot.app.screen, RunPage) or len(pilot.app.screen_stack) > 1


@pytest.mark.parametrize("look", [Look(), Look(ascii=True, colour=False)])
async def test_hostile_texts_steer_nothing_on_any_tab(ui_world: UiWorld, look: Look) -> None:
    async with drive(ui_world, look=look, opening=opening("hostile")) as pilot:
        for key in ("J", "J", "m", "T", "c", "x", "l", "s", "G", "z"):
            await press(pilot, key)
            text = screen_text(pilot.app)
            assert_within(text, 120)
            assert not [c for c in text if c in "\x1b\x9b\x07\u202e\u2066\x00"]
        assert isinstance(pilot.app.screen, RunPage)


async def test_with_ascii_the_frame_of_a_run_is_ascii(ui_world: UiWorld) -> None:
    async with drive(ui_world, look=Look(ascii=True), opening=opening("throttled")) as pilot:
        for key in ("J", "T", "c", "x", "l", "s"):
            await press(pilot, key)
            assert screen_text(pilot.app).isascii(), screen_text(pilot.app)


async def test_a_line_of_a_megabyte_is_shown_in_part(ui_world: UiWorld) -> None:
    journal = live_journal(ui_world)
    many = {f"k{n}": "x" * 60_000 for n in range(17)}
    journal.write(asked(), calls(1, "pay"), begun(arguments=many), ended(text="z" * 60_000))
    journal.write(finished()).end()
    async with drive(ui_world, opening=f"run:{journal.path.stem}") as pilot:
        await press(pilot, "G", "k")
        text = text_of_lines(page_of(pilot).query_one("#payload", LineView)._lines)
        assert "1.0 MB in all, `o` opens it" in text
        await press(pilot, "l")
        assert '"type":"tool.started"' in screen_text(pilot.app)
        assert_within(screen_text(pilot.app), 120)


async def test_what_the_project_hides_is_on_no_tab(ui_world: UiWorld) -> None:
    async with drive(ui_world, SIZES["200x60"], opening=opening("throttled")) as pilot:
        for key in ("J", "m", "T", "x", "l", "s"):
            await press(pilot, key)
            assert "cust-4711" not in screen_text(pilot.app), key


def hiding(world: UiWorld, *patterns: str) -> None:
    """Let the project hide more."""
    path = world.root / "agentctl.yaml"
    more = "".join(f"'{pattern}', " for pattern in patterns)
    path.write_text(path.read_text().replace("redact: [", f"redact: [{more}"))


async def test_what_the_project_hides_is_not_in_the_lines_above_the_steps(
    ui_world: UiWorld,
) -> None:
    hiding(ui_world, "INV-4137", "answered with nothing")
    async with drive(ui_world, (200, 60), opening=opening("throttled")) as pilot:
        text = screen_text(pilot.app)
        assert "about [redacted]" in text
        assert "empty_answer: the model [redacted]" in text
        assert "INV-4137" not in text
        assert "answered with nothing" not in text


async def test_half_of_what_is_hidden_is_not_left_where_a_text_is_cut(ui_world: UiWorld) -> None:
    journal = live_journal(ui_world)
    long = ["x" * (edge - 5) + "cust-4711" + "y" * 60_000 for edge in (8 << 10, 32 << 10)]
    journal.write(asked(), calls(1, "pay"), begun(), ended(text=long[1]))
    journal.write(asked(2), answered(2, long[0]), finished()).end()
    async with drive(ui_world, opening=f"run:{journal.path.stem}") as pilot:
        view = page_of(pilot).query_one("#payload", LineView)
        for _step in page_of(pilot)._steps:
            assert "xcust" not in text_of_lines(view._lines)
            await press(pilot, "j")
        for key in "mT":
            await press(pilot, key)
            text = text_of_lines(page_of(pilot).query_one(TabText)._lines)
            assert "in all, `o` opens it" in text
            assert "xcust" not in text


async def test_what_is_hidden_is_so_in_raw_lines_where_it_is_escaped(ui_world: UiWorld) -> None:
    hiding(ui_world, 'the "blue" key')
    journal = live_journal(ui_world)
    journal.write(asked(), answered(1, 'take the "blue" key'), finished()).end()
    async with drive(ui_world, (200, 60), opening=f"run:{journal.path.stem}") as pilot:
        await press(pilot, "l")
        text = screen_text(pilot.app)
        assert "blue" not in text
        assert "take [redacted]" in text


async def test_settings_that_break_while_a_run_is_shown_take_nothing_down(
    ui_world: UiWorld,
) -> None:
    async with drive(ui_world, opening=opening("throttled")) as pilot:
        path = ui_world.root / "agentctl.yaml"
        path.write_text(path.read_text() + "bogus: 1\n")
        await press(pilot, "ctrl+r", "j", "G", "k", "m", "l", "s")
        assert "unknown field `bogus`" in screen_text(pilot.app)
        assert "send_email" in screen_text(pilot.app)


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "tool.started", "step": "t1.c1", "arguments": "deep"},
        {"type": "future", "step": "t1", "more": "deep"},
    ],
    ids=["known", "unknown"],
)
async def test_a_line_nested_without_an_end_is_shown_in_part(
    ui_world: UiWorld, fields: dict[str, Any]
) -> None:
    journal = live_journal(ui_world).write(asked())
    deep: dict[str, Any] = {}
    for _level in range(300):
        deep = {"a": deep}
    journal.sealed({name: deep if value == "deep" else value for name, value in fields.items()})
    async with drive(ui_world, opening=f"run:{journal.path.stem}") as pilot:
        for key in ("G", "m", "T", "c", "x", "l", "s", "y", "escape", "ctrl+r"):
            await press(pilot, key)
            assert "bug in agentctl" not in screen_text(pilot.app), key
        assert "more than 100 objects and lists within each other" in screen_text(pilot.app)
        assert "hashes to" not in screen_text(pilot.app)


async def test_times_and_numbers_that_nobody_counted_are_drawn(ui_world: UiWorld) -> None:
    journal = live_journal(ui_world).write(asked(), calls(1, "pay"), begun())
    journal.write(ended(duration_s=1e300), answered(2, cost=1e300, duration_s=1e300))
    async with drive(ui_world, opening=f"run:{journal.path.stem}") as pilot:
        await press(pilot, "G", "k", "i", "g", "T")
        assert isinstance(pilot.app.screen, RunPage)
        assert_within(screen_text(pilot.app), 120)


async def test_v_does_not_call_verified_what_nobody_could_read(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=opening("composite")) as pilot:
        ui_world.root.rename(ui_world.root.with_name("elsewhere"))
        await press(pilot, "V")
        assert said(pilot) == ["not verified: nobody can tell about journal"]


async def test_a_run_that_ends_while_it_is_shown_is_resumable_no_more(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening=opening("gone")) as pilot:
        assert "goes on with agentctl resume" in screen_text(pilot.app)
        path = ui_world.journal("gone")
        with FileJournal.resume(path, ui_world.clock, lambda data: data) as journal:
            journal.append(_end())
        await press(pilot, "ctrl+r")
        assert "goes on with" not in screen_text(pilot.app)
        assert "succeeded" in screen_text(pilot.app)


def _end() -> RunFinished:
    made = finished()
    assert isinstance(made, RunFinished)
    return made


def test_the_pager_gets_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from runner.app.pagers import show_in_pager

    got = tmp_path / "got"
    pager = tmp_path / "pager"
    pager.write_text(f"#!/bin/sh\ncat > {got}\n")
    pager.chmod(0o700)
    monkeypatch.setenv("AGENTCTL_PAGER", str(pager))
    assert show_in_pager("all of it\n")
    assert got.read_text() == "all of it\n"
