"""Process groups: ending one that is ours, and nobody else's."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from runner.boundary.surroundings import countdown
from runner.domain.errors import TransientError

RUN_MARKER = "AGENTCTL_RUN"
"""The environment variable by which a process group is recognised as one of a run."""
GRACE_S = 0.5
"""From SIGTERM to SIGKILL."""
KILL_WITHIN_S = 5.0
PROC = Path("/proc")


def end_process_group(group: int, run: str) -> None:
    """End what an earlier process of a run left alive; harmless when it is gone.

    The number may belong to somebody else by now. The group is ended only when one of its
    processes has AGENTCTL_RUN=<run> in its environment; as one group never mixes sessions, all of
    it is ours then. Where there is no /proc this cannot be known, and nothing is ended.

    Raises:
        TransientError: it lives on after SIGKILL.
    """
    marker = f"{RUN_MARKER}={run}".encode()
    members = _members(group)
    if not any(marker in _environ(pid) for pid in members):
        return
    end_group(group, lambda: not lives(group))
    if lives(group):
        raise TransientError(
            f"process group {group} of an earlier process of this run does not end",
            help=f"look at it with `ps -g {group}`; then try again",
        )


def end_group(group: int, gone: Callable[[], bool]) -> None:
    """SIGTERM, a short grace, SIGKILL; `gone` says whether that is enough."""
    _signal(group, signal.SIGTERM)
    if not _wait(gone, GRACE_S):
        _signal(group, signal.SIGKILL)
        _wait(gone, KILL_WITHIN_S)


def _signal(group: int, number: int) -> bool:
    """Send a signal to a group (0 only asks); False when nobody there can take it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def lives(group: int) -> bool:
    """Return whether a group has a living process.

    Zombies that no init reaps count as members for `kill`, but not here where there is a /proc.
    """
    return _signal(group, 0) and (not PROC.is_dir() or bool(_members(group)))


def _wait(gone: Callable[[], bool], within_s: float) -> bool:
    left_s = countdown(within_s)
    pause_s = 0.001
    while not gone():
        if left_s() <= 0:
            return False
        time.sleep(pause_s)  # noqa: TID251  boundary is the home of time
        pause_s = min(pause_s * 2, 0.02)
    return True


def _members(group: int) -> list[int]:
    """Return the living processes of a group; a zombie does not live."""
    if not PROC.is_dir():
        return []
    return [pid for pid in _pids() if _group_of(pid) == group]


def _pids() -> list[int]:
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal()]


def _group_of(pid: int) -> int | None:
    """Field 5 of /proc/PID/stat; the name in field 2 may hold spaces and brackets (proc(5))."""
    try:
        stat = (PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    state, _parent, group = stat.rpartition(b")")[2].split()[:3]
    return None if state in {b"Z", b"X"} else int(group)


def _environ(pid: int) -> list[bytes]:
    try:
        return (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []
