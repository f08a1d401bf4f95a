"""The steps of a run as rows of a table: an outline with bars on the axis of time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runner.app.story.payloads import first_line
from runner.app.story.steps import RunSteps, Step, bar_of, share_of_time
from runner.app.tones import Tone
from runner.domain.durations import show_duration
from runner.tui.look import TONES, Cell, Look, badge
from runner.tui.widgets.table import Column

NARROW_BAR, WIDE_BAR = 8, 24
MOST_OF_IT = 0.5
"""A step that took such a part of the run's time stands out."""
SILENT = frozenset({"started", "idle", ""})
"""Words that say nothing which the row does not say already."""


def columns(bar: int) -> tuple[Column, ...]:
    """Return the columns, for bars of so many cells."""
    return (
        Column("AT", 7, right=True),
        Column("", bar, rank=1),
        Column("STEP", 18),
        Column("HOW", 13),
        Column("TOOK", 6, right=True),
        Column("COST", 7, right=True, rank=3),
        Column("TEXT", 12, grow=True, rank=2),
    )


@dataclass(frozen=True)
class Manner:
    """How the rows are shown."""

    look: Look
    hide: Callable[[Any], Any]
    now: datetime
    bar: int = NARROW_BAR
    folded: bool = True
    """Whether time in which nobody worked takes no room."""


class StepRows:
    """Some steps of a run as rows."""

    def __init__(self, run: RunSteps, steps: Sequence[Step], manner: Manner) -> None:
        self.run = run
        self.steps = steps
        self._manner = manner
        every = steps is run.steps
        self._places = run.places if every else {s.key: at for at, s in enumerate(steps)}

    def __len__(self) -> int:
        return len(self.steps)

    def key(self, index: int) -> str:
        """Return the step's key."""
        return self.steps[index].key

    def index_of(self, key: str) -> int | None:
        """Return where a step stands."""
        return self._places.get(key)

    def cells(self, index: int) -> Sequence[Cell]:
        """Return a step's row."""
        step, manner = self.steps[index], self._manner
        at_s = step.start_s - (step.idle_before_s if manner.folded else 0.0)
        if step.kind == "idle":
            return (f"{at_s:.1f}", "", *self._idle(step))
        name: Tone = "strong" if step.kind == "turn" else "plain"
        word = step.word
        quiet = word in SILENT or (word == "done" and step.kind == "prompt")
        return (
            f"{at_s:.1f}",
            self._bar(step),
            (f"{'  ' * step.depth}{manner.hide(step.name)}", name),
            "" if quiet else badge(word, ascii=manner.look.ascii),
            self._took(step),
            "" if step.cost_usd is None else f"{step.cost_usd:.4f}",
            (first_line(manner.hide(step.text)), "dim" if step.kind == "try" else "plain"),
        )

    def _idle(self, step: Step) -> Sequence[Cell]:
        look = self._manner.look
        took = show_duration(step.duration_s or 0.0)
        dots = look.glyph("…", "...")
        text = f"{'  ' * step.depth}{dots} idle"
        what = "hidden (i)" if self._manner.folded else first_line(step.text)
        return ((text, "dim"), "", took, "", (what, "dim"))

    def _bar(self, step: Step) -> Cell:
        manner = self._manner
        left, size = bar_of(step, self.run, manner.bar, folded=manner.folded)
        if step.duration_s is None and step.word != "running":
            return ((" " * left, "plain"), (manner.look.glyph("▏", "|"), "dim"))
        return ((" " * left, "plain"), (manner.look.glyph("█", "#") * size, self._weight(step)))

    def _weight(self, step: Step) -> Tone:
        if step.failed or step.word == "running":
            return TONES.get(step.word, "plain")
        if step.kind == "turn":
            return "dim"
        share = share_of_time(step, self.run) or 0.0
        return "warning" if share >= MOST_OF_IT else "accent"

    def _took(self, step: Step) -> str:
        if step.duration_s is not None:
            return show_duration(step.duration_s - step.idle_within_s * self._manner.folded)
        if step.word != "running" or self.run.started_at is None:
            return ""
        since = (self._manner.now - self.run.started_at).total_seconds() - step.start_s
        return show_duration(max(since, 0.0))
