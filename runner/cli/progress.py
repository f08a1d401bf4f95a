"""What a person sees while a run goes on: one line a step, on a terminal only."""

import sys
from collections.abc import Callable

import click

from runner.app.timeline import told
from runner.boundary.surroundings import is_terminal
from runner.cli.main import Shell
from runner.cli.terminal import one_line
from runner.domain.events import Event, LimitReached

WIDTH = 90


def watcher(shell: Shell, form: str) -> Callable[[Event], None]:
    """Return what is called with each event of a run."""
    lively = (
        form == "table" and not shell.quiet and is_terminal(sys.stderr) and is_terminal(sys.stdout)
    )
    return _show if lively else _silent


def _show(event: Event) -> None:
    line = told(event)
    if line and not isinstance(event, LimitReached):
        step = getattr(event, "step", "")
        click.echo(f"  {step:<9} {line[0]:<11} {one_line(line[1], WIDTH)}", err=True)


def _silent(_event: Event) -> None:
    return
