"""The fleet as rows of a table: what stands in each column, and which columns fit."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from runner.app.fleet.row import NO_POINTER, Row
from runner.domain.durations import show_age, show_duration
from runner.tui.look import Cell, Look, Piece, badge, dot
from runner.tui.widgets.columns import LEAD, Column

DOTS = (20, 10, 5)
"""How many runs are shown as dots: as many as there is room for."""
NEVER = ("—", "-")


class FleetRows:
    """Rows of one environment. `names` are the agents' names as they may be shown."""

    def __init__(
        self,
        rows: Sequence[Row],
        names: Mapping[str, str],
        look: Look,
        now: datetime,
    ) -> None:
        self.rows = rows
        self.dots = DOTS[0]
        self._names = names
        self._look = look
        self._now = now
        self._places = {row.agent: at for at, row in enumerate(rows)}

    def __len__(self) -> int:
        return len(self.rows)

    def key(self, index: int) -> str:
        """Return the agent."""
        return self.rows[index].agent

    def index_of(self, key: str) -> int | None:
        """Return where an agent stands."""
        return self._places.get(key)

    def cells(self, index: int) -> Sequence[Cell]:
        """Return a cell for each of `columns`."""
        row = self.rows[index]
        return (
            (self._names.get(row.agent, row.agent), "plain"),
            self._version(row),
            self._sync(row),
            self._health(row),
            self._next(row),
            self._dots(row),
            self._ok(row),
            _usd(row.figures.day_usd, self._look),
            self._last(row),
            str(row.figures.day_runs),
            count(row.figures.day_tokens),
            self._p95(row),
        )

    def columns(self, room: int, *, wide: bool) -> list[Column]:
        """Return the columns for so many cells: names and versions have all they need.

        `wide` are all there are, which may need to be scrolled to the side.
        """
        agent = max((len(name) for name in self._names.values()), default=0)
        version = max((len(self._version_text(row)) for row in self.rows), default=0)
        sync = max((len(self._sync(row)[0]) for row in self.rows), default=0)
        first = [
            Column("AGENT", max(agent, 5)),
            Column("VERSION", max(version, 7)),
            Column("SYNC", max(sync, 6), rank=2),
            Column("HEALTH", 9, rank=1),
            Column("NEXT", 4, right=True, rank=5),
        ]
        rest = [
            Column("OK", 4, right=True, rank=3),
            Column("$24h", 6, right=True, rank=6),
            Column("LAST", 8, right=True, rank=7),
            Column("RUNS", 5, right=True, rank=8),
            Column("TOKENS", 6, right=True, rank=9),
            Column("P95", 6, right=True, rank=10),
        ]
        self.dots = _dots_for(room - LEAD, [*first, *rest[:2]])
        made = [*first, Column(self._title(), self.dots, rank=4), *rest]
        return [_kept(column) for column in made] if wide else made

    def _title(self) -> str:
        return f"LAST {self.dots}" if self.dots > DOTS[-1] else "LAST5"

    def _version(self, row: Row) -> Piece:
        return self._version_text(row), "plain" if row.sync else "dim"

    def _version_text(self, row: Row) -> str:
        hold = self._look.glyph("‖", "=") if row.held else ""
        return f"{row.version or '?'}{hold}"

    def _sync(self, row: Row) -> Piece:
        if row.sync is None:
            return f"{self._look.glyph('·', '.')} {NO_POINTER}", "dim"
        return badge(row.sync.word, ascii=self._look.ascii)

    def _health(self, row: Row) -> Piece:
        if row.health.word == "unknown":
            return f"{self._look.glyph('·', '.')} unknown", "dim"
        return badge(row.health.word, ascii=self._look.ascii)

    def _next(self, row: Row) -> Piece:
        if row.next_fire is None:
            return self._look.glyph(*NEVER), "dim"
        away_s = (row.next_fire.at - self._now).total_seconds()
        return show_age(away_s) if away_s > 0 else "now", "plain"

    def _dots(self, row: Row) -> tuple[Piece, ...]:
        shown = row.figures.last[-self.dots :]
        missing: list[str | None] = [None] * (self.dots - len(shown))
        return tuple(dot(each, ascii=self._look.ascii) for each in [*missing, *shown])

    def _ok(self, row: Row) -> Piece:
        ok = row.figures.ok
        if ok is None:
            return self._look.glyph(*NEVER), "dim"
        return f"{int(100 * ok)}%", "bad" if ok < 0.5 else "warning" if ok < 0.9 else "good"

    def _last(self, row: Row) -> Piece:
        if row.last is None:
            return self._look.glyph(*NEVER), "dim"
        return f"{show_age((self._now - row.last.started_at).total_seconds())} ago", "plain"

    def _p95(self, row: Row) -> str:
        p95 = row.figures.p95_s
        return self._look.glyph(*NEVER) if p95 is None else show_duration(p95)


def _dots_for(room: int, others: Sequence[Column]) -> int:
    """Return how many dots there is room for beside what matters most."""
    taken = sum(column.width + 1 for column in others if column.rank < 5)
    return next((dots for dots in DOTS if taken + dots <= room), DOTS[-1])


def _kept(column: Column) -> Column:
    return Column(column.title, column.width, column.right, column.grow)


def _usd(usd: float | None, look: Look) -> Piece:
    return (look.glyph(*NEVER), "dim") if usd is None else (f"{usd:.2f}", "plain")


def count(number: int) -> str:
    """Return a count in at most six characters: `412`, `18.2k`, `1.9M`."""
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return str(number)
