"""Carrying out a move that a person looked at and agreed to: that one, or none."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from runner.app.moves.ground import pointer_book
from runner.app.moves.moving import Applied, Wish, apply_move, check_current, plan_move
from runner.app.moves.preview import Preview
from runner.app.project import open_project
from runner.boundary.clock import SystemClock
from runner.domain.errors import StalePlanError
from runner.domain.plan import Plan
from runner.domain.pointing import NOT_PUSHED, WriteOptions
from runner.domain.ports import Clock

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Agreed:
    """What a person agreed to."""

    shown: Plan
    """The plan that was looked at."""
    wish: Wish
    """The same, with the reason."""
    options: WriteOptions = NOT_PUSHED


def missing(preview: Preview, reason: str, typed: str) -> str:
    """Return what a person still has to do before a move can be made; empty when nothing.

    `typed` is what stands where a protected environment asks for the agent's name.
    """
    plan = preview.plan
    if plan is None:
        return "it is refused"
    if not plan.changes:
        return "there is nothing to do"
    if not reason.strip() and (plan.action == "rollback" or plan.lifted):
        return "give a reason"
    if plan.protected and typed.strip() != plan.agent:
        return f"type the agent's name, {plan.agent}"
    return ""


def make_move(
    root: Path | None, state: Path | None, agreed: Agreed, tell: Tell, clock: Clock | None = None
) -> Applied:
    """Carry out what was agreed to; `tell` is told each step before it is taken.

    Raises:
        StalePlanError: planning it now comes to something else than was shown; nothing was done.
        UsageError, RefusedError, IntegrityError, ConfigError, TransientError: as `plan_move` and
            `apply_move`; nothing was done.
    """
    tell("planning it again, with the reason")
    clock = clock or SystemClock()
    with pointer_book(open_project(root, state), clock) as book:
        check_current(book, agreed.shown)
    plan = plan_move(root, state, agreed.wish, clock)
    if _said(plan) != _said(agreed.shown):
        raise StalePlanError(
            f"stale plan; nothing done: moving {plan.agent} in {plan.environment} now comes to "
            "something else than what was shown",
            help="look at the new plan, and decide again",
        )
    pushes = " and pushing it" if agreed.options.push else ""
    tell(f"planned: {plan.agent} to {plan.after.version}; writing it{pushes}")
    return apply_move(root, state, plan, agreed.options, clock)


def _said(plan: Plan) -> tuple[object, ...]:
    """Return what a person looks at before agreeing, without what changes as time goes by."""
    before = (plan.before.version, plan.before.digest) if plan.before else None
    after = (plan.after.version, plan.after.digest)
    moved = (plan.token, plan.values, plan.unset, plan.held, plan.lifted)
    return before, after, moved, plan.protected, plan.changes, plan.undo, plan.comparison
