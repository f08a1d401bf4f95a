"""`agentctl schedules list`: what would fire when, and which schedules the pointers make live."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

from runner.app.pointers import environment_names, pointed_agents
from runner.app.project import Project, open_project
from runner.app.released.versions import Choice, agent_names, choose, is_original, load_version
from runner.app.repository import held_open
from runner.boundary.clock import SystemClock
from runner.domain.diagnostics import ConfigError
from runner.domain.environment import Pointer
from runner.domain.errors import AgentctlError, UsageError
from runner.domain.ports import Clock
from runner.domain.release import WORKTREE
from runner.domain.schedule import Once, Recurring, Schedule
from runner.domain.times import utc_text
from runner.notation.cron_words import cron_words, names_a_time
from runner.notation.firing import fires, fires_per_day, local
from runner.releases.reading import check_agent_known

MOST_FIRES = 10


@dataclass(frozen=True)
class Slot:
    """One moment at which a schedule fires."""

    at: datetime
    """In UTC."""
    shown: datetime
    """The same moment as the clocks of the schedule's zone show it."""

    def as_json(self) -> dict[str, str]:
        """Return it as plain data."""
        return {"utc": utc_text(self.at), "local": self.shown.isoformat()}


@dataclass(frozen=True)
class Planned:
    """One schedule of one version of an agent, as an environment has it."""

    agent: str
    version: str
    environment: str | None
    schedule: Schedule
    live: bool
    words: str
    fires: tuple[Slot, ...]
    runs_a_day: float
    past: bool = False
    """A moment that is over: it never fires again."""

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        recurring = isinstance(self.schedule, Recurring)
        return {
            "agent": self.agent,
            "version": self.version,
            "environment": self.environment,
            "schedule": self.schedule.name,
            "type": self.schedule.type,
            "cron": self.schedule.cron if isinstance(self.schedule, Recurring) else None,
            "timezone": self.schedule.timezone if isinstance(self.schedule, Recurring) else None,
            "at": None if recurring else utc_text(self.fires_at),
            "past": self.past,
            "words": self.words,
            "live": self.live,
            "runs_a_day": round(self.runs_a_day, 4),
            "next": [slot.as_json() for slot in self.fires],
        }

    @property
    def fires_at(self) -> datetime:
        """The moment of a schedule that fires once."""
        assert isinstance(self.schedule, Once)
        return self.schedule.at.astimezone(UTC)


@dataclass(frozen=True)
class Unread:
    """A version whose schedules nobody can tell, because it does not load."""

    name: str
    error: AgentctlError


@dataclass
class Schedules:
    """What was found: the schedules, and the versions that could not be read."""

    planned: list[Planned] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)


def list_schedules(
    root: Path | None,
    state: Path | None,
    agent: str | None,
    environment: str | None,
    clock: Clock | None = None,
) -> Schedules:
    """Return the schedules of an agent, or of all, in an environment, or in all and the worktree.

    Raises:
        UsageError: no such agent or environment, or no pointer there.
    """
    project = open_project(root, state)
    with held_open(project):
        return _listed(project, agent, environment, (clock or SystemClock()).now())


def _listed(
    project: Project, agent: str | None, environment: str | None, now: datetime
) -> Schedules:
    names = agent_names(project)
    if agent is not None:
        check_agent_known(names, agent, project.agents)
    found = Schedules()
    places = [environment] if environment else environment_names(project, project.settings)
    pointed = {
        place: _pointed(project, place, [agent] if agent else names, found) for place in places
    }
    if environment and not pointed[environment] and not found.unread:
        _none_there(project, agent, environment)
    for each in [agent] if agent else names:
        for name in _versions(project, each, pointed, only_pointed=environment is not None):
            try:
                found.planned += _planned(project, name, now)
            except AgentctlError as error:
                found.unread.append(Unread(name, error))
    return found


def _pointed(project: Project, environment: str, agents: list[str], found: Schedules) -> list[str]:
    """Return the agents with a pointer in an environment; one that is broken is noted."""
    try:
        return pointed_agents(project, environment, agents)
    except ConfigError as error:
        if len(agents) == 1:
            found.unread.append(Unread(f"{agents[0]}@{environment}", error))
            return []
    return [name for agent in agents for name in _pointed(project, environment, [agent], found)]


