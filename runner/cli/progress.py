"""What a person sees while a run goes on: one line a step, on a terminal only."""

import sys
from collections.abc import Callable

import click

from runner.app.timeline import told
from runner.boundary.surroundings import is_terminal
from runner.cli.main import Shell
from runner.cli.terminal import one_line, plain
from runner.domain.events import Event, LimitReached, RunStarted

WIDTH = 90


def watcher(shell: Shell, form: str) -> Callable[[Event], None]:
    """Return what is called with each event of a run."""
    if form != "table" or shell.quiet:
        return _silent
    return _show if is_terminal(sys.stderr) and is_terminal(sys.stdout) else _show_start


def _show(event: Event) -> None:
    line = told(event)
    if isinstance(event, RunStarted):
        _show_start(event)
    elif line and not isinstance(event, LimitReached):
        step = getattr(event, "step", "")
        click.echo(f"  {step:<9} {line[0]:<11} {one_line(line[1], WIDTH)}", err=True)


def _show_start(event: Event) -> None:
    """Say which version was taken: a name without a REF does not tell."""
    if isinstance(event, RunStarted):
        where = f"{event.environment}: " if event.environment else ""
        said = f"{event.agent}@{event.version}  {event.mode}  ({where}{event.origin})"
        click.echo(plain(said), err=True)


def _silent(_event: Event) -> None:
    return
