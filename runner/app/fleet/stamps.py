"""Has something changed? Answered by looking at a few files, without reading one."""

from collections.abc import Iterator
from pathlib import Path

from runner.app.project import AGENTS, SETTINGS_FILE, open_project
from runner.app.story.history import open_ledger
from runner.boundary.bare import is_bare
from runner.boundary.git_query import repository_of
from runner.domain.errors import AgentctlError

Stamp = tuple[int, int, int]
"""Of a file: inode, size, time of change in ns; zeros of one that is not there."""
GONE: Stamp = (0, 0, 0)


def stamps(root: Path | None, state: Path | None) -> tuple[Stamp, ...]:
    """Return what differs from before when runs, pointers, releases or settings have changed.

    A change that leaves inode, size and time alone is not seen; screens read again by themselves
    every few seconds.
    """
    try:
        project = open_project(root, state)
    except AgentctlError:
        return ()
    paths = [open_ledger(project).path, project.root / SETTINGS_FILE, project.agents]
    paths += _directories(project.root / AGENTS / "environments")
    paths += _of_git(project.root)
    return tuple(_stamp(path) for path in paths)


def _directories(directory: Path) -> Iterator[Path]:
    try:
        yield from sorted(path for path in directory.iterdir() if path.is_dir())
    except OSError:
        return


def _of_git(root: Path) -> Iterator[Path]:
    """A commit, a tag and a fetch each change one of these."""
    top = repository_of(root)
    directory = top / ".git" if top else root
    if not directory.is_dir() or not (top or is_bare(root)):
        return
    yield directory / "HEAD"
    yield directory / "packed-refs"
    for kind in ("refs/heads", "refs/tags", "refs/remotes/origin"):
        yield directory / kind
        yield from _directories(directory / kind)
    yield from (directory / "refs" / "heads" / name for name in ("main", "master"))


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return GONE
    return found.st_ino, found.st_size, found.st_mtime_ns
