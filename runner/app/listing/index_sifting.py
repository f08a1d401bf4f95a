"""Picking the runs that are asked for out of all places, in steps, and keeping the pick true."""

from datetime import datetime
from itertools import islice

from runner.app.listing.index_places import NO_END, Found, LedgerPlaces, Places
from runner.app.listing.ledger_lines import HEAD, Sieve, moment, read_start
from runner.app.listing.run_list import Wanted
from runner.app.listing.watched_file import WatchedFile, Window
from runner.domain.errors import StateError

LOOKED_AT_AGAIN = 500
"""Runs that may have been left by their process, or taken up again, since the last look."""


class Sifting:
    """Those of a ledger's runs that are asked for: `kept`, newest first."""

    def __init__(self, wanted: Wanted, sieve: Sieve, file: WatchedFile, now: datetime) -> None:
        self.wanted = wanted
        self.now = now
        self.kept = Places()
        self.complete = False
        """Whether all runs that are known were looked at."""
        self._sieve = sieve
        self._window = Window(file)
        self._all = not wanted.query.terms and sieve.oldest is None
        self._top = self._bottom = NO_END
        self._over = False
        """The runs further back are too old."""

    @property
    def is_timed(self) -> bool:
        """Whether time alone changes which runs are asked for."""
        return self._sieve.oldest is not None or "age" in self._names

    def advance(self, ledger: LedgerPlaces, ended: set[int], most: int) -> bool:
        """Look at new runs, at those that ended, and at some of the past; whether kept changed."""
        before = self.kept
        if self._all:
            self.kept, self.complete = ledger.all, True
            return before is not self.kept
        places = ledger.all
        if self._top == NO_END and places:
            self._top = self._bottom = places.starts[0] + 1
        self._look_again(places, ended | self._in_doubt(ledger))
        self._look_at_newer(places)
        self._look_further(places, most)
        return before is not self.kept

    @property
    def _names(self) -> set[str]:
        return {term.field.name for term in self.wanted.query.terms if term.field}

    def _in_doubt(self, ledger: LedgerPlaces) -> set[int]:
        """Return starts of runs whose status a process changes without a line in the ledger."""
        if "status" not in self._names:
            return set()
        return set(islice(sorted(ledger.resumable, reverse=True), LOOKED_AT_AGAIN))

    def _look_again(self, places: Places, starts: set[int]) -> None:
        kept, ends = self.kept, {}
        for start in sorted(starts):
            if not self._bottom <= start < self._top:
                continue
            place = places.at(places.index(start))
            was = kept.has(start)
            if self._passes(place):
                kept = kept if was else kept.with_one(place)
                if kept.ends[kept.index(start)] != place[1]:
                    ends[start] = place[1]
            elif was:
                kept = kept.without(start)
        self.kept = kept.ended(ends) if ends else kept

    def _look_at_newer(self, places: Places) -> None:
        upto = places.index(self._top - 1) if places and places.starts[0] >= self._top else 0
        if upto:
            new = [place for at in range(upto) if self._passes(place := places.at(at))]
            self.kept = Places.of(new).then(self.kept)
            self._top = places.starts[0] + 1

    def _look_further(self, places: Places, most: int) -> None:
        at = places.index(self._bottom - 1)
        upto = len(places) if self._over else min(at + most, len(places))
        found = []
        for index in range(at, upto):
            if self._over:
                break
            place = places.at(index)
            if self._passes(place, past=True):
                found.append(place)
        self.kept = self.kept.then(Places.of(found))
        if upto:
            self._bottom = places.starts[upto - 1]
        self.complete = upto == len(places)

    def _passes(self, place: Found, *, past: bool = False) -> bool:
        start, end, _name = place
        line = self._window.line(start)
        ended = self._window.line(end) if end != NO_END else None
        if past and self._sieve.oldest and (head := HEAD.match(line)):
            self._over = self._sieve.is_over(moment(head[1]))
        if (past and self._over) or not self._sieve.may_pass(line, ended):
            return False
        opened = read_start(line)
        if opened is None or self._sieve.is_over(opened.at):
            return False
        try:
            return self._sieve.row(opened, ended, self.now) is not None
        except StateError:  # nobody can say whether a process has it: let a person see it
            return True
