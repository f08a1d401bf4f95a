"""`agentctl diff`: two versions of an agent, compared, with what runs took and when it fires."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from runner.app.comparing.observing import observed
from runner.app.project import Project, open_project
from runner.app.released.versions import PREVIOUS, is_original, load_version
from runner.app.repository import held_open
from runner.app.screening import hider
from runner.boundary.clock import SystemClock
from runner.domain.change import LEVELS, Bump, Change, Comparison
from runner.domain.errors import UsageError
from runner.domain.quantities import VERSION
from runner.domain.release import WORKTREE, Release
from runner.domain.schedule import Recurring
from runner.domain.times import utc_text
from runner.releases.ordering import precedence
from runner.rollout.bumping import is_enough, step_between
from runner.rollout.changes_schedules import next_fires
from runner.rollout.comparing import compare
from runner.rollout.effort import EffortChange, effort
from runner.rollout.text_diff import Line, text_diff

Hide = Callable[[Any], Any]


@dataclass(frozen=True)
class Upcoming:
    """The next fires of a schedule that came or moved."""

    schedule: str
    timezone: str
    fires: tuple[datetime, ...]
    """In UTC."""

    def local(self) -> list[datetime]:
        """Return the moments as the clocks of the zone show them."""
        from runner.notation.firing import local  # noqa: PLC0415  croniter, which few need

        return [local(at, self.timezone) for at in self.fires]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data: each moment in UTC and as the clocks of its zone show it."""
        return {
            "schedule": self.schedule,
            "timezone": self.timezone,
            "fires": [
                {"utc": utc_text(at), "local": shown.isoformat()}
                for at, shown in zip(self.fires, self.local(), strict=True)
            ],
        }


@dataclass(frozen=True)
class Declared:
    """The step that two versions' names declare, and whether it is as big as the changes ask."""

    step: Bump
    enough: bool


@dataclass(frozen=True)
class Difference:
    """A comparison ready to be shown: everything in it went through the redaction patterns."""

    comparison: Comparison
    effort: EffortChange
    upcoming: tuple[Upcoming, ...]
    files: tuple[str, ...]
    """The paths that differ."""
    texts: Callable[[], dict[str, list[Line]]]
    """Makes the text diff of each of them."""

    def counts(self) -> dict[str, int]:
        """Return how many changes there are of each level, the weightiest first."""
        levels = [change.level for change in self.comparison.changes]
        return {level: levels.count(level) for level in reversed(LEVELS)}

    def declared(self) -> Declared | None:
        """Return the step between two releases; None where they are none, or go back."""
        before, after = self.comparison.before.version, self.comparison.after.version
        if not (VERSION.fullmatch(before) and VERSION.fullmatch(after)):
            return None
        if precedence(after) <= precedence(before):
            return None
        return Declared(step_between(before, after), is_enough(before, after, self.comparison.bump))

    def as_json(self) -> dict[str, Any]:
        """Return the whole as plain data; docs/diff.md describes it."""
        comparison, declared = self.comparison, self.declared()
        return {
            "agent": comparison.after.agent,
            "before": comparison.before.model_dump(mode="json"),
            "after": comparison.after.model_dump(mode="json"),
            "level": comparison.level,
            "bump": comparison.bump,
            "declared": vars(declared) if declared else None,
            "counts": self.counts(),
            "changes": [change.model_dump(mode="json") for change in comparison.changes],
            "files": list(self.files),
            "upcoming": [schedule.as_json() for schedule in self.upcoming],
            "effort": self.effort.as_json(),
        }


def diff(
    root: Path | None,
    state: Path | None,
    agent: str,
    before: str,
    after: str | None,
    *,
    environment: str | None = None,
) -> Difference:
    """Return how two versions of an agent differ; the worktree where `after` is not given.

    `environment` is what `--env` said: the one whose `previous` is meant.

    Raises:
        UsageError, ConfigError, IntegrityError: either version cannot be loaded, as for a run.
    """
    project = open_project(root, state)
    old, new = load_pair(project, agent, before, after, environment=environment)
    return difference(project, old, new, SystemClock().now())


def load_pair(
    project: Project, agent: str, before: str, after: str | None, *, environment: str | None = None
) -> tuple[Release, Release]:
    """Return two versions of an agent, by their REFs; REFs and errors as `diff`."""
    if "@" in agent:
        name, _, ref = agent.partition("@")
        raise UsageError(
            f"{agent!r} names a version; the agent and its versions stand apart",
            help=f"agentctl diff {name} {ref} {before}",
        )
    with held_open(project):  # both versions as one commit has them, and git is asked once
        old = load_version(project, f"{agent}@{before}", _of_previous(before, environment))
        last = _after(project, agent, after)
        new = load_version(project, last, _of_previous(after, environment))
    return old, new


def _of_previous(ref: str | None, environment: str | None) -> str | None:
    return environment if ref == PREVIOUS else None


def difference(project: Project, old: Release, new: Release, now: datetime) -> Difference:
    """Return how two loaded releases of an agent differ."""
    hide = hider(project.settings.redact)
    comparison = compare(old, new)
    took = observed(project.state, new.agent, {old.digest, new.digest})
    paths = _unlike(old, new)
    return Difference(
        comparison=_hidden(comparison, hide),
        effort=EffortChange(
            effort(old.spec, took.get(old.digest)), effort(new.spec, took.get(new.digest))
        ),
        upcoming=tuple(_upcoming(comparison, new, now)),
        files=tuple(map(hide, paths)),
        texts=lambda: {hide(path): _text(old, new, path, hide) for path in paths},
    )


def _after(project: Project, agent: str, ref: str | None) -> str:
    """Return what is compared with: what was said, the worktree, or `current` where none is."""
    if ref is None and is_original(project, agent):
        return agent
    return f"{agent}@{ref or WORKTREE}"


def _hidden(comparison: Comparison, hide: Hide) -> Comparison:
    return comparison.model_copy(
        update={"changes": tuple(_change(change, hide) for change in comparison.changes)}
    )


def _change(change: Change, hide: Hide) -> Change:
    names = ("name", "path", "text", "before", "after")
    return change.model_copy(update={name: hide(getattr(change, name)) for name in names})


def _upcoming(comparison: Comparison, new: Release, now: datetime) -> list[Upcoming]:
    """The schedules that will fire at other times than before."""
    moved = {
        change.name
        for change in comparison.changes
        if change.rule in {"schedule-added", "schedule-type-changed"}
        or change.rule in {f"schedule-{word}-changed" for word in ("cron", "zone", "time")}
    }
    return [
        Upcoming(
            schedule.name,
            schedule.timezone if isinstance(schedule, Recurring) else "UTC",
            tuple(next_fires(schedule, now)),
        )
        for schedule in new.spec.schedules
        if schedule.name in moved
    ]


def _unlike(old: Release, new: Release) -> tuple[str, ...]:
    was, now = old.snapshot.files, new.snapshot.files
    return tuple(path for path in sorted({*was, *now}) if was.get(path) != now.get(path))


def _text(old: Release, new: Release, path: str, hide: Hide) -> list[Line]:
    lines = text_diff(old.snapshot.files.get(path), new.snapshot.files.get(path))
    return [Line(line.sign, hide(line.text)) for line in lines]
