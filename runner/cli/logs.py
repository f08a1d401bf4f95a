"""`agentctl logs`."""

import sys

import click

from runner.app.history import raw_lines
from runner.boundary.surroundings import is_terminal
from runner.cli.main import Shell
from runner.cli.terminal import plain


@click.command("logs")
@click.argument("run")
@click.option("-f", "--follow", is_flag=True, help="Wait for more until the run's process ends.")
@click.pass_obj
def command(shell: Shell, run: str, *, follow: bool) -> int:
    """Print a run's journal as it is: one JSON event a line.

    RUN is any unique part of its id, or `last`.
    """
    show = _for_terminal if is_terminal(sys.stdout) else _exact
    for line in raw_lines(shell.project, shell.state_dir, run, follow=follow):
        show(line)
    return 0


def _for_terminal(line: bytes) -> None:
    click.echo(plain(line.decode("utf-8", "replace").rstrip("\n")))


def _exact(line: bytes) -> None:
    """Write the bytes as they are: a pipe may want to verify them."""
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
