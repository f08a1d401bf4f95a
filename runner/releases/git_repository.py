"""One git repository, read through one `git cat-file`. The only home of GitPython.

GitPython wraps the processes and nothing else: its own references, trees and diffs read packed
references line by line, trust `git replace`, or start programs that a foreign repository names.
Nothing here does: replace objects, hooks, the file-system monitor, fetching and prompts are off,
and a user's text becomes an argument only after it was checked.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any

from runner.boundary.git_query import SHA_1, in_repository, names_of_objects
from runner.boundary.surroundings import forget_foreign_git
from runner.domain.errors import AgentctlError, IntegrityError, TransientError, UsageError
from runner.releases.git_failures import LOCAL_OBJECTS, no_git, told
from runner.releases.git_objects import (
    COMMIT_FORMAT,
    REF_FORMAT,
    Commit,
    Entry,
    Object,
    Ref,
    commits_in,
    entries_of,
    refs_in,
    tag_of,
)

SAFE = {
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    # One warning an object would fill the pipe that nobody reads.
    "core.warnAmbiguousRefs": "false",
}
READING = {
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    # A partial clone would fetch what is missing, by a program that its own config names.
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    # What a clone may tell of another history; no file can lie there, and git is silent then.
    "GIT_GRAFT_FILE": "/dev/null/none",
}
LARGEST_OBJECT = 4 << 20
CHUNK = 1 << 20
DEEPEST_TAG = 8
WITHIN_S = 30.0
DAMAGE = ("corrupt", "bad object", "inflate", "unable to unpack", "garbage")
OID = re.compile(r"[0-9a-f]{40}")


def is_readable(directory: Path) -> bool:
    """Return whether there are git and a repository here, with the names of objects that we read.

    Whether git will read it is another question, which `GitRepository` asks.
    """
    there = which("git") is not None and in_repository(directory)
    return there and names_of_objects(directory) == SHA_1


class GitRepository:
    """A repository, open for one thread. Close it: it holds a child process and three pipes.

    `directory` is where it was opened. `prefix` is the path of that directory inside the
    repository, with `/` at its end, and empty at the top.
    """

    def __init__(self, directory: Path) -> None:
        """Open the repository that a directory lies in.

        Raises:
            UsageError: no git, no repository, or one that git refuses; the message says which.
        """
        self.directory = directory.resolve()
        self._git = _process_wrapper(self.directory)
        said = self.ask(
            "rev_parse",
            "--is-bare-repository",
            "--is-shallow-repository",
            "--show-object-format",
            "--absolute-git-dir",
            "--show-prefix",
        ).split("\n")
        self.bare, self.shallow = said[0] == "true", said[1] == "true"
        self.git_dir = Path(said[3])
        self.prefix = said[4] if len(said) > 4 else ""
        if said[2] != SHA_1:
            raise UsageError(
                f"{directory}: a repository with {said[2]} names of objects cannot be read",
                help="agentctl reads repositories with SHA-1; version directories work in any",
            )

    def __enter__(self) -> "GitRepository":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child process."""
        self._git.clear_cache()

    def refs(self, *patterns: str) -> list[Ref]:
        """Return the references below full names such as `refs/tags/invoice-triage/`.

        A pattern is a whole name, the beginning of one up to a `/`, or has a `*` in it.
        """
        return refs_in(self.ask("for_each_ref", f"--format={REF_FORMAT}", *patterns))

    def tip(self, branch: str) -> str | None:
        """Return the commit that a local branch is at, None where there is no such branch."""
        name = f"refs/heads/{branch}"
        return next((ref.oid for ref in self.refs(name) if ref.name == name), None)

    def find(self, spec: str) -> Object | None:
        """Return the object that `<oid or full reference>[:path]` names, None where none is.

        Raises:
            UsageError: it is too large, or missing from an incomplete clone.
        """
        if "\n" in spec or "\0" in spec:
            return None
        try:
            oid, kind, size, stream = self._git.stream_object_data(spec)
        except (ValueError, OSError) as error:
            self._check_alive(error)
            return None
        if size <= LARGEST_OBJECT:
            return Object(oid.decode(), kind.decode(), stream.read())
        while stream.read(CHUNK):
            pass  # what is left in the pipe would be taken for the next answer
        raise UsageError(f"{spec} is {size:,} bytes; at most {LARGEST_OBJECT:,} are read")

    def peeled(self, found: Object) -> Object:
        """Return what a tag object comes to, through tags of tags; another object itself.

        Raises:
            UsageError: it leads to nothing, or through too many tags.
            IntegrityError: an object on the way is damaged.
        """
        for _ in range(DEEPEST_TAG):
            if found.kind != "tag":
                return found
            target = tag_of(found.data).target
            behind = self.find(target)
            if behind is None:
                raise self.lost(target, f"{self.directory}: behind tag {found.oid[:12]}")
            found = behind
        raise UsageError(f"{self.directory}: tag {found.oid[:12]} is a tag of too many tags")

    def lost(self, oid: str, shown: str) -> AgentctlError:
        """Return the error of an object that a tree names and `find` did not find.

        `shown` is what people call what it holds.
        """
        _status, _out, said = self._called("cat_file", "-t", oid)
        if any(word in said for word in DAMAGE):
            return _damaged(f"{shown}: the object {oid[:12]}", said)
        return UsageError(f"{shown}: the object {oid[:12]} is missing here", help=LOCAL_OBJECTS)

    def entries(self, tree: Object) -> Iterator[Entry]:
        """Yield the lines of a tree object, names as they are (undecodable bytes escaped)."""
        return entries_of(tree.data)

    def log(self, commit: str, path: str, most: int = 1000) -> list[Commit]:
        """Return the commits up to `commit` that touched a path, newest first.

        The path counts from the top of the repository. `commit` is an oid or a full reference.
        """
        options = (f"--format={COMMIT_FORMAT}", "--encoding=UTF-8", f"--max-count={most}")
        # As it is, not as a pattern: `:(literal,top)` takes the meaning from every character.
        text = self.ask("rev_list", *options, _named(commit), "--", f":(literal,top){path}")
        return commits_in(text)

    def is_ancestor(self, commit: str, of: str) -> bool:
        """Return whether one commit (oid or full reference) is another one or before it.

        Raises:
            UsageError: a shallow clone does not know.
        """
        if self.succeeds("merge_base", "--is-ancestor", _named(commit), _named(of)):
            return True
        if self.shallow:
            raise UsageError(
                f"{self.directory}: this clone is shallow, so nobody can tell what came before",
                help="git fetch --unshallow --tags",
            )
        return False

    @property
    def top(self) -> Path:
        """The top of the working tree; of a bare repository, its own directory."""
        return Path(self.git_dir if self.bare else self.ask("rev_parse", "--show-toplevel"))

    def ask(self, command: str, *words: str, **options: Any) -> str:
        """Return what a git command says; `command` is in GitPython's spelling.

        Raises:
            UsageError: it failed, in words of our own.
            TransientError: it did not end in time.
        """
        status, out, err = self._called(command, *words, **options)
        if status != 0:
            raise told(self.directory, command.replace("_", "-"), err)
        return out

    def succeeds(self, command: str, *words: str) -> bool:
        """Return whether a git command ends with exit code 0; 1 is a no.

        Raises:
            UsageError, TransientError: it ended with another code: that is no answer.
        """
        status, _out, err = self._called(command, *words)
        if status not in {0, 1}:
            raise told(self.directory, command.replace("_", "-"), err)
        return status == 0

    def verdict(self, settings: dict[str, str], command: str, *words: str) -> tuple[int, str]:
        """Return the exit code of a git command under further settings, and its stderr."""
        pinned = [f"{name}={value}" for name, value in settings.items()]
        self._git(c=pinned)  # for the next call alone
        status, _out, err = self._called(command, *words)
        return status, err

    def _called(self, command: str, *words: str, **options: Any) -> tuple[int, str, str]:
        from git.exc import GitCommandNotFound  # noqa: PLC0415  loads when git is asked

        call = getattr(self._git, command)
        try:
            status, out, err = call(
                *words,
                with_extended_output=True,
                with_exceptions=False,
                kill_after_timeout=WITHIN_S,
                **options,
            )
        except GitCommandNotFound as error:
            raise no_git() from error
        if status < 0:
            raise TransientError(
                f"{self.directory}: git {command.replace('_', '-')} was ended by signal {-status}",
                help=f"it may take {WITHIN_S:.0f} s at most",
            )
        return int(status), str(out), str(err)

    def _check_alive(self, error: Exception) -> None:
        """An object that is named and not there is one thing, a git that gave up is another."""
        if "could not be resolved" in str(error) or "missing" in str(error):
            return
        child = self._git.cat_file_all
        said = child.stderr.read().decode("utf-8", "replace") if _ended(child) else ""
        self.close()
        if any(word in said for word in DAMAGE):
            raise _damaged(f"{self.directory}: an object", said) from error
        raise told(self.directory, "cat-file", said) from error


