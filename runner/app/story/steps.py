"""The steps of one run, as a list for a timeline: what they are, and which of them are shown.

They come from `run_reading`, which reads a journal as far as it can be read; a run that is still
going has the steps that it has so far.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from shlex import quote
from typing import Literal

from runner.app.listing.query_fields import GONE
from runner.app.listing.run_list import short_id
from runner.domain.events import RunStarted
from runner.domain.job import Totals
from runner.domain.messages import TokenUsage

StepKind = Literal[
    "start",
    "prompt",
    "turn",
    "model",
    "tool",
    "composite",
    "try",
    "refused",
    "rejected",
    "limit",
    "settled",
    "interrupted",
    "resumed",
    "recovered",
    "unknown",
    "idle",
    "end",
]
NoticeKind = Literal["broken", "torn", "deleted", "replaced", "newer", "payload"]
WENT_WRONG = frozenset(
    {"failed", "in_doubt", "refused", "rejected", "limit", "stopped", "cancelled", "interrupted"}
)
"""Words of the steps that a person looks for."""
FOLDS = frozenset({"idle"})
READING = "reading"
"""What stands for the status until all that was there is read."""
RESUMABLE = frozenset({"parked", "in_doubt"})


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a timeline."""

    key: str
    """Its own in the run: `t2.c1`; `t2.c1#2` when a later process made it again."""
    kind: StepKind
    place: str
    """What the journal calls it: `t2.c1`; empty for what belongs to no step."""
    name: str
    """The tool's name, or what it is."""
    word: str
    """How it stands: done, failed, running, in_doubt, simulated, refused, ..."""
    text: str
    """One line of what it said or gave; text of models and tools, not made plain."""
    depth: int
    """0 for turns and what stands beside them, 1 for what is in a turn, 2 for steps and tries."""
    start_s: float
    """Seconds after the run's first line; time that a clock went back counts as none."""
    duration_s: float | None = None
    """Seconds; None while it goes on, and for what takes no time."""
    idle_before_s: float = 0.0
    """Seconds before its start in which nobody worked on the run."""
    idle_within_s: float = 0.0
    """Seconds between its start and its end in which nobody did."""
    tokens: TokenUsage | None = None
    cost_usd: float | None = None
    wait_s: float | None = None
    """Seconds that were waited after a failed try."""
    lines: tuple[int, ...] = ()
    """Numbers of the journal's lines that tell of it, from 0."""

    @property
    def failed(self) -> bool:
        """Whether a person looks for it when something went wrong; of a turn its steps tell."""
        return self.word in WENT_WRONG and self.kind not in {"turn", "try"}

    @property
    def turn(self) -> str:
        """The turn that it belongs to, as `t2`; empty for none."""
        head = self.place.partition(".")[0]
        return head if head[1:].isdigit() else ""


@dataclass(frozen=True)
class Notice:
    """Something about the journal itself that a reader must know."""

    kind: NoticeKind
    text: str
    line: int | None = None
    """From 1."""
    offset: int | None = None
    """In bytes."""

    @property
    def sentence(self) -> str:
        """The notice in one line for a person."""
        line = "" if self.line is None else f"line {self.line}: "
        offset = "" if self.offset is None else f" (byte {self.offset})"
        return f"{line}{self.text}{offset}"


