"""What a person sees while a run goes on: one line a step, on a terminal only."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from runner.app.plain_text import one_line, plain
from runner.app.screening import screen_of
from runner.app.story.timeline import told
from runner.boundary.surroundings import is_terminal
from runner.cli.main import Shell
from runner.cli.output import coloured
from runner.cli.terminal import STATUS_COLOURS, painted
from runner.domain.events import Event, LimitReached, RunStarted

WIDTH = 90


def watcher(shell: Shell, form: str, bundle: Path | None = None) -> Callable[[Event], None]:
    """Return what is called with each event of a run, which may be one from a bundle."""
    if form != "table" or shell.quiet:
        return _silent
    if not (is_terminal(sys.stderr) and is_terminal(sys.stdout)):
        return _show_start
    hide = screen_of(shell.project, shell.state_dir, bundle)
    return partial(_show, hide=hide, colour=coloured(shell, sys.stderr))


def _show(event: Event, *, hide: Callable[[str], str], colour: bool) -> None:
    line = told(event)
    if isinstance(event, RunStarted):
        _show_start(event)
    elif line and not isinstance(event, LimitReached):
        step = getattr(event, "step", "")
        word = painted(f"{line[0]:<11}", STATUS_COLOURS.get(line[0]) if colour else None)
        click.echo(f"  {step:<10} {word} {one_line(hide(line[1]), WIDTH)}", err=True, color=True)


def _show_start(event: Event) -> None:
    """Say which version was taken: a name without a REF does not tell."""
    if isinstance(event, RunStarted):
        where = f"{event.environment}: " if event.environment else ""
        said = f"{event.agent}@{event.version}  {event.mode}  ({where}{event.origin})"
        click.echo(plain(said), err=True)


def _silent(_event: Event) -> None:
    return
