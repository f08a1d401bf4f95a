"""Files of a snapshot on disk, for the programs that tools start: once, read-only, re-hashed."""

import os
import shutil
import tempfile
from pathlib import Path

from runner.boundary.files import make_private, reported, sync, write_whole
from runner.domain.errors import IntegrityError
from runner.domain.snapshot import Snapshot
from runner.releases.known import KnownDigest, check_known

PROGRAM = b"#!"
SAFE_NAME = str.maketrans({":": "-", "+": "-", "/": "_", "=": None})


def materialise(snapshot: Snapshot, cache_root: Path) -> Path:
    """Return the directory that holds exactly the files of the snapshot.

    Files are 0444 (0555 when they start with `#!`), directories 0555. The directory is written
    once, and its content is checked at every call; processes may race.

    Raises:
        IntegrityError: a file there was changed, is missing, or was added.
        StateError: it cannot be written.
    """
    target = cache_root / snapshot.digest.translate(SAFE_NAME)
    if not target.exists():
        make_private(cache_root)
        with reported("write the files of a release", target):
            _write(snapshot, cache_root, target)
    with reported("read", target):
        _check(snapshot, target)
    return target


def materialised(digest: str, cache_root: Path) -> Snapshot | None:
    """Return the snapshot of a digest from the cache, or None when it was never written there.

    Raises:
        IntegrityError: the files there are not those of the digest.
    """
    target = cache_root / digest.translate(SAFE_NAME)
    if not target.is_dir():
        return None
    with reported("read", target):
        files = [path for path in _entries(target) if path.is_file()]
        found = Snapshot({path.relative_to(target).as_posix(): path.read_bytes() for path in files})
    known = KnownDigest(digest, "the run began with")
    check_known(target.name, KnownDigest(_digest(found), f"the files in {target}"), [known])
    return found


def _digest(found: Snapshot) -> str:
    try:
        return found.digest
    except ValueError as error:
        return f"none: {error}"


def _write(snapshot: Snapshot, cache_root: Path, target: Path) -> None:
    temporary = Path(tempfile.mkdtemp(prefix=".writing-", dir=cache_root))
    try:
        for path, data in snapshot.files.items():
            _write_file(temporary / path, data)
        for directory, _names, _files in os.walk(temporary, topdown=False):
            Path(directory).chmod(0o555)
        temporary.rename(target)
    except OSError:
        _remove(temporary)
        if not target.is_dir():  # else another process was faster; `_check` looks at its work
            raise


def _write_file(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = 0o555 if data.startswith(PROGRAM) else 0o444
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        write_whole(fd, data)
        os.fchmod(fd, mode)
        sync(fd)
    finally:
        os.close(fd)


def _remove(directory: Path) -> None:
    for at, _names, _files in os.walk(directory):
        Path(at).chmod(0o700)
    shutil.rmtree(directory, ignore_errors=True)


def _check(snapshot: Snapshot, target: Path) -> None:
    found = {path.relative_to(target).as_posix(): path for path in _entries(target)}
    for name in sorted(found.keys() | snapshot.files.keys()):
        if name not in found:
            raise _damaged(target, name, "is missing")
        if name not in snapshot.files:
            raise _damaged(target, name, "does not belong there")
        if not _same(found[name], snapshot.files[name]):
            raise _damaged(target, name, "was changed")


def _entries(target: Path) -> list[Path]:
    return [
        Path(directory) / name
        for directory, names, files in os.walk(target)
        for name in [*files, *(n for n in names if (Path(directory) / n).is_symlink())]
    ]


def _same(path: Path, data: bytes) -> bool:
    if path.is_symlink() or not path.is_file() or path.stat().st_size != len(data):
        return False
    return path.read_bytes() == data


def _damaged(target: Path, name: str, what: str) -> IntegrityError:
    return IntegrityError(
        f"{target / name}: {what}; the cache is not the release any more",
        help=f"find out who changed it; then delete it: chmod -R u+w {target} && rm -r {target}",
    )
