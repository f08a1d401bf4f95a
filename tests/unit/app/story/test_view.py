from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runner.app.story.timeline import timeline
from runner.app.story.view import exit_code, view
from runner.domain.events import (
    Event,
    ModelAnswered,
    RunInterrupted,
    RunResumed,
    ToolFinished,
    ToolStarted,
)
from runner.domain.failure import Failure
from runner.domain.messages import TokenUsage
from tests.run_journal import START, finished

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def stamped(*events: Event) -> list[tuple[datetime, Event]]:
    return [(NOON + timedelta(seconds=n), event) for n, event in enumerate((START, *events))]


def answered(step: str = "t1.model", cost: float | None = 0.25) -> ModelAnswered:
    return ModelAnswered(
        step=step,
        text="hello",
        tool_calls=(),
        usage=TokenUsage(input=10, output=2),
        cost_usd=cost,
        finish_reason="stop",
        request_id=None,
        model=None,
        duration_s=1.5,
    )


def started(effect: str = "simulated") -> ToolStarted:
    return ToolStarted(
        step="t1.c1",
        tool="pay",
        arguments={"n": 1},
        effect=effect,  # type: ignore[arg-type]
        idempotent=False,
        key="k",
        permission="because",
    )


def ended(outcome: str = "done", *, simulated: bool = False) -> ToolFinished:
    return ToolFinished(
        step="t1.c1",
        tool="pay",
        outcome=outcome,  # type: ignore[arg-type]
        simulated=simulated,
        text="ok",
        duration_s=0.1,
    )


def test_a_run_without_an_end_is_running_and_costs_what_it_cost_so_far() -> None:
    run = view("R", stamped(answered(), answered("t2.model")))
    assert (run.status, run.totals.iterations, run.totals.cost_usd) == ("running", 2, 0.5)
    assert run.totals.tokens.total == 24


def test_a_run_in_doubt_that_was_resumed_has_not_ended_any_more() -> None:
    doubt = finished(status="in_doubt", in_doubt=("t1.c1",))
    assert view("R", stamped(doubt)).status == "in_doubt"
    assert view("R", stamped(doubt, RunResumed(active_s=1, runner="0"))).status == "running"


def test_an_interrupted_run_says_so() -> None:
    assert view("R", stamped(RunInterrupted(signal=2, active_s=1))).interrupted


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        ((started(),), "started"),
        ((started(), ended(simulated=True)), "simulated"),
        ((started("write"), ended()), "done"),
        ((started("write"), ended("in_doubt")), "in_doubt"),
    ],
)
def test_effects_are_told_with_their_last_outcome(events: Any, outcome: str) -> None:
    [effect] = view("R", stamped(*events)).effects
    assert (effect.tool, effect.arguments, effect.outcome) == ("pay", {"n": 1}, outcome)


def test_reading_calls_are_no_effects() -> None:
    assert view("R", stamped(started("read"), ended())).effects == ()


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (finished(), 0),
        (finished(status="failed", failure=Failure(kind="bad_request", message="x")), 1),
        (finished(status="failed", failure=Failure(kind="overload", message="x")), 3),
        (finished(status="failed", failure=Failure(kind="config", message="x")), 2),
        (finished(status="cancelled"), 1),
        (finished(status="stopped"), 5),
        (finished(status="in_doubt"), 6),
        (finished(status="parked"), 6),
        (answered(), 6),
    ],
)
def test_each_end_has_its_exit_code(end: Event, code: int) -> None:
    assert exit_code(view("R", stamped(end))) == code


def test_a_run_is_plain_json_for_programs() -> None:
    plain = view("R", stamped(finished())).as_json()
    assert (plain["run"], plain["started"]) == ("R", "2026-01-01T12:00:00Z")
    assert plain["totals"]["tokens"] == {"input": 0, "cached_input": 0, "output": 0}


def test_the_timeline_counts_from_the_start_and_names_steps() -> None:
    lines = timeline(stamped(answered(), started(), ended(simulated=True), finished()))
    assert [(line.at_s, line.step, line.what) for line in lines] == [
        (0.0, "", "started"),
        (1.0, "t1.model", "model"),
        (3.0, "t1.c1", "simulated"),
        (4.0, "", "succeeded"),
    ]


def test_steps_are_the_effects_of_a_composite_call() -> None:
    outer = started("steps").model_copy(update={"tool": "both"})
    inner = started("write").model_copy(update={"step": "t1.c1.s1"})
    done = ToolFinished(step="t1.c1.s1", tool="pay", outcome="done", text="ok", duration_s=1.0)
    run = view("r", stamped(outer, inner, done))
    assert [(effect.step, effect.outcome) for effect in run.effects] == [("t1.c1.s1", "done")]
    assert run.totals.tool_calls == 2, "the composite call counts from its start"
    assert [moment.step for moment in timeline(stamped(outer, inner, done))] == [
        "",
        "t1.c1",
        "t1.c1.s1",
    ]


def test_the_last_line_tells_what_a_run_used() -> None:
    end = finished(iterations=4, tool_calls=7, cost_usd=0.5)
    assert view("r", stamped(answered(), end)).totals.model_dump(exclude={"tokens"}) == {
        "iterations": 4,
        "tool_calls": 7,
        "cost_usd": 0.5,
        "duration_s": 3.0,
    }
