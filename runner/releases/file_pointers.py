"""Pointers without git: files that are replaced whole, and a history with a line for each move.

`environments/<env>/history.jsonl` is both the history and the lock: whoever moves a pointer of the
environment holds it. A file that was changed by hand has no line; the next move adds one for it,
and until then it is told as found.
"""

import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from runner.boundary.files import lock_exclusive, sync, write_atomically, write_whole
from runner.domain.diagnostics import ConfigError
from runner.domain.environment import Pointer
from runner.domain.errors import StalePlanError, StateError, UsageError
from runner.domain.pointing import (
    ENVIRONMENTS,
    NOT_PUSHED,
    Move,
    Placed,
    ReadPointer,
    WriteOptions,
    Written,
    places_in,
    pointer_path,
)
from runner.domain.ports import Clock

HISTORY = "history.jsonl"
SHARED_FILE = 0o644
FOUND = "changed outside of agentctl"
NOBODY = "unknown"
LARGEST = 1 << 20
MAY_WRITE = "this user must be able to write below agent-configs/environments/"


@dataclass(frozen=True)
class Line:
    """One line of a history: a move of one agent's pointer."""

    agent: str
    token: str | None
    """The SHA-256 of the file after it; None when there was no file."""
    move: Move


class FilePointers:
    """The pointers below a project's root, on a host or in a project without git."""

    def __init__(self, root: Path, read: ReadPointer, clock: Clock, who: Callable[[], str]) -> None:
        """`who` says who moves, as `login@host`."""
        self._root = root
        self._read = read
        self._clock = clock
        self._who = who

    def who(self) -> str:
        """Return who would make a move."""
        return self._who()

    def settings(self) -> bytes | None:
        """Return agentctl.yaml, None where there is none."""
        return _bytes(self._root / "agentctl.yaml")

    def read(self, environment: str, agent: str) -> Placed | None:
        """Return the pointer, None where there is none.

        Raises:
            ConfigError: it cannot be read.
        """
        path = pointer_path(environment, agent)
        data = _bytes(self._root / path)
        return None if data is None else Placed(self._read(data, path), _token(data), path)

    def places(self) -> list[tuple[str, str]]:
        """Return environment and agent of every pointer that is there, sorted."""
        above = self._root / ENVIRONMENTS
        return places_in(path.relative_to(above).as_posix() for path in above.glob("*/*.yaml"))

    def moves(self, environment: str, agent: str) -> list[Move]:
        """Return the lines of the history, newest first, and before them what has no line."""
        path = self._root / pointer_path(environment, agent)
        lines = self._lines(path.parent / HISTORY, agent)
        found = self._unwritten(agent, path, lines)
        return [line.move for line in reversed([*lines, *found])]

    def replace(
        self,
        environment: str,
        agent: str,
        expected: str | None,
        content: bytes,
        message: str,
        options: WriteOptions = NOT_PUSHED,
    ) -> Written:
        """Replace the file under the lock of its environment, and add its line to the history.

        `expected` is the token that `read` gave, None for no pointer yet.

        Raises:
            StalePlanError: the file changed since.
            UsageError: pushing and branches need git; or this user may not write here.
            ConfigError: the content is no pointer.
        """
        if options != NOT_PUSHED:
            raise UsageError(
                "this project is in no git repository: nothing can be pushed, and no branch made",
                help="leave --push and --branch out; the pointer is a file here",
            )
        shown = pointer_path(environment, agent)
        path, pointer = self._root / shown, self._read(content, shown)
        with _held(path.parent / HISTORY) as history:
            data = _bytes(path)
            if (_token(data) if data is not None else None) != expected:
                raise self._stale(environment, agent, shown)
            if data == content:
                return Written(shown, note="it stood there already")
            found = self._unwritten(agent, path, self._lines(path.parent / HISTORY, agent))
            move = Move(self._clock.now(), self._who(), message.rstrip(), pointer=pointer)
            own = Line(agent, _token(content), move)
            write_atomically(path, content, _mode(path))
            _append(history, [*found, own])
        return Written(shown)

    def _stale(self, environment: str, agent: str, shown: str) -> StalePlanError:
        last = next(iter(self.moves(environment, agent)), None)
        by = f" by {last.by} at {last.at:%Y-%m-%dT%H:%M:%SZ} ({last.subject})" if last else ""
        return StalePlanError(
            f"stale plan: {shown} was changed{by} since the plan was made; nothing was moved",
            help="look at what changed, and make the plan again",
        )

    def _unwritten(self, agent: str, path: Path, lines: list[Line]) -> list[Line]:
        """Return the line that is missing where the file was changed by hand, or by a crash."""
        data = _bytes(path)
        token = _token(data) if data is not None else None
        if token == (lines[-1].token if lines else None):
            return []
        at = self._clock.now() if data is None else _modified(path)
        pointer, why = self._parsed(data, path)
        return [Line(agent, token, Move(at, NOBODY, FOUND, pointer=pointer, why=why))]

    def _parsed(self, data: bytes | None, path: Path) -> tuple[Any, str]:
        if data is None:
            return None, "the pointer was removed"
        try:
            return self._read(data, str(path.relative_to(self._root))), ""
        except ConfigError as error:
            return None, "; ".join(problem.message for problem in error.diagnostics)

    def _lines(self, history: Path, agent: str) -> list[Line]:
        """Return an agent's lines, oldest first; one that a crash cut off is no line."""
        found = []
        for raw in (_bytes(history, most=None) or b"").splitlines():
            try:
                line = _line(json.loads(raw))
            except (ValueError, KeyError, TypeError):
                continue
            if line.agent == agent:
                found.append(line)
        return found