@dataclass(frozen=True)
class RunSteps:
    """A run as far as its journal was read."""

    run: str
    path: Path
    start: RunStarted | None
    started_at: datetime | None
    status: str
    """As the last line says; `running` before there is one."""
    outcome: str
    why: str
    """Why it failed or stopped, in a sentence; empty when it did not."""
    in_doubt: tuple[str, ...]
    alive: bool
    """Whether a process executes it now."""
    interrupted: bool
    """Its last process was asked to end."""
    steps: tuple[Step, ...] = field(repr=False)
    totals: Totals
    """Used so far; `duration_s` counts active seconds."""
    span_s: float
    """Seconds from the first line to the last, waiting included."""
    idle_s: float
    """Seconds of these in which nobody worked on it."""
    head: str
    """Hash of the last line that was read; empty before there is one."""
    lines: int
    """Whole lines that were read."""
    read_bytes: int
    size: int
    notices: tuple[Notice, ...] = ()

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each step stands, by its key."""
        return {step.key: at for at, step in enumerate(self.steps)}

    def inside(self, step: Step) -> Iterator[Step]:
        """Yield the steps under one, in order."""
        for at in range(self.places.get(step.key, len(self.steps)) + 1, len(self.steps)):
            if self.steps[at].depth <= step.depth:
                return
            yield self.steps[at]

    def before(self, step: Step) -> Iterator[Step]:
        """Yield the steps before one, the nearest first."""
        for at in range(self.places.get(step.key, 0) - 1, -1, -1):
            yield self.steps[at]

    @property
    def shown_status(self) -> str:
        """The status; `gone` where it says running and no process executes it."""
        if not self.complete:
            return READING
        return GONE if self.status == "running" and not self.alive else self.status

    @property
    def complete(self) -> bool:
        """Whether nothing that was there is left to read, or can be."""
        stopped = any(notice.kind in {"broken", "torn"} for notice in self.notices)
        return stopped or self.read_bytes >= self.size

    @property
    def label(self) -> str:
        """`agent@version`."""
        return f"{self.start.agent}@{self.start.version}" if self.start else "?"


def shown_steps(steps: Iterable[Step], *, failed_only: bool = False) -> tuple[Step, ...]:
    """Return the steps that are listed; with `failed_only` what went wrong and what it is in."""
    every = tuple(steps)
    if not failed_only:
        return every
    kept: set[int] = set()
    above: list[int] = []
    for at, step in enumerate(every):
        while above and every[above[-1]].depth >= step.depth:
            above.pop()
        parent = above[-1] if above else None
        told_by_parent = step.kind == "try" and parent is not None and every[parent].failed
        if step.failed:
            kept |= {at, *above}
        elif told_by_parent:
            kept.add(at)
        above.append(at)
    return tuple(every[at] for at in sorted(kept))


def next_failed(steps: Sequence[Step], at: int, direction: int) -> int | None:
    """Return the nearest step that went wrong after (1) or before (-1) a place, or None."""
    places = range(at + 1, len(steps)) if direction > 0 else range(at - 1, -1, -1)
    return next((place for place in places if steps[place].failed), None)


def bar_of(step: Step, run: RunSteps, width: int, *, folded: bool) -> tuple[int, int]:
    """Return where the bar of a step begins and how many of `width` cells it has, 1 at least.

    With `folded` the time in which nobody worked takes no room.
    """
    whole = max(run.span_s - (run.idle_s if folded else 0.0), 1e-9)
    start = step.start_s - (step.idle_before_s if folded else 0.0)
    took = step.duration_s
    if took is None:
        took = run.span_s - step.start_s if step.word == "running" else 0.0
    if folded:
        took = 0.0 if step.kind in FOLDS else took - step.idle_within_s
    # A forged duration is longer than the run that it is in.
    left = min(int(width * min(max(start, 0.0) / whole, 1.0)), width - 1)
    cells = round(width * min(max(took, 0.0), whole) / whole)
    return left, min(max(cells, 1), width - left)


def share_of_time(step: Step, run: RunSteps) -> float | None:
    """Return which part of the run's working time a step took, 0 to 1; None when unknown."""
    worked = run.span_s - run.idle_s
    if step.duration_s is None or step.kind in FOLDS or worked <= 0:
        return None
    return min(max(step.duration_s - step.idle_within_s, 0.0) / worked, 1.0)


def share_of_cost(step: Step, run: RunSteps) -> float | None:
    """Return which part of the run's cost a step has, 0 to 1; None when unknown."""
    whole = run.totals.cost_usd
    return step.cost_usd / whole if step.cost_usd is not None and whole else None


def tries_of(run: RunSteps, step: Step) -> tuple[Step, ...]:
    """Return the tries of a step, in order; empty when it was made at the first."""
    return tuple(each for each in run.inside(step) if each.kind == "try")


def resume_command(run: RunSteps) -> str | None:
    """Return the command that goes on with a run; None for one that has ended or is executed."""
    short = quote(short_id(run.run))
    if run.alive or run.start is None or not run.complete:
        return None
    if run.status == "in_doubt" and run.in_doubt:
        step = quote(run.in_doubt[0])
        return f"agentctl resume {short} --settle {step}=done|not-done --reason TEXT"
    return f"agentctl resume {short}" if run.status in {*RESUMABLE, "running"} else None
