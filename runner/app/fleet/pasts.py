"""`agentctl history`: what was live in an environment, from when to when, who moved it and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from runner.app.fleet.seen_runs import SeenRuns, evidence, is_of, seen_runs
from runner.app.moves.ground import check_agent, pointer_book, rules_of
from runner.app.project import open_project
from runner.boundary.clock import SystemClock
from runner.domain.environment import Hold
from runner.domain.errors import UsageError
from runner.domain.plan import Evidence
from runner.domain.pointing import Move
from runner.domain.ports import Clock
from runner.domain.times import utc_text
from runner.releases.git_pointers import GitPointers
from runner.rollout.good import Stretch, stretches

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Past:
    """The time that one release, or nothing, was live."""

    agent: str
    environment: str
    stretch: Stretch
    runs: Evidence | None
    """Of its runs that began then; None when the ledger here has none."""
    now: datetime

    @property
    def version(self) -> str | None:
        """What was live; None where there was no pointer, or none that can be read."""
        return self.stretch.pointer.version if self.stretch.pointer else None

    @property
    def active_s(self) -> float:
        """How long, in seconds; until now while it lasts."""
        return ((self.stretch.until or self.now) - self.stretch.since).total_seconds()

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        stretch = self.stretch
        began, pointer, held = stretch.began, stretch.pointer, stretch.blocked_by
        hold = held.pointer.hold if held and held.pointer else None
        return {
            "agent": self.agent,
            "environment": self.environment,
            "version": self.version,
            "digest": pointer.digest if pointer else None,
            "missing": began.why or None,
            "from": utc_text(stretch.since),
            "until": utc_text(stretch.until) if stretch.until else None,
            "active_s": round(self.active_s),
            "by": began.by,
            "subject": began.subject,
            "reason": _reason(began),
            "commit": began.commit,
            "moves": len(stretch.moves),
            "good": stretch.good,
            "held": _held(hold) if hold else None,
            "runs": self.runs.runs if self.runs else None,
            "succeeded": self.runs.succeeded if self.runs else None,
        }


def _held(hold: Hold) -> dict[str, Any]:
    return {"by": hold.by, "at": utc_text(hold.at), "reason": hold.reason}


def _reason(move: Move) -> str:
    """What the person said: the commit's message without its subject and trailers."""
    _subject, _, body = move.reason.partition("\n")
    kept = [line for line in body.split("\n") if not line.startswith("Agentctl-")]
    return "\n".join(kept).strip()


@dataclass(frozen=True)
class Pasts:
    """A pointer's history, newest first; `whole` is False in a shallow clone."""

    pasts: tuple[Past, ...]
    whole: bool = True

    def at(self, moment: datetime) -> Past | None:
        """Return what was live at a moment; None when nothing was."""
        found = next((each for each in self.pasts if each.stretch.since <= moment), None)
        return found if found and found.version else None


def read_pasts(
    root: Path | None,
    state: Path | None,
    agent: str,
    environment: str,
    clock: Clock | None = None,
) -> Pasts:
    """Return the history of an agent's pointer in an environment.

    Raises:
        UsageError: no such agent or environment, or git cannot read the repository.
    """
    project, clock = open_project(root, state), clock or SystemClock()
    with pointer_book(project, clock) as book:
        rules_of(project, book, environment)
        check_agent(project, agent)
        moves = book.moves(environment, agent)
        whole = book.whole if isinstance(book, GitPointers) else True
    seen, now = seen_runs(project), clock.now()
    return Pasts(
        tuple(
            Past(agent, environment, stretch, _runs(seen, agent, environment, stretch), now)
            for stretch in stretches(moves)
        ),
        whole,
    )


def read_moment(text: str) -> datetime:
    """Return the moment that `--at` names: an RFC 3339 time, or a date, which begins in UTC.

    Raises:
        UsageError: it is none of them.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _no_moment(text) from error
    if moment.tzinfo is None and len(text) == len("2026-11-20"):
        return moment.replace(tzinfo=UTC)
    if moment.tzinfo is None:
        raise _no_moment(text)
    return moment


def _no_moment(text: str) -> UsageError:
    return UsageError(
        f"--at: {text!r} is no moment",
        help="write 2026-11-20T03:00Z, 2026-11-20T04:00+01:00, or a date (midnight UTC)",
    )


def _runs(seen: SeenRuns, agent: str, environment: str, stretch: Stretch) -> Evidence | None:
    """Count the runs that began with what was live. A commit's time has no fractions of a second,
    so the end is taken a second later: what is live next has other files.
    """
    pointer, until = stretch.pointer, stretch.until
    return evidence(
        run
        for run in seen.of(agent, environment)
        if pointer
        and is_of(run, pointer)
        and stretch.since <= run.started_at
        and (until is None or run.started_at < until + SECOND)
    )


def only(pasts: Sequence[Past], limit: int) -> Sequence[Past]:
    """Return the newest ones, as many as the limit says; 0 is all."""
    return pasts[:limit] if limit else pasts
