"""Making a repository: the one thing that git does where none is yet."""

import shutil
import subprocess  # noqa: TID251  boundary is the home of processes
from pathlib import Path

from runner.boundary.git_query import WITHIN_S, git_environment
from runner.domain.errors import TransientError, UsageError


def make_repository(directory: Path) -> None:
    """Make a git repository in a directory.

    Raises:
        UsageError: git is not installed, or says no.
        TransientError: git did not answer.
    """
    git = shutil.which("git")
    if git is None:
        raise UsageError("git is not on PATH", help="install it; `agentctl new AGENT` needs none")
    try:
        answer = subprocess.run(  # noqa: S603  fixed words and a path, no shell
            [git, "init", "--quiet", "--", str(directory)],
            env=git_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=WITHIN_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TransientError(f"{directory}: git did not answer in {WITHIN_S:.0f} s") from error
    if answer.returncode != 0:
        said = answer.stderr.decode("utf-8", "replace").strip()
        raise UsageError(f"{directory}: git makes no repository here: {said}")
