"""A state directory, a clock, and the events of a small run."""

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from runner.domain.events import (
    Event,
    ModelAsked,
    RunFinished,
    RunStarted,
    ToolFinished,
    ToolStarted,
)
from runner.domain.limits import Limits
from runner.domain.messages import TokenUsage
from runner.journal.ledger import Ledger
from runner.journal.recording import RecordedRun
from runner.journal.writer import FileJournal
from runner.testing import TickingClock

RUN = "01JD00000000000000000000A0"


def same(value: Any) -> Any:
    """A redactor that knows no secret."""
    return value


def started(job: str = "job-1", **changes: Any) -> RunStarted:
    fields: dict[str, Any] = {
        "agent": "triage",
        "version": "v1.0.0",
        "released": True,
        "digest": "h1:" + "A" * 43 + "=",
        "origin": "agent-configs/triage/v1.0.0",
        "values": {},
        "mode": "live",
        "model": "openai/small",
        "model_url": "http://127.0.0.1:1/v1",
        "limits": Limits(timeout="90s"),
        "trigger": "manual",
        "attempt": 1,
        "attended": False,
        "job": job,
        "input": {"since": "2026-01-01"},
        "subject": "inv-7",
        "runner": "0.1.0",
    }
    return RunStarted(**fields | changes)


def finished(status: str = "succeeded", **changes: Any) -> RunFinished:
    fields: dict[str, Any] = {
        "status": status,
        "outcome": "reported_success",
        "output": "Grüße, 世界",
        "task_id": "job-1",
        "duration_s": 2.5,
        "iterations": 1,
        "tool_calls": 1,
        "tokens": TokenUsage(input=10, output=5),
        "cost_usd": 0.01,
        "model": "openai/small",
        "prompt_version": "triage@v1.0.0",
    }
    return RunFinished(**fields | changes)


def call(step: str = "t1.c1", text: str = "ok") -> list[Event]:
    return [
        ToolStarted(
            step=step,
            tool="open",
            arguments={"id": 1},
            effect="write",
            idempotent=True,
            key="k",
            permission="default",
        ),
        ToolFinished(step=step, tool="open", outcome="done", text=text, duration_s=0.5),
    ]


def small_run() -> list[Event]:
    return [started(), ModelAsked(step="t1.model", reserved_tokens=10), *call(), finished()]


class World:
    """A state directory with a ledger, in which runs are made."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = TickingClock()
        ids = count()
        self.ledger = Ledger(root, self.clock, lambda: f"01JDLEDGER{next(ids):016d}", same)

    def create(self, run: str = RUN) -> FileJournal:
        return FileJournal.create(self.root, run, "triage", self.clock, same)

    def resume(self, path: Path) -> FileJournal:
        return FileJournal.resume(path, self.clock, same)

    def journal_of(self, events: list[Event], run: str = RUN) -> Path:
        """Write a journal without telling the ledger."""
        with self.create(run) as journal:
            for event in events:
                journal.append(event)
                self.clock.tick(1)
            return journal.path

    def recorded(self, events: list[Event], run: str = RUN) -> Path:
        """Write a run as `execute` does: journal and ledger."""
        with RecordedRun(self.ledger, lambda: self.create(run), keyed=False) as record:
            for event in events:
                record.append(event)
                self.clock.tick(1)
            assert record.journal is not None
            return record.journal.path


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "state")


@pytest.fixture
def make() -> type["Make"]:
    return Make


@pytest.fixture(scope="session")
def make_once() -> type["Make"]:
    return Make


class Make:
    """Builders of events, for tests and their properties."""

    run = RUN
    started = staticmethod(started)
    finished = staticmethod(finished)
    call = staticmethod(call)
    small_run = staticmethod(small_run)
    world = World
