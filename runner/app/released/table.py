"""Every version of an agent with where it is live and where it is held: what one git call tells.

What has to be read or counted for it (files, histories, the ledger) is in
runner.app.released.statistics, since it takes longer.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from runner.app.moves.ground import Book, pointer_book, settings_of
from runner.app.pointers import Standing, standing_in
from runner.app.project import AGENTS, Project, open_project
from runner.app.released.summaries import summaries
from runner.app.released.versions import agent_names, current_of, is_original, reading_releases
from runner.app.repository import held_open, unread_note
from runner.boundary.bare import is_bare
from runner.domain.diagnostics import ConfigError
from runner.domain.environment import Pointer
from runner.domain.errors import AgentctlError
from runner.domain.ports import Clock
from runner.domain.release import WORKTREE, Version
from runner.releases.git_pointers import GitPointers
from runner.releases.reading import check_agent_known
from runner.releases.worktree import WorktreeStore

Hide = Callable[[Any], Any]


@dataclass(frozen=True)
class HoldMark:
    """A hold that names a version."""

    environment: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Live:
    """The pointer of one environment; `version` is None where it cannot be read."""

    environment: str
    version: str | None
    digest: str | None = None
    protected: bool = False
    note: str = ""
    """What a person should know: why it cannot be read, or that something else stands on disk."""


@dataclass(frozen=True)
class VersionRow:
    """One version, or the worktree."""

    version: str
    commit: str | None = None
    tag: str | None = None
    created: datetime | None = None
    by: str = ""
    """Who made the tag, `Name <address>`."""
    signature: str | None = None
    digest: str | None = None
    """As it is promised by the tag or a pointer; None where only reading the files tells."""
    summary: str = ""
    """What the message of its tag says first, on one line."""
    live: tuple[str, ...] = ()
    """Environments whose pointer names it."""
    holds: tuple[HoldMark, ...] = ()
    current: bool = False
    """Whether `current` of the original layout names it."""

    @property
    def released(self) -> bool:
        """False for the worktree, which is never a release."""
        return self.version != WORKTREE

    @property
    def name(self) -> str:
        """Who made it, without the address."""
        return self.by.partition(" <")[0]


@dataclass(frozen=True)
class VersionTable:
    """The worktree, where there is one, and the releases of an agent, newest first."""

    agent: str
    rows: tuple[VersionRow, ...]
    lives: tuple[Live, ...]
    """Every environment where the agent has a pointer."""
    environments: tuple[str, ...]
    """Every environment there is."""
    pointers: Mapping[str, Pointer]
    """Those pointers that can be read, by environment."""
    notes: tuple[str, ...]
    """What a person should know of it."""
    now: datetime

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each version stands among the rows."""
        return {row.version: at for at, row in enumerate(self.rows)}

    def row(self, version: str) -> VersionRow | None:
        """Return the row of a version; None when there is none."""
        at = self.places.get(version)
        return None if at is None else self.rows[at]

    def before(self, version: str) -> VersionRow | None:
        """Return the row that is next older; None of the oldest, and of an unknown version."""
        at = self.places.get(version, len(self.rows)) + 1
        return self.rows[at] if at < len(self.rows) else None

    def live_in(self, environment: str) -> Live | None:
        """Return the pointer of an environment; None where it has none."""
        return next((live for live in self.lives if live.environment == environment), None)

    @property
    def released(self) -> int:
        """How many releases there are."""
        return sum(row.released for row in self.rows)


def list_table(root: Path | None, state: Path | None, agent: str, clock: Clock) -> VersionTable:
    """Return an agent's versions as git and the pointers list them: no file of them is read.

    Raises:
        UsageError: there is no such agent, or git will not read the repository.
        ConfigError: agentctl.yaml has problems, committed and on disk: it names the branch.
    """
    project = open_project(root, state)
    with held_open(project):
        names = agent_names(project)
        with reading_releases(project) as (releases, repository):
            known = releases.versions(agent)
            if not known:
                check_agent_known(names, agent, project.agents)
            said = summaries(project, repository, agent)
        with pointer_book(project, clock, git_may_fail=True) as book:
            environments, trouble = environments_of(project, book)
            standings = {name: _standing(project, book, name, agent) for name in environments}
    current = current_of(project, agent)
    rows = [_row(version, said, current) for version in reversed(known)]
    if has_worktree(project, agent):
        rows.insert(0, VersionRow(WORKTREE))
    pointers = {name: s.pointer for name, s in standings.items() if isinstance(s, Standing)}
    return VersionTable(
        agent,
        placed(rows, pointers),
        tuple(found for name, each in standings.items() if (found := _live(name, each))),
        environments,
        pointers,
        tuple(filter(None, [unread_note(project), trouble])),
        clock.now(),
    )


