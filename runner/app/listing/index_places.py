"""Where runs stand in the ledger, and the ledger gone through from its end and from where it grew.

A run costs 24 bytes here, whatever it did: its lines are read again when somebody looks at it.
"""

import json
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from operator import neg

from runner.app.listing.ledger_lines import (
    ENDING,
    HEAD,
    OPENING,
    RESUMABLE,
    UNREADABLE,
    is_plain,
    moment,
    read_end,
    read_start,
)
from runner.app.listing.watched_file import WatchedFile
from runner.boundary.files import reported
from runner.journal.chain import cut_short
from runner.journal.lines import lines_backwards

NO_END = -1
MIN_HEAD = len(b'{"ledger":"","seq":0,"ts":"","type":"run.ended","run":""')
RESUMABLE_BYTES = frozenset(word.encode() for word in RESUMABLE)
Found = tuple[int, int, int]
"""The offset of a run's start, that of its end or NO_END, and the hash of its id."""


def _numbers() -> "array[int]":
    return array("q")


@dataclass(frozen=True)
class Places:
    """Offsets of runs in the ledger, newest first. Nobody changes them: a change makes another."""

    starts: "array[int]" = field(default_factory=_numbers)
    ends: "array[int]" = field(default_factory=_numbers)
    names: "array[int]" = field(default_factory=_numbers)
    """Hashes of the runs' ids."""

    def __len__(self) -> int:
        return len(self.starts)

    @classmethod
    def of(cls, found: Iterable[Found]) -> "Places":
        """Return the places of runs that come newest first."""
        starts, ends, names = zip(*found, strict=True) if (found := list(found)) else ((), (), ())
        return cls(array("q", starts), array("q", ends), array("q", names))

    def at(self, index: int) -> Found:
        """Return the place of one run."""
        return self.starts[index], self.ends[index], self.names[index]

    def then(self, older: "Places") -> "Places":
        """Return these, and after them older ones."""
        if not self or not older:
            return self or older
        return Places(self.starts + older.starts, self.ends + older.ends, self.names + older.names)

    def index(self, start: int) -> int:
        """Return the index of the first run that began at this offset or before."""
        return bisect_left(self.starts, -start, key=neg)

    def has(self, start: int) -> bool:
        """Return whether a run began at this offset."""
        at = self.index(start)
        return at < len(self) and self.starts[at] == start

    def named(self, run: bytes) -> Iterable[int]:
        """Yield the indexes of the runs whose id may be this one."""
        name, at = hash(run), 0
        while True:
            try:
                at = self.names.index(name, at)
            except ValueError:
                return
            yield at
            at += 1

    def ended(self, ends: Mapping[int, int]) -> "Places":
        """Return these with other ends, by the offsets of their starts."""
        changed = self.ends[:]
        for start, end in ends.items():
            if self.has(start):
                changed[self.index(start)] = end
        return Places(self.starts, changed, self.names)

    def without(self, start: int) -> "Places":
        """Return all but the run that began at an offset."""
        at = self.index(start)
        return Places(*(each[:at] + each[at + 1 :] for each in self._all))

    def with_one(self, found: Found) -> "Places":
        """Return these and another one at its place."""
        at = self.index(found[0])
        one = Places.of([found])
        return Places(
            *(own[:at] + new + own[at:] for own, new in zip(self._all, one._all, strict=True))
        )

    @property
    def _all(self) -> "tuple[array[int], array[int], array[int]]":
        return self.starts, self.ends, self.names


class LedgerPlaces:
    """The places of all runs of one ledger, read backwards in steps and forwards as it grows."""

    def __init__(self, file: WatchedFile) -> None:
        self._file = file
        self._past = self._read_past()
        self._ends: dict[bytes, tuple[int, bool]] = {}
        self.all = Places()
        self.resumable: set[int] = set()
        """Starts of the runs that may still change, whatever the ledger says."""
        self.complete = False
        self.skipped = 0
        """Lines that cannot be read."""

    def read_back(self, most: int) -> int:
        """Read so many lines further into the past; return how many runs that were."""
        with reported("read", self._file.path):
            lines = list(islice(self._past, most))
        found = [place for offset, line in lines if (place := self._line(offset, line))]
        self.all = self.all.then(Places.of(found))
        self.complete = len(lines) < most
        if self.complete:
            self._ends.clear()
        return len(found)

    def read_on(self) -> tuple[int, set[int]]:
        """Read what was appended; return how many runs began, and the starts of those that ended.

        Raises:
            StateError: the file cannot be read.
        """
        begun: dict[bytes, Found] = {}
        ended: dict[int, int] = {}
        for offset, line in self._file.new_lines():
            head = HEAD.match(line)
            if head is None or head[2] == b"started":
                if place := self._line(offset, line):
                    begun[head[3] if head else b""] = place
            elif head[3] in begun:
                start, _end, name = begun[head[3]]
                begun[head[3]] = start, offset, name
                self._note(start, self._resumable(line))
            else:
                self._late_end(head[3], offset, line, ended)
        if ended:
            self.all = self.all.ended(ended)
        self.all = Places.of(reversed(begun.values())).then(self.all)
        return len(begun), set(ended)

    def _read_past(self) -> Iterable[tuple[int, bytes]]:
        """Yield the lines that there are now, last first, and leave one that is being written."""
        whole = False
        for offset, line in lines_backwards(self._file.fd, self._file.size):
            if not whole and cut_short(line):
                continue
            if not whole:
                whole = True
                self._file.was_read(offset + len(line))
            yield offset, line

    def _line(self, offset: int, line: bytes) -> Found | None:
        """Take a line; return the place of the run that it starts."""
        head = HEAD.match(line)
        if head is None:
            self.skipped += not _is_another(line)
            return None
        ts, kind, run = head.groups()
        if kind == b"ended":
            self._ends.setdefault(run, (offset, self._resumable(line)))
            return None
        if not (_is_whole(line) and moment(ts)) and read_start(line) is None:
            self.skipped += 1
            return None
        end, resumable = self._ends.pop(run, (NO_END, True))
        self._note(offset, resumable)
        return offset, end, hash(run)

    def _late_end(self, run: bytes, offset: int, line: bytes, ended: dict[int, int]) -> None:
        """Take the end of a run that began before this reading."""
        resumable = self._resumable(line)
        at = next(iter(self.all.named(run)), None)
        if at is not None:
            ended[self.all.starts[at]] = offset
            self._note(self.all.starts[at], resumable)
        elif not self.complete:
            self._ends[run] = offset, resumable

    def _resumable(self, ended: bytes) -> bool:
        """Return whether a later process may go on from this end; an unreadable one is none."""
        if found := ENDING.search(ended, MIN_HEAD):
            return found[1] in RESUMABLE_BYTES
        told = read_end(ended)
        self.skipped += told is None
        return told is None or told["status"] in RESUMABLE

    def _note(self, start: int, resumable: bool) -> None:
        if resumable:
            self.resumable.add(start)
        else:
            self.resumable.discard(start)


def _is_whole(started: bytes) -> bool:
    """Return whether a run's start is one without building anything of it."""
    return bool(OPENING.fullmatch(started)) and started.isascii() and is_plain(started)


def _is_another(line: bytes) -> bool:
    """Return whether a line is a readable one that is none of a run."""
    try:
        kind = json.loads(line.decode())["type"]
    except UNREADABLE:
        return False
    return isinstance(kind, str) and not kind.startswith("run.")
