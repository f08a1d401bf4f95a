"""The one question that reading a directory asks git: which files here are ignored?"""

import os
import re
import shutil
import subprocess  # noqa: TID251  boundary is the home of processes
from collections.abc import Callable
from pathlib import Path

from runner.boundary.bare import is_bare
from runner.boundary.surroundings import is_foreign_git
from runner.domain.errors import AgentctlError, TransientError, UsageError

WITHIN_S = 10.0
AT_ONCE_S = 1.0
"""How long a person waits for a TAB."""
OBJECT_FORMAT = re.compile(r"^\s*objectformat\s*=\s*\"?(\w+)", re.IGNORECASE | re.MULTILINE)
SHA_1 = "sha1"
NO_REPOSITORY = b"not a git repository (or any"
SAFE = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
"""Settings by which a foreign repository could otherwise make git start a program."""


def ignored_paths(directory: Path) -> Callable[[str], bool]:
    """Return a test for paths relative to the directory: is this file, or directory, ignored?

    Nothing is ignored without git or outside a repository.

    Raises:
        UsageError: there is a repository, but git will not read it.
        TransientError: git did not answer.
    """
    git = shutil.which("git")
    if git is None or repository_of(directory) is None:
        return lambda _path: False
    query = ("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")
    listed = _ask([git, "-C", str(directory), *SAFE, *query], directory)
    ignored = {os.fsdecode(path).removesuffix("/") for path in listed.split(b"\0") if path}
    return ignored.__contains__


def in_repository(directory: Path) -> bool:
    """Return whether a directory lies in a git repository, or is a bare one."""
    return repository_of(directory) is not None or is_bare(directory)


def repository_of(directory: Path) -> Path | None:
    """Return the top of the git repository that a directory lies in, None for none."""
    resolved = directory.resolve()
    return next((at for at in (resolved, *resolved.parents) if (at / ".git").exists()), None)


def tag_names(directory: Path, pattern: str) -> list[str]:
    """Return the names of tags that begin so, as `git for-each-ref` takes it; for completion.

    None at all where git cannot tell, or not at once.
    """
    git = shutil.which("git")
    if git is None or names_of_objects(directory) != SHA_1 or not in_repository(directory):
        return []
    query = ("for-each-ref", "--format=%(refname:lstrip=2)", f"refs/tags/{pattern}")
    try:
        listed = _ask([git, "-C", str(directory), *SAFE, *query], directory, AT_ONCE_S)
    except AgentctlError:
        return []
    return os.fsdecode(listed).split("\n")


def names_of_objects(directory: Path) -> str:
    """Return how the repository of a directory names objects: `sha1`, or what its config says."""
    top = repository_of(directory)
    found = OBJECT_FORMAT.search(_config(top / ".git") if top else "")
    return found[1].lower() if found else SHA_1


def _config(at: Path) -> str:
    """Return the config of a repository, also of one that a linked working tree is of."""
    try:
        if at.is_file():
            at = at.parent / at.read_text("utf-8", "replace").removeprefix("gitdir:").strip()
        if (common := at / "commondir").is_file():
            at = at / common.read_text("utf-8", "replace").strip()
        return (at / "config").read_text("utf-8", "replace")
    except OSError:
        return ""


def _ask(argv: list[str], directory: Path, within_s: float = WITHIN_S) -> bytes:
    try:
        answer = subprocess.run(  # noqa: S603  fixed words and a path after -C, no shell
            argv,
            env=git_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=within_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TransientError(
            f"{directory}: git did not answer in {within_s:.0f} s",
            help="try again; `git status` there shows what it waits for",
        ) from error
    if answer.returncode != 0 and NO_REPOSITORY not in answer.stderr:
        raise _refused(directory, answer.stderr.decode("utf-8", "replace").strip())
    return answer.stdout


def _refused(directory: Path, said: str) -> UsageError:
    if "dubious ownership" in said:
        return foreign_owner(directory)
    return UsageError(
        f"{directory}: git cannot say which files are ignored: {said}",
        help="mend the repository, or move the directory out of it",
    )


def foreign_owner(directory: Path) -> UsageError:
    """Return the error of a repository that git will not read because of who owns it."""
    # Git wants the path where the repository begins, and no other.
    top = repository_of(directory) or directory
    return UsageError(
        f"{directory}: the repository belongs to another user, and git will not read it",
        help=f"if you trust it: git config --global --add safe.directory {top}",
    )


def git_environment() -> dict[str, str]:
    """Return the environment that git is asked in: ours, without what would lead it elsewhere."""
    inherited = os.environ.items()  # noqa: TID251  boundary is the home of the environment
    env = {name: value for name, value in inherited if not is_foreign_git(name)}
    return env | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
