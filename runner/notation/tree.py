"""A read document: plain data, and where each key and value of it stands."""

from collections.abc import Mapping
from typing import Any, NamedTuple

Loc = tuple[str | int, ...]
MAX_DEPTH = 50


# Each value of a file has three of these; as tuples they are made in half the time.
class Mark(NamedTuple):
    """A stretch of one line. Line and column count from 1, column and length in characters."""

    line: int
    column: int
    length: int = 1


class Span(NamedTuple):
    """Where an entry stands: its key (None in lists and at the root) and its value."""

    key: Mark | None
    value: Mark


class Document(NamedTuple):
    """`data` made of dict, list, str, int, float, bool and None; `spans` for each path in it."""

    data: Any
    spans: Mapping[Loc, Span]
