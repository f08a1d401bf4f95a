"""Reading one run's journal as far as it can be read, while it grows, and after it is gone.

The file stays open for as long as its reader is held, so that a journal that is deleted or replaced
while it is shown can still be read to its end. A line that the chain does not hold ends the
reading; it is told, not raised.
"""

import json
import os
import weakref
from array import array
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from runner.app.project import open_project
from runner.app.story.history import run_path
from runner.app.story.rows import Rows
from runner.app.story.steps import Notice, NoticeKind, RunSteps
from runner.app.story.telling import tell
from runner.app.story.told import Take, Told, UnknownEvent, head_of, told_by
from runner.boundary.files import alive, reported
from runner.domain.errors import StateError, UsageError
from runner.domain.events import (
    ModelAnswered,
    RunFinished,
    RunInterrupted,
    RunResumed,
    RunStarted,
    ToolFinished,
    ToolRefused,
    ToolSettled,
    ToolStarted,
)
from runner.domain.job import Totals
from runner.domain.messages import TokenUsage
from runner.journal.chain import ChainError, Tip, cut_short
from runner.journal.moments import read_moment
from runner.journal.payloads import payload_directory

BLOCK = 1 << 20
LONGEST_LINE = 256 << 20
AT_ONCE = 4 << 20
"""Bytes that one `update` reads at the most."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def open_journal(root: Path | None, state: Path | None, part: str) -> "JournalReader":
    """Return the reader of one run's journal: `last`, or any unique part of its id.

    Raises:
        UsageError: there is no project here, no such run, or several have the part in their id.
    """
    return JournalReader(run_path(open_project(root, state), part))


class JournalReader:
    """One journal, read from its first line on; `update` reads what came since."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.directory = payload_directory(path)
        self._fd = -1
        self._tip = Tip.start("run", path.stem)
        self._offsets = array("Q", [0])
        """Where each whole line begins, and after them where the next one will."""
        self._pending = bytearray()
        self._rows = Rows()
        self._facts = _Facts()
        self._lost: Notice | None = None
        self._broken: Notice | None = None
        self._newer: Notice | None = None
        self._looked_at = -1
        """How long the file was when all of it had been read."""
        self._lock = Lock()

    def update(self, at_most: int = AT_ONCE) -> RunSteps:
        """Read what the journal has by now, so many bytes at the most, and return the run.

        Raises:
            UsageError: there is no such journal, and never was while this looked.
            StateError: it cannot be read.
        """
        with self._lock:
            if self._fd < 0:
                self._opened()
            self._look_at_place()
            size = os.fstat(self._fd).st_size
            self._read(size, at_most)
            return self._steps(size)

    def line(self, number: int) -> bytes:
        """Return a line that was read, by its number from 0, as its bytes are.

        Raises:
            StateError: it cannot be read any more.
        """
        start, end = self._offsets[number], self._offsets[number + 1]
        with reported("read", self.path):
            return os.pread(self._fd, end - start, start)

    def fields(self, number: int) -> dict[str, Any]:
        """Return what a line holds; texts beside the journal are still only named.

        Raises:
            StateError: it cannot be read any more, or is not what it was.
        """
        try:
            found: dict[str, Any] = json.loads(self.line(number))
        except ValueError as error:
            raise StateError(
                f"{self.path}: line {number + 1} is not what it was when it was read",
                help="somebody changes the journal; `agentctl audit verify` says more",
            ) from error
        return found

    def event(self, number: int, take: Take) -> Told:
        """Return the event of a line; `take` gives the texts that lie beside the journal."""
        return told_by(self.fields(number), self.directory, take)

    def __len__(self) -> int:
        """How many whole lines were read."""
        return len(self._offsets) - 1

    @property
    def _read_to(self) -> int:
        return self._offsets[-1] + len(self._pending)

    def _opened(self) -> None:
        if not self.path.is_file():
            raise UsageError(f"no journal {self.path}", help="`agentctl runs` lists the runs")
        with reported("read", self.path):
            self._fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        weakref.finalize(self, os.close, self._fd)

    def _look_at_place(self) -> None:
        """Notice whether the file is still the one that is read."""
        mine = os.fstat(self._fd)
        try:
            there = self.path.stat()
        except OSError:
            text = "the journal was deleted; what was read is still shown"
            self._lost = Notice("deleted", text)
            return
        same = (there.st_ino, there.st_dev) == (mine.st_ino, mine.st_dev)
        text = "another file took the journal's place; what was read is still shown"
        self._lost = None if same else Notice("replaced", text)

    def _read(self, size: int, at_most: int) -> None:
        """Read whole lines, one at least; a torn end is read anew, as a resumed run cuts it."""
        if size < self._offsets[-1] and self._broken is None:
            text = "the journal was cut short while it was shown"
            self._broken = Notice("broken", text, len(self), size)
        if (size, self._broken is None) == (self._looked_at, True):
            return
        self._pending.clear()
        before, end = len(self), self._offsets[-1] + at_most
        while self._broken is None and self._read_to < size:
            if len(self) > before and self._read_to >= end:
                return
            with reported("read", self.path):
                data = os.pread(self._fd, min(BLOCK, at_most, size - self._read_to), self._read_to)
            if not data:
                break
            self._take(data, size)
        self._looked_at = size

    def _take(self, data: bytes, size: int) -> None:
        searched = len(self._pending)
        self._pending += data
        start = 0
        while self._broken is None and (cut := self._pending.find(b"\n", searched)) >= 0:
            line = bytes(self._pending[start : cut + 1])
            self._line(line, last=self._offsets[-1] + len(line) >= size)
            start = searched = cut + 1
        del self._pending[:start]
        if len(self._pending) > LONGEST_LINE:
            self._break("broken", f"a line longer than {LONGEST_LINE >> 20} MB")

    def _line(self, data: bytes, *, last: bool) -> None:
        number, offset = len(self), self._offsets[-1]
        try:
            sealed, self._tip = self._tip.read(data)
        except ChainError as error:
            torn = last and cut_short(data)
            text = f"the last line is torn: {len(data):,} bytes, as a crash leaves it"
            self._break("torn" if torn else "broken", text if torn else error.reason)
            return
        self._offsets.append(offset + len(data))
        event = told_by(sealed.fields, self.directory, head_of)
        if isinstance(event, UnknownEvent) and self._newer is None:
            text = f"`{event.type}` is not what this version of agentctl knows: {event.why}"
            self._newer = Notice("newer", text, number + 1, offset)
        ts = _moment(sealed.fields.get("ts"), self._facts.last_at)
        self._facts.take(ts, event)
        tell(self._rows, number, ts, event)

    def _break(self, kind: NoticeKind, reason: str) -> None:
        self._broken = Notice(kind, reason, len(self) + 1, self._offsets[-1])

    def _steps(self, size: int) -> RunSteps:
        facts, time = self._facts, self._rows.time
        running = self._alive()
        return RunSteps(
            run=self.path.stem,
            path=self.path,
            start=facts.start,
            started_at=facts.first_at,
            status=facts.end.status if facts.end else "running",
            outcome=facts.end.outcome if facts.end else "none",
            why=facts.why,
            in_doubt=facts.end.in_doubt if facts.end else (),
            alive=running,
            interrupted=facts.interrupted,
            steps=self._rows.told(alive=running or self._read_to < size),
            totals=facts.totals(time.elapsed_s - time.idle_s),
            span_s=time.elapsed_s,
            idle_s=time.idle_s,
            head=self._tip.prev if len(self) else "",
            lines=len(self),
            read_bytes=self._read_to,
            size=size,
            notices=tuple(self._notices(running)),
        )

    def _notices(self, running: bool) -> list[Notice]:
        found = [notice for notice in (self._lost, self._broken, self._newer) if notice]
        torn = self._pending and self._broken is None and not running
        if torn and self._read_to >= os.fstat(self._fd).st_size:
            text = f"the last line is torn: {len(self._pending):,} bytes, as a crash leaves it"
            found.append(Notice("torn", text, len(self) + 1, self._offsets[-1]))
        return found

    def _alive(self) -> bool:
        if self._lost is not None:
            return False
        try:
            return alive(self.path)
        except StateError:
            return False


