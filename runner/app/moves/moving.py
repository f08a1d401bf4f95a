"""`promote` and `rollback`: one planner for the command, a saved plan and a screen.

`plan_move` looks and refuses, `apply_move` does exactly what a plan says, or nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from runner.app.executing.inputs import check_text, parse_pairs, typed
from runner.app.fleet.seen_runs import SeenRuns, seen_runs
from runner.app.moves.ground import (
    Book,
    acting,
    check_agent,
    ground_of,
    pointer_book,
    wrong_signature,
)
from runner.app.moves.overriding import end_overriding, overriding, start_overriding
from runner.app.moves.plan import Draft, content_of, plan_of, undo_of
from runner.app.project import Project, open_project
from runner.app.released.versions import load_version
from runner.app.releasing.message import check_message
from runner.boundary.clock import SystemClock
from runner.config.project import read_pointer
from runner.config.values import resolve_values
from runner.domain.agent import AgentSpec
from runner.domain.environment import Pointer
from runner.domain.errors import IntegrityError, StalePlanError, UsageError
from runner.domain.plan import Action, Evidence, Plan, Point
from runner.domain.pointing import NOT_PUSHED, WriteOptions, Written
from runner.domain.ports import Clock
from runner.domain.quantities import VERSION
from runner.domain.release import WORKTREE, Release
from runner.releases.git_pointers import GitPointers
from runner.rollout.planning import (
    Ask,
    Ground,
    Target,
    has_held,
    has_lifted,
    last_known,
    move_message,
    pointer_after,
    rollback_target,
)

LONGEST_OVERRIDE = timedelta(hours=24)


@dataclass(frozen=True)
class Wish:
    """What a person asked for."""

    action: Action
    agent: str
    environment: str
    ref: str | None = None
    """A version, `worktree` or an environment; of a rollback None for the one before."""
    reason: str = ""
    lift_hold: bool = False
    values: Sequence[str] = ()
    """`NAME=VALUE`, written into the pointer."""
    unset: Sequence[str] = ()
    """Names of values that go away from the pointer."""
    local_for: timedelta | None = None
    """Break-glass: for so long, on this host alone."""


@dataclass(frozen=True)
class Applied:
    """A plan that was carried out."""

    plan: Plan
    written: Written | None
    """None when there was nothing to write."""
    ended_override: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "written": vars(self.written) if self.written else None,
            "ended_override": self.ended_override,
            "plan": self.plan.model_dump(mode="json"),
        }


def plan_move(
    root: Path | None, state: Path | None, wish: Wish, clock: Clock | None = None
) -> Plan:
    """Return what a promotion or a rollback would do; nothing is written.

    Raises:
        UsageError: an unknown agent, version or environment, values that do not fit, no reason
            for what needs one, nothing to roll back to.
        RefusedError: a rule of the environment, or a hold, forbids it.
        IntegrityError: the release is not what it was.
        ConfigError: agentctl.yaml, the pointer or the release has problems, or a value is a secret.
    """
    project, clock = open_project(root, state), clock or SystemClock()
    _check_wish(wish)
    with pointer_book(project, clock, git_may_fail=wish.local_for is not None) as book:
        runs, now = seen_runs(project), clock.now().replace(microsecond=0)
        draft = _draft(project, book, wish, _Stamp(acting(project, book, clock), now, runs=runs))
        until = now + wish.local_for if wish.local_for else None
        told = "" if until else overriding(project, wish.environment, wish.agent, draft.placed)
        return plan_of(project, draft, runs, until=until, overridden=told)


def apply_move(
    root: Path | None,
    state: Path | None,
    plan: Plan,
    options: WriteOptions = NOT_PUSHED,
    clock: Clock | None = None,
) -> Applied:
    """Carry out a plan as it stands, when it would still be made so.

    Raises:
        StalePlanError: the pointer moved since; nothing was done.
        UsageError, RefusedError, IntegrityError: it would not be planned any more, as rules and
            releases are now; or it cannot be written. Nothing was done.
        TransientError: git is busy, or the server cannot be reached.
    """
    project, clock = open_project(root, state), clock or SystemClock()
    with pointer_book(project, clock, git_may_fail=plan.until is not None) as book:
        check_current(book, plan)
        wish = _wish_of(plan)
        _check_wish(wish)
        draft = _draft(project, book, wish, _Stamp(plan.by, plan.at, plan.values))
        _check_same(plan, draft)
        if plan.until is not None:
            over = plan.token if isinstance(book, GitPointers) else None
            path = start_overriding(project, plan, draft.pointer, over, clock)
            return Applied(plan, Written(project.shown(path), note="it holds on this host alone"))
        written = _written(book, plan, draft, options)
        here = options.branch is None
        ended = here and end_overriding(project, plan, lambda: acting(project, book, clock), clock)
    return Applied(plan, written, ended_override=ended)


def _written(book: Book, plan: Plan, draft: Draft, options: WriteOptions) -> Written | None:
    """Write the pointer where it changes."""
    before = draft.ground.pointer
    if before == draft.pointer:
        return None
    message = move_message(draft.ask, before, draft.pointer)
    data = plan.content.encode()
    return book.replace(plan.environment, plan.agent, plan.token, data, message, options)


def _check_wish(wish: Wish) -> None:
    for text, flag in ((wish.reason, "--reason"), *((pair, "--set") for pair in wish.values)):
        check_text(text, flag)
    if wish.reason:
        check_message(wish.reason)
    elif wish.action == "rollback":
        raise UsageError(
            "a rollback blocks what was live, and says why",
            help='--reason "..."; it is kept in the hold and in the commit',
        )
    if wish.local_for is not None and not timedelta() < wish.local_for <= LONGEST_OVERRIDE:
        raise UsageError(
            "--ttl: an override is for hours, until a commit takes its place",
            help="24h at the most; 2h is usual",
        )


@dataclass(frozen=True)
class _Stamp:
    """Who decides, when, and on what beside the pointers."""

    by: str
    at: datetime
    values: Mapping[str, Any] | None = None
    """The pointer's values as a saved plan has them; None for those of the wish."""
    runs: SeenRuns | None = field(default=None, repr=False)
    """They refine which release a rollback goes back to."""


