"""What a table shows: rows that are asked for when they are seen."""

from collections.abc import Sequence
from typing import Protocol

from runner.tui.look import Cell


class Rows(Protocol):
    """The rows of a table. Only `__len__` and the rows that are seen are asked for."""

    def __len__(self) -> int: ...

    def key(self, index: int) -> str:
        """Return what identifies a row, whatever its place."""
        ...

    def cells(self, index: int) -> Sequence[Cell]:
        """Return a cell for every column, those that are not shown as well; called on paint."""
        ...

    def index_of(self, key: str) -> int | None:
        """Return where a row is; None when it is not there. It must not search."""
        ...


class NoRows:
    """A table before it was given any rows."""

    def __len__(self) -> int:
        return 0

    def key(self, index: int) -> str:
        raise IndexError(index)

    def cells(self, index: int) -> Sequence[Cell]:
        raise IndexError(index)

    def index_of(self, key: str) -> int | None:
        return None
