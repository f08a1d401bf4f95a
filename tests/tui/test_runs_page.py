"""The screen of runs: what is asked, what comes, and every action."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from runner.app.listing.run_feed import RunFeed
from runner.app.listing.run_list import Wanted, matching
from runner.tui.look import Look
from runner.tui.screens.compare import ComparePage
from runner.tui.screens.run import RunPage
from runner.tui.screens.runs import FAILURES, RunsPage
from runner.tui.screens.runs_export import ExportDialog
from runner.tui.screens.runs_query import QueryLine, Said
from runner.tui.screens.runs_rows import RunRows, Widths, columns_for, shown_count, shown_start
from runner.tui.screens.versions import VersionsPage
from runner.tui.shots import screen_text
from runner.tui.tints import pieces
from runner.tui.widgets.columns import fit
from runner.tui.widgets.entry import Entry
from tests.bench.many_runs import write_ledger
from tests.tui import plays
from tests.tui.agents import LONG_NAME
from tests.tui.screens import assert_within, drive, press, settled
from tests.tui.story import NOW
from tests.tui.world import UiWorld

INVOICE = "invoice-triage"


def page_of(pilot: Pilot[Any]) -> RunsPage:
    page = next(each for each in pilot.app.screen_stack if isinstance(each, RunsPage))
    assert isinstance(page, RunsPage)
    return page


def keys(page: RunsPage) -> list[str]:
    assert page._fed
    return [page._fed.runs.key(index) for index in range(len(page._fed.runs))]


async def write(pilot: Pilot[Any], text: str) -> None:
    """What a paste does, and faster than keys."""
    field = pilot.app.screen.focused
    assert isinstance(field, Entry)
    field.insert_text_at_cursor(text)
    await pilot.pause()


def said(pilot: Pilot[Any], name: str) -> str:
    cell = page_of(pilot).query_one(f"#{name}", Said).cell
    return "".join(text for text, _tone in pieces(cell))


def typed(pilot: Pilot[Any]) -> str:
    return page_of(pilot).query_one(QueryLine).value


def toasts(pilot: Pilot[Any]) -> list[str]:
    return [each.message for each in pilot.app._notifications]


def play(world: UiWorld, invoice: str) -> str:
    return world.play(plays.triaged(invoice), INVOICE, {"invoice": invoice})


async def test_the_runs_of_the_environment_come_newest_first(ui_world: UiWorld) -> None:
    async with drive(ui_world, (80, 24), opening="runs") as pilot:
        page = page_of(pilot)
        assert typed(pilot) == "env:prod"
        assert keys(page)[0] == ui_world.runs["throttled"]
        assert said(pilot, "counts") == "39 of 42 ● live"
        lines = screen_text(pilot.app).splitlines()
        assert lines[3].split()[:6] == ["▌", "13:45:00", "S760ZY57", INVOICE, "v1.2.0", "✖"]
        assert page.command() == "agentctl runs --query env:prod"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_names_and_versions_are_never_cut(ui_world: UiWorld, size: tuple[int, int]) -> None:
    async with drive(ui_world, size, opening=f"runs:agent:{LONG_NAME}") as pilot:
        text = screen_text(pilot.app)
        assert_within(text, size[0])
        row = next(line for line in text.splitlines() if line.startswith("▌"))
        assert f"{LONG_NAME} v1.1.0 ✔ succeeded" in row
        await press(pilot, "0", "G")
        assert all(name in screen_text(pilot.app) for name in (LONG_NAME, "kb-sync"))


async def test_names_have_their_room_after_a_resize(ui_world: UiWorld) -> None:
    async with drive(ui_world, (80, 14), opening="runs:env:prod -status:failed") as pilot:
        assert LONG_NAME not in screen_text(pilot.app)
        await pilot.resize_terminal(100, 50)
        await settled(pilot)
        await pilot.pause()
        assert f"{LONG_NAME} v1.0.0" in screen_text(pilot.app)


async def test_without_colours_and_with_ascii_alone_the_words_say_it(ui_world: UiWorld) -> None:
    look = Look(ascii=True, colour=False)
    async with drive(ui_world, (80, 24), look, opening="runs:status:failed") as pilot:
        text = screen_text(pilot.app)
        assert text.isascii()
        assert "x failed" in text
        assert "7 of 42 * live" in text


def test_at_80_columns_numbers_go_and_the_subject_stays() -> None:
    columns = columns_for(Widths(agent=14, version=6))
    shown = {width: _titles(columns, width) for width in (77, 117, 197)}
    assert shown[77] == ["STARTED", "RUN", "AGENT", "VER", "STATUS", "COST", "SUBJECT"]
    assert set(shown[117]) - set(shown[77]) == {"ENV", "DUR", "TURNS", "TOK"}
    assert len(shown[197]) == len(columns)


def _titles(columns: Any, room: int) -> list[str]:
    return [columns[place].title for place in fit(columns, room).shown]


def test_times_are_shown_as_far_as_they_matter() -> None:
    assert shown_start("2026-11-20T09:00:01.5Z", NOW) == "09:00:01"
    assert shown_start("2026-11-20T01:30:00+02:00", NOW) == "11-19 23:30"
    assert shown_start("2025-12-31T09:00:00Z", NOW) == "2025-12-31"
    assert [shown_count(n) for n in (0, 999, 18_249, 3_100_000, 5 * 10**9)] == [
        "0", "999", "18.2k", "3.1M", "5.0G",
    ]  # fmt: skip


async def test_a_query_is_asked_with_enter(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="runs") as pilot:
        page = page_of(pilot)
        await press(pilot, "slash")
        await write(pilot, "status:failed")
        assert typed(pilot) == "env:prod status:failed"
        assert said(pilot, "counts").startswith("39 of 42")
        await press(pilot, "enter")
        assert said(pilot, "counts").startswith("7 of 42")
        assert page.command() == "agentctl runs --query 'env:prod status:failed'"
        assert page.focused is page.table
        wanted = [row["run"] for row in matching(ui_world.project, Wanted(page._query), NOW)]
        assert keys(page) == wanted


async def test_letters_that_are_keys_elsewhere_can_be_typed(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="runs") as pilot:
        await press(pilot, "slash", "ctrl+u")
        await pilot.press(*"jqye0d1!?:xv", "space", "G")
        assert typed(pilot) == "jqye0d1!?:xv G"
        assert isinstance(pilot.app.screen, RunsPage)


async def test_a_mistake_is_told_beside_the_line_and_nothing_is_lost(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="runs") as pilot:
        before = keys(page_of(pilot))
        await press(pilot, "slash")
        await write(pilot, "statsu:failed")
        await press(pilot, "enter", "ctrl+r")
        page = page_of(pilot)
        assert said(pilot, "problem") == "column 10: no field `statsu`; did you mean `status`?"
        assert said(pilot, "problem") in screen_text(pilot.app)
        assert typed(pilot) == "env:prod statsu:failed"
        assert page.query_one(QueryLine).has_focus
        assert keys(page) == before
        await press(pilot, "ctrl+w", "ctrl+w")
        await write(pilot, "status:failed")
        assert said(pilot, "problem") == ""
        await press(pilot, "enter")
        assert len(keys(page)) == 7


async def test_esc_leaves_the_query_as_it_was(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="runs") as pilot:
        page = page_of(pilot)
        await press(pilot, "slash")
        await write(pilot, "cost>x")
        await press(pilot, "escape")
        assert (typed(pilot), said(pilot, "problem")) == ("env:prod", "")
        assert page.focused is page.table
        assert len(keys(page)) == 39
        await press(pilot, "slash", "up")
        assert typed(pilot) == "env:prod cost>x"
        await press(pilot, "down")
        assert typed(pilot) == "env:prod"


async def test_tab_takes_what_is_suggested(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="runs") as pilot:
        await press(pilot, "slash", "s", "t", "tab", "f", "tab")
        assert typed(pilot) == "env:prod status:failed"
        await write(pilot, " agent:in")
        await press(pilot, "v", "tab")
        assert typed(pilot) == f"env:prod status:failed agent:{INVOICE}"


async def test_failures_alone_and_everything_are_a_key_away(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="runs") as pilot:
        page = page_of(pilot)
        await press(pilot, "exclamation_mark")
        assert typed(pilot) == f"env:prod {FAILURES}"
        assert len(keys(page)) == 11
        await press(pilot, "exclamation_mark")
        assert (typed(pilot), len(keys(page))) == ("env:prod", 39)
        await press(pilot, "0")
        assert (typed(pilot), len(keys(page))) == ("", 42)
        assert page.command() == "agentctl runs"
        assert page.crumbs() == ("Runs", "every environment")


async def test_another_environment_shows_its_runs(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="runs:env:prod status:succeeded") as pilot:
        while pilot.app.world.environment != "staging":
            await press(pilot, "e")
        assert typed(pilot) == "env:staging status:succeeded"
        assert len(keys(page_of(pilot))) == 2


async def test_the_application_sets_the_query(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="runs") as pilot:
        await pilot.app.open_runs("agent:kb-sync status:gone")
        await settled(pilot)
        assert typed(pilot) == "agent:kb-sync status:gone"
        assert len(keys(page_of(pilot))) == 2


async def test_new_runs_arrive_at_the_top_while_it_follows(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="runs") as pilot:
        page = page_of(pilot)
        new = play(ui_world, "INV-5000")
        await press(pilot, "ctrl+r")
        assert (page.table.cursor_key, page.table.cursor) == (new, 0)
        assert said(pilot, "counts") == "40 of 43 ● live"


async def test_new_runs_are_counted_while_somebody_reads(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="runs") as pilot:
        page = page_of(pilot)
        await press(pilot, "j", "j")
        held = page.table.cursor_key
        assert said(pilot, "counts") == "39 of 42 ○ g follows"
        play(ui_world, "INV-5000")
        newest = play(ui_world, "INV-5001")
        await press(pilot, "ctrl+r")
        assert page.table.cursor_key == held
        assert said(pilot, "notice") == "2 new ▲ g follows"
        assert "2 new ▲ g follows" in screen_text(pilot.app)
        await press(pilot, "g")
        assert page.table.cursor_key == newest
        assert said(pilot, "notice") == ""
        assert said(pilot, "counts").endswith("● live")


async def test_a_run_that_ends_changes_where_it_stands(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="runs:status:failed") as pilot:
        before = keys(page_of(pilot))
        new = ui_world.play(plays.throttled("INV-6"), INVOICE, {"invoice": "INV-6"})
        await press(pilot, "ctrl+r")
        assert keys(page_of(pilot)) == [new, *before]


async def test_enter_opens_the_run_under_the_cursor(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="runs") as pilot:
        await press(pilot, "j", "enter")
        assert isinstance(pilot.app.screen, RunPage)
        assert dict(pilot.app.screen.yanks())["run id"] == ui_world.runs["limit"]


async def test_two_marked_runs_are_compared_the_older_first(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="runs") as pilot:
        await press(pilot, "d")
        assert "none is marked" in toasts(pilot)[0]
        await press(pilot, "space", "d")
        assert "1 is marked" in toasts(pilot)[-1]
        await press(pilot, "j", "d")
        newer, older = keys(page_of(pilot))[:2]
        assert isinstance(pilot.app.screen, ComparePage)
        offered = dict(pilot.app.screen.yanks())
        assert (offered["left run"], offered["right run"]) == (older, newer)
        await press(pilot, "escape", "j", "space", "j", "space", "d")
        assert "3 are marked" in toasts(pilot)[-1]


async def test_the_versions_of_the_agent_are_a_key_away(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="runs:agent:kb-sync") as pilot:
        await press(pilot, "v")
        assert isinstance(pilot.app.screen, VersionsPage)
        assert pilot.app.screen.command() == "agentctl releases list kb-sync"


async def test_a_row_is_copied_as_id_journal_and_command(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="runs") as pilot:
        run = ui_world.runs["throttled"]
        offered = dict(page_of(pilot).yanks())
        assert offered == {
            "run": run,
            "journal": str(ui_world.journal(run)),
            "show it": f"agentctl show {run}",
            "query": "env:prod",
        }
        page_of(pilot).ask("agent:none-such")
        await settled(pilot)
        assert page_of(pilot).yanks() == ()


async def test_what_is_shown_is_exported(ui_world: UiWorld, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    async with drive(ui_world, opening="runs:status:failed") as pilot:
        await press(pilot, "x", "ctrl+u")
        assert "Export 7 runs" in screen_text(pilot.app)
        await write(pilot, str(target))
        await press(pilot, "enter")
        assert not isinstance(pilot.app.screen, ExportDialog)
        assert toasts(pilot) == [f"7 runs in {target}"]
        query = page_of(pilot)._query
    lines = [json.loads(line) for line in target.read_text().splitlines()]
    assert [line["run"] for line in lines] == [
        row["run"] for row in matching(ui_world.project, Wanted(query), NOW)
    ]


async def test_the_marked_runs_alone_are_exported(ui_world: UiWorld, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    async with drive(ui_world, opening="runs") as pilot:
        await press(pilot, "space", "j", "j", "space", "x", "ctrl+u")
        await write(pilot, str(target))
        await press(pilot, "enter")
    assert len(target.read_text().splitlines()) == 3


async def test_an_export_that_fails_says_why_and_stays(ui_world: UiWorld, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("mine")
    async with drive(ui_world, (80, 24), opening="runs") as pilot:
        await press(pilot, "x", "ctrl+u")
        await write(pilot, str(target))
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ExportDialog)
        assert "is there already" in str(pilot.app.screen.query_one("#problem", Said).cell)
        assert_within(screen_text(pilot.app), 80)
        await press(pilot, "ctrl+u")
        await write(pilot, str(tmp_path / "b.jsonl"))
        await press(pilot, "enter")
        assert not isinstance(pilot.app.screen, ExportDialog)
    assert target.read_text() == "mine"
    assert len((tmp_path / "b.jsonl").read_text().splitlines()) == 39


async def test_no_ledger_says_how_to_start_a_run(ui_world: UiWorld) -> None:
    (ui_world.state / "ledger.jsonl").unlink()
    async with drive(ui_world, opening="runs") as pilot:
        assert said(pilot, "problem") == "no runs; `agentctl run AGENT` starts one"
        assert page_of(pilot).yanks() == ()
        await press(pilot, "enter", "v", "d", "j", "space", "x", "escape")
        assert isinstance(pilot.app.screen, RunsPage)


async def test_no_match_is_another_thing_than_no_runs(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="runs:agent:nobody") as pilot:
        assert said(pilot, "problem") == "no run matches; 0 shows all"
        assert said(pilot, "counts") == "0 of 42 ● live"


async def test_a_ledger_that_is_replaced_or_deleted_is_told(ui_world: UiWorld) -> None:
    ledger = ui_world.state / "ledger.jsonl"
    async with drive(ui_world, opening="runs") as pilot:
        page = page_of(pilot)
        lines = ledger.read_bytes().splitlines(keepends=True)
        ledger.rename(ledger.with_suffix(".1"))
        await press(pilot, "ctrl+r")
        assert said(pilot, "problem") == "the ledger is gone: it was moved or deleted"
        assert keys(page) == []
        ledger.write_bytes(b"".join(lines[:6]))
        await press(pilot, "ctrl+r", "0")
        assert 0 < len(keys(page)) < 6
        os.truncate(ledger, len(lines[0]))
        await press(pilot, "ctrl+r")
        assert "the ledger was replaced or cut" in said(pilot, "notice")
        assert len(keys(page)) == 1


async def test_lines_that_cannot_be_read_are_told(ui_world: UiWorld) -> None:
    with (ui_world.state / "ledger.jsonl").open("ab") as file:
        file.write(b"junk\n\x1b[2J\n" + b'{"torn')
    async with drive(ui_world, opening="runs") as pilot:
        await press(pilot, "ctrl+r")
        notice = said(pilot, "notice")
        assert "2 lines cannot be read: `agentctl audit verify`" in notice
        assert "the last line is cut short" in notice
        assert len(keys(page_of(pilot))) == 39


def test_a_row_that_the_file_has_no_more_is_said_to_be_gone(ui_world: UiWorld) -> None:
    feed = RunFeed(ui_world.root, ui_world.state, ui_world.clock)
    rows = RunRows(feed.step(), Look(), NOW, Widths())
    os.truncate(ui_world.state / "ledger.jsonl", 100)
    assert [len(rows.cells(0)), rows.cells(0)[2]] == [11, ("not in the ledger any more", "dim")]
    assert rows.index_of(rows.key(0)) == 0


async def test_what_the_project_redacts_is_hidden(ui_world: UiWorld) -> None:
    async with drive(ui_world, (200, 60), opening="runs:agent:kb-sync") as pilot:
        assert "cust-" not in screen_text(pilot.app)


def forged(world: UiWorld, **fields: Any) -> None:
    """Append the start of a run as no version of this program writes it, and its end."""
    lines = (world.state / "ledger.jsonl").read_bytes().splitlines()
    start = json.loads(next(line for line in lines if b'"run.started"' in line))
    end = json.loads(next(line for line in lines if b'"run.ended"' in line))
    with (world.state / "ledger.jsonl").open("a") as file:
        for line in (start, end):
            own = {name: value for name, value in fields.items() if name in line}
            file.write(json.dumps({**line, **own}, separators=(",", ":")) + "\n")


@pytest.mark.parametrize(
    "fields",
    [
        {"ts": "0001-01-01T00:00:00+23:00"},
        {"ts": "9999-12-31T23:59:59-23:00"},
        {"tokens": {"input": 10**400, "cached_input": 0, "output": 1}},
        {"cost_usd": 1e300, "duration_s": 1e300},
        {"iterations": 10**400},
    ],
    ids=str,
)
async def test_a_forged_number_or_time_takes_nothing_down(
    ui_world: UiWorld, fields: dict[str, Any]
) -> None:
    forged(ui_world, run="r-forged", **fields)
    async with drive(ui_world, opening="runs:-agent:nobody") as pilot:
        await press(pilot, "j", "k", "g")
        assert_within(screen_text(pilot.app), 120)
        assert len(keys(page_of(pilot))) >= 42


async def test_what_is_copied_to_be_run_is_quoted(ui_world: UiWorld) -> None:
    forged(ui_world, run="x; touch here #")
    async with drive(ui_world, opening="runs:-agent:nobody") as pilot:
        assert ("show it", "agentctl show 'x; touch here #'") in page_of(pilot).yanks()


async def test_a_ledger_that_is_no_file_is_told(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="runs") as pilot:
        (ui_world.state / "ledger.jsonl").unlink()
        (ui_world.state / "ledger.jsonl").mkdir()
        await press(pilot, "ctrl+r")
        text = " ".join(screen_text(pilot.app).split())
        assert "cannot read: Is a directory" in text
        assert "no runs" not in text


async def test_an_export_into_the_home_of_nobody_is_refused(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="runs") as pilot:
        await press(pilot, "x", "ctrl+u")
        await write(pilot, "~nobody-of-this-name/runs.jsonl")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ExportDialog)
        assert "nobody has that name" in str(pilot.app.screen.query_one("#problem", Said).cell)


async def test_thousands_of_runs_are_shown_as_they_come(ui_world: UiWorld) -> None:
    (ui_world.state / "ledger.jsonl").unlink()
    elsewhere = ui_world.root / "elsewhere"
    write_ledger(elsewhere, 12_000)
    (elsewhere / "ledger.jsonl").rename(ui_world.state / "ledger.jsonl")
    async with drive(ui_world, opening="runs:agent:rare") as pilot:
        assert said(pilot, "counts") == "20 of 12,000 ● live"
        await press(pilot, "0", "G")
        page = page_of(pilot)
        assert page.table.cursor == 11_999
        assert page.table.cursor_key == f"01K{0:023d}"
