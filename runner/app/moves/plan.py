"""A decided move as a plan: what differs, what fires next, which runs go on, what to know."""

from dataclasses import dataclass, replace
from datetime import datetime

from runner.app.comparing.diffing import difference
from runner.app.fleet.scheduling import live
from runner.app.fleet.seen_runs import SeenRuns
from runner.app.project import Project
from runner.app.released.versions import load_version
from runner.domain.change import Comparison
from runner.domain.environment import Pointer
from runner.domain.errors import AgentctlError, UsageError
from runner.domain.plan import NextFire, Plan, Point
from runner.domain.pointing import Placed
from runner.domain.quantities import VERSION
from runner.domain.release import Release
from runner.notation.yaml_out import write_config
from runner.releases.ordering import precedence
from runner.rollout.changes_schedules import next_fires
from runner.rollout.good import was_live
from runner.rollout.planning import Ask, Ground, has_held, has_lifted, last_known, undo_command


@dataclass(frozen=True)
class Draft:
    """A move that was decided, before anything is said about it."""

    ask: Ask
    ground: Ground
    placed: Placed | None
    release: Release
    pointer: Pointer
    notes: tuple[str, ...] = ()


def plan_of(
    project: Project, draft: Draft, runs: SeenRuns, *, until: datetime | None, overridden: str
) -> Plan:
    """Return a move as it is told to a person and kept in a file.

    `overridden` says which override of this host the move ends; `until` makes it one itself.
    """
    ask, before, after = draft.ask, draft.ground.pointer, draft.pointer
    place = (ask.agent, ask.environment)
    assert ask.at is not None
    comparison, notes = _comparison(project, draft, ask.at)
    return Plan(
        action=ask.action,
        agent=ask.agent,
        environment=ask.environment,
        protected=draft.ground.rules.protected,
        before=_point(before) if before else None,
        after=_point(after).model_copy(update={"tag": draft.release.tag}),
        token=draft.placed.token if draft.placed else None,
        source=draft.placed.source if draft.placed else "",
        content=content_of(after).decode(),
        values=after.values,
        unset=tuple(sorted(ask.unset)),
        held=has_held(last_known(draft.ground), after),
        lifted=has_lifted(last_known(draft.ground), after),
        reason=ask.reason,
        by=ask.by,
        at=ask.at,
        until=until,
        changes=after != before or bool(overridden),
        comparison=comparison,
        next_fires=_next_fires(draft, ask.at),
        in_flight=runs.in_flight(*place),
        evidence=runs.evidence(*place, after.digest) if after.digest else None,
        warnings=(*draft.notes, *_warnings(draft), *notes, *([overridden] if overridden else [])),
        undo=undo_of(draft, until),
    )


def undo_of(draft: Draft, until: datetime | None) -> str:
    """Return the command that takes the move back; an override ends when the pointer is promoted
    to what it says already.
    """
    ask, before = draft.ask, draft.ground.pointer
    if before == draft.pointer:
        return ""
    if until and before:
        return f"agentctl promote {ask.agent} {before.version} --to {ask.environment}"
    return undo_command(ask, before, draft.pointer)


def _point(pointer: Pointer) -> Point:
    return Point(version=pointer.version, digest=pointer.digest, commit=pointer.commit)


def content_of(pointer: Pointer) -> bytes:
    """Return a pointer's file: its fields in their order, without those that say nothing.

    Raises:
        UsageError: a value cannot be kept in YAML.
    """
    fields = pointer.model_dump(mode="json", exclude_none=True)
    text = write_config({name: value for name, value in fields.items() if value != {}})
    if text is None:
        raise UsageError("a value cannot be kept in YAML", help="give it a shorter value")
    return text.encode()


def _comparison(
    project: Project, draft: Draft, now: datetime
) -> tuple[Comparison | None, list[str]]:
    """Return what differs between what is live and what will be, or why nobody can say."""
    before, ask = draft.ground.pointer, draft.ask
    if before is None:
        return None, [f"{ask.agent} was not live in {ask.environment} before"]
    try:
        old = load_version(project, f"{ask.agent}@{before.version}")
    except AgentctlError as error:
        return None, [f"what is live cannot be compared with: {error.message}"]
    old = replace(old, values=before.values, environment=ask.environment)
    new = replace(draft.release, values=draft.pointer.values, environment=ask.environment)
    return difference(project, old, new, now).comparison, []


def _next_fires(draft: Draft, now: datetime) -> tuple[NextFire, ...]:
    protected = draft.ground.rules.protected
    fires = [
        NextFire(schedule=schedule.name, at=at)
        for schedule in draft.release.spec.schedules
        if live(draft.pointer, schedule.name, protected=protected)
        for at in next_fires(schedule, now, 1)
    ]
    return tuple(sorted(fires, key=lambda fire: fire.at))


def _warnings(draft: Draft) -> list[str]:
    before, after, ask = draft.ground.pointer, draft.pointer, draft.ask
    found = []
    gone = sorted(set(before.values) - set(after.values)) if before else []
    if gone:
        found.append(f"{after.version} does not declare {', '.join(gone)}: dropped from the values")
    both = before is not None and VERSION.fullmatch(before.version)
    if before and both and ask.action == "promote" and VERSION.fullmatch(after.version):
        if precedence(after.version) < precedence(before.version):
            found.append(
                f"{after.version} is older than {before.version}, which stays allowed: "
                "a rollback would hold it"
            )
        if after.digest == before.digest and after.version != before.version:
            found.append(f"{after.version} has the files of {before.version}, to the byte")
    if ask.local and after.digest and not was_live(draft.ground.moves, after.digest):
        found.append(f"nothing here says that {after.version} was ever good in {ask.environment}")
    if not draft.ground.whole:
        found.append("this clone is shallow, so older moves are not known: git fetch --unshallow")
    return found
