"""Break-glass: a pointer that holds on this host alone, for a while.

One file for each environment and agent in the state directory, 0600. Whoever sets or ends one
tells it to the ledger (`override.set`, `override.ended`); here it is only kept.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from runner.boundary.files import PRIVATE_FILE, fsync_dir, make_private, reported, write_atomically
from runner.domain.errors import IntegrityError, RefusedError
from runner.domain.pointing import Override
from runner.domain.quantities import check_agent_name, check_environment_name

DIRECTORY = "overrides"
LARGEST = 1 << 18
OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


def set_override(state: Path, override: Override) -> Path:
    """Keep an override in place of any before it, and return its file.

    Raises:
        RefusedError: it names no release, or would have ended before it begins.
        StateError: it could not be written.
    """
    if override.pointer.digest is None:
        raise RefusedError(
            "an override names a release",
            help="the worktree runs as `AGENT@worktree`, without an override",
        )
    if override.until <= override.at:
        raise RefusedError("the override would end before it begins", help="give it a longer --ttl")
    path = _path(state, override.environment, override.agent)
    make_private(path.parent)
    write_atomically(path, override.model_dump_json(exclude_none=True).encode() + b"\n")
    return path


def read_override(state: Path, environment: str, agent: str, now: datetime) -> Override | None:
    """Return the override that holds now; None where there is none, or its time is over.

    Raises:
        IntegrityError: the file is damaged, another user's, or one that others may write.
    """
    found = _read(_path(state, environment, agent))
    return found if found and found.until > now else None


def overrides(state: Path, now: datetime) -> Iterator[Override]:
    """Yield every override that holds now, by environment and agent.

    Raises:
        IntegrityError: as `read_override`.
    """
    for path in sorted((state / DIRECTORY).glob("*/*.json")):
        found = _read(path)
        if found and found.until > now:
            yield found


def end_override(state: Path, environment: str, agent: str) -> Override | None:
    """Remove an override, and return what it was; None where there was none."""
    path = _path(state, environment, agent)
    found = _read(path)
    if found is not None:
        with reported("remove", path), suppress(FileNotFoundError):
            path.unlink()
        fsync_dir(path.parent)
    return found


def _path(state: Path, environment: str, agent: str) -> Path:
    names = check_environment_name(environment), check_agent_name(agent)
    return state / DIRECTORY / names[0] / f"{names[1]}.json"


def _read(path: Path) -> Override | None:
    data = _private_bytes(path)
    if data is None:
        return None
    try:
        found = Override.model_validate_json(data)
    except ValidationError as error:
        raise _untrusted(path, "is no override that was written here") from error
    if (found.environment, f"{found.agent}.json") != (path.parent.name, path.name):
        raise _untrusted(path, f"was made for {found.agent} in {found.environment}")
    return found


def _private_bytes(path: Path) -> bytes | None:
    """Return a file's bytes, when this user alone can have written them."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _untrusted(path, f"cannot be read: {error.strerror}") from error
    with os.fdopen(fd, "rb") as file:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
            raise _untrusted(path, "belongs to another user")
        if status.st_mode & OTHERS_MAY_WRITE:
            raise _untrusted(path, f"can be written by others; it must be {PRIVATE_FILE:04o}")
        return file.read(LARGEST)


def _untrusted(path: Path, what: str) -> IntegrityError:
    return IntegrityError(
        f"{path} {what}", help="remove it; the committed pointer holds then, and nothing else"
    )
