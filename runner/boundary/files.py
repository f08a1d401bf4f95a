"""Files that are still there after a crash: whole writes, fsync of file and directory, locks.

Every OSError leaves as a StateError that says what could not be done, where, and what to do.
"""

import errno
import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from runner.domain.errors import StateError, TransientError

PRIVATE_FILE = 0o600
PRIVATE_DIRECTORY = 0o700
PROBE_S = 0.2
"""A reader's probe holds a lock for microseconds, so a writer tries for this long."""

HELP = {
    errno.ENOSPC: "free some space on this file system; nothing more was done",
    errno.EDQUOT: "the disk quota is used up; free some space; nothing more was done",
    errno.EROFS: "the file system is read-only; choose another directory with --state-dir",
    errno.EACCES: "this user may not write there; change its owner or choose another --state-dir",
    errno.EPERM: "this user may not write there; change its owner or choose another --state-dir",
    errno.EMFILE: "too many files are open in this process; raise `ulimit -n`",
    errno.ENFILE: "too many files are open on this machine",
    errno.ENOTDIR: "a part of this path is a file; move it away or choose another --state-dir",
    errno.EEXIST: "something else lies at this path; move it away or choose another --state-dir",
}


@contextmanager
def reported(action: str, path: Path) -> Iterator[None]:
    """Turn an OSError of the block into a StateError; `action` completes "cannot ..."."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        advice = HELP.get(error.errno or 0, "check the state directory and its disk")
        raise StateError(f"{path}: cannot {action}: {reason}", help=advice) from error


def make_private(directory: Path) -> None:
    """Make a directory and its missing parents, 0700, each on disk before this returns."""
    with reported("make the directory", directory):
        missing = []
        at = directory
        while not at.is_dir():
            missing.append(at)
            at = at.parent
        for path in reversed(missing):
            path.mkdir(mode=PRIVATE_DIRECTORY, exist_ok=True)
            fsync_dir(path.parent)


def open_append(path: Path, *, new: bool = False) -> int:
    """Return a descriptor for reading and appending; a new file is 0600 and must not exist."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    with reported("create the file" if new else "open the file", path):
        return os.open(path, flags | (os.O_CREAT | os.O_EXCL if new else 0), PRIVATE_FILE)


def append_line(fd: int, line: bytes, path: Path) -> None:
    """Write all bytes and wait until they are on disk; `path` is named in the error."""
    with reported("append", path):
        write_whole(fd, line)
        sync(fd)


def truncate(fd: int, size: int, path: Path) -> None:
    """Cut a file to so many bytes, on disk before this returns."""
    with reported("cut the torn end", path):
        os.ftruncate(fd, size)
        sync(fd)


def write_whole(fd: int, data: bytes) -> None:
    """Write all bytes; a short write, as signals and full disks make them, is continued."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


def sync(fd: int) -> None:
    """Wait until the file is on the disk itself (macOS needs F_FULLFSYNC for that)."""
    full = getattr(fcntl, "F_FULLFSYNC", None)
    if full is None:
        os.fsync(fd)
    else:
        fcntl.fcntl(fd, full)


def fsync_dir(directory: Path) -> None:
    """Wait until the entries of a directory are on disk."""
    with reported("flush the directory", directory):
        fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def write_atomically(path: Path, data: bytes, mode: int = PRIVATE_FILE) -> None:
    """Replace a file by another content: a reader, or a crash, meets the old or the new one."""
    with reported("write", path):
        fd, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(fd, "wb") as file:
                file.write(data)
                file.flush()
                sync(file.fileno())
            temporary.chmod(mode)
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
    fsync_dir(path.parent)


def try_lock_exclusive(fd: int, within_s: float = PROBE_S) -> bool:
    """Take the exclusive flock of a file within so many seconds; False when another holds it."""
    end = time.monotonic() + within_s  # noqa: TID251  boundary is the home of time
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:  # noqa: TID251  boundary is the home of time
                return False
            time.sleep(0.005)  # noqa: TID251  boundary is the home of time
        else:
            return True


def lock_exclusive(fd: int, path: Path, within_s: float = 30.0) -> None:
    """Take the exclusive flock of a file that is held for moments only.

    Raises:
        TransientError: another process held it for the whole time.
    """
    with reported("lock", path):
        taken = try_lock_exclusive(fd, within_s)
    if not taken:
        raise TransientError(
            f"{path}: another process has held the lock for {within_s:.0f} s",
            help="try again; `fuser` on this file names the process",
        )


def alive(path: Path) -> bool:
    """Return whether somebody holds the exclusive lock of a file; a missing file is nobody's."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError as error:
        advice = HELP.get(error.errno or 0, "check the state directory and its disk")
        raise StateError(f"{path}: cannot open the file: {error.strerror}", help=advice) from error
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False
