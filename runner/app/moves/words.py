"""How a promotion or a rollback is told, in words that the command line and a screen share. Pure.

What a person or an agent wrote is in them as it stands: who shows them makes it plain.
"""

from collections.abc import Iterator, Sequence

from runner.app.comparing.diff_words import DIGEST
from runner.app.listing.run_list import short_id
from runner.app.moves.moving import Applied
from runner.domain.environment import BlockedRelease
from runner.domain.plan import Plan, Point
from runner.domain.pointing import WriteOptions, Written


def headline(plan: Plan) -> str:
    """Return a move in one line."""
    before = plan.before.version if plan.before else "nothing"
    verb = "promote" if plan.action == "promote" else "roll back"
    if plan.until:
        verb += ", on this host alone,"
    mark = "  (protected)" if plan.protected else ""
    place = f"{plan.agent} in {plan.environment}"
    return f"{verb} {place}: {before} → {plan.after.version}{mark}"


def point_words(point: Point) -> str:
    """Return a release with its whole digest."""
    commit = f"  commit {point.commit[:12]}" if point.commit else ""
    digest = f"  {point.digest}" if point.digest else "  what is on disk"
    return f"{point.version}{digest}{commit}"


def blocked_words(releases: Sequence[BlockedRelease]) -> str:
    """Return releases that a hold names."""
    return ", ".join(f"{each.version} ({each.digest[:DIGEST]}…)" for each in releases)


def fires_words(plan: Plan, more: str = "") -> str:
    """Return when a schedule fires next under the new pointer; `more` goes on about that one."""
    fires = plan.next_fires
    if not fires:
        return "none: no schedule is live there"
    others = f", {len(fires)} schedules are live" if len(fires) > 1 else ""
    return f"{fires[0].schedule} at {fires[0].at:%Y-%m-%d %H:%M}Z{more}{others}"


def flying_words(plan: Plan) -> str:
    """Return what becomes of the runs that have not ended."""
    count = len(plan.in_flight)
    return f"{count}, which end with what they began with" if count else "none known here"


def evidence_words(plan: Plan) -> str:
    """Return how runs of what will be live have ended there before."""
    seen = plan.evidence
    if seen is None:
        return f"no run evidence here of {plan.after.version} in {plan.environment}"
    return (
        f"{plan.after.version} in {plan.environment}: "
        f"{seen.succeeded} of {seen.runs} runs here succeeded"
    )


def nothing_words(plan: Plan) -> str:
    """Return what a plan says that changes nothing."""
    return f"nothing to do: {plan.after.version} is live in {plan.environment}, and all as asked"


def done_words(applied: Applied) -> str:
    """Return what was done, in one line."""
    plan = applied.plan
    if applied.written is None and not applied.ended_override:
        return f"nothing to do: {plan.agent} {plan.after.version} is live in {plan.environment}"
    if applied.written is None:
        return f"{plan.agent} {plan.after.version} is live in {plan.environment} again"
    return applied.written.source


def after_words(applied: Applied, options: WriteOptions) -> Iterator[str]:
    """Yield what to know once it is done: what is left to do, and what to watch."""
    written = applied.written
    if written is None:
        return
    if written.note:
        yield f"note: {written.note}"
    if applied.ended_override:
        yield "the override on this host is over"
    if options.branch:
        yield f"next: {written.open}; until then nothing has moved"
        return
    yield from _next(applied.plan, written)


def _next(plan: Plan, written: Written) -> Iterator[str]:
    for run in plan.in_flight[:1]:
        many = f" and {len(plan.in_flight) - 1} more" if len(plan.in_flight) > 1 else ""
        yield f"in flight: run {short_id(run.run)}{many} goes on with {run.version}"
    if plan.until:
        yield (
            f"it ends at {plan.until:%Y-%m-%d %H:%M}Z, or when a commit takes its place: "
            f"agentctl rollback {plan.agent} --to {plan.after.version} --env {plan.environment} "
            "--reason TEXT"
        )
    elif written.commit and not written.pushed:
        yield f"next, where there is a remote: git push origin {written.branch}"
