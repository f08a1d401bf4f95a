"""The files of an agent's versions: their digests, held against all that is known of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.app.project import AGENTS, Project
from runner.app.released.integrity import pointers_of, told_by
from runner.app.released.runs import Key
from runner.app.released.table import VersionRow, VersionTable
from runner.app.released.versions import reading_releases
from runner.domain.errors import AgentctlError, IntegrityError
from runner.domain.release import WORKTREE
from runner.domain.snapshot import Snapshot
from runner.releases.everywhere import Releases
from runner.releases.known import KnownDigest, check_known
from runner.releases.worktree import WorktreeStore

MOST_READ = 50
"""Releases whose files are read, the newest; those that are live or held are read as well."""


@dataclass(frozen=True)
class Content:
    """The files of a version: their digest, or why they cannot be had."""

    digest: str | None
    origin: str
    promised: tuple[KnownDigest, ...] = ()
    """What its tag says of it."""
    problem: str = ""


Where = tuple[str, str | None, str | None]
"""Version, tag and commit: what lies there stays as it is."""


@dataclass(frozen=True)
class Contents:
    """What was read."""

    found: Mapping[Where, Content]
    worktree: str = ""
    """How the worktree stands to the releases, for people."""

    @property
    def digests(self) -> dict[str, str]:
        """The digests of the files, by version."""
        return {where[0]: each.digest for where, each in self.found.items() if each.digest}


NONE_READ = Contents({})


def read_contents(project: Project, table: VersionTable, before: Contents) -> Contents:
    """Return what versions hold; what `before` has of tags is not read again.

    Raises:
        UsageError: git will not read the repository.
    """
    found: dict[Where, Content] = {}
    releases_of = [row for row in table.rows if row.released]
    with reading_releases(project) as (releases, _repository):
        for at, row in enumerate(releases_of):
            if at < MOST_READ or row.live or row.holds:
                kept = _kept(project, table.agent, row, before)
                found[where(row)] = kept or _content(releases, table.agent, row)
        contents = Contents(found)
        if table.row(WORKTREE) is None:
            return contents
        return Contents(found, _worktree(project, table, contents, releases))


def where(row: VersionRow) -> Where:
    """Return what a version's files are kept by."""
    return row.version, row.tag, row.commit


def problems(
    project: Project, table: VersionTable, contents: Contents, ran: Iterable[Key]
) -> dict[str, str]:
    """Return what is known against versions, by version: files that nobody promised, or none."""
    pointers, keys = pointers_of(project, table.agent), list(ran)
    found = {}
    for (version, _tag, _commit), content in contents.found.items():
        known = [*content.promised, *told_by(pointers, version)]
        known += [_ran(key) for key in keys if key.version == version]
        if problem := content.problem or _contradiction(table.agent, version, content, known):
            found[version] = problem
    return found


def _ran(key: Key) -> KnownDigest:
    return KnownDigest(key.digest, "the ledger: it ran here with")


def _contradiction(agent: str, version: str, content: Content, known: Iterable[KnownDigest]) -> str:
    assert content.digest is not None, "it has no problem"
    try:
        check_known(f"{agent}@{version}", KnownDigest(content.digest, content.origin), known)
    except IntegrityError as error:
        return error.message
    return ""


def _kept(project: Project, agent: str, row: VersionRow, before: Contents) -> Content | None:
    """Return what was read before; what lies in a directory may have changed since."""
    in_directory = (project.agents / agent / row.version).is_dir()
    return None if in_directory or not row.commit else before.found.get(where(row))


def _content(releases: Releases, agent: str, row: VersionRow) -> Content:
    try:
        found = releases.found(agent, row.version)
    except AgentctlError as error:
        return Content(None, releases.locate(agent, row.version), problem=error.message)
    return Content(found.snapshot.digest, found.origin, found.known)


def _worktree(project: Project, table: VersionTable, contents: Contents, releases: Releases) -> str:
    """Return which release the worktree is, or how many files differ from the newest one."""
    newest = next((row.version for row in table.rows if row.released), None)
    if newest is None:
        return "never released"
    try:
        snapshot = WorktreeStore(project.agents, AGENTS).load(table.agent, WORKTREE)
        same = [name for name, digest in contents.digests.items() if digest == snapshot.digest]
        if same:
            return f"same files as {same[0]}"
        count = _unlike(snapshot, releases.load(table.agent, newest))
    except AgentctlError as error:
        return error.message
    return f"{count} file{'' if count == 1 else 's'} unlike {newest}"


def _unlike(one: Snapshot, other: Snapshot) -> int:
    paths = {*one.files, *other.files}
    return sum(one.files.get(path) != other.files.get(path) for path in paths)
