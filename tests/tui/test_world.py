"""The world of the other tests is the same on every machine: their goldens depend on it."""

from runner.app.auditing import verify
from runner.app.fleet.status import read_status
from runner.app.listing.run_list import Wanted, list_runs
from tests.tui import plays
from tests.tui.world import UiWorld

HEAD = "2076019e3643b94a60a0bdc6e40fca6ff3033aee"


def test_commits_and_hashes_are_the_same_every_time(ui_world: UiWorld) -> None:
    assert ui_world.git("rev-parse", "HEAD") == HEAD
    assert ui_world.runs["throttled"] == ui_world.ids[-1] == "01M7WK82V07P8MZ4T8S760ZY57"


def test_nothing_tells_where_it_was_made(ui_world: UiWorld) -> None:
    told = [path for path in ui_world.state.rglob("*.jsonl") if b"/tmp/" in path.read_bytes()]
    assert told == []


def test_every_line_of_it_is_as_it_was_written(ui_world: UiWorld) -> None:
    report = verify(ui_world.root, None, None, None)
    assert report.intact
    assert report.runs == len(ui_world.ids) == 42


def test_it_has_what_screens_tell_apart(ui_world: UiWorld) -> None:
    cells = read_status(ui_world.root, None, None, None, ui_world.clock)
    assert {cell.sync.word for cell in cells} == {"synced", "held", "behind", "drifted"}
    assert {cell.health.word for cell in cells} == {"healthy", "failing", "unknown"}
    runs, _more = list_runs(ui_world.root, None, Wanted(limit=0))
    words = {"succeeded", "failed", "stopped", "in_doubt", "running"}
    assert {run["status"] for run in runs} == words
    assert {run["mode"] for run in runs} == {"live", "dry_run"}


def test_it_goes_on_from_there(ui_world: UiWorld) -> None:
    run = ui_world.play(plays.triaged("INV-1"), "invoice-triage", {"invoice": "INV-1"})
    ui_world.move("rollback", "invoice-triage", None, "prod", "nothing but 429")
    cells = read_status(ui_world.root, None, "invoice-triage", "prod", ui_world.clock)
    assert [cell.standing.pointer.version for cell in cells if cell.standing] == ["v1.1.0"]
    assert ui_world.journal(run).is_file()
