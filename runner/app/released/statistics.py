"""What takes longer to know of an agent's versions: their files, their past, their runs.

A screen asks again whenever something changed. An answer is therefore made from the one before:
the ledger is read on from where it ended, and a tag's files are read once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from runner.app.moves.ground import pointer_book
from runner.app.project import Project, open_project
from runner.app.released.contents import NONE_READ, Contents, problems, read_contents
from runner.app.released.runs import NO_RUNS, Key, RunSums, RunTally, of_version, tally_runs
from runner.app.released.table import Hide, VersionTable, placed
from runner.app.repository import held_open
from runner.domain.ports import Clock
from runner.releases.git_pointers import GitPointers
from runner.rollout.good import Stretch, stretches

NOWHERE = "no environment"


@dataclass(frozen=True)
class Was:
    """The time that a version was live in one environment, all its times together."""

    environment: str
    active_s: float
    until: datetime | None
    """When the last one ended; None while it lasts."""


@dataclass(frozen=True)
class VersionStatistics:
    """What was counted for one version. Its runs are live ones of the ledger here."""

    runs: RunSums = NO_RUNS
    by_environment: Mapping[str, RunSums] = field(default_factory=dict)
    was: tuple[Was, ...] = ()
    problem: str = ""
    """What is known against it; empty when nothing is, or its files were not read."""
    note: str = ""
    """Of the worktree: how it stands to the releases."""


NOTHING = VersionStatistics()


@dataclass(frozen=True)
class Statistics:
    """What was counted for every version, and what the next count begins with."""

    rows: Mapping[str, VersionStatistics]
    tally: RunTally
    contents: Contents
    whole: bool = True
    """False in a shallow clone, which knows the end of the past alone."""

    def of(self, version: str) -> VersionStatistics:
        """Return what is known of a version."""
        return self.rows.get(version, NOTHING)


def read_statistics(
    root: Path | None,
    state: Path | None,
    table: VersionTable,
    clock: Clock,
    before: Statistics | None = None,
) -> Statistics:
    """Return what takes longer to know; `before` is an earlier answer for the same agent.

    Raises:
        UsageError: git will not read the repository.
        StateError: the ledger cannot be read.
    """
    project = open_project(root, state)
    tally = tally_runs(project.state, table.agent, before.tally if before else None)
    sums = tally.by_key()
    with held_open(project):
        contents = read_contents(project, table, before.contents if before else NONE_READ)
        against = problems(project, table, contents, sums)
        past, whole = _past(project, table, clock)
    rows = {}
    for row in table.rows:
        digest = contents.digests.get(row.version, row.digest) if row.released else None
        rows[row.version] = replace(
            _counted(sums, row.version, digest),
            was=tuple(past.get(digest or row.version, {}).values()),
            problem=against.get(row.version, ""),
            note="" if row.released else contents.worktree,
        )
    return Statistics(rows, tally, contents, whole)


def hidden_statistics(statistics: Statistics, hide: Hide) -> Statistics:
    """Return the same with what it says of files hidden where a pattern matches."""
    rows = {
        version: replace(row, problem=hide(row.problem), note=hide(row.note))
        for version, row in statistics.rows.items()
    }
    return replace(statistics, rows=rows)


def with_digests(table: VersionTable, statistics: Statistics) -> VersionTable:
    """Return the table with the digests that were read: holds of tags made by hand show then."""
    digests = statistics.contents.digests
    rows = (replace(row, digest=row.digest or digests.get(row.version)) for row in table.rows)
    return replace(table, rows=placed(rows, table.pointers))


def _counted(sums: Mapping[Key, RunSums], version: str, digest: str | None) -> VersionStatistics:
    places: dict[str, RunSums] = {}
    for key in of_version(sums, version, digest):
        name = key.environment or NOWHERE
        places[name] = places.get(name, NO_RUNS) + sums[key]
    return VersionStatistics(sum(places.values(), NO_RUNS), places)


def _past(
    project: Project, table: VersionTable, clock: Clock
) -> tuple[dict[str, dict[str, Was]], bool]:
    """Return the time that each digest, or `worktree`, was live, by environment."""
    found: dict[str, dict[str, Was]] = {}
    now = clock.now()
    with pointer_book(project, clock, git_may_fail=True) as book:
        for environment in table.environments:
            for stretch in stretches(book.moves(environment, table.agent)):
                if stretch.pointer is None:
                    continue
                own = found.setdefault(stretch.pointer.digest or stretch.pointer.version, {})
                own[environment] = _longer(own.get(environment), environment, stretch, now)
        return found, book.whole if isinstance(book, GitPointers) else True


def _longer(was: Was | None, environment: str, stretch: Stretch, now: datetime) -> Was:
    """Return a time with an older one added."""
    seconds = ((stretch.until or now) - stretch.since).total_seconds()
    if was is None:
        return Was(environment, max(seconds, 0.0), stretch.until)
    return replace(was, active_s=was.active_s + max(seconds, 0.0))
