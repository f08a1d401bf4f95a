"""Which pager a person wants, and showing a text in it."""

import shlex
from collections.abc import Iterator, Mapping

from runner.boundary.surroundings import environment

STAYS = {"LESS": "RX", "LV": "-c"}
"""Keep colours, do not clear the screen; stay even where the text fits."""
LEAVES = {"LESS": "FRX", "LV": "-c"}
"""The same, and leave at once where it fits; as git sets them."""
NO_PAGER = frozenset({"", "cat"})


def show_in_pager(text: str, settings: Mapping[str, str] = STAYS) -> bool:
    """Show a text in the person's pager; False when none could be started, or none is wanted.

    The caller has made it plain, and has given the terminal away. `settings` are variables that
    the pager gets where the person has not set them.
    """
    from runner.boundary.pager import run_pager  # noqa: PLC0415  only where one opens

    return any(run_pager(argv, text, settings) for argv in pagers(environment()))


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
