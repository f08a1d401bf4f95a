"""A ledger that grows while somebody looks at it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runner.app.fleet.ledger_tail import LedgerTail
from runner.app.fleet.seen_runs import SeenRuns, seen_runs
from tests.move_world import MoveWorld

DIGEST = "h1:" + "A" * 43 + "="


@pytest.fixture
def world(tmp_path: Path) -> MoveWorld:
    (tmp_path / "agent-configs").mkdir()
    return MoveWorld(tmp_path)


def now() -> datetime:
    return datetime.now(UTC)


def statuses(seen: SeenRuns) -> list[str]:
    return [run.status for run in seen.of("hello", "staging")]


def test_it_tells_what_a_fresh_look_tells(world: MoveWorld) -> None:
    tail = LedgerTail(world.project)
    assert tail.read(now()) == seen_runs(world.project) == SeenRuns({}, told=False)
    for words in (("succeeded", "failed"), ("running",), ("in_doubt", "cancelled")):
        world.ran(DIGEST, *words)
        assert tail.read(now()) == seen_runs(world.project)
    assert statuses(tail.read(now())) == ["cancelled", "in_doubt", "running", "failed", "succeeded"]


def test_a_line_that_is_half_written_is_taken_once_it_is_whole(world: MoveWorld) -> None:
    world.ran(DIGEST, "succeeded", "failed")
    ledger = world.project.state / "ledger.jsonl"
    whole = ledger.read_bytes()
    ledger.write_bytes(whole[:-40])
    tail = LedgerTail(world.project)
    assert statuses(tail.read(now())) == ["running", "succeeded"]
    with ledger.open("ab") as file:
        file.write(whole[-40:-10])
    assert statuses(tail.read(now())) == ["running", "succeeded"]
    with ledger.open("ab") as file:
        file.write(whole[-10:])
    assert statuses(tail.read(now())) == ["failed", "succeeded"]


def test_a_damaged_line_is_passed_over(world: MoveWorld) -> None:
    tail = LedgerTail(world.project)
    world.ran(DIGEST, "succeeded")
    assert len(statuses(tail.read(now()))) == 1
    with (world.project.state / "ledger.jsonl").open("ab") as file:
        file.write(b'{"ts": 1}\n[]\n\xff\n\n')
    assert tail.read(now()) == seen_runs(world.project)


def test_a_ledger_that_is_replaced_or_removed_is_read_anew(world: MoveWorld) -> None:
    tail = LedgerTail(world.project)
    world.ran(DIGEST, "succeeded", "succeeded", "succeeded")
    assert len(statuses(tail.read(now()))) == 3
    ledger = world.project.state / "ledger.jsonl"
    ledger.rename(ledger.with_suffix(".old"))
    assert tail.read(now()) == SeenRuns({}, told=False)
    world.ran(DIGEST, "failed")
    assert statuses(tail.read(now())) == ["failed"]


def test_a_ledger_that_is_written_over_in_its_place_is_read_anew(world: MoveWorld) -> None:
    tail = LedgerTail(world.project)
    world.ran(DIGEST, "succeeded")
    assert statuses(tail.read(now())) == ["succeeded"]
    (world.project.state / "ledger.jsonl").write_bytes(b"")
    world.ran(DIGEST, "failed", "failed", "failed")
    assert statuses(tail.read(now())) == ["failed"] * 3


def test_runs_beyond_the_most_are_let_go_once_they_are_old(world: MoveWorld) -> None:
    tail = LedgerTail(world.project, most=10)
    world.ran(DIGEST, *["succeeded"] * 30)
    assert len(statuses(tail.read(now()))) == 30
    assert len(statuses(tail.read(now() + timedelta(days=2)))) == 10
    assert len(statuses(LedgerTail(world.project, most=10).read(now()))) == 30
    assert len(statuses(LedgerTail(world.project, most=10).read(now() + timedelta(days=2)))) == 10
