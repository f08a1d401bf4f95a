"""The journal that a run writes: each event is on disk before `append` returns."""

import hashlib
import os
import re
import shutil
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from runner.boundary.files import (
    append_line,
    fsync_dir,
    make_private,
    open_append,
    truncate,
    try_lock_exclusive,
)
from runner.domain.errors import RefusedError, StateError, UsageError
from runner.domain.events import Event, JournalRecovered
from runner.domain.ports import Clock
from runner.journal.activity import active_seconds
from runner.journal.chain import Tip
from runner.journal.lines import ChainFile, RawLine
from runner.journal.moments import write_moment
from runner.journal.payloads import deflate, payload_directory
from runner.journal.reader import typed_lines

RUN_ID = re.compile(r"[0-9A-Za-z_-]+")
Redact = Callable[[Any], Any]
"""Returns JSON data with every known secret replaced by a mark."""


class FileJournal:
    """One run's journal file, held by an exclusive lock until it is closed."""

    def __init__(self, path: Path, fd: int, tip: Tip, clock: Clock, redact: Redact) -> None:
        self.path = path
        self.events: Sequence[Event] = ()
        """What earlier processes of the run wrote, in order."""
        self._by_step: defaultdict[str | None, list[Event]] = defaultdict(list)
        self.first_hash = ""
        """Hash of line 0, once it is written."""
        self._past: Sequence[tuple[datetime, Event]] = ()
        self._fd = fd
        self._tip = tip
        self._clock = clock
        self._redact = redact
        self._refuses = ""
        self._lock = threading.Lock()

    @classmethod
    def create(
        cls, root: Path, run_id: str, agent: str, clock: Clock, redact: Redact
    ) -> "FileJournal":
        """Make `<root>/journal/<agent>/<yyyy-mm-dd>/<run id>.jsonl` and hold it.

        Raises:
            StateError: the state directory cannot be written, or the file exists.
        """
        if not RUN_ID.fullmatch(run_id):
            raise UsageError(f"{run_id!r} cannot be a run's id")
        path = root / "journal" / agent / write_moment(clock.now())[:10] / f"{run_id}.jsonl"
        make_private(path.parent)
        journal = cls(path, _held(path, new=True), Tip.start("run", run_id), clock, redact)
        try:
            fsync_dir(path.parent)
        except StateError:
            journal.give_up()
            raise
        return journal

    @classmethod
    def resume(cls, path: Path, clock: Clock, redact: Redact) -> "FileJournal":
        """Verify the whole journal of a run, hold it, and go on after its last whole line.

        Raises:
            RefusedError: another process executes the run.
            IntegrityError: the first line that the chain does not hold.
            UsageError: the journal has no whole line, so the run never started.
        """
        fd = _held(path, new=False)
        try:
            return cls._continued(path, fd, clock, redact)
        except BaseException:
            os.close(fd)
            raise

    @classmethod
    def _continued(cls, path: Path, fd: int, clock: Clock, redact: Redact) -> "FileJournal":
        chain = ChainFile(path, "run", path.stem)
        lines = list(typed_lines(chain))
        past = [(header.ts, event) for header, event in lines]
        if not past or chain.tip is None:
            raise UsageError(
                f"{path}: the run never started: its journal has no whole line",
                help="nothing was done; start it again with `agentctl run`",
            )
        journal = cls(path, fd, chain.tip, clock, redact)
        journal.first_hash = lines[0][0].hash
        journal._past = past
        journal.remember([event for _moment, event in past])
        if chain.torn is not None:
            journal._cut(chain.torn)
        return journal

    def append(self, event: Event) -> None:
        """Write one event; it is on disk when this returns. Threads may share the journal.

        Raises:
            StateError: it could not be written; so does every later call.
        """
        with self._lock:
            if self._refuses:
                raise StateError(self._refuses, help="the run can be resumed once this is mended")
            self._refuses = f"{self.path}: an earlier line could not be written"
            try:
                line, tip = self._sealed(event)
                append_line(self._fd, line, self.path)
            except ValueError:
                self._refuses = ""  # nothing was written: the event itself cannot be told in JSON
                raise
            self._tip, self._refuses = tip, ""
            self.first_hash = self.first_hash or tip.prev

    def _sealed(self, event: Event) -> tuple[bytes, Tip]:
        fields = self._redact(event.model_dump(mode="json"))
        stored = deflate(fields, payload_directory(self.path))
        return self._tip.seal(write_moment(self._clock.now()), stored)

    def recorded(self, step: str) -> Sequence[Event]:
        """Return the events that earlier processes wrote for a step, in order."""
        return self._by_step.get(step, [])

    def remember(self, events: Sequence[Event]) -> None:
        """Take events as written by earlier processes."""
        self.events = tuple(events)
        self._by_step = defaultdict(list)
        for event in events:
            self._by_step[getattr(event, "step", None)].append(event)

    def active_s(self) -> float:
        """Return the active seconds of earlier processes."""
        return active_seconds(self._past)

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self._tip.id

    @property
    def head(self) -> str:
        """Hash of the last line."""
        return self._tip.prev

    @property
    def seq(self) -> int:
        """Number of the last line, from 0; -1 when there is none yet."""
        return self._tip.seq - 1

    def close(self) -> None:
        """Give the run up; later appends are refused. Harmless when done twice."""
        with self._lock:
            if self._fd >= 0:
                os.close(self._fd)
            self._fd = -1
            self._refuses = f"{self.path}: the journal is closed"

    def give_up(self) -> None:
        """Close, and remove the file of a run that never began: line 0 could not be written."""
        if self._fd >= 0 and self.seq < 0:
            with suppress(OSError):
                self.path.unlink()
            shutil.rmtree(payload_directory(self.path), ignore_errors=True)
        self.close()

    def __enter__(self) -> "FileJournal":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _cut(self, torn: RawLine) -> None:
        truncate(self._fd, torn.offset, self.path)
        digest = hashlib.sha256(torn.data).hexdigest()
        self.append(JournalRecovered(cut_bytes=len(torn.data), cut_sha256=digest))


def _held(path: Path, *, new: bool) -> int:
    if not new and not path.is_file():
        raise UsageError(f"no journal {path}", help="`agentctl runs` lists the runs")
    fd = open_append(path, new=new)
    if try_lock_exclusive(fd):
        return fd
    os.close(fd)
    raise RefusedError(
        f"{path.stem}: another process executes this run",
        help="wait for it, or follow it with `agentctl logs -f`",
    )
