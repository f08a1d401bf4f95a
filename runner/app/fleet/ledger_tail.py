"""The newest live runs of a ledger that grows: read once from its end, then only what is new.

A screen asks every few seconds. To read ten thousand runs takes a third of a second, to read the
ten that came since takes nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from threading import Lock

from runner.app.fleet.seen_runs import MOST, SeenRuns
from runner.app.listing.watched_file import WatchedFile, open_if_there
from runner.app.project import Project
from runner.app.story.history import open_ledger
from runner.boundary.files import alive
from runner.journal.chain import cut_short
from runner.journal.entries import Entry, RunEnded, RunOpened, RunRecord
from runner.journal.ledger import entry_of
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
        """Return the runs as they are now; `now` says which are less than a day old.

        Raises:
            StateError: the ledger cannot be read; the next call tries again.
        """
        with self._lock:
            self._follow(now)
            self._shorten(now)
            return SeenRuns(self._places(), told=self._ledger.path.is_file())

    def _forget(self) -> None:
        self._runs: dict[str, RunRecord] = {}
        """By id, the oldest first."""
        self._file: WatchedFile | None = None

    def _follow(self, now: datetime) -> None:
        if self._file and self._file.is_the_same():
            for _offset, line in self._file.new_lines():
                if found := entry_of(line):
                    self._take(*found)
            return
        self._forget()
        if file := open_if_there(self._ledger.path):
            self._begin(file, now)

    def _begin(self, file: WatchedFile, now: datetime) -> None:
        last, line = next(lines_backwards(file.fd, file.size), (0, b""))
        file.was_read(last if cut_short(line) else last + len(line))
        newest = list(islice(self._young(now - KEPT), CEILING))
        self._runs = {run.run: run for run in reversed(newest) if run.started.mode == "live"}
        self._file = file

    def _young(self, since: datetime) -> Iterator[RunRecord]:
        for number, run in enumerate(self._ledger.runs()):
            if number >= self._most and run.started_at < since:
                return
            yield run

    def _take(self, ts: str, entry: Entry) -> None:
        moment = read_moment(ts)
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
