"""A branch that is checked out moves: its commit, the index and the files, all or nothing.

git's own two-tree merge does the work in a copy of the index, under git's own lock: paths that both
commits share stay as they are, staged or not, to the byte. A path that differs and has changes of
the user's makes it stop before anything is touched.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from runner.domain.errors import TransientError, UsageError
from runner.domain.ports import Clock
from runner.releases.git_blobs import blob_at
from runner.releases.git_writing import GitWriting

TRIES = 100
PAUSE_S = 0.05
HIDDEN = "S"
"""What `ls-files -t` says of a file that a sparse checkout leaves out."""


class Checkout:
    """The index and the files of one working tree. Nobody else's git writes them meanwhile."""

    def __init__(self, git: GitWriting, index: Path, copy: Path) -> None:
        self._git = git
        self._index = index
        self._copy = copy
        self._env = {"GIT_INDEX_FILE": str(copy)}
        git.run("update_index", "-q", "--refresh", env=self._env)  # a failure says: some differ

    def check_clean(self, commit: str, path: str) -> None:
        """Raise UsageError when a path, in the index or on disk, is not as in a commit."""
        before = blob_at(self._git, commit, path)
        wanted = f"{before.mode} {before.oid} 0" if before else ""
        listed = self._git.tell(
            "ls_files", "-t", "--stage", "-z", "--", f":(literal,top){path}", env=self._env
        )
        tag, _, entry = listed.removesuffix("\0").partition(" ")
        if "\0" in entry or entry.partition("\t")[0] != wanted:
            raise _dirty(path, "has changes that are staged")
        if tag != HIDDEN:
            self._check_file(path, before.oid if before else None)

    def fits(self, old: str, new: str) -> None:
        """Raise UsageError when the working tree cannot go from one commit to another."""
        self._merge(old, new, "--dry-run")

    def follow(self, branch: str, step: tuple[str, str], why: str) -> bool:
        """Move a branch by one step, (from, to), and index and files with it.

        False when the branch was elsewhere by then; index and files are as before.
        """
        old, new = step
        self._merge(old, new)
        moved = False
        try:
            moved = self._git.move(f"refs/heads/{branch}", new, old, why)
        finally:
            # An interrupt may come after git moved the branch and before it could say so.
            if moved or self._git.tip(branch) == new:
                self._copy.replace(self._index)
            else:
                self._merge(new, old)
        return moved

    def _merge(self, old: str, new: str, *options: str) -> None:
        words = ("-m", "-u", *options, old, new)
        status, _out, err = self._git.run("read_tree", *words, env=self._env)
        if status != 0:
            raise _in_the_way(self._git.top, err)

    def _check_file(self, path: str, oid: str | None) -> None:
        file = self._git.top / path
        if not os.path.lexists(file):
            if oid is not None:
                raise _dirty(path, "was deleted, and no commit says so")
            return
        if oid is None:
            raise _dirty(path, "is there, and in no commit")
        regular = file.is_file() and not file.is_symlink()
        # git's own eyes: line ends and filters are as it would commit them.
        words = ("--path", path, str(file))
        if not regular or self._git.tell("hash_object", *words) != oid:
            raise _dirty(path, "has changes that are not committed")


@contextmanager
def checkout(git: GitWriting) -> Iterator[Checkout]:
    """Hold the index of the working tree that a repository was opened in.

    Raises:
        TransientError: another git process holds it.
        UsageError: this user may not write it.
    """
    index = Path(git.tell("rev_parse", "--path-format=absolute", "--git-path", "index"))
    lock = index.with_name(f"{index.name}.lock")
    _lock(lock, git.clock)
    try:
        with TemporaryDirectory(prefix="agentctl-", dir=index.parent) as scratch:
            copy = Path(scratch) / "index"
            if index.exists():
                shutil.copyfile(index, copy)
            yield Checkout(git, index, copy)
    finally:
        with suppress(OSError):
            lock.unlink()


def _lock(lock: Path, clock: Clock) -> None:
    """Make `index.lock` as git does, so that no git command writes the index meanwhile."""
    for _ in range(TRIES):
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o666))
        except FileExistsError:
            clock.sleep(PAUSE_S)
        except OSError as error:
            raise UsageError(
                f"{lock}: cannot lock the index: {error.strerror}",
                help="the branch is checked out here, and its index moves with it",
            ) from error
        else:
            return
    raise TransientError(
        f"{lock}: another git process holds the index",
        help="wait for it; when no git runs in this repository, remove the file",
    )


def _dirty(path: str, what: str) -> UsageError:
    return UsageError(
        f"{path} {what}; nothing was moved",
        help=f"commit it, or put it back: git restore --staged --worktree -- {path}",
    )


def _in_the_way(top: Path, said: str) -> UsageError:
    """Return why git cannot bring index and files along; it names the paths itself."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    named = [line.removeprefix("error: ") for line in lines if "hint:" not in line]
    return UsageError(
        f"{top}: changes that are not committed are in the way: {'; '.join(named[:5])}",
        help="commit or stash them; or give --branch NAME, which leaves this branch as it is",
    )
