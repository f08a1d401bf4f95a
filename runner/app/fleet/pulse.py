"""What the head of every screen says: the environments, and what asks for a person there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from runner.app.listing.query import Query, field_is
from runner.app.listing.run_list import Wanted, matching
from runner.app.moves.ground import settings_of
from runner.app.pointers import committed, environment_names, standing_in
from runner.app.project import Project, open_project
from runner.app.released.versions import agent_names
from runner.app.repository import held_open
from runner.app.story.history import open_ledger
from runner.domain.environment import ProjectSettings
from runner.domain.errors import AgentctlError
from runner.domain.ports import Clock
from runner.releases.git_pointers import GitPointers

FAILED = ("failed", "cancelled")
SINCE = "24h"


@dataclass(frozen=True)
class Places:
    """The environments of a project, in its order."""

    names: tuple[str, ...] = ()
    protected: frozenset[str] = frozenset()
    default: str | None = None
    """The one that is looked at first; None where there is none."""


@dataclass(frozen=True)
class Pulse:
    """What is counted in one environment; of an environment None, in all."""

    places: Places
    holds: int
    """Agents of which some release is held there."""
    failed: int
    """Runs that failed in the last 24 hours."""
    at: datetime
    """When it was looked."""


def read_pulse(
    root: Path | None, state: Path | None, environment: str | None, clock: Clock
) -> Pulse:
    """Return what asks for a person in an environment.

    Raises:
        UsageError: there is no project here, or git cannot read it.
        ConfigError: agentctl.yaml has problems.
    """
    project = open_project(root, state)
    with held_open(project), committed(project) as book:
        places = _places(project, book)
        looked_at = [environment] if environment else places.names
        holds = sum(
            _holds(project, book, name, agent)
            for name in looked_at
            for agent in agent_names(project)
        )
    now = clock.now()
    return Pulse(places, holds, _failed(project, environment, now), now)


def read_places(root: Path | None, state: Path | None) -> Places:
    """Return the environments of a project.

    Raises:
        UsageError, ConfigError: as `read_pulse`.
    """
    project = open_project(root, state)
    with held_open(project), committed(project) as book:
        return _places(project, book)


def _places(project: Project, book: GitPointers | None) -> Places:
    settings = settings_of(project, book) if book else project.settings
    names = environment_names(project, settings)
    protected = frozenset(name for name, each in settings.environments.items() if each.protected)
    return Places(names, protected, _default(settings, names, protected))


def _default(
    settings: ProjectSettings, names: Sequence[str], protected: frozenset[str]
) -> str | None:
    """What is protected matters most to who looks at night; the last one stands for it."""
    guarded = [name for name in names if name in protected]
    return next(iter(guarded[-1:] or names[-1:]), settings.default_environment)


def _holds(project: Project, book: GitPointers | None, environment: str, agent: str) -> bool:
    try:
        standing = standing_in(project, book, environment, agent)
    except AgentctlError:
        return False  # the fleet says what is wrong with it
    return standing is not None and standing.pointer.hold is not None


def _failed(project: Project, environment: str | None, now: datetime) -> int:
    if not open_ledger(project).path.is_file():
        return 0
    terms = [field_is("status", FAILED), field_is("mode", ("live",))]
    if environment:
        terms.append(field_is("env", (environment,)))
    return sum(1 for _run in matching(project, Wanted(Query(tuple(terms)), SINCE), now))
