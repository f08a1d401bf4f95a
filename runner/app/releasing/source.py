"""What would be released: an agent's files as HEAD has them, where nothing stands in the way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from shutil import which

from runner.app.project import AGENTS, Project
from runner.app.repository import committed_settings, default_branch
from runner.boundary.git_query import in_repository
from runner.config.load import check_snapshot
from runner.config.project import read_pointer
from runner.domain.agent import AgentSpec
from runner.domain.diagnostics import ConfigError, Diagnostic
from runner.domain.errors import GateError, UsageError
from runner.domain.release import WORKTREE
from runner.domain.snapshot import Snapshot
from runner.releases.git_failures import no_git
from runner.releases.git_listings import changed_paths, files_of, in_commit
from runner.releases.git_pointers import GitPointers
from runner.releases.git_writing import GitWriting
from runner.releases.worktree import WorktreeStore

MOST_NAMED = 10


@dataclass(frozen=True)
class Source:
    """Checked files that can be released, and the commit they lie in, None without git."""

    snapshot: Snapshot
    spec: AgentSpec
    warnings: int
    commit: str | None = None
    branch: str | None = None
    note: str = ""
    signed: bool = False
    """Whether an environment, as the branch declares it, takes signed releases alone."""


class FindingsError(GateError):
    """The agent has errors; all of them are told."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(diagnostics[0].message)
        self.diagnostics = tuple(diagnostics)


def has_git(project: Project) -> bool:
    """Return whether the project lies in a git repository.

    Raises:
        UsageError: it does, and git is not installed.
    """
    if not in_repository(project.root):
        return False
    if which("git") is None:
        raise no_git()
    return True


def committed(project: Project, git: GitWriting, agent: str) -> Source:
    """Return the agent as HEAD has it.

    Raises:
        GateError: its directory has changes, HEAD is elsewhere, or the files have errors.
        UsageError: a bare or shallow repository, or a detached HEAD.
    """
    if git.bare:
        raise UsageError(
            f"{git.directory} is a bare repository: nothing is checked out to be released",
            help="release in a clone that has a working tree",
        )
    if git.shallow:
        raise UsageError(
            f"{git.directory}: this clone is shallow: it lacks history, and releases of others",
            help="git fetch --unshallow --tags",
        )
    directory = f"{git.prefix}{AGENTS}/{agent}"
    _check_clean(git, agent, directory)
    commit, book = _head_on_branch(project, git)
    shown = f"{AGENTS}/{agent}"
    snapshot = _read(lambda: files_of(git, in_commit(git, commit, directory), shown))
    if not snapshot.files:
        raise GateError(f"{shown} is in no commit", help=f"git add {shown} && git commit")
    note = _compared(snapshot, _worktree(project, agent), shown)
    spec, warnings = checked(project, agent, snapshot)
    signed = any(rules.signed for rules in committed_settings(project, book).environments.values())
    return Source(snapshot, spec, warnings, commit, book.branch.name, note, signed)


def on_disk(project: Project, agent: str) -> Source:
    """Return the agent as it is on disk, for a release without git.

    Raises:
        GateError: the files have errors.
    """
    snapshot = _worktree(project, agent)
    spec, warnings = checked(project, agent, snapshot)
    return Source(snapshot, spec, warnings)


def checked(project: Project, agent: str, snapshot: Snapshot) -> tuple[AgentSpec, int]:
    """Return the spec that files make, and how many warnings they have.

    Raises:
        GateError: they have errors; it carries all of them.
    """
    shown = f"{AGENTS}/{agent}"
    found = check_snapshot(snapshot, agent=agent, origin=shown, prices=project.settings.prices)
    errors = [each for each in found.found if each.severity == "error"]
    if errors or found.spec is None:
        raise FindingsError(errors)
    return found.spec, len(found.found)


def _worktree(project: Project, agent: str) -> Snapshot:
    return _read(lambda: WorktreeStore(project.agents, AGENTS).load(agent, WORKTREE))


def _read(load: Callable[[], Snapshot]) -> Snapshot:
    try:
        return load()
    except ConfigError as error:
        raise FindingsError(error.diagnostics) from error


def _check_clean(git: GitWriting, agent: str, directory: str) -> None:
    changed = changed_paths(git, directory)
    if not changed:
        return
    named = [f"  {path}  ({what})" for path, what in changed[:MOST_NAMED]]
    if len(changed) > MOST_NAMED:
        named.append(f"  and {len(changed) - MOST_NAMED} more")
    number = "a change" if len(changed) == 1 else f"{len(changed)} changes"
    raise GateError(
        f"{agent} has {number} that no commit holds\n" + "\n".join(named),
        help=f"commit them, or take them back; only {AGENTS}/{agent} counts",
    )


def _head_on_branch(project: Project, git: GitWriting) -> tuple[str, GitPointers]:
    """Return the commit of HEAD, and what is on the branch that it is on, or behind."""
    if not git.succeeds("symbolic_ref", "--quiet", "HEAD"):
        raise UsageError("HEAD is detached: it is on no branch", help="git switch BRANCH")
    stated = default_branch(project, git)
    book = GitPointers(git, read_pointer, git.clock, stated)
    branch = book.branch
    head = git.find("HEAD")
    if head is None or branch.commit is None or branch.name is None:
        raise GateError("there is no commit yet", help=f"git add {AGENTS} && git commit")
    if not git.is_ancestor(head.oid, branch.commit):
        raise GateError(
            f"commit {head.oid[:12]} is not in {branch.name}, the branch that is released from",
            help=f"merge it first, then git switch {branch.name}",
        )
    return head.oid, book


def _compared(snapshot: Snapshot, worktree: Snapshot, shown: str) -> str:
    """Hold the commit against the files on disk, which git called the same.

    They may differ in line ends. Anything else is hidden from git, by `skip-worktree` or a filter,
    and was not what anybody looked at.
    """
    if snapshot.digest == worktree.digest:
        return ""
    other = [
        path
        for path in sorted({*snapshot.files, *worktree.files})
        if _lines(snapshot.files.get(path)) != _lines(worktree.files.get(path))
    ]
    if other:
        raise GateError(
            f"{shown}/{other[0]} on disk is not what the commit holds, and git says it is",
            help="git update-index --no-skip-worktree --no-assume-unchanged "
            f"{shown}/{other[0]}; a filter in .gitattributes does this as well",
        )
    return (
        "files on disk have other line ends than the commit, which is what is released; "
        f"`{AGENTS}/** text eol=lf` in .gitattributes keeps them the same"
    )


def _lines(data: bytes | None) -> bytes | None:
    return data.replace(b"\r\n", b"\n") if data is not None else None
