"""The one question that reading a directory asks git: which files here are ignored?"""

import os
import shutil
import subprocess  # noqa: TID251  boundary is the home of processes
from collections.abc import Callable
from pathlib import Path

from runner.domain.errors import TransientError, UsageError

WITHIN_S = 10.0
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
    if git is None or not in_repository(directory):
        return lambda _path: False
    query = ("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")
    listed = _ask([git, "-C", str(directory), *SAFE, *query], directory)
    ignored = {os.fsdecode(path).removesuffix("/") for path in listed.split(b"\0") if path}
    return ignored.__contains__


def in_repository(directory: Path) -> bool:
    """Return whether a directory lies in a git repository."""
    return repository_of(directory) is not None


def repository_of(directory: Path) -> Path | None:
    """Return the top of the git repository that a directory lies in, None for none."""
    resolved = directory.resolve()
    return next((at for at in (resolved, *resolved.parents) if (at / ".git").exists()), None)


def _ask(argv: list[str], directory: Path) -> bytes:
    try:
        answer = subprocess.run(  # noqa: S603  fixed words and a path after -C, no shell
            argv,
            env=git_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=WITHIN_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TransientError(
            f"{directory}: git did not answer in {WITHIN_S:.0f} s",
            help="try again; `git status` there shows what it waits for",
        ) from error
    if answer.returncode != 0 and NO_REPOSITORY not in answer.stderr:
        said = answer.stderr.decode("utf-8", "replace").strip()
        raise UsageError(
            f"{directory}: git cannot say which files are ignored: {said}",
            help="mend the repository, or move the directory out of it",
        )
    return answer.stdout


def git_environment() -> dict[str, str]:
    """Return the environment that git is asked in: ours, without what would lead it elsewhere."""
    inherited = os.environ.items()  # noqa: TID251  boundary is the home of the environment
    env = {name: value for name, value in inherited if not name.startswith("GIT_")}
    return env | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
