"""What happened in a run, one line an event that a person cares about."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from runner.app.story.view import Stamped
from runner.domain.events import (
    Event,
    LimitReached,
    ModelAnswered,
    ModelFailed,
    ModelRetried,
    OutputRejected,
    RunFinished,
    RunInterrupted,
    RunResumed,
    RunStarted,
    ToolFinished,
    ToolRefused,
    ToolSettled,
    ToolStarted,
)


@dataclass(frozen=True)
class Moment:
    """One line of a timeline."""

    at_s: float
    step: str
    what: str
    text: str
    duration_s: float | None = None


def timeline(stamped: Sequence[Stamped]) -> list[Moment]:
    """Return what happened, in order, one line an event that a person cares about."""
    first = stamped[0][0]
    moments = []
    for ts, event in stamped:
        line = told(event)
        if line:
            what, text = line
            at_s = max(round((ts - first).total_seconds(), 3), 0.0)  # a clock may step back
            duration = getattr(event, "duration_s", None)
            if isinstance(event, RunFinished):
                duration = None
            moments.append(Moment(at_s, getattr(event, "step", ""), what, text, duration))
    return moments


def told(event: Event) -> tuple[str, str] | None:
    """Return what happened in a word and a sentence, or None for what only machines read."""
    for kind, tell in _TELL.items():
        if isinstance(event, kind):
            line: tuple[str, str] | None = tell(event)
            return line
    return None


def _answered(event: ModelAnswered) -> tuple[str, str]:
    calls = ", ".join(f"{call.name} {call.arguments}" for call in event.tool_calls)
    tokens = f"{event.usage.input}+{event.usage.output} tokens"
    return "model", f"{'calls ' + calls if calls else 'says ' + event.text}  [{tokens}]"


def _tool_started(event: ToolStarted) -> tuple[str, str] | None:
    """A call is told when it ends; only of a composite one, whose steps come first, the start."""
    if event.effect != "steps":
        return None
    arguments = json.dumps(event.arguments, ensure_ascii=False)
    return "steps", f"{event.tool} {arguments}"


def _tool_finished(event: ToolFinished) -> tuple[str, str]:
    word = "simulated" if event.simulated else event.outcome
    return word, f"{event.tool} → {event.text}"


def _run_finished(event: RunFinished) -> tuple[str, str]:
    why = event.failure.message if event.failure else event.stop.sentence if event.stop else ""
    return event.status, why or f"outcome {event.outcome}"


_TELL: dict[type, Any] = {
    RunStarted: lambda e: ("started", f"{e.agent}@{e.version} {e.mode}, model {e.model}"),
    RunResumed: lambda e: ("resumed", f"after {e.active_s:.1f}s of active time"),
    RunInterrupted: lambda e: ("interrupted", f"by signal {e.signal}; `resume` goes on"),
    ModelAnswered: _answered,
    ModelRetried: lambda e: ("retry", f"{e.failure.message}; again in {e.wait_s:.1f}s"),
    ModelFailed: lambda e: ("failed", f"{e.failure.kind}: {e.failure.message}"),
    ToolRefused: lambda e: ("refused", f"{e.tool} {e.arguments} → {e.text}"),
    ToolStarted: _tool_started,
    ToolFinished: _tool_finished,
    ToolSettled: lambda e: ("settled", f"{'done' if e.done else 'not done'}: {e.reason}"),
    OutputRejected: lambda e: ("rejected", e.text),
    LimitReached: lambda e: ("limit", e.text),
    RunFinished: _run_finished,
}
