"""The columns of a table, and which of them a terminal has room for."""

from collections.abc import Sequence
from dataclasses import dataclass

LEAD = 2
"""Cells at the left of every row: one for the cursor, one for a mark."""


@dataclass(frozen=True)
class Column:
    """A column and how wide it is, in cells."""

    title: str
    width: int
    """The least, where it grows."""
    right: bool = False
    grow: bool = False
    """Takes what the others leave."""
    rank: int = 0
    """0 stays; of the others the highest goes first where there is no room for all."""


@dataclass(frozen=True)
class Fit:
    """The columns that are shown."""

    shown: tuple[int, ...]
    """Their places among all columns."""
    widths: tuple[int, ...]

    @property
    def wide(self) -> int:
        """The width of all together, with a cell between two."""
        return sum(self.widths) + max(len(self.widths) - 1, 0)


def fit(columns: Sequence[Column], room: int) -> Fit:
    """Choose the columns for a number of cells; those of rank 0 may need more than there is."""
    shown = list(range(len(columns)))
    while _need(columns, shown) > room:
        going = max(shown, key=lambda place: (columns[place].rank, place), default=None)
        if going is None or columns[going].rank == 0:
            break
        shown.remove(going)
    spare = max(room - _need(columns, shown), 0)
    growing = [place for place in shown if columns[place].grow]
    widths = []
    for place in shown:
        more = 0
        if place in growing:
            more = -(-spare // (len(growing) - growing.index(place)))
            spare -= more
        widths.append(max(columns[place].width, 1) + more)
    return Fit(tuple(shown), tuple(widths))


def _need(columns: Sequence[Column], shown: Sequence[int]) -> int:
    return sum(max(columns[place].width, 1) for place in shown) + max(len(shown) - 1, 0)