def _draft(project: Project, book: Book, wish: Wish, stamp: _Stamp) -> Draft:
    """Decide a move."""
    check_agent(project, wish.agent)
    ground, placed = ground_of(project, book, wish.agent, wish.environment)
    given = parse_pairs(wish.values, "--set")
    ask = Ask(
        action=wish.action,
        agent=wish.agent,
        environment=wish.environment,
        reason=wish.reason,
        lift_hold=wish.lift_hold,
        unset=frozenset(wish.unset),
        local=wish.local_for is not None,
        by=stamp.by,
        at=stamp.at,
    )
    version, note = _version(book, wish, ask, ground, stamp.runs)
    release = load_version(project, f"{wish.agent}@{version}")
    ask = replace(ask, values=_typed(release.spec, given) if stamp.values is None else stamp.values)
    pointer = pointer_after(ask, _target(project, release), ground)
    if pointer != ground.pointer:
        _check_values(ask, release, pointer)
        read_pointer(content_of(pointer), f"the pointer of {wish.agent} in {wish.environment}")
    return Draft(ask, ground, placed, release, pointer, (note,) if note else ())


def _version(
    book: Book, wish: Wish, ask: Ask, ground: Ground, runs: SeenRuns | None
) -> tuple[str, str]:
    """Return the version that is meant, and a word about how it was found."""
    if wish.ref is None:
        return _before(ask, ground, runs)
    if wish.ref == WORKTREE or VERSION.fullmatch(wish.ref):
        return wish.ref, ""
    try:
        placed = book.read(wish.ref, wish.agent)
    except ValueError as error:
        raise UsageError(
            f"{wish.agent}@{wish.ref}: no such version, and no environment can have that name",
            help="a REF is vX.Y.Z, worktree, or an environment",
        ) from error
    if placed is None:
        raise UsageError(
            f"{wish.agent} has no pointer in {wish.ref!r}",
            help=f"agentctl status {wish.agent} shows where it is live; or name a version, vX.Y.Z",
        )
    return placed.pointer.version, ""


