"""A person's yes to a plan: asked on a terminal, said with --yes where there is none."""

import sys

import click

from runner.boundary.surroundings import is_terminal
from runner.domain.errors import UsageError

yes_option = click.option("-y", "--yes", is_flag=True, help="Do it without asking.")


def agreed_by_name(question: str, name: str, *, yes: bool) -> bool:
    """Return whether a person types a name: for what a quick `y` must not do.

    Raises:
        UsageError: there is no terminal to ask on, and no --yes.
    """
    if yes:
        return True
    _check_terminal()
    said: str = click.prompt(
        f"{question} Type {name} to go on", default="", show_default=False, err=True
    )
    return said.strip() == name


def agreed(question: str, *, yes: bool) -> bool:
    """Return whether a person says yes.

    Raises:
        UsageError: there is no terminal to ask on, and no --yes.
    """
    if yes:
        return True
    _check_terminal()
    return click.confirm(question, default=False, err=True)


def _check_terminal() -> None:
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise UsageError(
            "nothing was done: there is no terminal to ask on", help="say --yes to go on"
        )