class _Facts:
    """What the lines so far say of the run as a whole."""

    def __init__(self) -> None:
        self.start: RunStarted | None = None
        self.first_at: datetime | None = None
        self.last_at: datetime = EPOCH
        self.end: RunFinished | None = None
        self.interrupted = False
        self._tokens = TokenUsage()
        self._costs: float | None = None
        self._turns = 0
        self._calls: set[str] = set()

    def take(self, ts: datetime, event: Told) -> None:
        self.first_at = self.first_at or ts
        self.last_at = ts
        self.interrupted = isinstance(event, RunInterrupted)
        if isinstance(event, RunStarted):
            self.start = self.start or event
        elif isinstance(event, RunFinished):
            self.end = event
        elif isinstance(event, RunResumed | ToolSettled):
            self.end = None
        else:
            self._count(event)

    def _count(self, event: Told) -> None:
        if isinstance(event, ModelAnswered):
            self._turns += 1
            self._tokens += event.usage
            if event.cost_usd is not None:
                self._costs = round((self._costs or 0.0) + event.cost_usd, 9)
        elif isinstance(event, ToolFinished | ToolRefused) or (
            isinstance(event, ToolStarted) and event.effect == "steps"
        ):
            self._calls.add(event.step)

    @property
    def why(self) -> str:
        if self.end is None:
            return ""
        if self.end.failure is not None:
            return f"{self.end.failure.kind}: {self.end.failure.message}"
        return self.end.stop.sentence if self.end.stop else ""

    def totals(self, worked_s: float) -> Totals:
        end = self.end
        if end is None:
            return Totals(
                iterations=self._turns,
                tool_calls=len(self._calls),
                tokens=self._tokens,
                cost_usd=self._costs,
                duration_s=max(worked_s, 0.0),
            )
        return Totals(
            iterations=end.iterations,
            tool_calls=end.tool_calls,
            tokens=end.tokens,
            cost_usd=end.cost_usd,
            duration_s=end.duration_s,
        )


def _moment(text: object, before: datetime) -> datetime:
    """Return the time of a line; of one without any that of the line before it."""
    with suppress(ValueError):
        return read_moment(text)
    return before
