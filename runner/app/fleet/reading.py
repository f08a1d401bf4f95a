"""The fleet: each agent of one environment, is it what it should be, is it well, what it costs.

Built on the cells of `agentctl status`. What is broken of one agent is said in its row, and what
the project lacks in a note: nothing ends the page.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from runner.app.fleet.ground import Stage
from runner.app.fleet.ledger_tail import LedgerTail
from runner.app.fleet.matrix import Matrix, line_of
from runner.app.fleet.row import Row
from runner.app.fleet.sight import Sight
from runner.app.fleet.stamps import stamps
from runner.app.fleet.why import Known, Why, why_of
from runner.app.project import open_project
from runner.boundary.clock import SystemClock
from runner.domain.ports import Clock
from runner.releases.overrides import DIRECTORY as OVERRIDES

OLD = timedelta(seconds=30)
"""What was made this long ago is made again, whether or not anything is seen to have changed."""
T = TypeVar("T")


@dataclass(frozen=True)
class Fleet:
    """All agents as one environment has them, by name."""

    environment: str | None
    """None where there is no environment."""
    stages: tuple[Stage, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    """What is missing here, and what gets it."""
    now: datetime

    def row(self, agent: str) -> Row | None:
        """Return an agent's row; None when it is not there any more."""
        return next((row for row in self.rows if row.agent == agent), None)

    def count(self, *words: str) -> int:
        """Return how many rows have one of these words for their sync or their health."""
        return sum(1 for row in self.rows if {row.sync_word, row.health.word} & {*words})


def read_fleet(
    root: Path | None, state: Path | None, environment: str | None, clock: Clock | None = None
) -> Fleet:
    """Return the agents in an environment; None means the one that is looked at by default.

    Raises:
        UsageError: there is no project here, or no such environment.
    """
    return FleetReader(root, state, clock).fleet(environment)


@dataclass(frozen=True)
class _Kept:
    """What was made by name, since when, and from what."""

    basis: tuple[object, ...]
    at: datetime
    made: dict[object, Any] = field(default_factory=dict)


class FleetReader:
    """Reads the fleet again and again: of the ledger only what is new. Threads may share it."""

    def __init__(self, root: Path | None, state: Path | None, clock: Clock | None = None) -> None:
        """Open the project.

        Raises:
            UsageError: there is none.
        """
        self._root, self._state = root, state
        self._clock = clock or SystemClock()
        self._tail = LedgerTail(open_project(root, state))
        self._kept = _Kept((), self._now())

    def fleet(self, environment: str | None) -> Fleet:
        """Return the agents in an environment; errors as `read_fleet`."""
        return replace(
            self._once(("fleet", environment), lambda: self._fleet(environment)), now=self._now()
        )

    def matrix(self) -> Matrix:
        """Return every agent in every environment."""
        return replace(self._once("matrix", self._matrix), now=self._now())

    def why(self, agent: str, environment: str | None) -> Why | None:
        """Return what is to be said of one agent; None when it is not there any more."""
        return self._once(("why", agent, environment), lambda: self._why(agent, environment))

    def _fleet(self, environment: str | None) -> Fleet:
        with self._sight() as sight:
            name = sight.ground.chosen(environment)
            rows = tuple(sight.row(agent, name) for agent in sight.ground.agents)
            return Fleet(name, sight.ground.stages, rows, sight.notes(), sight.now)

    def _matrix(self) -> Matrix:
        with self._sight() as sight:
            lines = tuple(line_of(sight, agent) for agent in sight.ground.agents)
            return Matrix(sight.ground.stages, lines, sight.notes(), sight.now)

    def _why(self, agent: str, environment: str | None) -> Why | None:
        with self._sight() as sight:
            if agent not in sight.ground.agents:
                return None
            row = sight.row(agent, environment)
            moves, versions = sight.moves(row, self._clock), sight.versions(agent)
            return why_of(row, Known(moves, versions, sight.runs, sight.project.state))

    def _once(self, name: object, make: Callable[[], T]) -> T:
        """Return what was made before, where nothing has changed since and it is not old."""
        now, basis = self._now(), self._basis()
        kept = self._kept
        if kept.basis != basis or abs(now - kept.at) > OLD:
            kept = self._kept = _Kept(basis, now)
        if name not in kept.made:
            kept.made[name] = make()
        found: T = kept.made[name]
        return found

    def _basis(self) -> tuple[object, ...]:
        """Return what differs once runs, pointers, releases or settings have changed."""
        project = open_project(self._root, self._state)
        pointers = project.agents.glob("environments/*/*.yaml")
        overrides = (project.state / OVERRIDES).glob("*/*.json")
        files = tuple(map(_stamp, chain(pointers, overrides)))
        return stamps(self._root, self._state), files, self._tail.read(self._now())

    def _sight(self) -> Sight:
        now = self._now()
        return Sight(open_project(self._root, self._state), self._tail.read(now), now)

    def _now(self) -> datetime:
        return self._clock.now()


def _stamp(path: Path) -> tuple[str, int, int]:
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), found.st_ino, found.st_mtime_ns
