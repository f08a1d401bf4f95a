"""What the process was born into: its environment, its terminal, and how time runs out."""

import os
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import IO, Any


def environment() -> Mapping[str, str]:
    """Return the environment variables as they are now; the one read of them."""
    return MappingProxyType(dict(os.environ))  # noqa: TID251  boundary is the home of it


def is_terminal(stream: IO[Any] | None) -> bool:
    """Return whether a person may be looking at a stream; a closed one is no terminal."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def countdown(seconds: float) -> Callable[[], float]:
    """Return a function that says how many of these seconds are left; never below zero."""
    end = time.monotonic() + seconds  # noqa: TID251  boundary is the home of time
    return lambda: max(end - time.monotonic(), 0.0)  # noqa: TID251  boundary is the home of time
