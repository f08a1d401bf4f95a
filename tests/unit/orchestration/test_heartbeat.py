"""Signs of life of a long step."""

import time
from collections.abc import Callable

from runner.domain.errors import StateError
from runner.domain.events import Event
from runner.orchestration.heartbeat import Heartbeat
from runner.testing import MemoryJournal

PERIOD_S = 0.01


class FullDisk(MemoryJournal):
    def append(self, event: Event) -> None:
        super().append(event)
        raise StateError("no space left")


def wait(until: Callable[[], bool]) -> None:
    patience = time.monotonic() + 5
    while not until() and time.monotonic() < patience:
        time.sleep(PERIOD_S / 2)


def test_a_long_step_gives_signs_of_life_and_a_finished_one_none() -> None:
    journal = MemoryJournal()
    heartbeat = Heartbeat(journal, lambda: 5.0, PERIOD_S)
    with heartbeat.during("t1.model"):
        wait(lambda: len(journal.events) >= 3)
    told = len(journal.events)
    assert told >= 3
    assert {(e.type, e.step, e.active_s) for e in journal.events} == {  # type: ignore[union-attr]
        ("run.progress", "t1.model", 5.0)
    }
    time.sleep(3 * PERIOD_S)
    assert len(journal.events) == told
    with heartbeat.during("t1.c1"):
        wait(lambda: len(journal.events) > told)
    assert journal.events[-1].step == "t1.c1"  # type: ignore[union-attr]
    heartbeat.end()


def test_short_steps_are_not_told() -> None:
    journal = MemoryJournal()
    heartbeat = Heartbeat(journal, lambda: 5.0, every_s=0.05)
    end = time.monotonic() + 0.2
    while time.monotonic() < end:
        with heartbeat.during("t1.c1"):
            time.sleep(0.001)
    heartbeat.end()
    assert journal.events == []


def test_a_journal_that_fails_ends_the_beat_and_not_the_process() -> None:
    journal = FullDisk()
    heartbeat = Heartbeat(journal, lambda: 5.0, PERIOD_S)
    with heartbeat.during("t1.model"):
        wait(lambda: len(journal.events) >= 1)
        time.sleep(3 * PERIOD_S)
    heartbeat.end()
    assert len(journal.events) == 1


def test_a_run_without_steps_starts_no_thread() -> None:
    Heartbeat(MemoryJournal(), lambda: 0.0).end()
