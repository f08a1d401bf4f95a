"""The versions of an agent as rows of a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from runner.app.released.statistics import Statistics, VersionStatistics, Was
from runner.app.released.table import VersionRow, VersionTable
from runner.app.tones import Tone
from runner.domain.durations import show_age
from runner.tui.look import Cell, Look, Piece
from runner.tui.screens.diff_meaning import in_ascii
from runner.tui.widgets.columns import Column
from runner.tui.widgets.table import VirtualTable

COLUMNS = (
    Column("VERSION", 8),
    Column("COMMIT", 7, rank=6),
    Column("AGE", 5, right=True, rank=1),
    Column("BY", 8, rank=7),
    Column("ACTIVE IN", 14),
    Column("OK", 4, right=True, rank=2),
    Column("$/RUN", 7, right=True, rank=3),
    Column("RUNS", 5, right=True, rank=4),
    Column("SUMMARY", 16, grow=True, rank=5),
)
ACTIVE = 4
WIDEST = 34
"""Cells that the environments of a version get at most."""
GOOD, POOR = 0.95, 0.8
"""Shares of successes from which a version looks well, and below which it does not."""
DIGITS = 7
"""Characters of a commit's name."""


class VersionsTable(VirtualTable):
    """A table with one mark: the base that versions are compared with."""

    def action_mark(self) -> None:
        """Mark the row under the cursor as the base, or take the mark away."""
        for key in self.marks:
            if key != self.cursor_key:
                self._marks.pop(key)
        self.refresh()
        super().action_mark()


@dataclass(frozen=True)
class VersionRows:
    """Rows of versions, newest first. What is not counted yet stands as a dot."""

    table: VersionTable
    statistics: Statistics | None
    environment: str | None
    """The one that is looked at: a version that is live there stands out."""
    look: Look
    base: str | None = None
    """The version that is marked as the base."""

    def __len__(self) -> int:
        return len(self.table.rows)

    def key(self, index: int) -> str:
        """Return the version: each is there once."""
        return self.table.rows[index].version

    def index_of(self, key: str) -> int | None:
        """Return where a version stands."""
        return self.table.places.get(key)

    def cells(self, index: int) -> Sequence[Cell]:
        """Return what is known of a version."""
        row = self.table.rows[index]
        counted = self.statistics.of(row.version) if self.statistics else None
        age = (self.table.now - row.created).total_seconds() if row.created else None
        return (
            self._version(row),
            ((row.commit or "")[:DIGITS], "dim"),
            (show_age(age) if age is not None else "", "plain"),
            row.name,
            tuple(self.active(row, counted)),
            *self._runs(counted),
            self._summary(row, counted),
        )

    def _version(self, row: VersionRow) -> Cell:
        name: Piece = (row.version, "strong" if self.environment in row.live else "plain")
        return (name, (" B", "accent")) if row.version == self.base else name

    def active(self, row: VersionRow, counted: VersionStatistics | None) -> Iterator[Piece]:
        """Yield where a version is live, where it is held, and where it was live before."""
        if counted and counted.problem:
            yield f"{self.look.glyph('✖', 'x')} {word_for(counted.problem)} ", "bad"
        for name in row.live:
            yield f"{name} ", "live" if name == self.environment else "plain"
        for hold in row.holds:
            yield f"{self.look.glyph('‖', '=')} held in {hold.environment} ", "warning"
        if row.current:
            yield "current ", "live"
        if not row.live and counted and counted.was:
            was = max(counted.was, key=self._matters)
            yield f"({show_age(was.active_s)} in {was.environment})", "dim"

    def _matters(self, was: Was) -> tuple[bool, float]:
        return was.environment == self.environment, was.active_s

    def _runs(self, counted: VersionStatistics | None) -> Iterator[Cell]:
        if counted is None:
            dots: Piece = (self.look.glyph("·", "."), "dim")
            yield from (dots, dots, dots)
            return
        runs = counted.runs
        yield ok_cell(runs.ok)
        yield "" if runs.usd_per_run is None else f"{runs.usd_per_run:.4f}"
        yield f"{runs.runs:,}" if runs.runs else ""

    def _summary(self, row: VersionRow, counted: VersionStatistics | None) -> Cell:
        if not row.released and counted:
            return (counted.note, "dim")
        return in_ascii(row.summary) if self.look.ascii else row.summary


def columns_for(rows: VersionRows) -> list[Column]:
    """Return the columns, wide enough that no version is cut."""
    versions = max((len(row.version) for row in rows.table.rows), default=0)
    places = (
        sum(len(text) for text, _tone in rows.active(row, _counted(rows, row)))
        for row in rows.table.rows
    )
    active = min(max(places, default=0), WIDEST)
    by = min(max((len(row.name) for row in rows.table.rows), default=0), 16)
    widths = {0: versions + len(" B"), 3: by, ACTIVE: active}
    return [
        replace(column, width=max(widths.get(at, 0), len(column.title), column.width))
        for at, column in enumerate(COLUMNS)
    ]


def _counted(rows: VersionRows, row: VersionRow) -> VersionStatistics | None:
    return rows.statistics.of(row.version) if rows.statistics else None


def ok_cell(share: float | None) -> Piece:
    """Return the share of ended runs that succeeded."""
    if share is None:
        return "", "plain"
    tone: Tone = "good" if share >= GOOD else "warning" if share >= POOR else "bad"
    return f"{share:.0%}", tone


def word_for(problem: str) -> str:
    """Return what a problem with a version's files comes to."""
    return "tampered" if "SECURITY ERROR" in problem else "unreadable"
