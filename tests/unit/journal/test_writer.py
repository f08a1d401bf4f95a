"""The journal a run writes: on disk, locked, recovered, and refused after a failure."""

import hashlib
import json
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from runner.domain.errors import IntegrityError, RefusedError, StateError, UsageError
from runner.domain.events import JournalRecovered, RunProgress, RunResumed
from runner.journal.reader import read_events
from runner.journal.writer import FileJournal

HOLDER = """
import sys, time
from pathlib import Path
from runner.journal.writer import FileJournal
from runner.testing import TickingClock
journal = FileJournal.resume(Path(sys.argv[1]), TickingClock(), lambda value: value)
print("held", flush=True)
time.sleep(60)
"""


def test_events_come_back_as_they_were_written(world: Any, make: Any) -> None:
    events = make.small_run()
    path = world.journal_of(events)
    assert [event for _header, event in read_events(path)] == events


def test_the_file_lies_by_agent_and_day_and_is_private(world: Any, make: Any) -> None:
    path = world.journal_of(make.small_run())
    assert path.relative_to(world.root).as_posix() == f"journal/triage/2026-01-01/{make.run}.jsonl"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(p.stat().st_mode) for p in [world.root, *path.parents[:3]]} == {0o700}


def test_a_line_is_on_disk_when_append_returns(world: Any, make: Any) -> None:
    with world.create() as journal:
        journal.append(make.started())
        line = json.loads(journal.path.read_bytes())
    assert line["ts"] == "2026-01-01T00:00:00.000000Z"
    assert (line["run"], line["seq"], line["type"]) == (make.run, 0, "run.started")
    assert journal.head == line["hash"]


def test_secrets_are_redacted_before_they_are_written(world: Any, make: Any) -> None:
    def hide(value: Any) -> Any:
        return json.loads(json.dumps(value).replace("inv-7", "[redacted:X]"))

    with FileJournal.create(world.root, make.run, "triage", world.clock, hide) as journal:
        journal.append(make.started())
    assert b"inv-7" not in journal.path.read_bytes()


def test_a_run_id_that_is_a_path_is_refused(world: Any) -> None:
    with pytest.raises(UsageError):
        world.create("../x")


def test_a_second_journal_for_a_run_is_refused(world: Any, make: Any) -> None:
    world.journal_of(make.small_run())
    with pytest.raises(StateError, match="File exists"):
        world.create()


def test_a_second_process_on_a_run_is_refused(world: Any, make: Any) -> None:
    path = world.journal_of([make.started()])
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, path], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(RefusedError, match="another process executes this run"):
            world.resume(path)
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        world.resume(path).close()
    finally:
        holder.kill()
        holder.communicate()


def test_threads_share_one_journal(world: Any, make: Any) -> None:
    with world.create() as journal:
        journal.append(make.started())

        def beat() -> None:
            for number in range(20):
                journal.append(RunProgress(step="t1.model", active_s=number))

        threads = [threading.Thread(target=beat) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [header.seq for header, _event in read_events(journal.path)] == list(range(81))


def test_a_full_disk_stops_the_journal_for_good_and_resume_cuts_the_torn_line(
    world: Any, make: Any
) -> None:
    journal = world.create()
    journal.append(make.started())
    whole = journal.path.stat().st_size
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (whole + 100, limits[1]))
    try:
        with pytest.raises(StateError, match="cannot append: File too large"):
            journal.append(make.finished())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    with pytest.raises(StateError, match="an earlier line could not be written"):
        journal.append(make.finished())
    torn = journal.path.read_bytes()[whole:]
    journal.close()
    assert len(torn) == 100
    with world.resume(journal.path) as again:
        assert [event.type for event in again.events] == ["run.started"]
        again.append(RunResumed(active_s=0, runner="0.1.0"))
    types = [event for _header, event in read_events(journal.path)]
    digest = hashlib.sha256(torn).hexdigest()
    assert types[1] == JournalRecovered(cut_bytes=100, cut_sha256=digest)


