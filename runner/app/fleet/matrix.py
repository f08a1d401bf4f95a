"""Agents by environments: what each one has, and how many releases it is ahead of the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from runner.app.fleet.ground import Stage
from runner.app.fleet.row import Row
from runner.app.fleet.sight import Sight
from runner.domain.quantities import VERSION
from runner.domain.release import Version
from runner.releases.ordering import precedence


@dataclass(frozen=True)
class Line:
    """One agent in every environment."""

    agent: str
    cells: tuple[Row, ...]
    """In the order of the environments."""
    ahead: tuple[int | None, ...]
    """For each cell: releases between it and its right neighbour, negative where that one is newer.

    None where one of both is no release, and for the last.
    """

    def difference(self) -> tuple[int, int] | None:
        """Return the column furthest right that differs from its right neighbour, and by how much.

        None where all are the same.
        """
        found = ((at, many) for at, many in reversed([*enumerate(self.ahead)]) if many)
        return next(found, None)

    @property
    def troubled(self) -> bool:
        """Whether something asks for a person in any environment."""
        return any(cell.troubled for cell in self.cells)


@dataclass(frozen=True)
class Matrix:
    """All agents in all environments, by name."""

    stages: tuple[Stage, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    now: datetime

    def line(self, agent: str) -> Line | None:
        """Return an agent's line; None when it is not there any more."""
        return next((line for line in self.lines if line.agent == agent), None)


def line_of(sight: Sight, agent: str) -> Line:
    """Return one agent in every environment."""
    cells = tuple(sight.row(agent, stage.name) for stage in sight.ground.stages)
    pairs = list(pairwise(cells))
    differ = any(left.version != right.version for left, right in pairs)
    known = sight.versions(agent) if differ else ()
    between = [releases_between(left, right, known) for left, right in pairs]
    return Line(agent, cells, (*between, None) if cells else ())


def releases_between(left: Row, right: Row, known: Sequence[Version]) -> int | None:
    """Return how many releases the left one is ahead, negative where it is behind."""
    here, there = _version(left), _version(right)
    if here is None or there is None:
        return None
    low, high = sorted((precedence(here), precedence(there)))
    early = "-" in here or "-" in there
    steps = {
        each.version
        for each in known
        if low < precedence(each.version) <= high and (early or "-" not in each.version)
    }
    return len(steps) if precedence(here) >= precedence(there) else -len(steps)


def _version(row: Row) -> str | None:
    pointed = row.sync is not None and row.version is not None
    return row.version if pointed and VERSION.fullmatch(row.version or "") else None
