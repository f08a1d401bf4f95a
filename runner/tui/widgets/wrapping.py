"""The rows of a text: one for a line, or as many as a line needs when it is wrapped."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Protocol

from runner.tui.look import Cell
from runner.tui.tints import pieces
from runner.tui.widgets.cells import shortened, wrapped

MOST_LINES, MOST_CHARACTERS = 5_000, 512 * 1024
"""What is wrapped; a longer text is cut at the side, where it can be scrolled."""


class Lines(Protocol):
    """Lines that are asked for when they are seen; a list or a tuple of cells is one."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Cell: ...


class CutRows:
    """A row for each line."""

    cut = True

    def __init__(self, lines: Lines) -> None:
        self.lines = lines

    def __len__(self) -> int:
        return len(self.lines)

    def row(self, index: int, *, simple: bool) -> Cell:
        """Return what stands on a row."""
        return shortened(self.lines[index], simple=simple)

    def line_of(self, row: int) -> int:
        """Return which line a row belongs to."""
        return row

    def row_of(self, line: int) -> int:
        """Return the first row of a line."""
        return line


class WrappedRows:
    """The rows of a short text for one width."""

    cut = False

    def __init__(self, lines: Lines, width: int, *, simple: bool) -> None:
        self._rows: list[Cell] = []
        self._starts: list[int] = []
        for index in range(len(lines)):
            self._starts.append(len(self._rows))
            self._rows.extend(wrapped(lines[index], width, simple=simple))

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, index: int, *, simple: bool) -> Cell:
        """Return what stands on a row."""
        return self._rows[index]

    def line_of(self, row: int) -> int:
        """Return which line a row belongs to."""
        return max(bisect_right(self._starts, row) - 1, 0)

    def row_of(self, line: int) -> int:
        """Return the first row of a line."""
        return self._starts[line] if line < len(self._starts) else len(self._rows)


def is_short(lines: Lines) -> bool:
    """Return whether a text is short enough to be wrapped at once."""
    if len(lines) > MOST_LINES:
        return False
    size = 0
    for index in range(len(lines)):
        size += sum(len(text) for text, _ in pieces(lines[index]))
        if size > MOST_CHARACTERS:
            return False
    return True


def stop_after(stops: Sequence[int], line: int, step: int) -> int | None:
    """Return the next stop below a line, or above it for a negative step."""
    if step > 0:
        return min((stop for stop in stops if stop > line), default=None)
    return max((stop for stop in stops if stop < line), default=None)