def _named(commit: str) -> str:
    """Return an oid or a full reference as it is: anything else might be an option."""
    if not OID.fullmatch(commit) and not commit.startswith("refs/"):
        raise UsageError(f"{commit!r} is neither the name of an object nor a full reference")
    return commit


def _ended(child: Any) -> bool:
    """Return whether a child that gave no answer is ending, so that its stderr ends too."""
    return child is not None and child.proc is not None and child.proc.stderr is not None


def _damaged(what: str, said: str) -> IntegrityError:
    return IntegrityError(
        f"{what} is damaged: {said.strip().splitlines()[-1]}",
        help="`git fsck` says more; a fresh clone has what the server has",
    )


def _process_wrapper(directory: Path) -> Any:
    if which("git") is None:
        raise no_git()
    # GitPython looks for git when it is imported, and copies our environment at each call.
    forget_foreign_git()
    try:
        # From the package: it is not whole before, when two threads ask at the same moment.
        from git import Git  # noqa: PLC0415  0.13 s, and only for who asks git
    except ImportError as error:
        raise no_git() from error
    wrapper = Git()
    wrapper.update_environment(**READING)
    pinned = [f"{name}={value}" for name, value in SAFE.items()]
    # Not Git's own working directory: it falls back to ours where that one cannot be entered.
    wrapper.set_persistent_git_options(C=str(directory), c=pinned)
    return wrapper
