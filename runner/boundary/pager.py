"""Giving a text to the person's pager."""

import signal
import subprocess  # noqa: TID251  boundary is the home of processes
from collections.abc import Mapping, Sequence
from contextlib import suppress

from runner.boundary.surroundings import environment


def run_pager(argv: Sequence[str], text: str, defaults: Mapping[str, str]) -> bool:
    """Show a text in a pager and wait until the person leaves it.

    The pager has the person's own environment, as the shell that started this has; `defaults` are
    added where it says nothing. Ctrl-C is the pager's. Returns False when it could not be started.
    """
    env = {**defaults, **environment()}
    before = signal.getsignal(signal.SIGINT)
    try:
        pager = subprocess.Popen(list(argv), stdin=subprocess.PIPE, env=env)  # noqa: S603  theirs
    except (OSError, ValueError):
        return False
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with suppress(BrokenPipeError):
            pager.communicate(text.encode("utf-8", "replace"))
        pager.wait()
    finally:
        signal.signal(signal.SIGINT, before)
    return pager.returncode != NOT_FOUND


NOT_FOUND = 127
"""What a shell or `env` answers for a program that is not there."""
