"""Two runs side by side as rows: what they ran with, what they used, and their steps in pairs."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from runner.app.story.comparing import Mark, Pair, RunComparison, Side
from runner.app.story.payloads import first_line
from runner.app.story.steps import Step
from runner.app.tones import Tone
from runner.domain.durations import show_duration
from runner.tui.look import Cell, Look, Piece, badge
from runner.tui.widgets.table import Column

CONFIG, TOTALS = "config", "totals"
"""The keys of the two rows before the steps."""
MARKS: dict[Mark, Piece] = {
    "same": ("=", "dim"),
    "changed": ("~", "changed"),
    "left": ("-", "removed"),
    "right": ("+", "added"),
}
BESIDE = (
    Column("", 1),
    Column("LEFT", 22, grow=True),
    Column("HOW", 13),
    Column("TOOK", 6, right=True, rank=2),
    Column("RIGHT", 22, grow=True),
    Column("HOW", 13),
    Column("TOOK", 6, right=True, rank=2),
    Column("DIFFERS", 16, rank=1),
)
BELOW = (
    Column("", 1),
    Column("STEP", 22),
    Column("LEFT", 13),
    Column("RIGHT", 13),
    Column("DIFFERS", 16, grow=True, rank=1),
)


class PairRows:
    """The rows of a comparison. `beside` gives each side columns of its own."""

    def __init__(
        self, found: RunComparison, look: Look, hide: Callable[[Any], Any], *, beside: bool
    ) -> None:
        self.found = found
        self._look = look
        self._hide = hide
        self._beside = beside
        self._places = {CONFIG: 0, TOTALS: 1}
        self._places |= {pair.key: at for at, pair in enumerate(found.pairs, 2)}

    def __len__(self) -> int:
        return len(self.found.pairs) + 2

    def key(self, index: int) -> str:
        """Return the pair's key."""
        return (CONFIG, TOTALS)[index] if index < 2 else self.found.pairs[index - 2].key

    def index_of(self, key: str) -> int | None:
        """Return where a pair stands."""
        return self._places.get(key)

    @property
    def stops(self) -> list[int]:
        """The rows that differ; what was used always does, and is none."""
        config = [0] if self.found.config else []
        return [*config, *(at + 2 for at in self.found.stops)]

    def cells(self, index: int) -> Sequence[Cell]:
        """Return a row."""
        if index == 0:
            differs = ", ".join(side.name for side in self.found.config)
            return self._fact("what they ran with", differs, differs=bool(differs))
        if index == 1:
            changes = (f"{s.name} {s.change}" for s in self.found.totals if s.change)
            return self._fact("what they used", ", ".join(changes), differs=False)
        return self._pair(self.found.pairs[index - 2])

    def _fact(self, name: str, told: str, *, differs: bool) -> Sequence[Cell]:
        mark = MARKS["changed" if differs else "same"] if name != "what they used" else " "
        title: Piece = (name, "strong")
        if self._beside:
            return (mark, title, "", "", (told, "plain"), "", "", "")
        return (mark, title, "", "", told)

    def _pair(self, pair: Pair) -> Sequence[Cell]:
        differs = self._hide(", ".join(pair.differs))
        if self._beside:
            left, right = (self._side(step, pair.mark) for step in (pair.left, pair.right))
            return (MARKS[pair.mark], *left, *right, (differs, "changed"))
        step = pair.left or pair.right
        how = (self._how(each) for each in (pair.left, pair.right))
        return (MARKS[pair.mark], self._name(step, pair.mark), *how, (differs, "changed"))

    def _side(self, step: Step | None, mark: Mark) -> Sequence[Cell]:
        if step is None:
            return ("", "", "")
        took = "" if step.duration_s is None else show_duration(step.duration_s)
        return (self._name(step, mark), self._how(step), took)

    def _name(self, step: Step | None, mark: Mark) -> Cell:
        if step is None:
            return ""
        tone: Tone = "plain" if mark in {"same", "changed"} else MARKS[mark][1]
        name = f"{step.turn or '':<4}{'  ' * max(step.depth - 1, 0)}{self._hide(step.name)}"
        return name, tone

    def _how(self, step: Step | None) -> Cell:
        if step is None or step.word in {"", "started"}:
            return ""
        return badge(step.word, ascii=self._look.ascii)


def side_lines(sides: Sequence[Side], hide: Callable[[Any], Any], width: int) -> Iterator[Cell]:
    """Yield facts of both runs beside each other, or below where there is no room for that."""
    if not sides:
        yield "they ran with the same", "dim"
        return
    name = max(len(side.name) for side in sides)
    shown = [(first_line(hide(side.left)), first_line(hide(side.right))) for side in sides]
    left, right = (max(len(texts[at]) for texts in shown) for at in (0, 1))
    for side, texts in zip(sides, shown, strict=True):
        one, other = _marked(side, texts)
        title: Piece = (f"{side.name:<{name}}  ", "dim")
        change: Piece = (f"  {side.change}" if side.change else "", "accent")
        if name + left + right + 12 <= width:
            pad: Piece = (" " * (left - len(texts[0]) + 2), "plain")
            yield (title, one, pad, other, change)
        else:
            yield (title, one)
            yield ((" " * (name + 2), "plain"), other, change)


def _marked(side: Side, texts: tuple[str, str]) -> tuple[Piece, Piece]:
    if not side.differs:
        return (texts[0], "plain"), (texts[1], "plain")
    return (texts[0], "removed"), (texts[1], "added")
