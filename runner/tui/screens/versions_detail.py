"""What is to be said of one version beside the table: facts, its past, and what changed in it."""

from collections.abc import Iterator
from dataclasses import dataclass

from runner.app.comparing.diff_view import Compared
from runner.app.comparing.diff_words import files_words, total_words
from runner.app.comparing.diffing import Difference
from runner.app.released.runs import RunSums
from runner.app.released.statistics import Statistics, VersionStatistics, Was
from runner.app.released.table import VersionRow, VersionTable
from runner.domain.durations import show_age
from runner.tui.look import Cell, Look, Piece
from runner.tui.screens.diff_meaning import change_lines
from runner.tui.screens.versions_rows import ok_cell, word_for

CHANGES = 40
"""Lines of changes at most: the whole is a key away."""


@dataclass(frozen=True)
class Detail:
    """One version of a table, and its comparison with the base as far as it is known."""

    table: VersionTable
    statistics: Statistics | None
    row: VersionRow
    compared: Compared | None
    """None where there is nothing to compare with."""
    found: Difference | None
    trouble: str = ""
    """Why the two could not be compared."""

    def lines(self, look: Look) -> list[Cell]:
        """Return what a screen shows of it."""
        counted = self.statistics.of(self.row.version) if self.statistics else None
        return [*self._facts(), *self._places(counted, look), "", *self._changes(look)]

    def _facts(self) -> Iterator[Cell]:
        row = self.row
        commit = f"  commit {row.commit[:12]}" if row.commit else ""
        digest = f"  {row.digest}" if row.digest else ""
        signed = f"  signed ({row.signature})" if row.signature else ""
        yield ((row.version, "strong"), (f"{commit}{signed}{digest}", "dim"))
        if row.created:
            age = show_age((self.table.now - row.created).total_seconds())
            yield f"released {age} ago by {row.name or 'nobody said'}" + (
                f": {row.summary}" if row.summary else ""
            )

    def _places(self, counted: VersionStatistics | None, look: Look) -> Iterator[Cell]:
        if counted and counted.problem:
            mark = look.glyph("✖", "x")
            first, *rest = counted.problem.splitlines()
            yield (f"{mark} {word_for(counted.problem)}: {first}", "bad")
            yield from ((line, "bad") for line in rest)
        for hold in self.row.holds:
            when = f"{hold.at:%Y-%m-%d %H:%M}Z"
            said = f"held in {hold.environment} since {when} by {hold.by}: {hold.reason}"
            yield (f"{look.glyph('‖', '=')} {said}", "warning")
        for live in self.table.lives:
            if live.environment in self.row.live and live.note:
                yield (f"{live.environment}: {live.note}", "warning")
        if counted:
            yield from self._past(counted)

    def _past(self, counted: VersionStatistics) -> Iterator[Cell]:
        times = {was.environment: was for was in counted.was}
        for name in dict.fromkeys([*times, *counted.by_environment]):
            was = times.get(name)
            span = "" if was is None else show_age(was.active_s)
            live = (
                "" if was is None else f"was live for {span}" if was.until else f"live for {span}"
            )
            runs = counted.by_environment.get(name, RunSums())
            yield ((f"{name:<10} ", "strong"), (f"{live:<18}", "plain"), *_runs(runs))

    def _changes(self, look: Look) -> Iterator[Cell]:
        compared, found = self.compared, self.found
        if compared is None:
            yield (
                "nothing before it to compare with; space on another version marks a base",
                "dim",
            )
            return
        arrow = look.glyph("→", "->")
        title = f"DIFF {compared.before} {arrow} {compared.after}"
        if self.trouble:
            yield (title, "strong")
            yield (self.trouble, "bad")
            return
        yield ((title, "strong"), (f"  {files_words(found)}" if found else "  reading …", "dim"))
        if found:
            yield from change_lines(found.comparison.changes, CHANGES)
            yield (total_words(found), "dim")


def _span(was: Was | None) -> str:
    """Return how long a version was live."""
    if was is None:
        return ""
    return f"{'was live' if was.until else 'live'} for {show_age(was.active_s)}"


def _runs(runs: RunSums) -> Iterator[Piece]:
    """Yield how the runs of a version ended in one place."""
    if not runs.runs:
        return
    number = f"{runs.ended:,} run{'' if runs.ended == 1 else 's'}"
    yield ok_cell(runs.ok)
    yield (f" of {number}" if runs.ended else "none has ended"), "plain"
    going = runs.runs - runs.ended
    yield (f", {going:,} under way" if going else ""), "live"
    cost = runs.usd_per_run
    yield (f", ${cost:.4f} a run" if cost is not None else ""), "plain"
