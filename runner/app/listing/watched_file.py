"""A file of lines that others append to, cut, replace or delete while it is being read.

It is never mapped into memory: a mapping of a file that somebody cuts kills the process.
"""

import os
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from errno import EISDIR
from pathlib import Path
from typing import Literal

from runner.boundary.files import reported
from runner.journal.chain import cut_short

BLOCK = 1 << 18
FIRST_READ = 1 << 11
LONGEST = 1 << 24
"""Bytes of one line that are read unless fewer are asked for."""
HEAD_BYTES = 128
TAIL_BYTES = 80
"""So much of the last line tells two files apart: in a sealed line it is its hash."""
What = Literal["same", "grown", "rebuilt", "gone"]


@dataclass(frozen=True)
class Change:
    """What an update found: nothing, more lines, another file or a cut one, or none any more."""

    what: What
    added: int = 0
    """Lines, or runs, that are new; of a rebuilt one, all."""

    def __bool__(self) -> bool:
        return self.what != "same"


SAME = Change("same")


class WatchedFile:
    """A file that is open, and how far it was read.

    Raises:
        StateError: it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with reported("read", path):
            self.fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        weakref.finalize(self, os.close, self.fd)
        self.upto = 0
        """How far it was read."""
        self._head = self._tail = b""
        self._looked_at = -1

    @property
    def size(self) -> int:
        """Its bytes now."""
        with reported("read", self.path):
            return os.fstat(self.fd).st_size

    def is_the_same(self) -> bool:
        """Return whether its path still leads to it, and what was read of it still stands there."""
        with reported("read", self.path):
            try:
                at, own = self.path.stat(), os.fstat(self.fd)
            except FileNotFoundError:
                return False
        same = (at.st_ino, at.st_dev) == (own.st_ino, own.st_dev) and own.st_size >= self.upto
        return same and (self._head, self._tail) == self._marks()

    def was_read(self, upto: int) -> None:
        """Remember that its lines were read up to here."""
        self.upto = upto
        self._head, self._tail = self._marks()

    def read(self, offset: int, size: int) -> bytes:
        """Return so many bytes, fewer where the file ends before.

        Raises:
            StateError: they cannot be read.
        """
        with reported("read", self.path):
            return os.pread(self.fd, size, offset)

    def line(self, offset: int, longest: int = LONGEST) -> bytes:
        """Return the line that begins there with its newline, or its first `longest` bytes."""
        size = FIRST_READ
        while True:
            size = min(size, longest)
            data = self.read(offset, size)
            cut = data.find(b"\n")
            if cut >= 0:
                return data[: cut + 1]
            if len(data) < size or size >= longest:
                return data
            size *= 8

    def new_lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield offset and bytes of the whole lines after `upto`, and move it.

        A last line that is being written, or was cut short while it was, is left for later.
        """
        size, at = self.size, self.upto
        if size == self._looked_at and size - at > BLOCK:
            return  # a long line that nobody goes on with
        for text in self._whole(at, size):
            for line in text[:-1].split(b"\n"):
                whole = line + b"\n"
                if at + len(whole) == size and cut_short(whole):
                    break
                yield at, whole
                at += len(whole)
        self.was_read(at)
        self._looked_at = size

    def _whole(self, at: int, size: int) -> Iterator[bytes]:
        """Yield bytes that end with a newline each, a block or more at a time."""
        parts: list[bytes] = []
        while block := self.read(at, min(BLOCK, size - at)):
            at += len(block)
            cut = block.rfind(b"\n") + 1
            if cut:
                yield b"".join((*parts, block[:cut]))
                parts.clear()
            parts.append(block[cut:])

    def _marks(self) -> tuple[bytes, bytes]:
        tail = min(TAIL_BYTES, self.upto)
        return self.read(0, min(HEAD_BYTES, self.upto)), self.read(self.upto - tail, tail)


def open_if_there(path: Path) -> WatchedFile | None:
    """Return a file, or None where there is none.

    Raises:
        StateError: it cannot be opened, or is something else than a file.
    """
    with reported("read", path):
        if path.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(path))
        return WatchedFile(path) if path.is_file() else None


class Window:
    """Lines of a file by offset for somebody who goes through it from the end: few reads."""

    def __init__(self, file: WatchedFile) -> None:
        self._file = file
        self._start, self._held = 0, b""

    def line(self, offset: int) -> bytes:
        """Return the line that begins there."""
        if offset < self._start or not self._held:
            self._start = max(0, offset + FIRST_READ * 4 - BLOCK)
            self._held = self._file.read(self._start, BLOCK)
        at = offset - self._start
        cut = self._held.find(b"\n", at) if at < len(self._held) else -1
        return self._held[at : cut + 1] if cut >= 0 else self._file.line(offset)