def _versions(
    project: Project, agent: str, pointed: Mapping[str, list[str]], *, only_pointed: bool
) -> list[str]:
    """Return `AGENT@REF` for each version whose schedules are asked for."""
    names = [f"{agent}@{place}" for place, agents in pointed.items() if agent in agents]
    if names or only_pointed:
        return names
    return [agent if is_original(project, agent) else f"{agent}@{WORKTREE}"]


def _none_there(project: Project, agent: str | None, environment: str) -> None:
    if agent is not None:
        choose(project, f"{agent}@{environment}")  # says what is wrong, and what was meant
    known = ", ".join(project.settings.environments) or "none declared"
    raise UsageError(
        f"no agent has a pointer in the environment {environment!r}",
        help=f"environments of agentctl.yaml: {known}",
    )


def _planned(project: Project, name: str, now: datetime) -> list[Planned]:
    choice = choose(project, name)
    release = load_version(project, name)
    return [
        _plan(choice, schedule, _is_live(choice, schedule.name), now)
        for schedule in release.spec.schedules
    ]


def _is_live(choice: Choice, schedule: str) -> bool:
    """What the pointer says; unsaid, all in a protected environment and none elsewhere."""
    if choice.standing is None:
        return False
    rules = choice.standing.rules
    return live(choice.standing.pointer, schedule, protected=rules is not None and rules.protected)


def live(pointer: Pointer, schedule: str, *, protected: bool) -> bool:
    """Return whether a pointer makes a schedule live."""
    said = pointer.schedules
    if isinstance(said, tuple):
        return schedule in said
    return protected if said is None else said == "all"


def _plan(choice: Choice, schedule: Schedule, is_live: bool, now: datetime) -> Planned:
    recurring = isinstance(schedule, Recurring)
    slots = tuple(_slots(schedule, now))
    return Planned(
        agent=choice.agent,
        version=choice.version,
        environment=choice.environment,
        schedule=schedule,
        live=is_live,
        words=in_words(schedule, now),
        fires=slots,
        runs_a_day=fires_per_day(schedule.cron) if isinstance(schedule, Recurring) else 0.0,
        past=not recurring and not slots,
    )


def _slots(schedule: Schedule, now: datetime) -> Iterator[Slot]:
    if isinstance(schedule, Once):
        if schedule.at > now:
            yield Slot(schedule.at.astimezone(UTC), schedule.at)
        return
    for fire in islice(fires(schedule.cron, schedule.timezone, now), MOST_FIRES):
        yield Slot(fire.at, local(fire.at, schedule.timezone))


def load_ahead(planned: Sequence[Planned], now: datetime, hours: int = 24) -> tuple[int, ...]:
    """Return how many runs live schedules start in each of the next hours, from now on."""
    counts = [0] * hours
    for each in planned:
        for at in _fires_until(each, now, now + timedelta(hours=hours)) if each.live else ():
            counts[int((at - now).total_seconds() // 3600)] += 1
    return tuple(counts)


def _fires_until(each: Planned, now: datetime, end: datetime) -> Iterator[datetime]:
    if isinstance(each.schedule, Recurring):
        ahead = fires(each.schedule.cron, each.schedule.timezone, now)
        yield from takewhile(lambda at: at < end, (fire.at for fire in ahead))
    else:
        yield from (slot.at for slot in each.fires if slot.at < end)


def in_words(schedule: Schedule, now: datetime) -> str:
    """Return when a schedule fires: `every day at 02:00 Europe/Berlin`, `once, at ...`."""
    if isinstance(schedule, Once):
        over = ", which is over" if schedule.at <= now else ""
        return f"once, at {schedule.at.isoformat(sep=' ', timespec='minutes')}{over}"
    words = cron_words(schedule.cron)
    if words is None:
        return f"`{schedule.cron}` {schedule.timezone}"
    return f"{words} {schedule.timezone}" if names_a_time(schedule.cron) else words
