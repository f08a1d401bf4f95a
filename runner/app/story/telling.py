"""From the events of a run to the rows of its timeline, so that a growing journal is read once."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from runner.app.story.rows import LONGEST_TEXT, Rows
from runner.app.story.steps import StepKind
from runner.app.story.told import Told, UnknownEvent, pretty
from runner.domain.events import (
    ConversationRendered,
    JournalRecovered,
    LimitReached,
    ModelAnswered,
    ModelAsked,
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
from runner.journal.activity import BEGINS

IDLE_S = 1.0
"""A shorter time without work is none."""


def tell(rows: Rows, number: int, ts: datetime, event: Told) -> None:
    """Take the event of one line, whose number counts from 0, into the rows."""
    rows.time.tick(ts)
    idle_s = _idle_before(rows, event)
    if idle_s >= IDLE_S and rows.steps:
        rows.idle(number, idle_s)
    if event.type in BEGINS:
        rows.cut()
    told = _TELL.get(type(event))
    if told is not None:
        told(rows, number, event)


def _idle_before(rows: Rows, event: Told) -> float:
    """Return the seconds before an event in which nobody worked."""
    if event.type in BEGINS:
        return rows.time.gap_s
    again = isinstance(event, ToolStarted) and event.attempt > 1
    if rows.open or again or event.type == "run.progress":
        return 0.0
    # What a call took is told by its last line, where there is no other.
    took = 0.0 if isinstance(event, RunFinished) else getattr(event, "duration_s", 0.0)
    return rows.time.gap_s - took


def _run_started(rows: Rows, number: int, event: RunStarted) -> None:
    about = f", about {event.subject}" if event.subject else ""
    text = f"{event.agent}@{event.version} {event.mode}, by {event.trigger}{about}"
    rows.add("start", number, text=text, word="started", depth=0)


def _rendered(rows: Rows, number: int, event: ConversationRendered) -> None:
    task = next((m.text for m in reversed(event.messages) if m.role == "user"), "")
    rows.add("prompt", number, event.step, text=task, word="done")


def _asked(rows: Rows, number: int, event: ModelAsked) -> None:
    rows.enter(number, event.step)
    at = rows.add("model", number, event.step, word="running", text="asked")
    rows.begin(at, "interrupted")
    rows.spent(number, None, None)


def _retried(rows: Rows, number: int, event: ModelRetried) -> None:
    rows.change(number, event.step)
    text = f"{event.failure.kind}: {event.failure.message}"
    rows.tried(number, event.step, "failed", text, event.wait_s)
    rows.spent(number, None, None)


def _answered(rows: Rows, number: int, event: ModelAnswered) -> None:
    if event.step not in rows.open:  # no line told that it was asked
        rows.enter(number, event.step)
        start = max(rows.time.elapsed_s - event.duration_s, 0.0)
        rows.add("model", number, event.step, start_s=start)
    calls = ", ".join(f"{call.name} {call.arguments[:LONGEST_TEXT]}" for call in event.tool_calls)
    text = f"calls {calls}" if calls else f"says {event.text[:LONGEST_TEXT]}"
    used = {"tokens": event.usage, "cost_usd": event.cost_usd}
    step = rows.end(number, event.step, event.duration_s, word="done", text=text, **used)
    if step and rows.tries(step):
        rows.tried(number, event.step, "done", text)
    rows.spent(number, event.usage, event.cost_usd)


def _model_failed(rows: Rows, number: int, event: ModelFailed) -> None:
    text = f"{event.failure.kind}: {event.failure.message}"
    before = rows.latest(event.step)
    answered = before.duration_s if before and event.step not in rows.open else None
    step = rows.end(number, event.step, answered, word="failed", text=text)
    if step and rows.tries(step) and answered is None:
        rows.tried(number, event.step, "failed", text)
    rows.spent(number, None, None)


def _refused(rows: Rows, number: int, event: ToolRefused) -> None:
    rows.enter(number, event.step)
    rows.add("refused", number, event.step, name=event.tool, word="refused", text=event.text)
    rows.spent(number, None, None)


def _tool_started(rows: Rows, number: int, event: ToolStarted) -> None:
    rows.enter(number, event.step)
    cut_word = "in_doubt" if event.effect == "write" else "interrupted"
    before = rows.latest(event.step, of_this_process=True)
    if before is not None and event.attempt > 1:
        if not rows.tries(before):
            rows.tried(number, event.step, before.word, before.text)
        rows.begin(rows.steps.index(before), cut_word)
        rows.change(number, event.step, word="running", duration_s=None)
        return
    kind: StepKind = "composite" if event.effect == "steps" else "tool"
    arguments = json.dumps(event.arguments, ensure_ascii=False, default=str)
    at = rows.add(kind, number, event.step, name=event.tool, word="running", text=arguments)
    rows.begin(at, cut_word)
    rows.spent(number, None, None)


def _tool_finished(rows: Rows, number: int, event: ToolFinished) -> None:
    rows.enter(number, event.step)
    word = "simulated" if event.simulated else event.outcome
    step = rows.latest(event.step)
    took = None if step and rows.tries(step) else event.duration_s
    resumed = step is not None and step.kind == "composite"  # its start is told once
    if event.step not in rows.open and not resumed:  # failed before it began, or was settled
        start = max(rows.time.elapsed_s - event.duration_s, 0.0)
        rows.add("tool", number, event.step, name=event.tool, start_s=start)
    ended = rows.end(number, event.step, took, word=word, text=event.text)
    if ended and rows.tries(ended):
        rows.tried(number, event.step, word, event.text)
    rows.spent(number, None, None)


def _settled(rows: Rows, number: int, event: ToolSettled) -> None:
    how = "done" if event.done else "not done"
    text = f"{event.step} was {how}: {event.reason}"
    rows.add("settled", number, word="settled", text=text)


def _rejected(rows: Rows, number: int, event: OutputRejected) -> None:
    rows.enter(number, event.step)
    rows.add("rejected", number, event.step, name="output", word="rejected", text=event.text)
    rows.spent(number, None, None)


def _limit(rows: Rows, number: int, event: LimitReached) -> None:
    rows.add("limit", number, name=event.stop.limit, word="limit", text=event.text)


def _interrupted(rows: Rows, number: int, event: RunInterrupted) -> None:
    text = f"by signal {event.signal}, after {event.active_s:.1f}s of work"
    rows.add("interrupted", number, word="interrupted", text=text)


def _resumed(rows: Rows, number: int, event: RunResumed) -> None:
    text = f"by agentctl {event.runner}, after {event.active_s:.1f}s of work"
    rows.add("resumed", number, word="resumed", text=text)


def _recovered(rows: Rows, number: int, event: JournalRecovered) -> None:
    text = f"a torn last line of {event.cut_bytes:,} bytes was cut"
    rows.add("recovered", number, word="recovered", text=text)


def _finished(rows: Rows, number: int, event: RunFinished) -> None:
    why = event.failure.message if event.failure else event.stop.sentence if event.stop else ""
    output = "" if event.output is None else pretty(event.output)
    rows.leave()
    text = why or output or f"outcome {event.outcome}"
    rows.add("end", number, word=event.status, text=text, depth=0)


def _unknown(rows: Rows, number: int, event: UnknownEvent) -> None:
    own = {name: value for name, value in event.fields.items() if name not in {"type", "step"}}
    text = json.dumps(own, ensure_ascii=False, default=str)
    rows.add("unknown", number, event.step, name=event.type, word="unknown", text=text)


_TELL: dict[type, Callable[[Rows, int, Any], None]] = {
    RunStarted: _run_started,
    ConversationRendered: _rendered,
    ModelAsked: _asked,
    ModelRetried: _retried,
    ModelAnswered: _answered,
    ModelFailed: _model_failed,
    ToolRefused: _refused,
    ToolStarted: _tool_started,
    ToolFinished: _tool_finished,
    ToolSettled: _settled,
    OutputRejected: _rejected,
    LimitReached: _limit,
    RunInterrupted: _interrupted,
    RunResumed: _resumed,
    JournalRecovered: _recovered,
    RunFinished: _finished,
    UnknownEvent: _unknown,
}
