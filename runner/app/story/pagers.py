"""Which pager a person wants, and showing a text in it."""

import shlex
from collections.abc import Iterator, Mapping

from runner.boundary.pager import run_pager
from runner.boundary.surroundings import environment

LESS = {"LESS": "RX", "LV": "-c"}
"""Keep colours, do not clear the screen; stay even where the text fits."""
NO_PAGER = frozenset({"", "cat"})


def show_in_pager(text: str) -> bool:
    """Show a text in the person's pager; False when none could be started, or none is wanted.

    The caller has made it plain, and has given the terminal away.
    """
    return any(run_pager(argv, text, LESS) for argv in pagers(environment()))


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
