"""`agentctl logs`."""

import sys
from collections.abc import Callable

import click

from runner.app.plain_text import plain
from runner.boundary.surroundings import is_terminal
from runner.cli.main import Shell, stay


@click.command("logs")
@click.argument("run")
@click.option("-f", "--follow", is_flag=True, help="Wait for more until the run's process ends.")
@click.pass_obj
def command(shell: Shell, run: str, *, follow: bool) -> int:
    """Print a run's journal as it is: one JSON event a line.

    RUN is any unique part of its id, or `last`. On a terminal the project's `redact` patterns are
    hidden; a pipe gets every byte, so that it can be verified.

    \b
    agentctl logs -f last
    agentctl logs last | jq .type
    """
    from runner.app.screening import screen_of  # noqa: PLC0415
    from runner.app.story.history import raw_lines  # noqa: PLC0415  not for help and completion

    stay()
    show = _exact
    if is_terminal(sys.stdout):
        hide = screen_of(shell.project, shell.state_dir)
        show = lambda line: _for_terminal(line, hide)  # noqa: E731  one of two writers
    for line in raw_lines(shell.project, shell.state_dir, run, follow=follow):
        show(line)
    return 0


def _for_terminal(line: bytes, hide: Callable[[str], str]) -> None:
    click.echo(plain(hide(line.decode("utf-8", "replace").rstrip("\n"))))


def _exact(line: bytes) -> None:
    """Write the bytes as they are: a pipe may want to verify them."""
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
