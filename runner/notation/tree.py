"""A read document: plain data, and where each key and value of it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Loc = tuple[str | int, ...]
MAX_DEPTH = 50


@dataclass(frozen=True)
class Mark:
    """A stretch of one line. Line and column count from 1, column and length in characters."""

    line: int
    column: int
    length: int = 1


@dataclass(frozen=True)
class Span:
    """Where an entry stands: its key (None in lists and at the root) and its value."""

    key: Mark | None
    value: Mark


@dataclass(frozen=True)
class Document:
    """`data` made of dict, list, str, int, float, bool and None; `spans` for each path in it."""

    data: Any
    spans: Mapping[Loc, Span]