def _line(fields: dict[str, Any]) -> Line:
    pointer = fields["pointer"]
    move = Move(
        at=datetime.fromisoformat(fields["at"]).astimezone(UTC),
        by=str(fields["by"]),
        reason=str(fields["reason"]),
        pointer=None if pointer is None else Pointer.model_validate(pointer),
        why=str(fields.get("why", "")),
    )
    return Line(fields["agent"], fields["token"], move)


def _written(line: Line) -> bytes:
    move, pointer = line.move, line.move.pointer
    fields: dict[str, Any] = {
        "at": move.at.isoformat(),
        "agent": line.agent,
        "by": move.by,
        "reason": move.reason,
        "token": line.token,
        "pointer": pointer.model_dump(mode="json", exclude_defaults=True) if pointer else None,
    }
    return json.dumps(fields | ({"why": move.why} if move.why else {})).encode() + b"\n"


@contextmanager
def _held(history: Path) -> Iterator[int]:
    """Hold the history's lock; the file and its directory are made when they are missing."""
    with _writable(history.parent):
        history.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        fd = os.open(history, flags, SHARED_FILE)
        try:
            lock_exclusive(fd, history)
            yield fd
        finally:
            os.close(fd)


def _append(history: int, lines: list[Line]) -> None:
    size = os.fstat(history).st_size
    torn = size > 0 and os.pread(history, 1, size - 1) != b"\n"
    write_whole(history, (b"\n" if torn else b"") + b"".join(map(_written, lines)))
    sync(history)


@contextmanager
def _writable(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{directory}: cannot move a pointer: {reason}", help=MAY_WRITE) from error
    except StateError as error:
        raise UsageError(error.message, help=MAY_WRITE) from error


def _bytes(path: Path, most: int | None = LARGEST) -> bytes | None:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(
            f"{path}: cannot read: {error.strerror}", help="a pointer is a regular file"
        ) from error
    with os.fdopen(fd, "rb") as file:
        return file.read(-1 if most is None else most)


def _token(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _mode(path: Path) -> int:
    """Return the mode of a file that is to be replaced; others read pointers, too."""
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else SHARED_FILE
