"""The ledger's runs by their places in it: a hundred thousand of them under a screen.

One worker advances the index in steps of a few ten milliseconds; each gives a `Runs`, which
nobody changes and any thread may read. Which runs there are is known after one pass backwards;
a run itself is parsed when somebody looks at it, and those that a query asks for are picked by
the bytes of their lines first.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from runner.app.listing.index_places import NO_END, Found, LedgerPlaces, Places
from runner.app.listing.index_sifting import Sifting
from runner.app.listing.ledger_lines import (
    RESUMABLE,
    Opened,
    first_row,
    read_end,
    read_start,
)
from runner.app.listing.run_list import Wanted, sieve_of
from runner.app.listing.watched_file import SAME, Change, WatchedFile, open_if_there
from runner.boundary.files import alive
from runner.domain.errors import StateError
from runner.domain.ports import Clock
from runner.journal.paths import ledger_path

FIRST_LINES = 500
"""Lines that the first step reads: more than a screen of runs."""
MORE_LINES = 20_000
FIRST_SIFTED = 1_000
SIFTED = 10_000
"""Runs that one step looks through for those asked for."""
HELD = 1_000
TIMED_S = 30.0
"""A query about ages is asked anew after so many seconds."""
Facts = tuple[Opened, dict[str, Any]]


class RunReader:
    """Reads runs of one ledger by their places, and remembers the last ones."""

    def __init__(self, state: Path, file: WatchedFile) -> None:
        self._state = state
        self._file = file
        self._held: dict[tuple[int, int], Facts] = {}

    def facts(self, place: Found) -> Facts | None:
        """Return a run's start and what its end says; None where the file has it no more."""
        start, end, name = place
        if found := self._held.get((start, end)):
            return found
        try:
            opened = read_start(self._file.line(start))
            ended = read_end(self._file.line(end)) if end != NO_END else None
        except StateError:
            return None
        if opened is None or hash(opened.fields["run"].encode()) != name:
            return None
        if len(self._held) >= HELD:
            self._held.clear()
        self._held[start, end] = opened, ended or {}
        return opened, ended or {}

    def row(self, place: Found, now: datetime) -> dict[str, Any] | None:
        """Return a run as `runner.app.listing.run_list.matching` yields it."""
        facts = self.facts(place)
        if facts is None:
            return None
        opened, ended = facts
        row = first_row(opened, now) | ended
        if row["status"] in RESUMABLE and self._is_alive(opened.fields["journal"]):
            row |= {"status": "running", "alive": True}
        return row

    def _is_alive(self, journal: str) -> bool:
        try:
            return alive(self._state / journal)
        except (StateError, ValueError):  # a forged path; nobody runs what cannot be opened
            return False


@dataclass(frozen=True)
class Runs:
    """The runs that were asked for, newest first, as they stood at one time. Nobody changes it."""

    now: datetime
    places: Places = field(default_factory=Places)
    total: int = 0
    """Runs that are known, whether asked for or not."""
    complete: bool = True
    """Whether all of the ledger was looked through."""
    skipped: int = 0
    """Lines of the ledger that cannot be read."""
    torn: bool = False
    """The last line is being written, or was cut short while it was."""
    missing: bool = True
    """There is no ledger."""
    change: Change = SAME
    """What the step that made this found; `rebuilt`: the ledger is another one, or was cut."""
    revision: int = 0
    """Another number where rows may differ from those of the step before."""
    reader: RunReader | None = field(default=None, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.places)

    def row(self, index: int) -> dict[str, Any] | None:
        """Return a run as `agentctl runs -o jsonl` has it; None where the file has it no more."""
        return self.reader.row(self.places.at(index), self.now) if self.reader else None

    def key(self, index: int) -> str:
        """Return the id of a run, `@` and a number for one that the file has no more."""
        place = self.places.at(index)
        facts = self.reader.facts(place) if self.reader else None
        return str(facts[0].fields["run"]) if facts else f"@{place[0]}"

    def index_of(self, run: str) -> int | None:
        """Return where a run is, by its `key`."""
        if run[:1] == "@" and run[1:].isdecimal():
            at = int(run[1:])
            return self.places.index(at) if self.places.has(at) else None
        named = self.places.named(run.encode("utf-8", "replace"))
        return next((index for index in named if self.key(index) == run), None)

    def rows(self) -> Iterable[dict[str, Any]]:
        """Yield all of them."""
        return (row for index in range(len(self)) if (row := self.row(index)))


class RunIndex:
    """The runs of one state directory, kept up with the ledger. One step at a time."""

    def __init__(self, state: Path, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._lock = Lock()
        self._file: WatchedFile | None = None
        self._ledger: LedgerPlaces | None = None
        self._reader: RunReader | None = None
        self._sifting: Sifting | None = None
        self._revision = 0

    def advance(self, wanted: Wanted | None = None) -> Runs:
        """Do one step: read what was appended, some more of the past, and sift.

        Raises:
            UsageError: `since` is no time.
            StateError: the ledger cannot be read; the next step tries again.
        """
        with self._lock:
            now = self._clock.now()
            change = self._keep_up()
            if self._ledger is None:
                return Runs(now, change=change, revision=self._revision)
            change = self._step(self._ledger, change, wanted or Wanted(), now)
            return self._runs(self._ledger, change, now)

    def _keep_up(self) -> Change:
        """Open the ledger, or another one where it was replaced, cut or deleted."""
        path = ledger_path(self._state)
        if self._file and self._file.is_the_same():
            return SAME
        had = self._file is not None
        self._file = self._ledger = self._reader = self._sifting = None
        self._file = open_if_there(path)
        if self._file is None:
            self._revision += had
            return Change("gone") if had else SAME
        self._ledger = LedgerPlaces(self._file)
        self._reader = RunReader(self._state, self._file)
        return Change("rebuilt") if had else Change("grown")

    def _step(self, ledger: LedgerPlaces, change: Change, wanted: Wanted, now: datetime) -> Change:
        first = not ledger.all and not ledger.complete
        begun, ended = (0, set[int]()) if first else ledger.read_on()
        if not ledger.complete:
            begun += ledger.read_back(FIRST_LINES if first else MORE_LINES)
        sifted = self._sift(ledger, wanted, now, ended)
        if begun or ended or sifted or change:
            self._revision += 1
        if change.what == "rebuilt" or not (begun or ended):
            return Change(change.what, begun)
        return Change("grown", begun)

    def _sift(self, ledger: LedgerPlaces, wanted: Wanted, now: datetime, ended: set[int]) -> bool:
        """Pick those that are asked for; return whether there are others than before."""
        assert self._file is not None
        sifting, most = self._sifting, SIFTED
        if sifting is None or sifting.wanted != wanted:
            most = FIRST_SIFTED
        elif sifting.is_timed and now - sifting.now > timedelta(seconds=TIMED_S):
            most = len(ledger.all)
        if sifting is None or most != SIFTED:
            sieve = sieve_of(self._state, wanted, now)
            sifting = self._sifting = Sifting(wanted, sieve, self._file, now)
        return sifting.advance(ledger, ended, most)

    def _runs(self, ledger: LedgerPlaces, change: Change, now: datetime) -> Runs:
        assert self._sifting is not None
        assert self._file is not None
        return Runs(
            now=now,
            places=self._sifting.kept,
            total=len(ledger.all),
            complete=ledger.complete and self._sifting.complete,
            skipped=ledger.skipped,
            torn=self._file.size > self._file.upto,
            missing=False,
            change=change,
            revision=self._revision,
            reader=self._reader,
        )
