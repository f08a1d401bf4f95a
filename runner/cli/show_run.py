"""How one run is told: what it was, its timeline, and how it ended."""

import sys
from collections.abc import Sequence
from shutil import get_terminal_size

from runner.app.plain_text import one_line, plain
from runner.app.story.history import RunStory
from runner.app.story.timeline import Moment
from runner.boundary.surroundings import is_terminal
from runner.cli.main import Shell
from runner.cli.output import coloured
from runner.cli.summary import as_text, ended_line, why
from runner.cli.terminal import STATUS_COLOURS, painted
from runner.domain.durations import show_duration

WIDTH = 118
NARROWEST = 60
MOST_MOMENTS = 44
"""With head and end some 60 lines; a run of more steps is folded."""
ENDS = 20
"""So many steps at each end are never folded away."""
WENT_WRONG = frozenset(
    {"failed", "refused", "rejected", "in_doubt", "limit", "interrupted", "retry", "settled"}
)
"""Nor are steps of these kinds."""


def run_text(shell: Shell, story: RunStory, *, full: bool) -> str:
    """Return a run for a person, made plain; with `full` every step and no text cut."""
    run, colour = story.view, coloured(shell, sys.stdout)
    head = [
        ended_line(run, colour=colour),
        f"id       {run.id}",
        f"started  {run.started_at:%Y-%m-%d %H:%M:%S} UTC, {run.start.trigger}"
        + (f", about {run.start.subject}" if run.start.subject else ""),
        f"release  {run.start.origin}  {run.start.digest}"
        + (f"  ({run.start.environment})" if run.start.environment else ""),
        f"journal  {story.path}",
        "",
    ]
    tail = why(run)
    if run.output is not None:
        tail = ["output", as_text(run.output), *tail]
    lines = _timeline(story.moments, full=full, colour=colour)
    return "\n".join([head[0], *map(plain, head[1:]), *lines, "", *map(plain, tail)]).rstrip()


def _timeline(moments: Sequence[Moment], *, full: bool, colour: bool) -> list[str]:
    width = max(get_terminal_size().columns, NARROWEST) if is_terminal(sys.stdout) else WIDTH
    shown = [*moments] if full else folded(moments)
    lines = []
    for moment in shown:
        if isinstance(moment, int):
            lines.append(f"{'…':>9}  {moment:,} step{'' if moment == 1 else 's'}, --full shows all")
            continue
        line = plain(_line(moment))
        line = line if full else one_line_keeping_indent(line, width)
        wanted = STATUS_COLOURS.get(moment.what) if colour else None
        lines.append(line.replace(moment.what, painted(moment.what, wanted), 1) if wanted else line)
    return lines


def folded(moments: Sequence[Moment]) -> list[Moment | int]:
    """Return the moments that a screen has room for; a number stands for so many left out.

    The first, the last and those that went wrong stay.
    """
    if len(moments) <= MOST_MOMENTS:
        return [*moments]
    shown: list[Moment | int] = []
    left_out = 0
    for at, moment in enumerate(moments):
        stays = at < ENDS or at >= len(moments) - ENDS or moment.what in WENT_WRONG
        if stays and left_out:
            shown.append(left_out)
        left_out = 0 if stays else left_out + 1
        if stays:
            shown.append(moment)
    return shown


def _line(moment: Moment) -> str:
    took = "" if moment.duration_s is None else show_duration(moment.duration_s)
    return f"{moment.at_s:>8.1f}s  {moment.step:<10} {moment.what:<11} {took:>6}  {moment.text}"


def one_line_keeping_indent(line: str, width: int) -> str:
    """Return a timeline line cut to a width; its columns stay where they are."""
    return line[:41] + one_line(line[41:], width - 41)
