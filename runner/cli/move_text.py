"""A plan of a promotion or a rollback on a screen: at most 40 lines."""

import sys
from collections.abc import Iterator
from shutil import get_terminal_size

from runner.app.moves.words import (
    blocked_words,
    evidence_words,
    fires_words,
    flying_words,
    headline,
    nothing_words,
    point_words,
)
from runner.app.plain_text import one_line, plain
from runner.boundary.surroundings import is_terminal
from runner.cli.diff_text import MOST, NARROWEST, WIDTH, folded
from runner.cli.main import Shell
from runner.cli.output import coloured
from runner.cli.terminal import painted
from runner.domain.plan import Plan

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
    yield headline(plan)
    yield f"  from     {point_words(plan.before) if plan.before else 'no pointer yet'}"
    yield f"  to       {point_words(plan.after)}"
    if plan.reason:
        yield f"  reason   {plan.reason}"
    for word, releases in (("holds", plan.held), ("lifts", plan.lifted)):
        if releases:
            yield f"  {word}    {blocked_words(releases)}"
    if plan.until:
        yield f"  until    {plan.until:%Y-%m-%d %H:%M}Z"


def _foot(plan: Plan) -> Iterator[str]:
    yield f"  next fire   {fires_words(plan)}"
    yield f"  in flight   {flying_words(plan)}"
    if plan.after.digest:
        yield f"  evidence    {evidence_words(plan)}"
    for warning in plan.warnings[:MOST_WARNINGS]:
        yield f"  note        {warning}"
    if not plan.changes:
        yield nothing_words(plan)
    elif plan.undo:
        yield f"  undo        {plan.undo}"
