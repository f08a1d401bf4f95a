"""Health by runs, newest first."""

from datetime import UTC, datetime

import pytest

from runner.domain.job import Status
from runner.domain.messages import TokenUsage
from runner.journal.entries import RunEnded, RunOpened, RunRecord
from runner.rollout.health import health

START = datetime(2026, 11, 1, tzinfo=UTC)


def run(number: int, status: Status | None, *, alive: bool = False) -> RunRecord:
    opened = RunOpened(
        run=f"RUN{number:08d}",
        job="j",
        agent="a",
        version="v1.0.0",
        digest="h1:x",
        mode="live",
        journal="j",
        head="0",
    )
    ended = status and RunEnded(
        run=opened.run,
        status=status,
        outcome="none",
        head="0",
        head_seq=1,
        tokens=TokenUsage(),
        duration_s=1,
        iterations=1,
        tool_calls=0,
    )
    return RunRecord(opened, START, ended or None, START, alive=alive)


def runs(*statuses: Status | None) -> list[RunRecord]:
    return [run(number, status) for number, status in enumerate(statuses)]


ALIVE = run(99, None, alive=True)


@pytest.mark.parametrize(
    ("seen", "word", "mend"),
    [
        (runs(), "unknown", ""),
        ([ALIVE], "running", ""),
        ([ALIVE, *runs("succeeded", "failed")], "running", ""),
        ([ALIVE, *runs("failed")], "failing", "agentctl show 00000000"),
        (runs("succeeded", "failed"), "healthy", ""),
        (runs("parked", "cancelled", "succeeded"), "healthy", ""),
        (runs("stopped", "succeeded"), "failing", "agentctl show 00000000"),
        (runs(None, "succeeded"), "failing", "agentctl resume 00000000"),
        (runs("in_doubt"), "failing", "agentctl resume 00000000"),
    ],
)
def test_one_word_and_what_looks_or_mends(seen: list[RunRecord], word: str, mend: str) -> None:
    found = health(seen)
    assert (found.word, found.mend) == (word, mend)


def test_runs_in_a_row_that_did_not_succeed_are_counted() -> None:
    assert health(runs("failed", "stopped", "failed", "succeeded", "failed")).why == (
        "the last 3 runs did not succeed: 00000000 failed"
    )
