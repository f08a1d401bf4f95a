"""A git repository that is written: commits of one file, references, fetches and pushes.

A commit is made beside the user's index and files, by plumbing. So `pre-commit`, `commit-msg` and
`post-commit` do not run: they look at what a person is about to commit, and this commit holds one
file that agentctl has checked. The hooks that guard what moves do run: `reference-transaction` in
this repository, `pre-push` before a push, and whatever the server has. `commit.gpgsign` is
honoured.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any, Self

from runner.domain.errors import UsageError
from runner.domain.ports import Clock
from runner.releases.git_blobs import FILE, blob_at
from runner.releases.git_failures import no_git, told
from runner.releases.git_repository import GitRepository

SAFE = {
    "core.fsmonitor": "false",
    "core.warnAmbiguousRefs": "false",
    "submodule.recurse": "false",
    "protocol.ext.allow": "never",
}
WITHIN_S = 30.0
NETWORK_S = 300.0
"""A push may run hooks of the user, and a server's."""
NOWHERE = "0" * 40
MOVED = re.compile(r"but expected|reference already exists|File exists|cannot lock ref")
CLASH = re.compile(r"'refs/heads/([^']+)' exists; cannot create")
CREDENTIALS = re.compile(r"://[^/\s@]*@")


class GitWriting(GitRepository):
    """A repository, open for one thread, with its user's hooks and identity."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        """Open the repository that a directory lies in; errors as GitRepository."""
        super().__init__(directory)
        self.clock = clock
        self._git.update_environment(GIT_ALLOW_PROTOCOL=None, GIT_NO_LAZY_FETCH=None)
        pinned = [f"{name}={value}" for name, value in SAFE.items()]
        self._git.set_persistent_git_options(C=str(self.directory), c=pinned)

    def __enter__(self) -> Self:
        return self

    def commit(self, base: str, path: str, data: bytes, message: str) -> str:
        """Return a new commit on top of `base` in which one file is another; nothing points to it.

        `path` counts from the top of the repository. A file keeps its mode.

        Raises:
            UsageError: nobody said who commits, or the commit could not be signed.
        """
        self.who()
        before = blob_at(self, base, path)
        oid = self.tell("hash_object", "-w", "--stdin", stdin=data)
        mode = before.mode if before else FILE
        with TemporaryDirectory(prefix="agentctl-") as scratch:
            env = {"GIT_INDEX_FILE": f"{scratch}/index"}
            self.tell("read_tree", base, env=env)
            cached = f"{mode},{oid},{path}"
            self.tell("update_index", "--add", "--cacheinfo", cached, env=env)
            tree = self.tell("write_tree", "--missing-ok", env=env)
        signed = ["-S"] if self.setting("commit.gpgsign", kind="bool") == "true" else []
        text = message.rstrip().encode() + b"\n"
        words = (*signed, "-p", base, "-F", "-", tree)
        date = f"@{int(self.clock.now().timestamp())} +0000"
        dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        # A key may wait for a person to touch it.
        status, out, err = self.run(
            "commit_tree", *words, stdin=text, env=dates, within_s=NETWORK_S
        )
        if status != 0:
            raise told(self.directory, "commit-tree", err)
        return out

    def who(self) -> str:
        """Return who commits here, `Name <address>`, as git's config or environment says.

        Raises:
            UsageError: they say nothing; an address that git guesses is nobody's.
        """
        for role in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
            self._git(c="user.useConfigOnly=true")  # for this call alone
            status, out, _err = self.run("var", role)
            if status != 0:
                raise UsageError(
                    f"{self.directory}: git does not know who commits",
                    help='git config user.name "Your Name"\n'
                    "      git config user.email you@example.com",
                )
        return out.rpartition("> ")[0] + ">"

    def move(self, ref: str, new: str, old: str, why: str) -> bool:
        """Let a full reference name `new` if it names `old`, NOWHERE for one that must not be.

        False when it names something else by now, or another process moves it at this moment.
        """
        words = ("-m", f"agentctl: {why}", ref, new, old)
        status, _out, err = self.run("update_ref", *words)
        if status == 0:
            return True
        if clash := CLASH.search(err):
            raise UsageError(
                f"{ref.removeprefix('refs/heads/')} cannot be a branch beside {clash[1]}",
                help="take another name: git keeps branches as files, and / as directories",
            )
        if MOVED.search(err):
            return False
        raise told(self.directory, "update-ref", plain_urls(err))

    def setting(self, name: str, kind: str | None = None) -> str:
        """Return a setting of git's config; empty where it is not set."""
        typed = [f"--type={kind}"] if kind else []
        status, out, _err = self.run("config", *typed, "--get", name)
        return out if status == 0 else ""

    def checked_out(self) -> dict[str, Path]:
        """Return the branches that a working tree is on, by full reference, and those trees."""
        found: dict[str, Path] = {}
        for block in self.tell("worktree", "list", "--porcelain").split("\n\n"):
            lines = dict(line.partition(" ")[::2] for line in block.split("\n"))
            if "branch" in lines and "prunable" not in lines:
                found[lines["branch"]] = Path(lines["worktree"])
        return found

    def rebased(self) -> set[str]:
        """Return the branches, by full reference, that a rebase in some working tree is about."""
        said = self.tell("rev_parse", "--path-format=absolute", "--git-common-dir")
        common = Path(said)
        trees = [common, *(common / "worktrees").glob("*")]
        files = [file for tree in trees for file in tree.glob("rebase-*/head-name")]
        return {file.read_text("utf-8", "replace").strip() for file in files}

    def tell(
        self, command: str, *words: str, stdin: bytes = b"", env: Mapping[str, str] | None = None
    ) -> str:
        """Return what a git command says; it must succeed.

        Raises:
            UsageError, TransientError: it failed, in words of our own.
        """
        status, out, err = self.run(command, *words, stdin=stdin, env=env)
        if status != 0:
            raise told(self.directory, command.replace("_", "-"), plain_urls(err))
        return out

    def run(
        self,
        command: str,
        *words: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        within_s: float = WITHIN_S,
    ) -> tuple[int, str, str]:
        """Return a git command's exit code, negative for a signal, its stdout and its stderr."""
        from git.exc import GitCommandNotFound  # noqa: PLC0415  loads when git is asked

        call: Any = getattr(self._git, command)
        with _input(stdin) as stream:
            try:
                status, out, err = call(
                    *words,
                    istream=stream,
                    env=env,
                    with_extended_output=True,
                    with_exceptions=False,
                    kill_after_timeout=within_s,
                )
            except GitCommandNotFound as error:
                raise no_git() from error
        return int(status), str(out), str(err)


def plain_urls(text: str) -> str:
    """Return a text of git's without the credentials that addresses in it may carry."""
    return CREDENTIALS.sub("://", text)


@contextmanager
def _input(data: bytes) -> Iterator[Any]:
    """Yield a file that reads as these bytes; GitPython hands a child nothing but a file."""
    with TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        yield file
