"""The newest live runs of a ledger that grows: read once from its end, then only what is new.

A screen asks every few seconds. To read ten thousand runs takes a third of a second, to read the
ten that came since takes nothing.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from threading import Lock

from runner.app.fleet.seen_runs import MOST, SeenRuns
from runner.app.project import Project
from runner.app.story.history import open_ledger
from runner.boundary.files import alive, reported
from runner.journal.entries import Entry, RunEnded, RunOpened, RunRecord
from runner.journal.ledger import read_entry
from runner.journal.lines import lines_backwards
from runner.journal.moments import read_moment

KEPT = timedelta(hours=25)
"""What is younger is kept beyond MOST: figures of a day need the whole day."""
CEILING = 50_000
"""No more runs than this are kept, whatever their age."""


class LedgerTail:
    """The newest live runs of one project; threads may share it."""

    def __init__(self, project: Project, most: int = MOST) -> None:
        self._most = most
        self._project = project
        self._ledger = open_ledger(project)
        self._lock = Lock()
        self._forget()

    def read(self, now: datetime) -> SeenRuns:
        """Return the runs as they are now; `now` says which are less than a day old."""
        with self._lock:
            self._follow(now)
            self._shorten(now)
            return SeenRuns(self._places(), told=self._ledger.path.is_file())

    def _forget(self) -> None:
        self._runs: dict[str, RunRecord] = {}
        """By id, the oldest first."""
        self._file: tuple[int, int] | None = None
        self._offset = 0

    def _follow(self, now: datetime) -> None:
        path = self._ledger.path
        try:
            status = path.stat()
        except OSError:
            self._forget()
            return
        file = status.st_dev, status.st_ino
        if file != self._file or status.st_size < self._offset:
            self._forget()
            self._file = file
            self._begin(now)
        elif status.st_size > self._offset:
            self._go_on()

    def _begin(self, now: datetime) -> None:
        with reported("read", self._ledger.path), self._ledger.path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            last = next(lines_backwards(file.fileno(), size), (0, b""))
        self._offset = last[0] + (len(last[1]) if last[1].endswith(b"\n") else 0)
        newest = list(islice(self._young(now - KEPT), CEILING))
        self._runs = {run.run: run for run in reversed(newest) if run.started.mode == "live"}

    def _young(self, since: datetime) -> Iterator[RunRecord]:
        for number, run in enumerate(self._ledger.runs()):
            if number >= self._most and run.started_at < since:
                return
            yield run

    def _go_on(self) -> None:
        with reported("read", self._ledger.path), self._ledger.path.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.splitlines():
            if found := _entry(line):
                self._take(*found)

    def _take(self, moment: datetime, entry: Entry) -> None:
        if isinstance(entry, RunOpened) and entry.mode == "live" and entry.run not in self._runs:
            self._runs[entry.run] = RunRecord(entry, moment, None, None, alive=False)
        elif isinstance(entry, RunEnded) and (known := self._runs.get(entry.run)):
            self._runs[entry.run] = replace(known, ended=entry, ended_at=moment)

    def _shorten(self, now: datetime) -> None:
        """Let go of the oldest, but keep a day's."""
        many = len(self._runs) - self._most
        if many <= self._most // 10:
            return
        oldest = list(islice(self._runs.items(), many))
        beyond = len(self._runs) - CEILING
        for number, (run, record) in enumerate(oldest):
            if number < beyond or record.started_at < now - KEPT:
                del self._runs[run]

    def _places(self) -> Mapping[tuple[str, str | None], list[RunRecord]]:
        places: dict[tuple[str, str | None], list[RunRecord]] = {}
        for record in reversed(self._runs.values()):
            place = (record.started.agent, record.started.environment)
            places.setdefault(place, []).append(self._as_it_is(record))
        return places

    def _as_it_is(self, record: RunRecord) -> RunRecord:
        """A run that can go on is executed now, or not: the ledger does not tell."""
        if record.final:
            return record
        return replace(record, alive=alive(self._project.state / record.started.journal))


def _entry(line: bytes) -> tuple[datetime, Entry] | None:
    """Return time and content of a line, None for one that cannot be read: lists go on."""
    try:
        fields = json.loads(line)
        moment = read_moment(fields["ts"])
        del fields["prev"], fields["hash"]
        return moment, read_entry(fields)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
