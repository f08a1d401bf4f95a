"""Does git ignore a path, whether or not it exists already?"""

import shutil
import subprocess  # noqa: TID251  boundary is the home of processes
from pathlib import Path

from runner.boundary.git_query import SAFE, WITHIN_S, git_environment, in_repository

IGNORED = 0


def ignores(directory: Path, path: Path) -> bool:
    """Return whether git ignores a directory at `path`; true where no repository could hold it."""
    git = shutil.which("git")
    if git is None or not in_repository(directory):
        return True
    try:
        answer = subprocess.run(  # noqa: S603  fixed words and paths, no shell
            [git, "-C", str(directory), *SAFE, "check-ignore", "--quiet", "--", f"{path}/"],
            env=git_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=WITHIN_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return answer.returncode == IGNORED