def list_agents(root: Path | None, state: Path | None) -> list[str]:
    """Return the agents that have versions: with a directory, or with tags alone; sorted.

    Raises:
        UsageError: there is no project here, or git will not read the repository.
    """
    project = open_project(root, state)
    with held_open(project), reading_releases(project) as (releases, _repository):
        return sorted({*agent_names(project), *releases.tagged_agents()})


def hidden(table: VersionTable, hide: Hide) -> VersionTable:
    """Return the table with what people wrote in it hidden where a pattern matches."""
    return replace(
        table,
        rows=tuple(_hidden(row, hide) for row in table.rows),
        lives=tuple(replace(live, note=hide(live.note)) for live in table.lives),
        notes=tuple(hide(note) for note in table.notes),
    )


def _hidden(row: VersionRow, hide: Hide) -> VersionRow:
    holds = tuple(replace(hold, reason=hide(hold.reason), by=hide(hold.by)) for hold in row.holds)
    return replace(row, by=hide(row.by), summary=hide(row.summary), holds=holds)


def environments_of(project: Project, book: Book) -> tuple[tuple[str, ...], str]:
    """Return the names of all environments, and what is wrong with agentctl.yaml, if anything.

    They are those that are declared, else those where pointers lie.
    """
    declared: tuple[str, ...] = ()
    trouble = ""
    try:
        declared = tuple(settings_of(project, book).environments)
    except ConfigError as error:
        trouble = error.message
    return declared or tuple(sorted({name for name, _agent in book.places()})), trouble


def has_worktree(project: Project, agent: str) -> bool:
    """Return whether the agent's directory is there to be edited."""
    if is_bare(project.root) or is_original(project, agent):
        return False
    return bool(WorktreeStore(project.agents, AGENTS).versions(agent))


def _standing(
    project: Project, book: Book, environment: str, agent: str
) -> Standing | AgentctlError | None:
    try:
        committed = book if isinstance(book, GitPointers) else None
        return standing_in(project, committed, environment, agent)
    except AgentctlError as error:
        return error


def _live(environment: str, found: Standing | AgentctlError | None) -> Live | None:
    if found is None:
        return None
    if isinstance(found, AgentctlError):
        return Live(environment, None, note=found.message)
    pointer, rules = found.pointer, found.rules
    protected = bool(rules and rules.protected)
    return Live(environment, pointer.version, pointer.digest, protected, found.note)


def _row(version: Version, said: Mapping[str, str], current: str | None) -> VersionRow:
    return VersionRow(
        version=version.version,
        commit=version.commit,
        tag=version.tag,
        created=version.created,
        by=version.by,
        signature=version.signature,
        digest=version.digest,
        summary=said.get(version.version, ""),
        current=version.version == current,
    )


def placed(rows: Iterable[VersionRow], pointers: Mapping[str, Pointer]) -> tuple[VersionRow, ...]:
    """Return the rows with where each is live and where it is held, the latter by its digest."""
    return tuple(_placed(row, pointers) for row in rows)


def _placed(row: VersionRow, pointers: Mapping[str, Pointer]) -> VersionRow:
    digest = row.digest or _promised(pointers.values(), row.version)
    live = tuple(name for name, pointer in pointers.items() if pointer.version == row.version)
    holds = tuple(
        HoldMark(name, hold.reason, hold.by, hold.at)
        for name, pointer in pointers.items()
        if (hold := pointer.hold) and any(each.digest == digest for each in hold.blocked)
    )
    return replace(row, digest=digest, live=live, holds=holds)


def _promised(pointers: Iterable[Pointer], version: str) -> str | None:
    """Return the digest of a version that a pointer or a hold tells."""
    for pointer in pointers:
        if pointer.version == version and pointer.digest:
            return pointer.digest
        for blocked in pointer.hold.blocked if pointer.hold else ():
            if blocked.version == version:
                return blocked.digest
    return None
