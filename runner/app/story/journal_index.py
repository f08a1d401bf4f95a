"""The lines of one journal by their places in it: eight bytes a line, whatever a line holds.

A worker updates it; any thread may ask for lines meanwhile, and gets those that were known then.
"""

from array import array
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from runner.app.listing.watched_file import SAME, Change, WatchedFile, open_if_there
from runner.journal.chain import cut_short

BLOCK = 1 << 20
SHOWN = 1 << 20
"""Bytes of one line that are read unless more are asked for."""


@dataclass(frozen=True)
class _Known:
    """What is known of one file. `starts` only grows, so that readers need no lock."""

    file: WatchedFile
    starts: "array[int]"
    """Offsets of the lines; of the last one also where nothing ends it yet."""


class JournalIndex:
    """The lines of one file by number, from 0, kept up with the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.torn = False
        """The last line is being written, or was cut short while it was."""
        self.missing = True
        """There is no such file."""
        self._known: _Known | None = None
        self._lock = Lock()

    def update(self) -> Change:
        """Read what was appended since; of a file that is another one or was cut, everything.

        Raises:
            StateError: it cannot be read; what was known still is.
        """
        with self._lock:
            known = self._known
            if known and known.file.is_the_same():
                return self._grow(known)
            file = open_if_there(self.path)
            self.torn, self.missing = False, file is None
            if file is None:
                self._known = None
                return Change("gone") if known else SAME
            fresh = _Known(file, array("q"))
            change = self._grow(fresh)
            self._known = fresh
            return Change("rebuilt", change.added) if known else change

    def __len__(self) -> int:
        known = self._known
        return len(known.starts) if known else 0

    def line(self, number: int, longest: int = SHOWN) -> bytes:
        """Return a line with its newline, or its first `longest` bytes; none where it is gone.

        Raises:
            IndexError: there is no such line.
            StateError: it cannot be read.
        """
        known = self._known
        if known is None:
            raise IndexError(number)
        return known.file.line(known.starts[number], longest)

    def size(self, number: int) -> int:
        """Return the bytes of a line, its newline included.

        Raises:
            IndexError: there is no such line.
        """
        known = self._known
        if known is None:
            raise IndexError(number)
        last = number in {len(known.starts) - 1, -1}
        end = known.file.upto if last else known.starts[number + 1]
        return end - known.starts[number]

    def _grow(self, known: _Known) -> Change:
        """Add the lines that the file has now, in reads of a block."""
        file, starts = known.file, known.starts
        size, at, before = file.size, file.upto, len(starts)
        if size == at:
            return SAME
        if not starts or file.read(at - 1, 1) == b"\n":
            starts.append(at)
        while block := file.read(at, min(BLOCK, size - at)):
            cut = block.find(b"\n") + 1
            while cut:
                starts.append(at + cut)
                cut = block.find(b"\n", cut) + 1
            at += len(block)
        file.was_read(at)
        whole = starts[-1] == at
        if whole:
            starts.pop()
        self.torn = bool(starts) and (not whole or cut_short(file.line(starts[-1])))
        return Change("grown", len(starts) - before)
