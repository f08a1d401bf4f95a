"""Long texts: on a terminal that they do not fit, through a pager."""

import shlex
import sys
from collections.abc import Iterator, Mapping
from shutil import get_terminal_size
from typing import IO, Any

import click

from runner.app.plain_text import plain
from runner.boundary.surroundings import environment, is_terminal
from runner.cli.main import Shell

LESS = {"LESS": "FRX", "LV": "-c"}
"""Leave at once when it fits, keep colours, do not clear the screen; as git sets them."""
NO_PAGER = frozenset({"", "cat"})

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
        from runner.boundary.pager import run_pager  # noqa: PLC0415  only where one opens

        if any(run_pager(argv, shown + "\n", LESS) for argv in pagers(environment())):
            return
    click.echo(shown, color=True)


def pagers(env: Mapping[str, str]) -> Iterator[list[str]]:
    """Yield the pagers to try, the first that starts is taken; none when the person wants none."""
    for name in ("AGENTCTL_PAGER", "PAGER"):
        if name in env:
            argv = _argv(env[name])
            if argv:
                yield argv
            else:
                return
            break
    yield ["less"]
    yield ["more"]


def _argv(command: str) -> list[str]:
    try:
        return [] if command.strip() in NO_PAGER else shlex.split(command)
    except ValueError:
        return ["less"]


def fits(text: str) -> bool:
    """Return whether a text fits the screen with one line left for the prompt."""
    columns, lines = get_terminal_size()
    taken = sum(max(-(-len(line) // max(columns, 1)), 1) for line in text.split("\n"))
    return taken < lines


def _wants_pager(stdin: IO[Any] | None, stdout: IO[Any] | None) -> bool:
    dumb = environment().get("TERM") == "dumb"
    return is_terminal(stdin) and is_terminal(stdout) and not dumb
