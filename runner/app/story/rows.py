"""The rows of a timeline while they are told: begun, ended, tried again, cut off.

Rows stand in the order of time. A step that a later process makes again is another row; the tries
of one process stand under their step.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from runner.app.story.steps import Step, StepKind
from runner.domain.messages import TokenUsage

LONGEST_TEXT = 400
"""Characters of a row's one line; the whole text is read when the step is looked at."""
LONGEST_WORD = 100
"""A cut goes back to the blank before a word that is no longer: half of it could be hidden text."""

DEEPEST = 3
"""A forged place is no deeper than this."""


@dataclass
class Clockwork:
    """Time as the lines of a run tell it: it never goes back."""

    elapsed_s: float = 0.0
    gap_s: float = 0.0
    """Seconds since the line before."""
    idle_s: float = 0.0
    """Seconds in which nobody worked."""
    _before: datetime | None = None

    def tick(self, ts: datetime) -> None:
        """Take the time of the next line."""
        self.gap_s = max((ts - self._before).total_seconds(), 0.0) if self._before else 0.0
        self._before = ts
        self.elapsed_s += self.gap_s


@dataclass(frozen=True)
class Begun:
    """A row whose end is not told yet."""

    at: int
    cut_word: str
    """What it is when its process ended before it did."""


@dataclass
class Rows:
    """The rows so far, each by its index and the newest of each place by that."""

    time: Clockwork = field(default_factory=Clockwork)
    steps: list[Step] = field(default_factory=list)
    open: dict[str, Begun] = field(default_factory=dict)
    process: int = 0
    """Counts the processes that worked on the run."""
    turn: int | None = None
    """Index of the turn that goes on."""
    _latest: dict[str, tuple[int, int]] = field(default_factory=dict)
    _keys: Counter[str] = field(default_factory=Counter)
    _tries: dict[str, tuple[int, float]] = field(default_factory=dict)
    """By a step's key: how many tries have a row, and when the next one began."""

    def add(self, kind: StepKind, number: int, place: str = "", **more: Any) -> int:
        """Append a row told by the line of a number, and return its index."""
        name = place or kind
        self._keys[name] += 1
        key = name if self._keys[name] == 1 else f"{name}#{self._keys[name]}"
        fields: dict[str, Any] = {
            "name": kind,
            "word": "",
            "text": "",
            "depth": min(place.count("."), DEEPEST) if place else self.depth_beside,
            "start_s": self.time.elapsed_s,
            "idle_before_s": self.time.idle_s,
            **more,
        }
        fields["text"] = _some(fields["text"])
        self.steps.append(Step(key=key, kind=kind, place=place, lines=(number,), **fields))
        at = len(self.steps) - 1
        if place:
            self._latest[place] = (at, self.process)
        return at

    @property
    def depth_beside(self) -> int:
        """The depth of what happens in the turn that goes on, and belongs to no step."""
        return 0 if self.turn is None else 1

    def enter(self, number: int, place: str) -> None:
        """Begin the turn of a place, unless it goes on."""
        turn = place.partition(".")[0]
        if self.turn is None or self.steps[self.turn].place != turn:
            self.turn = self.add("turn", number, turn, name=f"turn {turn[1:]}", depth=0)

    def leave(self) -> None:
        """No turn goes on any more."""
        self.turn = None

    def begin(self, at: int, cut_word: str) -> None:
        """A row goes on until its end is told, or its process is gone."""
        step = self.steps[at]
        self.open[step.place] = Begun(at, cut_word)
        self._tries.setdefault(step.key, (0, self.time.elapsed_s))

    def latest(self, place: str, *, of_this_process: bool = False) -> Step | None:
        """Return the newest row of a place; None when there is none."""
        at, process = self._latest.get(place, (-1, 0))
        return None if at < 0 or (of_this_process and process != self.process) else self.steps[at]

    def change(self, number: int, place: str, **changes: Any) -> Step | None:
        """Change the newest row of a place as a line tells, and return it; None without one."""
        at, _process = self._latest.get(place, (-1, 0))
        if at < 0:
            return None
        step = self.steps[at]
        if "text" in changes:
            changes["text"] = _some(changes["text"])
        self.steps[at] = replace(step, lines=(*step.lines, number), **changes)
        return self.steps[at]

    def end(self, number: int, place: str, took_s: float | None, **changes: Any) -> Step | None:
        """Change the row of a place as its end tells; its time is counted where nobody says it."""
        step = self.latest(place)
        if step is None:
            return None
        self.open.pop(place, None)
        took = _span(step.start_s, self.time.elapsed_s) if took_s is None else max(took_s, 0.0)
        within = self.time.idle_s - step.idle_before_s
        return self.change(number, place, duration_s=took, idle_within_s=within, **changes)

    def tried(
        self, number: int, place: str, word: str, text: str, wait_s: float | None = None
    ) -> None:
        """Append the row of a try that has ended; the next one begins after `wait_s`."""
        parent = self.latest(place)
        if parent is None:
            return
        before, start = self._tries.get(parent.key, (0, parent.start_s))
        self.steps.append(
            Step(
                key=f"{parent.key}~{before + 1}",
                kind="try",
                place=place,
                name=f"try {before + 1}",
                word=word,
                text=_some(text),
                depth=parent.depth + 1,
                start_s=start,
                duration_s=_span(start, self.time.elapsed_s),
                idle_before_s=parent.idle_before_s,
                wait_s=wait_s,
                lines=(number,),
            )
        )
        self._tries[parent.key] = (before + 1, self.time.elapsed_s + (wait_s or 0.0))

    def tries(self, step: Step) -> int:
        """Return how many tries of a step have a row."""
        return self._tries.get(step.key, (0, 0.0))[0]

    def spent(self, number: int, tokens: TokenUsage | None, cost: float | None) -> None:
        """Let the turn that goes on reach until now, with what a step in it used."""
        if self.turn is None:
            return
        turn = self.steps[self.turn]
        self.steps[self.turn] = replace(
            turn,
            duration_s=_span(turn.start_s, self.time.elapsed_s),
            idle_within_s=self.time.idle_s - turn.idle_before_s,
            tokens=tokens if turn.tokens is None else turn.tokens + (tokens or TokenUsage()),
            cost_usd=cost if turn.cost_usd is None else turn.cost_usd + (cost or 0.0),
            lines=turn.lines if turn.lines[-1] == number else (*turn.lines, number),
        )

    def idle(self, number: int, seconds: float) -> None:
        """Append a row for the time before this line in which nobody worked."""
        row = Step(
            key=f"idle~{number}",
            kind="idle",
            place="",
            name="idle",
            word="idle",
            text="nobody worked on the run",
            depth=self.depth_beside,
            start_s=self.time.elapsed_s - self.time.gap_s,
            duration_s=seconds,
            idle_before_s=self.time.idle_s,
        )
        self.steps.append(row)
        self.time.idle_s += seconds

    def cut(self) -> None:
        """Another process goes on: what the last one had not ended, it never will."""
        ended_s = self.time.elapsed_s - self.time.gap_s
        for begun in self.open.values():
            step = self.steps[begun.at]
            took = _span(step.start_s, ended_s)
            self.steps[begun.at] = replace(step, word=begun.cut_word, duration_s=took)
        self.open.clear()
        self.process += 1

    def told(self, *, alive: bool) -> tuple[Step, ...]:
        """Return the rows; of a run that nobody executes none goes on."""
        steps = [*self.steps]
        for begun in [] if alive else self.open.values():
            steps[begun.at] = replace(steps[begun.at], word=begun.cut_word)
        return tuple(steps)


def _some(text: str) -> str:
    """Return the beginning of a text up to a blank: half a word could be half of a secret."""
    if len(text) <= LONGEST_TEXT:
        return text
    blank = text.rfind(" ", LONGEST_TEXT - LONGEST_WORD, LONGEST_TEXT)
    return text[: blank if blank > 0 else LONGEST_TEXT]


def _span(start_s: float, end_s: float) -> float:
    return max(round(end_s - start_s, 6), 0.0)
