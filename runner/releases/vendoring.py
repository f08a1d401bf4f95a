"""Writing a version directory: whole, or not at all."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.boundary.files import fsync_dir
from runner.domain.errors import UsageError
from runner.domain.snapshot import Snapshot


@contextmanager
def write_version(directory: Path, snapshot: Snapshot) -> Iterator[None]:
    """Write a version directory that appears, whole, when the block ends without an error.

    Raises:
        UsageError: it is there already, or cannot be written.
    """
    fresh = directory.with_name(f".{directory.name}.writing")
    if directory.exists():
        raise UsageError(f"{directory} is there already", help="a version never changes")
    try:
        with _reported(directory):
            shutil.rmtree(fresh, ignore_errors=True)  # what a crash left
            for path, data in snapshot.files.items():
                _write(fresh / path, data)
        yield
        with _reported(directory):
            fresh.rename(directory)
        fsync_dir(directory.parent)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


@contextmanager
def _reported(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"{directory} cannot be written: {error.strerror}",
            help="look at the permissions above it, and whether the disk is full",
        ) from error


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if data.startswith(b"#!"):
        path.chmod(0o755)
