"""Pointers in git: committed files, read at the tip of one branch, never from the working copy."""

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from runner.domain.diagnostics import ConfigError
from runner.domain.errors import AgentctlError, UsageError
from runner.domain.pointing import (
    ENVIRONMENTS,
    NOT_PUSHED,
    Move,
    Placed,
    ReadPointer,
    WriteOptions,
    Written,
    places_in,
    pointer_path,
)
from runner.releases.git_blobs import blob_at
from runner.releases.git_objects import COMMIT_FORMAT, Commit, commits_in
from runner.releases.git_repository import GitRepository

if TYPE_CHECKING:
    from runner.domain.ports import Clock
    from runner.releases.git_writing import GitWriting

SETTINGS = "agentctl.yaml"
REMOTE = "refs/remotes/origin/"
MOST = 10_000
TREE = "40000"


class Branch(NamedTuple):
    """The branch that holds the pointers, and the commit that is read."""

    name: str | None
    """None in a repository whose HEAD is detached, when nothing names a branch."""
    commit: str | None
    """None before the first commit."""
    local: bool = True
    """False when only the server's branch is known here."""


class GitPointers:
    """The pointers of one repository, as one commit has them.

    Everything is read from the commit that the branch was at when it was first asked, until
    `replace` moves it: so pointers and `settings` fit together.
    """

    def __init__(
        self,
        repository: GitRepository,
        read: ReadPointer,
        clock: "Clock",
        branch: str | None = None,
    ) -> None:
        """`branch` is agentctl.yaml's `default_branch`. Unset, it is the one that origin/HEAD
        names, else main, else master, else the one that is checked out.
        """
        self._repository = repository
        self._read = read
        self._clock = clock
        self._named = branch

    @property
    def whole(self) -> bool:
        """Whether the history is all there; a shallow clone knows its end alone."""
        return not self._repository.shallow

    @cached_property
    def branch(self) -> Branch:
        """The branch that holds the pointers.

        Raises:
            UsageError: `default_branch` names one that is not there.
        """
        if self._named:
            return self._at(self._named, required=True)
        return self._guessed()

    def who(self) -> str:
        """Return who would make a move, `Name <address>`.

        Raises:
            UsageError: git does not know.
        """
        with self._writing() as git:
            return git.who()

    def settings(self) -> bytes | None:
        """Return agentctl.yaml from the commit that the pointers are read from."""
        commit = self.branch.commit
        found = blob_at(self._repository, commit, self._path(SETTINGS)) if commit else None
        return found.data if found else None

    def read(self, environment: str, agent: str) -> Placed | None:
        """Return the pointer, None where there is none.

        Raises:
            ConfigError: it cannot be read.
        """
        commit, path = self.branch.commit, self._path(pointer_path(environment, agent))
        found = blob_at(self._repository, commit, path) if commit else None
        if commit is None or found is None:
            return None
        source = self._source(commit, path)
        return Placed(self._read(found.data, source), found.oid, source, commit)

    def places(self) -> list[tuple[str, str]]:
        """Return environment and agent of every pointer that is there, sorted."""
        commit, root = self.branch.commit, self._path(ENVIRONMENTS)
        if commit is None:
            return []
        directories = [name for name, mode in self._listed(f"{commit}:{root}") if mode == TREE]
        return places_in(
            f"{above}/{name}"
            for above in directories
            for name, mode in self._listed(f"{commit}:{root}/{above}")
            if mode != TREE
        )

    def moves(self, environment: str, agent: str) -> list[Move]:
        """Return the commits of the branch that changed the pointer, newest first.

        A merge counts as one: what was pointed at on the branch that it brought was never live.
        """
        commit, path = self.branch.commit, self._path(pointer_path(environment, agent))
        if commit is None:
            return []
        options = ("--first-parent", f"--format={COMMIT_FORMAT}", "--encoding=UTF-8")
        words = (*options, f"--max-count={MOST}", commit, "--", f":(literal,top){path}")
        text = self._repository.ask("rev_list", *words)
        return [self._moved(each, path) for each in commits_in(text)]

    def replace(
        self,
        environment: str,
        agent: str,
        expected: str | None,
        content: bytes,
        message: str,
        options: WriteOptions = NOT_PUSHED,
    ) -> Written:
        """Make one commit that touches the pointer's file alone.

        `expected` is the token that `read` gave, None for no pointer yet. The branch moves with a
        compare-and-swap; where it is checked out, index and file of this one path move with it.

        Raises:
            StalePlanError: the pointer changed since.
            UsageError: the path has changes, HEAD is detached, nobody said who commits, ...
            RefusedError: the server does not take the push.
            TransientError: git is busy, or the server cannot be reached.
        """
        from runner.releases.git_moving import Change, land  # noqa: PLC0415  readers move nothing

        path = self._path(pointer_path(environment, agent))
        change = Change(path, expected, content, message)
        name = self._writable(beside=bool(options.branch))
        try:
            with self._writing() as git:
                return land(git, name, change, options)
        finally:
            del self.branch  # whatever happened, the next look is at the branch as it is now

    def _writing(self) -> "GitWriting":
        from runner.releases.git_writing import GitWriting  # noqa: PLC0415  as above

        return GitWriting(self._repository.directory, self._clock)

    def _writable(self, *, beside: bool) -> str:
        """Return the branch to move; a guess is not enough where no branch is checked out."""
        branch = self.branch
        guessed = not self._named and not beside
        if branch.name is None or (guessed and self._head() is None):
            raise UsageError(
                f"{self._repository.directory}: HEAD is detached, and no branch is named",
                help="git switch BRANCH, or set `default_branch` in agentctl.yaml",
            )
        return branch.name

    def _listed(self, spec: str) -> list[tuple[str, str]]:
        tree = self._repository.find(spec)
        if tree is None or tree.kind != "tree":
            return []
        return [(entry.name, entry.mode) for entry in self._repository.entries(tree)]

    def _moved(self, commit: Commit, path: str) -> Move:
        by = f"{commit.by} <{commit.email}>"
        reason = f"{commit.subject}\n\n{commit.body}".strip()
        pointer, why = None, "the pointer was removed"
        try:
            found = blob_at(self._repository, commit.oid, path)
            if found is not None:
                pointer, why = self._read(found.data, self._source(commit.oid, path)), ""
        except ConfigError as error:
            why = "; ".join(problem.message for problem in error.diagnostics)
        except AgentctlError as error:
            why = error.message
        return Move(commit.at, by, reason, commit.oid, pointer, why)

    def _guessed(self) -> Branch:
        head = self._head()
        for name in filter(None, (self._origin_head(), "main", "master", head)):
            found = self._at(name, required=False)
            if found.commit:
                return found
        if head:
            return Branch(head, None)
        detached = self._repository.find("HEAD")
        return Branch(None, detached.oid if detached else None)

    def _at(self, name: str, *, required: bool) -> Branch:
        repository = self._repository
        if tip := repository.tip(name):
            return Branch(name, tip)
        full = REMOTE + name
        tip = next((ref.oid for ref in repository.refs(full) if ref.name == full), None)
        if required and tip is None:
            raise UsageError(
                f"{repository.directory}: there is no branch {name}",
                help="agentctl.yaml names it as `default_branch`; fetch it, or name another",
            )
        return Branch(name, tip, local=False)

    def _origin_head(self) -> str:
        said = self._repository.ask("for_each_ref", "--format=%(symref)", f"{REMOTE}HEAD")
        return said.removeprefix(REMOTE)

    def _head(self) -> str | None:
        """Return the branch that HEAD is on, None when it is detached."""
        return self._repository.ask("branch", "--show-current") or None

    def _path(self, path: str) -> str:
        return self._repository.prefix + path

    def _source(self, commit: str, path: str) -> str:
        name = self.branch.name
        return f"{name}@{commit[:12]}:{path}" if name else f"{commit[:12]}:{path}"
