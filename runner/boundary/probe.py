"""Looking without touching: is a server there, which git is this, how full is the disk?"""

import os
import shutil
import socket
import subprocess  # noqa: TID251  boundary is the home of processes
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from runner.boundary.egress import Egress, show_place
from runner.boundary.exchange import HttpError
from runner.boundary.surroundings import countdown

T = TypeVar("T")
MOST_THREADS = 32
VERSION_WITHIN_S = 5.0


def connect(egress: Egress, host: str, port: int, within_s: float) -> str:
    """Look a host up, open one TCP connection, close it, and return the address that answered.

    Raises:
        HttpError: not allowed, unknown name, or nobody answers within `within_s`.
    """
    left_s = countdown(within_s)
    reason = "no time was left"
    for address in egress.addresses(host, port, within_s):
        try:
            with socket.create_connection((address, port), max(left_s(), 0.001)):
                return address
        except TimeoutError:
            reason = f"no answer within {within_s:.0f} s"
        except OSError as error:
            reason = error.strerror or str(error)
    place = show_place(host, port)
    raise HttpError(
        "connection",
        f"no connection to {place}: {reason}",
        sent=False,
        help="check that the service runs and that its address is right",
    )


def side_by_side(tasks: Sequence[Callable[[], T]], within_s: float) -> list[T | None]:
    """Return what each task gives, in their order; None for one that is not done in time.

    The tasks run in threads that nobody waits for at the end. A task must not raise.
    """
    waiting: SimpleQueue[int] = SimpleQueue()
    done: SimpleQueue[tuple[int, T]] = SimpleQueue()
    for number in range(len(tasks)):
        waiting.put(number)
    for _ in range(min(len(tasks), MOST_THREADS)):
        Thread(target=_work, args=(tasks, waiting, done), daemon=True).start()
    found: dict[int, T] = {}
    left_s = countdown(within_s)
    while len(found) < len(tasks):
        try:
            number, result = done.get(timeout=left_s())
        except Empty:
            break
        found[number] = result
    return [found.get(number) for number in range(len(tasks))]


def git_version() -> tuple[str, str] | None:
    """Return git's path and version, None where there is no git that answers."""
    git = shutil.which("git")
    if git is None:
        return None
    try:
        answer = subprocess.run(  # noqa: S603  one fixed word, no shell
            [git, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=VERSION_WITHIN_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return git, answer.stdout.decode("utf-8", "replace").removeprefix("git version").strip()


def writable(directory: Path) -> bool:
    """Return whether this user may make files in a directory, or make it where it is missing."""
    at = nearest(directory)
    return at.is_dir() and os.access(at, os.W_OK | os.X_OK)


def free_bytes(directory: Path) -> int:
    """Return the bytes that are free for this user where a directory lies, or will lie."""
    return shutil.disk_usage(nearest(directory)).free


def nearest(path: Path) -> Path:
    """Return the path, or the nearest existing one above it."""
    return next((at for at in (path, *path.parents) if os.access(at, os.F_OK)), path)


def _work(
    tasks: Sequence[Callable[[], T]],
    waiting: "SimpleQueue[int]",
    done: "SimpleQueue[tuple[int, T]]",
) -> None:
    while True:
        try:
            number = waiting.get_nowait()
        except Empty:
            return
        done.put((number, tasks[number]()))
