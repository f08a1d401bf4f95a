"""One run as a person or a program reads it, made from its journal alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runner.domain.events import (
    Event,
    ModelAnswered,
    RunFinished,
    RunInterrupted,
    RunResumed,
    RunStarted,
    ToolFinished,
    ToolRefused,
    ToolSettled,
    ToolStarted,
)
from runner.domain.failure import Failure
from runner.domain.job import Status, Totals
from runner.domain.limits import LimitStop
from runner.domain.messages import TokenUsage

Stamped = tuple[datetime, Event]


@dataclass(frozen=True)
class EffectLine:
    """One effect on the world: made, or in a dry run only written down."""

    step: str
    tool: str
    arguments: dict[str, Any]
    permission: str
    outcome: str
    """done, failed, in_doubt, simulated, or started when its end is not recorded."""


@dataclass(frozen=True)
class RunView:
    """What a journal says about its run."""

    id: str
    started_at: datetime
    start: RunStarted
    status: Status
    outcome: str
    output: Any
    failure: Failure | None
    stop: LimitStop | None
    in_doubt: tuple[str, ...]
    totals: Totals
    effects: tuple[EffectLine, ...]
    interrupted: bool
    """The last process was asked to end; `resume` goes on."""
    repeated: bool = False
    """The job was known: this is its first run, and nothing was run now."""

    def as_json(self) -> dict[str, Any]:
        """Return the run as plain data."""
        return {
            "run": self.id,
            "agent": self.start.agent,
            "version": self.start.version,
            "digest": self.start.digest,
            "environment": self.start.environment,
            "mode": self.start.mode,
            "job": self.start.job,
            "subject": self.start.subject,
            "started": self.started_at.isoformat().replace("+00:00", "Z"),
            "status": self.status,
            "outcome": self.outcome,
            "output": self.output,
            "failure": _plain(self.failure),
            "stop": _plain(self.stop),
            "in_doubt": list(self.in_doubt),
            "totals": self.totals.model_dump(mode="json"),
            "effects": [vars(effect) for effect in self.effects],
        }


def _plain(noun: Failure | LimitStop | None) -> dict[str, Any] | None:
    return noun.model_dump(mode="json") if noun else None


def view(run: str, stamped: Sequence[Stamped]) -> RunView:
    """Return what the events of a journal say about the run."""
    started_at, start = stamped[0]
    assert isinstance(start, RunStarted)
    events = [event for _ts, event in stamped]
    finished = _finished(events)
    return RunView(
        id=run,
        started_at=started_at,
        start=start,
        status=finished.status if finished else "running",
        outcome=finished.outcome if finished else "none",
        output=finished.output if finished else None,
        failure=finished.failure if finished else None,
        stop=finished.stop if finished else None,
        in_doubt=finished.in_doubt if finished else (),
        totals=totals(events),
        effects=tuple(_effects(events)),
        interrupted=isinstance(events[-1], RunInterrupted),
    )


def _finished(events: Sequence[Event]) -> RunFinished | None:
    """Return how the run ended; a run in doubt that was settled or resumed goes on."""
    for event in reversed(events):
        if isinstance(event, RunFinished):
            return event
        if isinstance(event, RunResumed | ToolSettled):
            return None
    return None


def totals(events: Sequence[Event]) -> Totals:
    """Return what a run used: as its last line says, or what its events add up to so far."""
    finished = _finished(events)
    if finished is None:
        return _so_far(events)
    return Totals(
        iterations=finished.iterations,
        tool_calls=finished.tool_calls,
        tokens=finished.tokens,
        cost_usd=finished.cost_usd,
        duration_s=finished.duration_s,
    )


def _so_far(events: Sequence[Event]) -> Totals:
    answers = [event for event in events if isinstance(event, ModelAnswered)]
    costs = [answer.cost_usd for answer in answers if answer.cost_usd is not None]
    # A call counts once it was made or refused; a composite one from its start, as for its limit.
    made = {event.step for event in events if isinstance(event, ToolFinished | ToolRefused)}
    begun = {e.step for e in events if isinstance(e, ToolStarted) and e.effect == "steps"}
    return Totals(
        iterations=len(answers),
        tool_calls=len(made | begun),
        tokens=sum((answer.usage for answer in answers), TokenUsage()),
        cost_usd=round(sum(costs), 9) if costs else None,
    )


def open_writes(events: Sequence[Event]) -> set[str]:
    """Return the steps whose effect was started, and whose end nobody recorded."""
    steps: set[str] = set()
    for event in events:
        if isinstance(event, ToolStarted) and event.effect == "write":
            steps.add(event.step)
        elif isinstance(event, ToolFinished):
            steps.discard(event.step)
    return steps


def _effects(events: Sequence[Event]) -> list[EffectLine]:
    """Return the writing calls in order, each with its last known outcome."""
    lines: dict[str, EffectLine] = {}
    for event in events:
        if isinstance(event, ToolStarted) and event.effect in {"write", "simulated"}:
            lines[event.step] = EffectLine(
                event.step, event.tool, event.arguments, event.permission, "started"
            )
        elif isinstance(event, ToolFinished | ToolSettled) and event.step in lines:
            line = lines[event.step]
            word = _outcome(event)
            lines[event.step] = EffectLine(
                line.step, line.tool, line.arguments, line.permission, word
            )
    return list(lines.values())


def _outcome(event: ToolFinished | ToolSettled) -> str:
    if isinstance(event, ToolSettled):
        return "done" if event.done else "failed"
    return "simulated" if event.simulated else event.outcome


def exit_code(run: RunView) -> int:
    """Return the exit code that a run's end stands for."""
    if run.status == "failed" and run.failure is not None:
        if run.failure.kind == "config":
            return 2
        return 3 if run.failure.recovery in {"retry_now", "retry_later"} else 1
    codes = {"succeeded": 0, "failed": 1, "cancelled": 1, "stopped": 5, "in_doubt": 6, "parked": 6}
    return codes.get(run.status, 6)
