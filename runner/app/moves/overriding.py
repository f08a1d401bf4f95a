"""Break-glass: an override of a pointer on this host, set and ended, and told to the ledger."""

from collections.abc import Callable
from pathlib import Path

from runner.app.project import Project
from runner.app.story.history import open_ledger
from runner.boundary.clock import SystemClock
from runner.domain.environment import Pointer
from runner.domain.errors import AgentctlError, StalePlanError
from runner.domain.plan import Plan
from runner.domain.pointing import Override, Placed
from runner.domain.ports import Clock
from runner.journal.entries import OverrideEnded, OverrideSet
from runner.releases.overrides import DIRECTORY, end_override, read_override, set_override


def overriding(project: Project, environment: str, agent: str, placed: Placed | None) -> str:
    """Return which override of this host a move would end, in words; empty where there is none."""
    if not (project.state / DIRECTORY).is_dir():
        return ""
    try:
        found = read_override(project.state, environment, agent, SystemClock().now())
    except AgentctlError as error:
        return f"this ends a damaged override on this host: {error.message}"
    if found is None or (found.over and placed and found.over != placed.token):
        return ""
    return (
        f"this ends the override on this host to {found.pointer.version}, by {found.by} "
        f"until {found.until:%Y-%m-%d %H:%M}Z"
    )


def start_overriding(
    project: Project, plan: Plan, pointer: Pointer, over: str | None, clock: Clock
) -> Path:
    """Let a pointer hold on this host until the plan's end, and return the override's file.

    The ledger has it before it holds: nothing runs by an override that nobody can find again.

    Raises:
        StalePlanError: that time is over.
        StateError: it cannot be written.
    """
    assert plan.until is not None
    if plan.until <= clock.now():
        raise StalePlanError(
            "stale plan; nothing done: the override would be over by now", help="plan again"
        )
    override = Override(
        environment=plan.environment,
        agent=plan.agent,
        pointer=pointer,
        reason=plan.reason,
        by=plan.by,
        at=plan.at,
        until=plan.until,
        over=over,
    )
    open_ledger(project).record(
        OverrideSet(
            environment=plan.environment,
            agent=plan.agent,
            version=pointer.version,
            digest=pointer.digest or "",
            reason=plan.reason,
            by=plan.by,
            until=plan.until,
        )
    )
    return set_override(project.state, override)


def end_overriding(project: Project, plan: Plan, who: Callable[[], str], clock: Clock) -> bool:
    """End this host's override, where there is one: the pointer itself has moved."""
    if not (project.state / DIRECTORY).is_dir():
        return False
    found = end_override(project.state, plan.environment, plan.agent)
    if found is None:
        return False
    if found.until > clock.now():
        open_ledger(project).record(
            OverrideEnded(
                environment=plan.environment,
                agent=plan.agent,
                version=found.pointer.version,
                reason=f"the pointer itself is at {plan.after.version}",
                by=who(),
            )
        )
    return True