def _before(ask: Ask, ground: Ground, runs: SeenRuns | None) -> tuple[str, str]:
    """Return the version that a rollback goes back to, and a word about it."""

    def seen(digest: str) -> Evidence | None:
        return runs.evidence(ask.agent, ask.environment, digest) if runs else None

    stretch, note = rollback_target(ask, ground, seen)
    assert stretch.pointer is not None, "a good release has a pointer"
    return stretch.pointer.version, note


def _typed(spec: AgentSpec, given: Mapping[str, str]) -> dict[str, Any]:
    variables = spec.agent.variables
    return {
        name: typed(text, variables[name].type if name in variables else "string")
        for name, text in given.items()
    }


def _target(project: Project, release: Release) -> Target:
    point = Point(
        version=release.version,
        digest=release.digest if release.released else None,
        commit=release.commit if release.released else None,
        tag=release.tag,
    )
    variables = frozenset(release.spec.agent.variables)
    return Target(point, variables, lambda: wrong_signature(project, release))


def _check_values(ask: Ask, release: Release, pointer: Pointer) -> None:
    try:
        resolve_values(release.spec, pointer.values)
    except UsageError as error:
        error.message = f"{ask.agent} {release.version} in {ask.environment}: {error.message}"
        error.help = "--set NAME=VALUE writes a value into the pointer, --unset NAME takes one out"
        raise


def check_current(book: Book, plan: Plan) -> None:
    """Raise StalePlanError when the pointer is another by now; who moved it, and when."""
    placed = book.read(plan.environment, plan.agent)
    if (placed.token if placed else None) == plan.token:
        return
    last = next(iter(book.moves(plan.environment, plan.agent)), None)
    when = f": moved by {last.by} at {last.at:%Y-%m-%d %H:%M}Z ({last.subject})" if last else ""
    raise StalePlanError(
        f"stale plan; nothing done: the pointer of {plan.agent} in {plan.environment} is not what "
        f"it was{when}",
        help=f"agentctl status {plan.agent} --env {plan.environment} shows it; then plan again",
    )


def _wish_of(plan: Plan) -> Wish:
    return Wish(
        action=plan.action,
        agent=plan.agent,
        environment=plan.environment,
        ref=plan.after.version,
        reason=plan.reason,
        lift_hold=bool(plan.lifted),
        unset=plan.unset,
        local_for=plan.until - plan.at if plan.until else None,
    )


def _check_same(plan: Plan, draft: Draft) -> None:
    """Raise when planning it now would come to something else.

    So a plan that somebody edited, or made under other rules, does nothing that planning refuses.
    """
    digest = draft.release.digest if draft.release.released else None
    name = f"{plan.agent} {plan.after.version}"
    if digest != plan.after.digest:
        raise IntegrityError(
            f"SECURITY ERROR: {name} is not what was planned\n"
            f"  the plan: {plan.after.digest}\n  {draft.release.origin}: {digest}",
            help="nothing was done; a released version never changes: find out who changed it",
        )
    if content_of(draft.pointer) != plan.content.encode() or _said(plan) != _true(plan, draft):
        raise UsageError(
            f"the plan says another thing than planning {name} in {plan.environment} says now",
            help="it was edited, or another version of agentctl made it: plan again",
        )


def _said(plan: Plan) -> tuple[object, ...]:
    """Return what a person agreed to, beside the pointer's content."""
    named = (plan.before.version, plan.before.digest) if plan.before else None
    return named, plan.protected, plan.held, plan.lifted, plan.undo, plan.changes


def _true(plan: Plan, draft: Draft) -> tuple[object, ...]:
    """Return the same as it is; whether an override ends is no part of the pointer."""
    before, after = draft.ground.pointer, draft.pointer
    named = (before.version, before.digest) if before else None
    known = last_known(draft.ground)
    moved = has_held(known, after), has_lifted(known, after)
    changes = after != before or plan.changes
    return named, draft.ground.rules.protected, *moved, undo_of(draft, plan.until), changes
