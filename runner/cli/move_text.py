"""A plan of a promotion or a rollback on a screen: at most 40 lines."""

import sys
from collections.abc import Iterator
from shutil import get_terminal_size

from runner.boundary.surroundings import is_terminal
from runner.cli.diff_text import MOST, NARROWEST, WIDTH, folded
from runner.cli.main import Shell
from runner.cli.output import coloured
from runner.cli.terminal import one_line, painted, plain
from runner.domain.plan import Plan, Point

MOST_WARNINGS = 8


def move_text(shell: Shell, plan: Plan, *, narrated: bool) -> str:
    """Return a plan for a person, made plain and then coloured where wanted."""
    stream = sys.stderr if narrated else sys.stdout
    width = max(get_terminal_size().columns, NARROWEST) if is_terminal(stream) else WIDTH
    colour = coloured(shell, stream)
    head = [one_line(line, width) if len(line) > width else plain(line) for line in _head(plan)]
    foot = [one_line(line, width) if len(line) > width else plain(line) for line in _foot(plan)]
    if colour:
        head[0] = painted(head[0], "bold")
    changes = []
    if plan.comparison is not None:
        sides = plan.comparison.before, plan.comparison.after
        versions = " ".join(side.version for side in sides)
        all_by = f"agentctl diff {plan.agent} {versions} -v"
        room = MOST - len(head) - len(foot) - 2
        listed = folded(plan.comparison.changes, room, width, colour=colour, all_by=all_by)
        changes = ["", *listed, ""]
    return "\n".join([*head, *changes, *foot])


def _head(plan: Plan) -> Iterator[str]:
    before = _named(plan.before) if plan.before else "nothing"
    verb = "promote" if plan.action == "promote" else "roll back"
    if plan.until:
        verb += ", on this host alone,"
    mark = "  (protected)" if plan.protected else ""
    yield f"{verb} {plan.agent} in {plan.environment}: {before} → {_named(plan.after)}{mark}"
    yield f"  from     {_point(plan.before)}" if plan.before else "  from     no pointer yet"
    yield f"  to       {_point(plan.after)}"
    if plan.reason:
        yield f"  reason   {plan.reason}"
    for word, releases in (("holds", plan.held), ("lifts", plan.lifted)):
        if releases:
            named = ", ".join(f"{each.version} ({each.digest[:15]}…)" for each in releases)
            yield f"  {word}    {named}"
    if plan.until:
        yield f"  until    {plan.until:%Y-%m-%d %H:%M}Z"


def _named(point: Point) -> str:
    return point.version


def _point(point: Point) -> str:
    commit = f"  commit {point.commit[:12]}" if point.commit else ""
    digest = f"  {point.digest}" if point.digest else "  what is on disk"
    return f"{point.version}{digest}{commit}"


def _foot(plan: Plan) -> Iterator[str]:
    fires = plan.next_fires
    if fires:
        more = f", {len(fires)} schedules are live" if len(fires) > 1 else ""
        yield f"  next fire   {fires[0].schedule} at {fires[0].at:%Y-%m-%d %H:%M}Z{more}"
    else:
        yield "  next fire   none: no schedule is live there"
    count = len(plan.in_flight)
    flying = "none known here" if not count else f"{count}, which end with what they began with"
    yield f"  in flight   {flying}"
    if plan.after.digest:
        yield f"  evidence    {_evidence(plan)}"
    for warning in plan.warnings[:MOST_WARNINGS]:
        yield f"  note        {warning}"
    if not plan.changes:
        yield f"nothing to do: {plan.after.version} is live in {plan.environment}, and all as asked"
    elif plan.undo:
        yield f"  undo        {plan.undo}"


def _evidence(plan: Plan) -> str:
    seen = plan.evidence
    if seen is None:
        return f"no run evidence here of {plan.after.version} in {plan.environment}"
    return (
        f"{plan.after.version} in {plan.environment}: "
        f"{seen.succeeded} of {seen.runs} runs here succeeded"
    )
