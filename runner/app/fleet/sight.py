"""One look at a whole project: what its rows are made from, its repository held open."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime

from runner.app.fleet.figures import SHOWN, figures
from runner.app.fleet.ground import Ground, ground_of, notes_of
from runner.app.fleet.row import Row
from runner.app.fleet.seen_runs import SeenRuns
from runner.app.fleet.status import Cell, Look, looking
from runner.app.moves.ground import pointer_book
from runner.app.project import Project
from runner.app.released.versions import agent_names, current_of, is_original
from runner.app.repository import held_open
from runner.boundary.bare import is_bare
from runner.domain.errors import AgentctlError
from runner.domain.pointing import Move
from runner.domain.ports import Clock
from runner.domain.release import WORKTREE, Version
from runner.journal.entries import RunRecord
from runner.rollout.health import Health, health
from runner.rollout.sync import Sync


class Sight:
    """One look at the whole project, its repository held open; use it in a `with`."""

    look: Look | None
    """None where git does not answer."""
    ground: Ground

    def __init__(self, project: Project, runs: SeenRuns, now: datetime) -> None:
        self.project, self.runs, self.now = project, runs, now
        self.blind: AgentctlError | None = None
        self._stack = ExitStack()

    def __enter__(self) -> "Sight":
        self._stack.enter_context(held_open(self.project))
        try:
            self.look = self._stack.enter_context(looking(self.project, self.runs, self.now))
            self.ground = ground_of(self.project, self.look.book)
        except AgentctlError as error:
            self.look, self.blind = None, error
            self.ground = ground_of(self.project, None)
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stack.close()

    def row(self, agent: str, environment: str | None) -> Row:
        """Return how an agent stands; what is wrong with it is in the row."""
        if environment is None:
            return self._unpointed(agent, None)
        try:
            if self.look is None:
                raise self.blind or AgentctlError("git does not answer")
            cell = self.look.cell(agent, environment)
        except AgentctlError as error:
            return self._broken(agent, environment, error)
        return self._pointed(cell) if cell else self._unpointed(agent, environment)

    def notes(self) -> tuple[str, ...]:
        """Return what is missing here."""
        releases = self.look.releases if self.look else None
        return tuple(notes_of(self.project, self.ground, releases, self.runs, self.blind))

    def versions(self, agent: str) -> list[Version]:
        """Return an agent's releases in SemVer order; none where they cannot be read."""
        try:
            return self.look.versions(agent) if self.look else []
        except AgentctlError:
            return []

    def moves(self, row: Row, clock: Clock) -> list[Move]:
        """Return the moves of a row's pointer, newest first; none where they cannot be read."""
        if row.environment is None:
            return []
        try:
            with pointer_book(self.project, clock, git_may_fail=True) as book:
                return book.moves(row.environment, row.agent)
        except AgentctlError:
            return []

    def _pointed(self, cell: Cell) -> Row:
        ran = self.runs.of(cell.agent, cell.environment)
        pointer = cell.standing.pointer if cell.standing else None
        return Row(
            cell.agent,
            cell.environment,
            version=pointer.version if pointer else None,
            sync=cell.sync,
            health=cell.health,
            figures=figures(ran, self.now),
            runs=tuple(ran[:SHOWN]),
            cell=cell,
            elsewhere=self.ground.pointed(cell.agent, besides=cell.environment),
        )

    def _broken(self, agent: str, environment: str, error: AgentctlError) -> Row:
        ran = self.runs.of(agent, environment)
        why = Sync("unknown", error.message.partition("\n")[0], error.help)
        shown, last = figures(ran, self.now), tuple(ran[:SHOWN])
        return Row(agent, environment, None, why, Health("unknown"), shown, last)

    def _unpointed(self, agent: str, environment: str | None) -> Row:
        ran: Sequence[RunRecord] = self.runs.places.get((agent, environment), ())
        return Row(
            agent,
            environment,
            version=_here(self.project, agent),
            sync=None,
            health=health(ran, told=self.runs.told),
            figures=figures(ran, self.now),
            runs=tuple(ran[:SHOWN]),
            elsewhere=self.ground.pointed(agent),
        )


def _here(project: Project, agent: str) -> str | None:
    """Return what runs when nobody names a version."""
    try:
        if is_bare(project.root) or agent not in agent_names(project):
            return None
        return current_of(project, agent) if is_original(project, agent) else WORKTREE
    except (AgentctlError, OSError):
        return None
