"""Telling a person what goes on, whoever listens."""

from collections.abc import Callable
from contextlib import suppress

Narrate = Callable[[str], None]


def quietly(narrate: Narrate) -> Narrate:
    """Return a `narrate` that a stream nobody reads cannot break."""

    def told(text: str) -> None:
        with suppress(OSError, ValueError):
            narrate(text)

    return told
