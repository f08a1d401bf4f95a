"""`agentctl status`: what is live where, is it what it should be, and is it well."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from runner.app.fleet.live_schedules import next_fire
from runner.app.fleet.seen_runs import SeenRuns, is_of, seen_runs
from runner.app.moves.ground import check_agent, settings_of
from runner.app.pointers import Standing, committed, environment_names, standing_in
from runner.app.project import AGENTS, Project, open_project
from runner.app.released.versions import agent_names, reading_releases
from runner.app.repository import held_open
from runner.boundary.clock import SystemClock
from runner.domain.errors import AgentctlError, IntegrityError, UsageError
from runner.domain.plan import NextFire
from runner.domain.ports import Clock
from runner.domain.release import WORKTREE, Version
from runner.domain.snapshot import Snapshot
from runner.domain.times import utc_text
from runner.journal.entries import RunRecord
from runner.releases.everywhere import Found, Releases
from runner.releases.git_pointers import GitPointers
from runner.releases.known import KnownDigest, check_known
from runner.releases.worktree import WorktreeStore
from runner.rollout.health import WELL, Health, health
from runner.rollout.sync import Sync, sync


@dataclass(frozen=True)
class Cell:
    """One agent in one environment."""

    agent: str
    environment: str
    standing: Standing | None
    """None where the pointer cannot be read."""
    sync: Sync
    health: Health
    last: RunRecord | None
    next_fire: NextFire | None
    now: datetime

    @property
    def troubled(self) -> bool:
        """Whether something asks for a person: not synced, or failing."""
        return self.sync.word != "synced" or self.health.word not in {*WELL, "unknown"}

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        standing = self.standing
        pointer = standing.pointer if standing else None
        blocked = pointer.hold.blocked if pointer and pointer.hold else ()
        override = standing.override if standing else None
        return {
            "agent": self.agent,
            "environment": self.environment,
            "protected": bool(standing and standing.rules and standing.rules.protected),
            "version": pointer.version if pointer else None,
            "digest": pointer.digest if pointer else None,
            "source": standing.source if standing else None,
            "pointer_commit": standing.commit if standing else None,
            "sync": vars(self.sync),
            "health": vars(self.health),
            "held": [each.model_dump() for each in blocked],
            "override_until": utc_text(override.until) if override else None,
            "last_run": self._last(),
            "next_fire": self._next(),
        }

    def _last(self) -> dict[str, Any] | None:
        if self.last is None:
            return None
        age = round((self.now - self.last.started_at).total_seconds())
        started = utc_text(self.last.started_at)
        run = {"run": self.last.run, "version": self.last.started.version}
        return {**run, "status": self.last.status, "started": started, "age_s": age}

    def _next(self) -> dict[str, str] | None:
        fire = self.next_fire
        return {"schedule": fire.schedule, "utc": utc_text(fire.at)} if fire else None


def read_status(
    root: Path | None,
    state: Path | None,
    agent: str | None,
    environment: str | None,
    clock: Clock | None = None,
) -> list[Cell]:
    """Return every agent that has a pointer, in every environment, by agent.

    Raises:
        UsageError: no such agent or environment, or git cannot read the repository.
        ConfigError: agentctl.yaml has problems.
    """
    project = open_project(root, state)
    now = (clock or SystemClock()).now()
    with held_open(project):
        names = agent_names(project)
        with looking(project, seen_runs(project), now) as look:
            if agent is not None:
                check_agent(project, agent)
            places = _environments(project, look.book, environment)
            return [
                cell
                for name in ([agent] if agent else names)
                for place in places
                if (cell := look.cell(name, place))
            ]


@contextmanager
def looking(project: Project, runs: SeenRuns, now: datetime) -> Iterator["Look"]:
    """Yield what cells are made from, while the repository is open.

    Raises:
        UsageError: git cannot read the repository.
        ConfigError: agentctl.yaml has problems.
    """
    with committed(project) as book, reading_releases(project) as (releases, _repository):
        yield Look(project, book, releases, runs, now)


def _environments(project: Project, book: GitPointers | None, wanted: str | None) -> Sequence[str]:
    settings = settings_of(project, book) if book else project.settings
    known = environment_names(project, settings)
    if wanted is None:
        return known
    if wanted not in known:
        raise UsageError(
            f"there is no environment {wanted!r}",
            help=f"environments: {', '.join(known) or 'none'}",
        )
    return [wanted]


@dataclass(frozen=True)
class Look:
    """What cells are made from; git is asked once for each version."""

    project: Project
    book: GitPointers | None
    releases: Releases
    runs: SeenRuns
    now: datetime
    known: dict[str, list[Version]] = field(default_factory=dict)
    """The versions of each agent, once they were asked for."""
    loaded: dict[tuple[str, str], Found] = field(default_factory=dict)
    """Each release that could be read: several environments have the same."""

    def cell(self, agent: str, environment: str) -> Cell | None:
        """Return how an agent stands in an environment; None where it has no pointer."""
        try:
            standing = standing_in(self.project, self.book, environment, agent)
        except AgentctlError as error:
            unread = Sync("unknown", error.message, error.help)
            return Cell(agent, environment, None, unread, Health("unknown"), None, None, self.now)
        if standing is None:
            return None
        snapshot, found = self._snapshot(agent, standing)
        ran = self.runs.of(agent, environment)
        own = [run for run in ran if is_of(run, standing.pointer)]
        return Cell(
            agent,
            environment,
            standing,
            sync=found or self._sync(agent, environment, standing),
            health=health(own, told=self.runs.told),
            last=next(iter(ran), None),
            next_fire=self._next_fire(standing, snapshot),
            now=self.now,
        )

    def _snapshot(self, agent: str, standing: Standing) -> tuple[Snapshot | None, Sync | None]:
        """Return the files that are live, or why they are not what they should be."""
        version = standing.pointer.version
        try:
            if version == WORKTREE:
                return WorktreeStore(self.project.agents, AGENTS).load(agent, version), None
            found = self._found(agent, version)
            promised = standing.pointer.digest
            known = [*found.known, *self.runs.ran_with(agent, version)]
            if promised:
                known.append(KnownDigest(promised, standing.source))
            here = KnownDigest(found.snapshot.digest, found.origin)
            check_known(f"{agent}@{version}", here, known, found.snapshot)
        except IntegrityError as error:
            why = error.message.partition("\n")[0].removeprefix("SECURITY ERROR: ")
            return None, Sync("tampered", why, f"agentctl releases verify {agent}@{version}")
        except AgentctlError as error:
            return None, Sync("unknown", error.message, error.help)
        return found.snapshot, None

    def _found(self, agent: str, version: str) -> Found:
        if (agent, version) not in self.loaded:
            self.loaded[agent, version] = self.releases.found(agent, version)
        return self.loaded[agent, version]

    def _sync(self, agent: str, environment: str, standing: Standing) -> Sync:
        version = standing.pointer.version
        if standing.override:
            commit = f"agentctl rollback {agent} --to {version} --env {environment} --reason TEXT"
            return Sync("drifted", standing.note, commit)
        if standing.note:
            path = f"agent-configs/environments/{environment}/{agent}.yaml"
            return Sync("drifted", standing.note, f"git restore {path}, or commit it")
        versions = self.versions(agent)
        return sync(agent, environment, standing.pointer, versions, self._digest)

    def _digest(self, version: Version) -> str | None:
        if version.digest:
            return version.digest
        try:
            return self._found(version.agent, version.version).snapshot.digest
        except AgentctlError:
            return None  # promoting it says what is wrong with it

    def versions(self, agent: str) -> list[Version]:
        """Return the releases of an agent in SemVer order."""
        if agent not in self.known:
            self.known[agent] = self.releases.versions(agent)
        return self.known[agent]

    def _next_fire(self, standing: Standing, snapshot: Snapshot | None) -> NextFire | None:
        if snapshot is None:
            return None
        protected = standing.rules is not None and standing.rules.protected
        return next_fire(standing.pointer, snapshot, self.now, protected=protected)


def troubles(cells: Sequence[Cell]) -> Iterator[tuple[Cell, Sync | Health]]:
    """Yield each thing that is not as it should be, with why and what mends it.

    That nothing is known of a health is in its row; it takes no mending.
    """
    for cell in cells:
        if cell.sync.word != "synced":
            yield cell, cell.sync
        if cell.health.word not in {*WELL, "unknown"}:
            yield cell, cell.health
