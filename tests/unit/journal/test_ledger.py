"""The ledger: what starts and ends, once per job, newest first."""

import json
import resource
import signal
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from runner.domain.errors import IntegrityError, StateError
from runner.journal.audit import verify_all
from runner.journal.chain import Tip
from runner.journal.entries import OverrideEnded, OverrideSet
from runner.journal.ledger import JobKnownError
from runner.journal.reader import journals
from runner.journal.recording import RecordedRun

CHAIN = {"ledger", "seq", "ts", "prev", "hash"}
RACER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from conftest import World, started
from runner.journal.ledger import JobKnownError
world = World(Path(sys.argv[1]))
for number in range(5):
    run = f"01JD{sys.argv[3]}{number:021d}"
    try:
        world.ledger.start(started(f"job-{number}"), lambda: world.create(run)).close()
    except JobKnownError:
        pass
"""


def lines(world: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in world.ledger.path.read_bytes().splitlines()]


def test_start_and_end_of_a_run_are_told(world: Any, make: Any) -> None:
    path = world.recorded(make.small_run())
    journal = [json.loads(line) for line in path.read_bytes().splitlines()]
    start, end = lines(world)
    assert start["journal"] == path.relative_to(world.root).as_posix()
    assert (start["head"], start["subject"]) == (journal[0]["hash"], "inv-7")
    assert (end["head"], end["head_seq"], end["status"]) == (journal[-1]["hash"], 4, "succeeded")
    assert end["tokens"] == {"input": 10, "cached_input": 0, "output": 5}
    assert list(start)[:4] == ["ledger", "seq", "ts", "type"]


def test_a_job_that_is_known_shows_its_first_run(world: Any, make: Any) -> None:
    world.recorded([make.started('k"ü'), make.finished()], "01JDFIRST")
    with pytest.raises(JobKnownError, match="as run 01JDFIRST") as caught:
        world.ledger.start(make.started('k"ü'), lambda: world.create("01JDSECOND"))
    assert caught.value.run == "01JDFIRST"
    assert world.ledger.find_job('k"ü') == "01JDFIRST"
    assert world.ledger.find_job("k") is None
    assert [record.run for record in world.ledger.runs()] == ["01JDFIRST"]


def test_a_job_id_inside_another_text_is_not_that_job(world: Any, make: Any) -> None:
    world.recorded([make.started("a", subject='"job":"b"'), make.finished()])
    assert world.ledger.find_job("b") is None


def test_processes_that_race_for_jobs_start_each_once(world: Any) -> None:
    here = str(__import__("pathlib").Path(__file__).parent)
    racers = [
        subprocess.Popen([sys.executable, "-c", RACER, str(world.root), here, str(racer)])
        for racer in range(3)
    ]
    assert [racer.wait() for racer in racers] == [0, 0, 0]
    jobs = [line["job"] for line in lines(world)]
    assert sorted(jobs) == [f"job-{number}" for number in range(5)]
    assert verify_all(world.root).errors == ()


def test_runs_come_newest_first_with_their_ends(world: Any, make: Any) -> None:
    world.recorded([make.started("a"), make.finished("failed")], "01JDA")
    world.recorded([make.started("b"), make.finished()], "01JDB")
    world.recorded([make.started("c")], "01JDC")
    records = list(world.ledger.runs())
    assert [(r.run, r.status, r.alive) for r in records] == [
        ("01JDC", "running", False),
        ("01JDB", "succeeded", False),
        ("01JDA", "failed", False),
    ]
    assert records[2].ended is not None
    assert records[2].ended_at is not None
    assert records[2].ended_at > records[2].started_at


def test_a_run_that_a_process_holds_is_alive(world: Any, make: Any) -> None:
    with RecordedRun(world.ledger, world.create) as record:
        record.append(make.started())
        assert [r.alive for r in world.ledger.runs()] == [True]
    assert [r.alive for r in world.ledger.runs()] == [False]


def test_the_last_end_of_a_resumed_run_holds(world: Any, make: Any) -> None:
    path = world.recorded([make.started(), make.finished("in_doubt")])
    held = world.resume(path)
    with RecordedRun(world.ledger, lambda: held, journal=held) as record:
        [running] = world.ledger.runs()
        assert running.status == "running", "it is in doubt no more while somebody goes on"
        record.append(make.finished("succeeded"))
    [ended] = world.ledger.runs()
    assert ended.status == "succeeded"
    assert verify_all(world.root).findings == ()


def test_no_ledger_has_no_runs(world: Any) -> None:
    assert list(world.ledger.runs()) == []
    assert world.ledger.find_job("x") is None


def test_a_torn_last_line_is_cut_and_told_by_the_next_append(world: Any, make: Any) -> None:
    world.recorded(make.small_run(), "01JDA")
    with world.ledger.path.open("ab") as file:
        file.write(b'{"ledger":"torn')
    assert len(list(world.ledger.runs())) == 1
    world.recorded(make.small_run(), "01JDB")
    assert [line["type"] for line in lines(world)] == [
        "run.started",
        "run.ended",
        "ledger.recovered",
        "run.started",
        "run.ended",
    ]
    assert verify_all(world.root).errors == ()


def test_a_ledger_that_is_torn_from_its_first_line_begins_anew(world: Any, make: Any) -> None:
    world.root.mkdir()
    world.ledger.path.write_bytes(b"\0\0\0")
    world.recorded(make.small_run())
    assert [line["type"] for line in lines(world)][:2] == ["ledger.recovered", "run.started"]
    assert verify_all(world.root).errors == ()


def test_nothing_is_appended_to_a_damaged_line(world: Any, make: Any) -> None:
    world.recorded(make.small_run(), "01JDA")
    data = world.ledger.path.read_bytes()
    world.ledger.path.write_bytes(data.replace(b'"status":"succeeded"', b'"status":"abandoned"'))
    with pytest.raises(IntegrityError, match="last line is damaged"):
        world.recorded(make.small_run(), "01JDB")


def test_a_state_directory_that_cannot_be_written_starts_nothing(world: Any, make: Any) -> None:
    world.root.write_text("in the way")
    with pytest.raises(StateError):
        world.ledger.start(make.started(), world.create)


@pytest.mark.parametrize("room", [0, 100])
def test_a_run_whose_first_line_cannot_be_written_leaves_nothing(
    world: Any, make: Any, room: int
) -> None:
    world.recorded(make.small_run(), "01JDBEFORE")  # so that the ledger needs no more room
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    try:
        with pytest.raises(StateError, match="cannot append"):
            world.ledger.start(make.started("other"), world.create)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert [path.stem for path in journals(world.root)] == ["01JDBEFORE"]
    assert verify_all(world.root).findings == ()
    world.ledger.start(make.started("other"), world.create).close()


def test_a_payload_of_a_run_that_never_began_is_removed(world: Any, make: Any) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (70_000, limits[1]))
    long = {"a": "x" * 66_000, "b": "y" * 66_000, "c": "z" * 90_000}
    try:
        with pytest.raises(StateError):
            world.ledger.start(make.started(input=long), world.create)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert list(world.root.rglob("*.payloads")) == []


def test_lines_far_longer_than_a_block_are_read_backwards(world: Any, make: Any) -> None:
    subject = "s" * 200_000
    world.recorded([make.started("a", subject=subject), make.finished()], "01JDA")
    world.recorded([make.started("b"), make.finished()], "01JDB")
    assert [record.run for record in world.ledger.runs()] == ["01JDB", "01JDA"]


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000,
        b'{"ledger":"x","seq":2,"ts":7,"type":"run.started","prev":"","hash":""}',
        b'{"ts":"x"}',
    ],
    ids=["deep", "time", "short"],
)
def test_a_line_that_cannot_be_read_leaves_the_list_of_the_others(
    world: Any, make: Any, line: bytes
) -> None:
    path = world.recorded(make.small_run())
    with world.ledger.path.open("ab") as file:
        file.write(line + b"\n")
    assert [record.run for record in world.ledger.runs()] == [path.stem]


@pytest.mark.parametrize("path", ["/etc/passwd", "../../x.jsonl", "a\0b", "a" * 5000])
def test_a_forged_line_leads_to_no_file_outside_the_state_directory(
    world: Any, make: Any, path: str
) -> None:
    world.recorded(make.small_run())
    start, end = lines(world)
    tip, forged = Tip.start("ledger", start["ledger"]), b""
    for entry in ({**start, "journal": path}, end):
        own = {name: entry[name] for name in entry if name not in CHAIN}
        sealed, tip = tip.seal(entry["ts"], own)
        forged += sealed
    world.ledger.path.write_bytes(forged)
    assert list(world.ledger.runs()) == []
    assert any("no path below" in found.message for found in verify_all(world.root).errors)


def test_an_override_is_told_and_verified_like_every_line(world: Any, make: Any) -> None:
    world.recorded(make.small_run())
    told = {"environment": "prod", "agent": "triage", "version": "v1.0.0", "by": "ann@host"}
    until = datetime(2026, 11, 21, 11, tzinfo=UTC)
    world.ledger.record(
        OverrideSet(**told, digest="h1:x", reason="git is down", until=until),
        OverrideEnded(**told, reason="a commit took its place"),
    )
    kinds = [line["type"] for line in lines(world)]
    assert kinds == ["run.started", "run.ended", "override.set", "override.ended"]
    assert lines(world)[2]["until"] == "2026-11-21T11:00:00Z"
    assert verify_all(world.root).errors == ()
    assert len(list(world.ledger.runs())) == 1
