"""What git says when it fails, in our words: what is wrong, and what to do next."""

from pathlib import Path

from runner.boundary.git_query import foreign_owner
from runner.domain.errors import UsageError

LOCAL_OBJECTS = (
    "the clone is incomplete: `git fetch --refetch --no-filter --tags` brings everything, "
    "and so does a full clone"
)


def told(directory: Path, command: str, said: str) -> UsageError:
    """Return git's failure as an error of ours; `said` is what it wrote to stderr."""
    if "dubious ownership" in said:
        return foreign_owner(directory)
    if "not a git repository" in said:
        return UsageError(
            f"{directory} is in no git repository",
            help="`git init` makes one; version directories work without git",
        )
    if "promisor" in said or "not allowed" in said or "missing object" in said:
        return UsageError(
            f"{directory}: an object that git names is missing here (a partial clone?)",
            help=LOCAL_OBJECTS,
        )
    lines = said.strip().splitlines()
    # The first one says why; what follows it says what became of it.
    telling = [line for line in lines if line.startswith(("error:", "fatal:"))]
    reason = (telling or lines[-1:] or ["it gave no reason"])[0]
    return UsageError(
        f"{directory}: git {command} failed: {reason}", help=f"`git -C {directory} status` may help"
    )


def no_git() -> UsageError:
    """Return the error of a machine without git."""
    return UsageError(
        "git is not on PATH", help="install it, or keep releases in version directories"
    )
