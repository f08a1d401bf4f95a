import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.app.listing.query import parse_query
from runner.app.listing.run_index import RunIndex, Runs
from runner.app.listing.run_list import Wanted, matching
from runner.app.project import Project
from runner.boundary.clock import SystemClock
from runner.boundary.files import lock_exclusive, open_append
from runner.domain.errors import StateError, UsageError
from tests.bench.many_runs import write_ledger
from tests.ledger_world import NOW, Ledgers

EVERYTHING = Wanted()


class MovingClock(SystemClock):
    """The time that a test says."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> Any:
        return NOW + self.ahead


@pytest.fixture
def ledgers(tmp_path: Path) -> Ledgers:
    return Ledgers(tmp_path)


@pytest.fixture
def index(ledgers: Ledgers) -> RunIndex:
    return RunIndex(ledgers.state, MovingClock())


def asked(query: str, since: str | None = None) -> Wanted:
    return Wanted(parse_query(query), since)


def whole(index: RunIndex, wanted: Wanted = EVERYTHING) -> Runs:
    """Advance until everything was looked through."""
    runs = index.advance(wanted)
    while not runs.complete:
        runs = index.advance(wanted)
    return runs


def ids(runs: Runs) -> list[str]:
    return [runs.key(at) for at in range(len(runs))]


def path_of(ledgers: Ledgers) -> Path:
    return ledgers.state / "ledger.jsonl"


def test_a_row_is_the_one_that_a_list_has(ledgers: Ledgers, index: RunIndex) -> None:
    ledgers.started("r1", subject='with "quotes" and \u00fc')
    ledgers.started("r2", timedelta(hours=2), environment="prod", subject="INV-7")
    ledgers.ended("r1", "succeeded", cost_usd=0.5)
    runs = whole(index)
    listed = list(matching(Project(ledgers.root, ledgers.state), EVERYTHING))
    assert [row["run"] for row in runs.rows()] == ["r2", "r1"]
    same = {"age_s": 0}
    assert [{**row, **same} for row in runs.rows()] == [{**row, **same} for row in listed]
    assert [row["age_s"] for row in runs.rows()] == [7200, 0]


def test_a_run_is_found_by_its_id(ledgers: Ledgers, index: RunIndex) -> None:
    for number in range(5):
        ledgers.started(f"r{number}")
    runs = whole(index)
    assert [runs.index_of(key) for key in ids(runs)] == [0, 1, 2, 3, 4]
    assert runs.index_of("r9") is None
    assert runs.index_of("\ud800") is None


def test_the_newest_screen_comes_before_the_rest(tmp_path: Path) -> None:
    state = tmp_path / ".agentctl"
    write_ledger(state, 12_000)
    index = RunIndex(state, SystemClock())
    first = index.advance()
    assert 100 < len(first) < 1000
    assert not first.complete
    assert first.key(0) == f"01K{11_999:023d}"
    runs = whole(index)
    assert (len(runs), runs.total, runs.skipped) == (12_000, 12_000, 0)
    assert [runs.key(at) for at in (0, 11_999)] == [f"01K{n:023d}" for n in (11_999, 0)]
    assert first.key(0) == runs.key(0)
    assert len(first) < 1000, "nobody changes what was given"


def test_a_filter_over_many_runs_says_what_a_list_says(tmp_path: Path) -> None:
    state = tmp_path / ".agentctl"
    write_ledger(state, 3_000)
    index = RunIndex(state, SystemClock())
    for query in ("agent:rare", "status:failed cost>0.05", "-agent:log-*", "INV-0029"):
        listed = [row["run"] for row in matching(Project(tmp_path, state), asked(query))]
        assert listed
        assert ids(whole(index, asked(query))) == listed, query


def test_new_runs_are_read_alone(ledgers: Ledgers, index: RunIndex) -> None:
    ledgers.started("r1")
    before = whole(index)
    assert index.advance().revision == before.revision
    ledgers.started("r2")
    ledgers.started("r3")
    ledgers.ended("r3", "failed")
    after = index.advance()
    assert ids(after) == ["r3", "r2", "r1"]
    assert (after.change.what, after.change.added) == ("grown", 2)
    assert after.revision > before.revision
    assert ids(before) == ["r1"]
    assert [row["status"] for row in after.rows()] == ["failed", "running", "running"]


def test_the_end_of_a_run_that_went_on_is_seen(ledgers: Ledgers, index: RunIndex) -> None:
    for run in ("r1", "r2", "r3"):
        ledgers.started(run)
    before = whole(index)
    ledgers.ended("r2", "succeeded")
    after = index.advance()
    assert [row["status"] for row in after.rows()] == ["running", "succeeded", "running"]
    assert [row["status"] for row in before.rows()] == ["running"] * 3
    ledgers.ended("r2", "in_doubt")
    assert index.advance().row(1)["status"] == "in_doubt"  # type: ignore[index]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status:running", ["r4", "r3", "r1"]),
        ("status:failed", ["r2"]),
        ("-status:running", ["r2"]),
        ("agent:b", ["r4", "r2"]),
        ("cost>0.1", ["r2"]),
    ],
)
def test_an_end_moves_a_run_into_a_filter_or_out_of_it(
    ledgers: Ledgers, index: RunIndex, query: str, found: list[str]
) -> None:
    journals = []
    for run, agent in (("r1", "a"), ("r2", "b"), ("r3", "a")):
        ledgers.started(run, agent=agent)
        journals.append(_held(ledgers, run))
    whole(index, asked(query))
    ledgers.ended("r2", "failed", cost_usd=0.2)
    ledgers.started("r4", agent="b")
    journals.append(_held(ledgers, "r4"))
    assert ids(index.advance(asked(query))) == found
    for fd in journals:
        os.close(fd)


def test_a_run_that_its_process_left_is_gone_without_a_line(
    ledgers: Ledgers, index: RunIndex
) -> None:
    ledgers.started("r1")
    ledgers.started("r2")
    fd = _held(ledgers, "r1")
    gone = asked("status:gone")
    assert ids(whole(index, gone)) == ["r2"]
    os.close(fd)
    assert ids(index.advance(gone)) == ["r2", "r1"]


def test_time_moves_a_run_out_of_a_filter(ledgers: Ledgers) -> None:
    clock = MovingClock()
    index = RunIndex(ledgers.state, clock)
    ledgers.started("old", timedelta(minutes=59))
    ledgers.started("new", timedelta(minutes=1))
    for wanted in (asked("age<1h"), asked("", since="1h")):
        clock.ahead = timedelta()
        assert ids(whole(index, wanted)) == ["new", "old"]
        clock.ahead = timedelta(minutes=5)
        assert ids(index.advance(wanted)) == ["new"]


def test_a_run_too_old_for_a_filter_stays_out_when_it_ends(
    ledgers: Ledgers, index: RunIndex
) -> None:
    ledgers.started("old", timedelta(days=2))
    ledgers.started("new")
    wanted = asked("age<1h")
    assert ids(whole(index, wanted)) == ["new"]
    ledgers.ended("old", "failed")
    ledgers.started("newer")
    assert ids(index.advance(wanted)) == ["newer", "new"]


def test_a_since_that_is_no_time_is_told(ledgers: Ledgers, index: RunIndex) -> None:
    ledgers.started("r1")
    with pytest.raises(UsageError, match="is no time"):
        index.advance(asked("", since="soon"))
    assert ids(whole(index)) == ["r1"]


def test_no_ledger_is_no_run_until_there_is_one(ledgers: Ledgers, index: RunIndex) -> None:
    runs = index.advance()
    assert (runs.missing, runs.complete, len(runs), runs.change.what) == (True, True, 0, "same")
    ledgers.started("r1")
    assert ids(whole(index)) == ["r1"]


def test_a_deleted_ledger_is_told_and_another_one_read(ledgers: Ledgers, index: RunIndex) -> None:
    ledgers.started("r1")
    before = whole(index)
    path_of(ledgers).unlink()
    runs = index.advance()
    assert (runs.missing, runs.change.what, len(runs)) == (True, "gone", 0)
    assert ids(before) == ["r1"], "an open file is read to its end"
    ledgers.started("r2")
    assert ids(whole(index)) == ["r2"]


@pytest.mark.parametrize("how", ["rotated", "cut", "written over", "swapped in its middle"])
def test_another_ledger_at_the_same_path_is_read_anew(
    ledgers: Ledgers, index: RunIndex, tmp_path: Path, how: str
) -> None:
    for run in ("r1", "r2", "r3"):
        ledgers.started(run)
    path = path_of(ledgers)
    lines = path.read_bytes().splitlines(keepends=True)
    whole(index)
    if how == "rotated":
        path.rename(path.with_suffix(".1"))
        path.write_bytes(lines[2])
    elif how == "cut":
        os.truncate(path, len(lines[0]))
    elif how == "written over":
        path.write_bytes(lines[1] + lines[2] + lines[0] + lines[1])
    else:
        path.write_bytes(lines[0] + lines[2] + lines[1])
    runs = whole(index)
    wanted = {
        "rotated": ["r3"],
        "cut": ["r1"],
        "written over": ["r2", "r1", "r3", "r2"],
        "swapped in its middle": ["r2", "r3", "r1"],
    }
    assert ids(runs) == wanted[how]
    assert runs.change.what in {"rebuilt", "same"}


def test_a_replaced_ledger_is_said_once(ledgers: Ledgers, index: RunIndex) -> None:
    ledgers.started("r1")
    ledgers.started("r2")
    whole(index)
    os.truncate(path_of(ledgers), 0)
    ledgers.started("r3")
    assert index.advance().change.what == "rebuilt"
    assert not index.advance().change


def test_a_row_whose_line_was_cut_off_is_no_row(ledgers: Ledgers, index: RunIndex) -> None:
    ledgers.started("r1")
    ledgers.started("r2")
    runs = whole(index)
    os.truncate(path_of(ledgers), 40)
    assert [runs.row(0), runs.row(1), list(runs.rows())] == [None, None, []]
    assert runs.index_of(runs.key(0)) == 0


def test_a_line_that_is_being_written_is_left_for_later(ledgers: Ledgers, index: RunIndex) -> None:
    ledgers.started("r1")
    ledgers.started("r2")
    path = path_of(ledgers)
    data = path.read_bytes()
    path.write_bytes(data[:-30])
    runs = whole(index)
    assert (ids(runs), runs.torn, runs.skipped) == (["r1"], True, 0)
    with path.open("ab") as file:
        file.write(data[-30:-10])
    assert ids(index.advance()) == ["r1"]
    with path.open("ab") as file:
        file.write(data[-10:])
    runs = index.advance()
    assert (ids(runs), runs.torn) == (["r2", "r1"], False)


def test_a_last_line_of_nothing_is_left_until_it_is_mended(
    ledgers: Ledgers, index: RunIndex
) -> None:
    ledgers.started("r1")
    whole(index)
    path = path_of(ledgers)
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"\0" * 50 + b"\n")
    runs = index.advance()
    assert (ids(runs), runs.torn, runs.skipped) == (["r1"], True, 0)
    os.truncate(path, size)
    ledgers.started("r2")
    runs = index.advance()
    assert (ids(runs), runs.torn, runs.change.what) == (["r2", "r1"], False, "grown")


def test_lines_that_cannot_be_read_are_counted(ledgers: Ledgers, index: RunIndex) -> None:
    ledgers.started("r1")
    ended = b'{"ledger":"L","seq":9,"ts":"2026-01-01T00:00:00Z","type":"run.ended","run":"r1"}\n'
    other = b'{"ledger":"L","seq":9,"ts":"2026-01-01T00:00:00Z","type":"ledger.recovered"}\n'
    with path_of(ledgers).open("ab") as file:
        file.writelines([b"not json\n", ended, other, ended.replace(b"ended", b"started")])
    assert (whole(index).skipped, ids(whole(index))) == (3, ["r1"])
    with path_of(ledgers).open("ab") as file:
        file.write(b"[]\n\n\xff\n")
    assert index.advance().skipped == 6


def test_a_ledger_that_cannot_be_opened_is_told_and_tried_again(
    ledgers: Ledgers, index: RunIndex
) -> None:
    ledgers.started("r1")
    whole(index)
    loop = path_of(ledgers)
    loop.rename(loop.with_suffix(".away"))
    loop.symlink_to(loop.name)
    with pytest.raises(StateError):
        index.advance()
    loop.unlink()
    loop.with_suffix(".away").rename(loop)
    assert ids(whole(index)) == ["r1"]


STEP = st.one_of(
    st.tuples(st.just("start"), st.sampled_from(["a", "b"])),
    st.tuples(st.just("end"), st.integers(0, 8), st.sampled_from(["failed", "in_doubt"])),
    st.tuples(st.just("write"), st.sampled_from([b"junk\n", b"{}\n", b"\n"])),
    st.tuples(st.just("look")),
)
QUERIES = ["", "agent:b", "status:failed", "-status:failed", "status:gone", "calls:0"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(STEP, max_size=25), st.sampled_from(QUERIES))
def test_an_index_kept_up_says_what_a_list_says(
    steps: Sequence[tuple[Any, ...]], query: str
) -> None:
    wanted = asked(query)
    with TemporaryDirectory() as directory:
        ledgers = Ledgers(Path(directory))
        index = RunIndex(ledgers.state, MovingClock())
        for number, step in enumerate([*steps, ("look",)]):
            _take(ledgers, index, wanted, number, step)


def _take(
    ledgers: Ledgers, index: RunIndex, wanted: Wanted, number: int, step: tuple[Any, ...]
) -> None:
    if step[0] == "start":
        ledgers.started(f"r{number}", agent=step[1])
    elif step[0] == "end":
        ledgers.ended(f"r{step[1]}", step[2])
    elif step[0] == "write":
        with path_of(ledgers).open("ab") as file:
            file.write(step[1])
    else:
        listed = matching(Project(ledgers.root, ledgers.state), wanted)
        expected = [{**row, "age_s": 0} for row in listed]
        assert [{**row, "age_s": 0} for row in whole(index, wanted).rows()] == expected


def test_one_run_more_costs_no_second_reading(tmp_path: Path) -> None:
    state = tmp_path / ".agentctl"
    write_ledger(state, 2_000)
    index = RunIndex(state, SystemClock())
    runs = whole(index)
    line = (state / "ledger.jsonl").read_bytes().splitlines(keepends=True)[0]
    with (state / "ledger.jsonl").open("ab") as file:
        file.write(line.replace(b"01K" + b"0" * 23, b"01K" + b"9" * 23))
    after = index.advance()
    assert (len(after), after.change.added) == (2_001, 1)
    assert next(iter(after.rows()))["run"] == "01K" + "9" * 23
    assert after.places.starts[1:] == runs.places.starts


def _held(ledgers: Ledgers, run: str) -> int:
    """A journal that a process executes."""
    journal = ledgers.state / f"{run}.jsonl"
    fd = open_append(journal, new=True)
    lock_exclusive(fd, journal)
    return fd
