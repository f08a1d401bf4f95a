"""Two runs step by step: what is the same, what differs, and what only one of them did."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from runner.app.comparing.side_by_side import FileDiff, file_diff
from runner.app.listing.query import Query, field_is
from runner.app.listing.run_list import Wanted, matching
from runner.app.project import open_project
from runner.app.story.config import facts_of
from runner.app.story.payloads import as_data, cut, shortening
from runner.app.story.reading import JournalReader
from runner.app.story.steps import RunSteps, Step, StepKind
from runner.app.story.told import Take, Told, pretty
from runner.domain.durations import show_duration
from runner.domain.events import (
    ConversationRendered,
    LimitReached,
    ModelAnswered,
    ModelFailed,
    OutputRejected,
    RunFinished,
    RunStarted,
    ToolFinished,
    ToolRefused,
    ToolSettled,
    ToolStarted,
)
from runner.journal.payloads import MARK
from runner.rollout.sequences import stretches

Mark = Literal["same", "changed", "left", "right"]
LEFT_OUT: frozenset[StepKind] = frozenset({"turn", "try", "idle"})
CALLS: frozenset[StepKind] = frozenset({"tool", "composite", "refused"})
OWN = frozenset({"job", "subject"})
"""Facts that any two runs have of their own: no difference in what they ran with."""


@dataclass(frozen=True)
class Pair:
    """A step of each run that stand side by side, or one that has no counterpart."""

    mark: Mark
    left: Step | None
    right: Step | None
    differs: tuple[str, ...] = ()
    """What differs: args, result, text, calls, status, ..."""

    @property
    def key(self) -> str:
        """Its own in the comparison."""
        return f"{self.left.key if self.left else ''}|{self.right.key if self.right else ''}"


@dataclass(frozen=True)
class Side:
    """One fact of both runs."""

    name: str
    left: str
    right: str
    change: str = ""
    """How much more or less the right one has; empty where that says nothing."""

    @property
    def differs(self) -> bool:
        """Whether the two are not the same."""
        return self.left != self.right


@dataclass(frozen=True)
class RunComparison:
    """Two runs side by side."""

    left: RunSteps
    right: RunSteps
    pairs: tuple[Pair, ...] = field(repr=False)
    totals: tuple[Side, ...]
    config: tuple[Side, ...]
    """What they ran with, where it differs."""

    @property
    def stops(self) -> tuple[int, ...]:
        """The indexes of the pairs that differ."""
        return tuple(at for at, pair in enumerate(self.pairs) if pair.mark != "same")


def compare_runs(
    left: tuple[JournalReader, RunSteps], right: tuple[JournalReader, RunSteps]
) -> RunComparison:
    """Return two runs side by side, as far as their journals were read.

    Raises:
        StateError: a journal cannot be read any more.
    """
    return RunComparison(
        left=left[1],
        right=right[1],
        pairs=tuple(_pairs(left, right)),
        totals=tuple(_totals(left[1], right[1])),
        config=tuple(_config(left[1], right[1])),
    )


def differences_of(
    left: JournalReader, right: JournalReader, pair: Pair, hide: Callable[[str], str]
) -> tuple[FileDiff, ...]:
    """Return each text that differs between the steps of a pair, by words; long ones are cut.

    Everything in them went through `hide`.

    Raises:
        StateError: a journal cannot be read any more.
    """
    take = shortening(hide)
    one = parts_of(left, pair.left, take) if pair.left else {}
    other = parts_of(right, pair.right, take) if pair.right else {}
    names = [name for name in {**one, **other} if _differs(one, other, name, pair)]
    sides = (
        (name, _bytes(hide(one.get(name, ""))), _bytes(hide(other.get(name, "")))) for name in names
    )
    return tuple(file_diff(name, before, after, hide) for name, before, after in sides)


def _differs(one: Mapping[str, str], other: Mapping[str, str], name: str, pair: Pair) -> bool:
    return one.get(name) != other.get(name) or name in pair.differs


def _bytes(text: str) -> bytes:
    """Return a text with one end, as that of a file; what is not there is empty."""
    kept = cut(text).rstrip("\n")
    return f"{kept}\n".encode("utf-8", "replace") if kept else b""


def previous_run(root: Path | None, state: Path | None, run: RunSteps) -> str | None:
    """Return the run before this one of the same agent in the same environment, or None.

    Raises:
        UsageError: there is no project here.
    """
    if run.start is None:
        return None
    wanted = Wanted(Query((field_is("agent", [run.start.agent]),)))
    seen = False
    for row in matching(open_project(root, state), wanted):
        if seen and row["environment"] == run.start.environment:
            return str(row["run"])
        seen = seen or row["run"] == run.run
    return None


def parts_of(reader: JournalReader, step: Step, take: Take) -> dict[str, str]:
    """Return the texts of a step by what they are, without what differs in any two runs."""
    parts = {"status": step.word} if step.word else {}
    for number in step.lines:
        parts |= _parts(reader.event(number, take))
    return parts


def _parts(event: Told) -> dict[str, str]:
    tell = _PARTS.get(type(event))
    return {name: text for name, text in tell(event).items() if text} if tell else {}


def _finished(event: RunFinished) -> dict[str, str]:
    return {
        "outcome": event.outcome,
        "output": "" if event.output is None else pretty(event.output),
        "failure": f"{event.failure.kind}: {event.failure.message}" if event.failure else "",
        "stop": event.stop.sentence if event.stop else "",
    }


def _answered(event: ModelAnswered) -> dict[str, str]:
    calls = "\n".join(f"{call.name} {call.arguments}" for call in event.tool_calls)
    return {"text": event.text, "calls": calls}


def _rendered(event: ConversationRendered) -> dict[str, str]:
    return {
        f"message {number} ({message.role})": message.text
        for number, message in enumerate(event.messages, 1)
    }


_PARTS: dict[type, Any] = {
    RunStarted: lambda e: {"input": pretty(e.input) if e.input else ""},
    ConversationRendered: _rendered,
    ModelAnswered: _answered,
    ModelFailed: lambda e: {"failure": f"{e.failure.kind}: {e.failure.message}"},
    ToolStarted: lambda e: {"args": pretty(e.arguments), "permission": e.permission},
    ToolFinished: lambda e: {"result": as_data(e.text)},
    ToolRefused: lambda e: {"args": e.arguments, "reason": e.reason, "result": e.text},
    ToolSettled: lambda e: {"settled": "done" if e.done else "not done", "reason": e.reason},
    OutputRejected: lambda e: {"text": e.text},
    LimitReached: lambda e: {"text": e.text},
    RunFinished: _finished,
}


def _pairs(
    left: tuple[JournalReader, RunSteps], right: tuple[JournalReader, RunSteps]
) -> Iterator[Pair]:
    ours = [step for step in left[1].steps if step.kind not in LEFT_OUT]
    theirs = [step for step in right[1].steps if step.kind not in LEFT_OUT]
    for part in stretches([*map(_signature, ours)], [*map(_signature, theirs)]):
        if part.same:
            for at, other in zip(part.before, part.after, strict=True):
                yield _pair(left[0], right[0], ours[at], theirs[other])
            continue
        yield from (Pair("left", ours[at], None) for at in part.before)
        yield from (Pair("right", None, theirs[at]) for at in part.after)


def _signature(step: Step) -> str:
    """Two steps can be the same one when these agree; a refused call was a call as well."""
    kind = "call" if step.kind in CALLS else step.kind
    name = "" if step.kind == "limit" else step.name
    return f"{kind}\0{name}\0{step.depth}"


def _pair(left: JournalReader, right: JournalReader, one: Step, other: Step) -> Pair:
    before, after = parts_of(left, one, _named), parts_of(right, other, _named)
    names = {**before, **after}
    differs = tuple(name for name in names if before.get(name) != after.get(name))
    return Pair("changed" if differs else "same", one, other, differs)


def _named(_directory: Path, named: Mapping[str, Any]) -> str:
    """A long text is the same when its name, which is its digest, is."""
    return str(named.get(MARK))


def _totals(left: RunSteps, right: RunSteps) -> Iterator[Side]:
    one, other = left.totals, right.totals
    yield Side("status", left.shown_status, right.shown_status)
    yield Side("outcome", left.outcome, right.outcome)
    seconds = (one.duration_s, other.duration_s)
    yield Side("duration", show_duration(seconds[0]), show_duration(seconds[1]), _more(*seconds))
    counts: dict[str, tuple[int, int]] = {
        "turns": (one.iterations, other.iterations),
        "tool calls": (one.tool_calls, other.tool_calls),
        "tokens in": (one.tokens.input, other.tokens.input),
        "tokens out": (one.tokens.output, other.tokens.output),
    }
    for name, pair in counts.items():
        yield Side(name, f"{pair[0]:,}", f"{pair[1]:,}", _more(*pair))
    costs = (one.cost_usd, other.cost_usd)
    shown = ["—" if cost is None else f"${cost:.4f}" for cost in costs]
    yield Side("cost", shown[0], shown[1], _more(costs[0] or 0.0, costs[1] or 0.0))


def _more(before: float, after: float) -> str:
    if not before or before == after:
        return ""
    return f"{(after - before) / before:+.0%}"


def _config(left: RunSteps, right: RunSteps) -> Iterator[Side]:
    one = dict(facts_of(left.start)) if left.start else {}
    other = dict(facts_of(right.start)) if right.start else {}
    for name in {**one, **other}:
        side = Side(name, one.get(name, "—"), other.get(name, "—"))
        if side.differs and name not in OWN:
            yield side
