"""Long texts: on a terminal that they do not fit, through a pager."""

import sys
from shutil import get_terminal_size
from typing import IO, Any

import click

from runner.app.plain_text import plain
from runner.boundary.surroundings import environment, is_terminal
from runner.cli.main import Shell

no_pager_option = click.option(
    "--no-pager",
    "pager",
    is_flag=True,
    flag_value=False,
    default=True,
    help="Do not open a long text in $AGENTCTL_PAGER, $PAGER or less.",
)


def show_text(shell: Shell, text: str, *, pager: bool, safe: bool = False) -> None:
    """Write a text to stdout; through a pager where it is longer than the screen.

    `safe` says that it was made plain before it was coloured.
    """
    shown = text if safe else plain(text)
    if pager and _wants_pager(sys.stdin, sys.stdout) and not fits(shown):
        from runner.app.pagers import LEAVES, show_in_pager  # noqa: PLC0415  only where one opens

        if show_in_pager(shown + "\n", LEAVES):
            return
    click.echo(shown, color=True)


def fits(text: str) -> bool:
    """Return whether a text fits the screen with one line left for the prompt."""
    columns, lines = get_terminal_size()
    taken = sum(max(-(-len(line) // max(columns, 1)), 1) for line in text.split("\n"))
    return taken < lines


def _wants_pager(stdin: IO[Any] | None, stdout: IO[Any] | None) -> bool:
    dumb = environment().get("TERM") == "dumb"
    return is_terminal(stdin) and is_terminal(stdout) and not dumb
