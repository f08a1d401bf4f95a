"""Agents by environments, as rows of a table whose cells are chosen one by one."""

from collections.abc import Callable, Mapping, Sequence

from runner.app.fleet.ground import Stage
from runner.app.fleet.matrix import Line
from runner.app.fleet.row import Row
from runner.tui.look import GLYPHS, TONES, Cell, Look, Piece
from runner.tui.widgets.columns import Column
from runner.tui.widgets.table import VirtualTable

NEEDS = 90
"""Columns of a terminal below which one environment at a time is shown."""
SAID = ("tampered", "unknown", "held", "drifted")
"""What is said of a pointer in place of how its runs went."""


class MatrixTable(VirtualTable):
    """A table in which left and right choose a column."""

    class Turned(VirtualTable.Said):
        """Another column is to be chosen."""

        def __init__(self, table: VirtualTable, steps: int) -> None:
            super().__init__(table)
            self.steps = steps

    def action_side(self, steps: int) -> None:
        """Choose the column beside, and scroll where there is more than can be seen."""
        super().action_side(steps)
        self.post_message(self.Turned(self, steps))


class MatrixRows:
    """Lines of the matrix. `chosen` tells the agent and the column of the chosen cell."""

    def __init__(
        self,
        lines: Sequence[Line],
        stages: Sequence[Stage],
        names: Mapping[str, str],
        look: Look,
        chosen: Callable[[], tuple[str | None, int]],
    ) -> None:
        self.lines = lines
        self._stages = stages
        self._names = names
        self._look = look
        self._chosen = chosen
        self._places = {line.agent: at for at, line in enumerate(lines)}

    def __len__(self) -> int:
        return len(self.lines)

    def key(self, index: int) -> str:
        """Return the agent."""
        return self.lines[index].agent

    def index_of(self, key: str) -> int | None:
        """Return where an agent stands."""
        return self._places.get(key)

    def cells(self, index: int) -> Sequence[Cell]:
        """Return the agent, a cell for each environment, and which of them is ahead."""
        line = self.lines[index]
        agent, column = self._chosen()
        return (
            (self._names.get(line.agent, line.agent), "plain"),
            *(
                self._cell(row, chosen=(line.agent, at) == (agent, column))
                for at, row in enumerate(line.cells)
            ),
            self._ahead(line),
        )

    def columns(self) -> list[Column]:
        """Return the columns; every name and version has the room that it needs."""
        agent = max((len(name) for name in self._names.values()), default=0)
        made = [Column("AGENT", max(agent, 5))]
        for at, stage in enumerate(self._stages):
            width = max((_size(self._cell(line.cells[at])) for line in self.lines), default=0)
            made.append(Column(f" {stage.name}", max(width, len(stage.name) + 2)))
        ahead = max((len(self._ahead(line)[0]) for line in self.lines), default=0)
        return [*made, Column("AHEAD", max(ahead, 5), rank=1)]

    def _cell(self, row: Row, *, chosen: bool = False) -> tuple[Piece, ...]:
        left, right = ("[", "]") if chosen else (" ", " ")
        if row.sync is None:
            return (left, "strong"), (self._look.glyph("—", "-"), "dim"), (right, "strong")
        return (
            (left, "strong"),
            (row.version or "?", "strong" if chosen else "plain"),
            *self._state(row, row.sync.word),
            (right, "strong"),
        )

    def _state(self, row: Row, sync: str) -> tuple[Piece, ...]:
        word = sync if sync in SAID else row.health.word
        if word == "unknown" and sync != "unknown":
            return ()
        glyph = self._look.glyph(*GLYPHS.get(word, (" ", " ")))
        ok = row.figures.ok
        share = word if sync in SAID or ok is None else f"{int(100 * ok)}%"
        return ((f" {glyph} {share}", TONES.get(word, "plain")),)

    def _ahead(self, line: Line) -> Piece:
        found = line.difference()
        if found is None:
            return self._look.glyph("—", "-"), "dim"
        at, many = found
        return f"{self._stages[at].name} {many:+d}", "warning"


def _size(cell: Sequence[Piece]) -> int:
    return sum(len(text) for text, _tone in cell)
