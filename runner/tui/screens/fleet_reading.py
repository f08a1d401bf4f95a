"""What workers read for the fleet, with what the project hides hidden in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Event

from runner.app.fleet.matrix import Matrix
from runner.app.fleet.reading import Fleet, FleetReader
from runner.app.fleet.row import Row
from runner.app.fleet.why import Finding, Since, Why
from runner.tui.world import World

REST_S = 0.08
"""How long the cursor rests on an agent before more is read of it: a held key reads nothing."""
Place = tuple[str, str | None]
"""An agent and an environment."""


@dataclass(frozen=True)
class Shown:
    """A fleet or a matrix as it may be shown."""

    names: Mapping[str, str]
    """What is shown for each agent's name."""
    notes: tuple[str, ...]
    fleet: Fleet | None = None
    matrix: Matrix | None = None


def read_fleet(world: World, reader: FleetReader, environment: str | None) -> Shown:
    """Return the agents of an environment; errors as `FleetReader.fleet` and `World.hide`."""
    found = reader.fleet(environment)
    agents = [row.agent for row in found.rows]
    rows = tuple(_hidden_row(world, row) for row in found.rows)
    return Shown(_names(world, agents), _hidden(world, found.notes), replace(found, rows=rows))


def read_matrix(world: World, reader: FleetReader) -> Shown:
    """Return the agents in all environments; errors as above."""
    found = reader.matrix()
    agents = [line.agent for line in found.lines]
    lines = tuple(
        replace(line, cells=tuple(_hidden_row(world, cell) for cell in line.cells))
        for line in found.lines
    )
    return Shown(
        _names(world, agents), _hidden(world, found.notes), matrix=replace(found, lines=lines)
    )


class Resting:
    """The place that is chosen: a screen tells it, and a worker waits until the cursor rests."""

    def __init__(self) -> None:
        self._place: Place | None = None
        self._moved = Event()

    def tell(self, place: Place | None) -> None:
        """Say what is chosen now."""
        if place != self._place:
            self._place = place
            self._moved.set()

    def place(self) -> Place | None:
        """Return what is chosen, once that has been the same for a moment."""
        while self._moved.is_set():
            self._moved.clear()
            self._moved.wait(REST_S)
        return self._place


def read_why(world: World, reader: FleetReader, resting: Resting) -> Why | None:
    """Return what is to be said of the agent that the cursor rests on; errors as above."""
    place = resting.place()
    why = reader.why(*place) if place else None
    if why is None:
        return None
    findings = tuple(_hidden_finding(world, each) for each in why.findings)
    since = _hidden_since(world, why.since) if why.since else None
    return replace(why, row=_hidden_row(world, why.row), findings=findings, since=since)


def _names(world: World, agents: Sequence[str]) -> dict[str, str]:
    return dict(zip(agents, _hidden(world, agents), strict=True))


def _hidden(world: World, texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(world.hide(list(texts)))


def _hidden_row(world: World, row: Row) -> Row:
    if row.sync is None:
        return row
    why, mend = _hidden(world, (row.sync.why, row.sync.mend))
    return replace(row, sync=replace(row.sync, why=why, mend=mend))


def _hidden_finding(world: World, finding: Finding) -> Finding:
    text, mend = _hidden(world, (finding.text, finding.mend))
    return replace(finding, text=text, mend=mend)


def _hidden_since(world: World, since: Since) -> Since:
    return replace(since, by=_hidden(world, (since.by,))[0])