def test_a_closed_journal_refuses(world: Any, make: Any) -> None:
    journal = world.create()
    journal.close()
    journal.close()
    with pytest.raises(StateError, match="closed"):
        journal.append(make.started())


@pytest.mark.parametrize("tail", [b'{"run":"x', b"\0" * 5000, b"\0\0\0\n", b'{"half'])
def test_a_torn_last_line_is_cut_and_told(world: Any, make: Any, tail: bytes) -> None:
    path = world.journal_of([make.started()])
    with path.open("ab") as file:
        file.write(tail)
    assert len(read_events(path)) == 1
    with world.resume(path) as journal:
        assert journal.seq == 1
    recovered = read_events(path)[-1][1]
    digest = hashlib.sha256(tail).hexdigest()
    assert recovered == JournalRecovered(cut_bytes=len(tail), cut_sha256=digest)


def test_damage_before_the_end_is_no_torn_line(world: Any, make: Any) -> None:
    path = world.journal_of(make.small_run())
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b"t1.model", b"t2.model")
    path.write_bytes(b"".join(lines))
    with pytest.raises(IntegrityError, match=r"jsonl:2: the line hashes to .* \(byte [0-9]+\)"):
        world.resume(path)


def test_a_changed_last_line_is_damage_and_not_cut(world: Any, make: Any) -> None:
    path = world.journal_of(make.small_run())
    path.write_bytes(path.read_bytes().replace(b'"status":"succeeded"', b'"status":"abandoned"'))
    before = path.read_bytes()
    with pytest.raises(IntegrityError, match=r":5: the line hashes to"):
        world.resume(path)
    assert path.read_bytes() == before


def test_a_journal_without_a_whole_line_never_started(world: Any) -> None:
    path = world.journal_of([])
    path.write_bytes(b'{"run"')
    with pytest.raises(UsageError, match="never started"):
        world.resume(path)


def test_a_missing_journal_is_named(world: Any) -> None:
    with pytest.raises(UsageError, match="no journal"):
        world.resume(world.root / "x.jsonl")


def test_resume_hands_back_what_was_recorded_for_a_step(world: Any, make: Any) -> None:
    path = world.journal_of([make.started(), *make.call("t1.c1"), *make.call("t2.c1")])
    with world.resume(path) as journal:
        assert [e.type for e in journal.recorded("t1.c1")] == ["tool.started", "tool.finished"]
        assert journal.recorded("t9.c1") == []
        journal.append(make.finished())
        assert len(journal.events) == 5, "only earlier processes' events are the past"


def test_active_time_leaves_out_the_time_between_processes(world: Any, make: Any) -> None:
    path = world.journal_of([make.started(), *make.call()])
    world.clock.tick(3600)
    with world.resume(path) as journal:
        assert journal.active_s() == 2.0
        journal.append(RunResumed(active_s=2.0, runner="0.1.0"))
        world.clock.tick(5)
        journal.append(make.finished())
    with world.resume(path) as journal:
        assert journal.active_s() == 7.0


def test_a_clock_that_steps_back_takes_no_time_away(world: Any, make: Any) -> None:
    with world.create() as journal:
        journal.append(make.started())
        world.clock.tick(-1000)
        journal.append(RunProgress(step="t1.model", active_s=4.0))
        world.clock.tick(2)
        journal.append(make.finished())
    with world.resume(journal.path) as again:
        assert again.active_s() == 6.0


def test_an_event_that_json_cannot_tell_leaves_the_journal_usable(world: Any, make: Any) -> None:
    with world.create() as journal:
        journal.append(make.started())
        deep: Any = {}
        for _ in range(400):
            deep = {"deeper": deep}
        with pytest.raises(ValueError, match="depth"):
            journal.append(make.finished(output=deep))
        journal.append(make.finished())
    assert len(read_events(journal.path)) == 2


def test_a_state_directory_that_is_a_file_is_told(world: Any, tmp_path: Path) -> None:
    world.root.write_text("in the way")
    with pytest.raises(StateError, match="cannot"):
        world.create()
