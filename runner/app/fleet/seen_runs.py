"""What the ledger here knows of runs in an environment: how many, how they ended, which go on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from runner.app.project import Project
from runner.app.story.history import open_ledger
from runner.domain.environment import Pointer
from runner.domain.plan import Evidence, InFlight
from runner.journal.entries import RunRecord
from runner.releases.known import KnownDigest

MOST = 10_000
"""Runs that are looked at, the newest ones."""


@dataclass(frozen=True)
class SeenRuns:
    """The newest live runs of a project, newest first, by agent and environment."""

    places: Mapping[tuple[str, str | None], Sequence[RunRecord]]
    told: bool
    """False without a ledger."""

    def of(self, agent: str, environment: str) -> Sequence[RunRecord]:
        """Return the runs of an agent in an environment, newest first."""
        return self.places.get((agent, environment), ())

    def ran_with(self, agent: str, version: str) -> list[KnownDigest]:
        """Return every digest under which a version was seen to run."""
        digests = {
            run.started.digest
            for (name, _environment), runs in self.places.items()
            if name == agent
            for run in runs
            if run.started.version == version
        }
        return [KnownDigest(each, "the ledger: it ran here with") for each in sorted(digests)]

    def evidence(self, agent: str, environment: str, digest: str) -> Evidence | None:
        """Return how the runs of a release there ended; None when there were none."""
        return evidence(run for run in self.of(agent, environment) if run.started.digest == digest)

    def in_flight(self, agent: str, environment: str) -> tuple[InFlight, ...]:
        """Return the runs there that have not ended."""
        return tuple(
            InFlight(run=run.run, version=run.started.version, started=run.started_at)
            for run in self.of(agent, environment)
            if run.status in {"running", "parked"}
        )


def seen_runs(project: Project) -> SeenRuns:
    """Return the newest live runs that the ledger tells of."""
    places: dict[tuple[str, str | None], list[RunRecord]] = {}
    for run in islice(_live(project), MOST):
        places.setdefault((run.started.agent, run.started.environment), []).append(run)
    return SeenRuns(places, told=open_ledger(project).path.is_file())


@dataclass(frozen=True)
class Successes:
    """Counts successes of a release in one environment, no further than is wanted."""

    project: Project
    agent: str
    environment: str
    wanted: int

    def __call__(self, digest: str) -> int | None:
        """Return how many, None where there is no ledger."""
        if not open_ledger(self.project).path.is_file():
            return None
        place = (self.agent, self.environment, digest, "succeeded")
        return sum(1 for _run in islice(_matching(_live(self.project), place), self.wanted))


def is_of(run: RunRecord, pointer: Pointer) -> bool:
    """Return whether a run was one of what a pointer names; of a worktree, whatever it was then."""
    if pointer.digest is None:
        return run.started.version == pointer.version
    return run.started.digest == pointer.digest


def evidence(runs: Iterable[RunRecord]) -> Evidence | None:
    """Return how many of these runs ended and succeeded; None when there are none."""
    ended = [run.status for run in runs if run.status not in {"running", "parked"}]
    return Evidence(runs=len(ended), succeeded=ended.count("succeeded")) if ended else None


def _live(project: Project) -> Iterator[RunRecord]:
    return (run for run in open_ledger(project).runs() if run.started.mode == "live")


def _matching(runs: Iterable[RunRecord], place: tuple[str, str, str, str]) -> Iterator[RunRecord]:
    for run in runs:
        start = run.started
        if (start.agent, start.environment, start.digest, run.status) == place:
            yield run
