import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from runner.domain.errors import StateError
from runner.domain.events import Event
from runner.orchestration.heartbeat import heartbeat
from runner.orchestration.parts import Stopwatch
from runner.testing import MemoryJournal, TickingClock


@dataclass
class Bare:
    """What a heartbeat needs of an execution."""

    parts: Any
    stopwatch: Stopwatch


@dataclass
class BareParts:
    journal: Any


class FullDisk(MemoryJournal):
    def append(self, event: Event) -> None:
        super().append(event)
        raise StateError("no space left")


def beating(journal: MemoryJournal, until: Callable[[], bool]) -> None:
    execution: Any = Bare(BareParts(journal), Stopwatch(TickingClock(), 5.0))
    with heartbeat(execution, "t1.model", every_s=0.005):
        patience = time.monotonic() + 5
        while not until() and time.monotonic() < patience:
            time.sleep(0.005)


def test_a_long_step_gives_signs_of_life_and_a_finished_one_none() -> None:
    journal = MemoryJournal()
    beating(journal, lambda: len(journal.events) >= 3)
    told = len(journal.events)
    assert told >= 3
    assert {(e.type, e.step, e.active_s) for e in journal.events} == {  # type: ignore[union-attr]
        ("run.progress", "t1.model", 5.0)
    }
    time.sleep(0.03)
    assert len(journal.events) == told


def test_a_journal_that_fails_ends_the_beat_and_not_the_process() -> None:
    journal = FullDisk()
    beating(journal, lambda: len(journal.events) >= 1)
    time.sleep(0.03)
    assert len(journal.events) == 1
