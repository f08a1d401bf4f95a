"""What verification finds, and what a crash leaves that it does not mistake for damage."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.domain.errors import IntegrityError, UsageError
from runner.domain.events import RunResumed
from runner.journal.audit import anchor, verify_all, verify_run
from runner.journal.chain import Tip, read_line, seal
from runner.journal.reconciling import reconcile
from runner.journal.recording import RecordedRun

Change = Callable[[bytes], bytes]


def rehashed(run: str, lines: list[bytes]) -> bytes:
    """Seal changed lines again, as somebody who knows the format would."""
    tip, sealed = Tip.start("run", run), b""
    for line in lines:
        fields = {k: v for k, v in read_line(line).fields.items() if k not in ("run", "seq", "ts")}
        written, tip = tip.seal(str(read_line(line).fields["ts"]), fields)
        sealed += written
    return sealed


def test_intact_runs_have_no_findings(world: Any, make: Any) -> None:
    world.recorded(make.small_run(), "01JDA")
    world.recorded(make.small_run(), "01JDB")
    report = verify_all(world.root)
    assert (report.runs, report.findings) == (2, ())
    assert verify_run(world.root, "01JDA") == []


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (lambda d: d.replace(b"t1.model", b"t9.model"), 2, "hashes to"),
        (lambda d: b"".join(d.splitlines(True)[:-1]), 5, "was cut"),
        (lambda d: d[:-30], 5, "was cut"),
        (lambda d: b"", 1, "was cut"),
        (lambda d: d + b"more", 6, "was added"),
        (lambda d: d + b"more\n", 6, "does not end with"),
        (lambda d: rehashed("01JDA", d.splitlines(True)[:-1]), 5, "was cut"),
        (lambda d: rehashed("01JDA", d.splitlines(True)[1:]), 1, "expected hash"),
    ],
)
def test_the_first_bad_line_is_named(
    world: Any, make: Any, change: Change, line: int, words: str
) -> None:
    path = world.recorded(make.small_run(), "01JDA")
    path.write_bytes(change(path.read_bytes()))
    [finding] = verify_run(world.root, "01JDA")
    assert (finding.file, finding.line, finding.severity) == (str(path), line, "error")
    assert words in finding.message
    assert finding.sentence.startswith(f"{path}:{line}: ")
    assert verify_all(world.root).errors == (finding,)


def test_an_edit_that_was_hashed_again_is_caught_by_the_ledger(world: Any, make: Any) -> None:
    path = world.recorded(make.small_run(), "01JDA")
    lines = path.read_bytes().splitlines(True)
    altered, _hash = seal({**read_line(lines[3]).fields, "text": "paid"}, "x")
    path.write_bytes(rehashed("01JDA", [*lines[:3], altered, *lines[4:]]))
    [finding] = verify_all(world.root).errors
    assert finding.line == 5
    assert "as line 2 of the ledger says" in finding.message


def test_swapped_journals_are_found(world: Any, make: Any) -> None:
    one = world.recorded(make.small_run(), "01JDA")
    other = world.recorded(make.small_run(), "01JDB")
    data = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(data)
    assert [found.line for found in verify_all(world.root).errors] == [1, 1]


def test_a_deleted_journal_is_found(world: Any, make: Any) -> None:
    path = world.recorded(make.small_run(), "01JDA")
    path.unlink()
    [finding] = verify_all(world.root).errors
    assert finding.file == str(path)
    assert "missing" in finding.message


def test_a_renamed_journal_is_missing_and_strange(world: Any, make: Any) -> None:
    path = world.recorded(make.small_run(), "01JDA")
    path.rename(path.with_stem("01JDZ"))
    assert {Path(found.file).stem for found in verify_all(world.root).errors} == {"01JDA", "01JDZ"}


def test_a_journal_that_the_ledger_does_not_tell_is_found(world: Any, make: Any) -> None:
    world.recorded(make.small_run(), "01JDA")
    world.journal_of(make.small_run(), "01JDX")
    [finding] = verify_all(world.root).errors
    assert finding.message == "the ledger does not tell this run"
    assert verify_run(world.root, "01JDX") == [finding]


def test_an_unknown_run_is_told(world: Any, make: Any) -> None:
    with pytest.raises(UsageError, match="no run 01JDNONE"):
        verify_run(world.root, "01JDNONE")


def test_a_changed_ledger_is_found(world: Any, make: Any) -> None:
    world.recorded(make.small_run(), "01JDA")
    data = world.ledger.path.read_bytes()
    world.ledger.path.write_bytes(data.replace(b'"mode":"live"', b'"mode":"dry!"'))
    finding = verify_all(world.root).errors[0]
    assert (finding.file, finding.line) == (str(world.ledger.path), 1)
    with pytest.raises(IntegrityError):
        anchor(world.root)


def test_an_anchor_finds_a_ledger_that_was_shortened_or_written_again(
    world: Any, make: Any, tmp_path: Path
) -> None:
    world.recorded(make.small_run(), "01JDA")
    world.recorded(make.small_run(), "01JDB")
    kept = anchor(world.root)
    world.recorded(make.small_run(), "01JDC")
    assert verify_all(world.root, kept).findings == ()
    lines = world.ledger.path.read_bytes().splitlines(True)
    world.ledger.path.write_bytes(b"".join(lines[:3]))
    assert "as the anchor says" in verify_all(world.root, kept).errors[0].message
    again = type(world)(tmp_path / "again")
    for run in ("01JDA", "01JDB", "01JDC"):
        again.recorded([make.started(subject="other"), make.finished()], run)
    assert verify_all(again.root).findings == ()
    assert "as the anchor says" in verify_all(again.root, kept).errors[0].message


@pytest.mark.parametrize("text", ["", "x", "3", "3:abc", "-1:" + "0" * 64])
def test_what_is_no_anchor_is_refused(world: Any, text: str) -> None:
    with pytest.raises(UsageError, match="no anchor"):
        verify_all(world.root, text)


def test_no_ledger_has_no_anchor(world: Any) -> None:
    with pytest.raises(UsageError, match="no ledger"):
        anchor(world.root)


def test_what_a_crash_leaves_is_a_note_and_is_reconciled(world: Any, make: Any) -> None:
    world.journal_of([make.started("a")], "01JDA")
    world.recorded([make.started("b")], "01JDB")
    finish = world.resume(world.root / "journal/triage/2026-01-01/01JDB.jsonl")
    finish.append(make.finished())
    finish.close()
    world.journal_of([], "01JDC")
    assert [found.severity for found in verify_all(world.root).findings] == ["note"] * 3
    mended = reconcile(world.root, world.ledger)
    assert {path.stem for path in mended} == {"01JDA", "01JDB"}
    report = verify_all(world.root)
    assert report.errors == ()
    assert [Path(found.file).stem for found in report.findings] == ["01JDC"]
    told = {record.run: record for record in world.ledger.runs()}
    assert told["01JDA"].started.reconciled
    assert told["01JDB"].ended is not None
    assert told["01JDB"].ended.reconciled
    assert reconcile(world.root, world.ledger) == []


def test_a_forged_journal_is_not_taken_for_the_trace_of_a_crash(world: Any, make: Any) -> None:
    world.journal_of(make.small_run(), "01JDX")
    assert reconcile(world.root, world.ledger) == []
    assert len(verify_all(world.root).errors) == 1


def test_a_run_that_goes_on_after_such_a_crash_is_told(world: Any, make: Any) -> None:
    path = world.journal_of([make.started("a")], "01JDA")
    held = world.resume(path)
    with RecordedRun(world.ledger, lambda: held, journal=held) as record:
        record.append(RunResumed(active_s=0, runner="0.1.0"))
        record.append(make.finished())
    assert verify_all(world.root).findings == ()
    assert world.ledger.find_job("a") == "01JDA"


def test_a_run_that_somebody_executes_is_left_alone(world: Any, make: Any) -> None:
    with world.create() as journal:
        journal.append(make.started())
        assert reconcile(world.root, world.ledger) == []
        assert verify_all(world.root).findings == ()


def test_a_start_reconciles_the_newest_runs_alone(world: Any, make: Any) -> None:
    for day in range(4):
        world.recorded(make.small_run(), f"01JD{day}A")
        world.journal_of([make.started()], f"01JD{day}B")
        world.clock.tick(86_400)
    mended = {path.stem for path in reconcile(world.root, world.ledger, newest=1)}
    assert mended == {"01JD2B", "01JD3B"}, "those that came after the last run not looked at"


def test_a_torn_line_of_an_unfinished_run_is_a_note(world: Any, make: Any) -> None:
    path = world.recorded([make.started(), *make.call()])
    with path.open("ab") as file:
        file.write(b'{"run')
    [note] = verify_all(world.root).findings
    assert (note.severity, note.line) == ("note", 4)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, make_once: Any) -> Any:
    """A finished run, its bytes and its state directory, written once for all examples."""
    world = make_once.world(tmp_path_factory.mktemp("kept") / "state")
    path = world.recorded(make_once.small_run())
    return world, path, path.read_bytes()


def found_line(world: Any, path: Path, data: bytes) -> int:
    path.write_bytes(data)
    finding = verify_all(world.root).errors[0]
    assert finding.file == str(path)
    assert finding.line is not None
    return finding.line


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_any_flipped_byte_is_found_no_later_than_its_line(kept: Any, data: st.DataObject) -> None:
    world, path, intact = kept
    at = data.draw(st.integers(0, len(intact) - 1))
    changed = intact[:at] + bytes([intact[at] ^ data.draw(st.integers(1, 255))]) + intact[at + 1 :]
    assert found_line(world, path, changed) <= intact[:at].count(b"\n") + 1


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_dropped_doubled_and_moved_lines_are_found(kept: Any, data: st.DataObject) -> None:
    world, path, intact = kept
    lines = intact.splitlines(True)
    one, other = data.draw(st.permutations(range(len(lines))))[:2]
    moved = [*lines]
    moved[one], moved[other] = moved[other], moved[one]
    first = min(one, other) + 1
    assert found_line(world, path, b"".join(moved)) <= first
    assert found_line(world, path, b"".join(lines[:one] + lines[one + 1 :])) <= one + 1
    assert found_line(world, path, b"".join(lines[: one + 1] + lines[one:])) <= one + 2


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_journal_cut_anywhere_is_found(kept: Any, data: st.DataObject) -> None:
    world, path, intact = kept
    at = data.draw(st.integers(0, len(intact) - 1))
    assert found_line(world, path, intact[:at]) <= intact[:at].count(b"\n") + 1
