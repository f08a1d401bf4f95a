"""Completing the ledger, beside processes that complete it themselves."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from runner.journal.audit import verify_all
from runner.journal.entries import RunRecord
from runner.journal.ledger import Ledger
from runner.journal.reconciling import reconcile


class EarlyLedger(Ledger):
    """A ledger that was read before the newest lines came."""

    early: tuple[RunRecord, ...] = ()

    def runs(self) -> Iterator[RunRecord]:
        return iter(self.early)

    def tells(self, run: str) -> bool:
        return run in {record.run for record in self.early}


def test_a_run_that_ends_while_it_is_looked_at_ends_once(world: Any, make: Any) -> None:
    journal = world.ledger.start(make.started(), world.create)
    early = EarlyLedger(world.root, world.clock, lambda: "x", lambda value: value)
    early.early = tuple(replace(record, alive=False) for record in world.ledger.runs())
    journal.append(make.finished())
    world.ledger.end(make.finished(), journal)
    journal.close()
    assert reconcile(world.root, early) == []
    assert _types(world) == ["run.started", "run.ended"]


def test_an_end_that_the_ledger_lacks_is_completed_once(world: Any, make: Any) -> None:
    journal = world.ledger.start(make.started(), world.create)
    journal.append(make.finished())
    journal.close()
    assert reconcile(world.root, world.ledger) == [journal.path]
    assert reconcile(world.root, world.ledger) == []
    assert _types(world) == ["run.started", "run.ended"]
    assert verify_all(world.root).findings == ()


def test_a_start_that_two_processes_complete_is_told_once(world: Any, make: Any) -> None:
    path = world.journal_of([make.started()])
    early = EarlyLedger(world.root, world.clock, lambda: "x", lambda value: value)
    assert reconcile(world.root, world.ledger) == [path]
    assert reconcile(world.root, early) == []
    assert _types(world) == ["run.started"]


def _types(world: Any) -> list[str]:
    lines = world.ledger.path.read_text().splitlines()
    return [json.loads(line)["type"] for line in lines]
