"""Raw lines of a chained file, forwards with their place and backwards from the end."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from runner.boundary.files import reported
from runner.domain.errors import IntegrityError
from runner.journal.chain import ChainError, Kind, SealedLine, Tip, cut_short, read_line

BLOCK = 1 << 16


@dataclass(frozen=True)
class RawLine:
    """One line with its newline, if it has one. `number` counts from 1, `offset` in bytes."""

    number: int
    offset: int
    data: bytes
    last: bool


def raw_lines(path: Path) -> Iterator[RawLine]:
    """Yield the lines that a file has when this begins."""
    with reported("read", path), path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        offset = 0
        for number, data in enumerate(file, start=1):
            yield RawLine(number, offset, data, offset + len(data) >= size)
            offset += len(data)
            if offset >= size:
                return


class ChainFile:
    """The lines of a chained file in order, checked one by one.

    After the iteration `tip` says where the chain stands and `torn` is the last line where it was
    cut short while being written (`chain.cut_short`).
    """

    def __init__(self, path: Path, kind: Kind, chain_id: str | None = None) -> None:
        self.path = path
        self.kind: Kind = kind
        self.tip = None if chain_id is None else Tip.start(kind, chain_id)
        self.torn: RawLine | None = None

    def __iter__(self) -> Iterator[tuple[RawLine, SealedLine]]:
        """Yield each line and what it holds.

        Raises:
            BrokenChainError: the first line that is not what the chain promised.
        """
        for raw in raw_lines(self.path):
            if is_torn(raw):
                self.torn = raw
                return
            try:
                sealed, self.tip = self._tip(raw).read(raw.data)
            except ChainError as error:
                raise BrokenChainError(self.path, raw, error.reason) from error
            yield raw, sealed

    def _tip(self, raw: RawLine) -> Tip:
        if self.tip is None:
            chain_id = read_line(raw.data, raw.number).fields.get(self.kind)
            if not isinstance(chain_id, str):
                raise ChainError(raw.number, f"the line names no {self.kind}")
            self.tip = Tip.start(self.kind, chain_id)
        return self.tip


class BrokenChainError(IntegrityError):
    """The first bad line of a file, with its place and what was expected."""

    def __init__(self, path: Path, raw: RawLine, reason: str) -> None:
        super().__init__(
            f"{path}:{raw.number}: {reason} (byte {raw.offset})",
            help="the file was changed after it was written; `agentctl audit verify` shows all",
        )
        self.path = path
        self.raw = raw
        self.reason = reason


def is_torn(raw: RawLine) -> bool:
    """Return whether a line is the last one and was cut short while being written."""
    return raw.last and cut_short(raw.data)


def lines_backwards(fd: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield offset and bytes of the lines before `end`, last first; the first yielded may lack
    its newline. Reads a block at a time, so that a caller who stops early pays for what it took.
    """
    held, start = b"", end
    while start > 0:
        size = min(max(BLOCK, len(held)), start)  # doubled for a line longer than a block
        start -= size
        held = os.pread(fd, size, start) + held
        upto = len(held)
        while (cut := held.rfind(b"\n", 0, upto - 1)) >= 0:
            yield start + cut + 1, held[cut + 1 : upto]
            upto = cut + 1
        held = held[:upto]
    if held:
        yield 0, held
