"""What the process was born into: its environment, its terminal, and how time runs out."""

import os
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import IO, Any

OWN_GIT_VARIABLES = (
    "GIT_ASKPASS",
    "GIT_AUTHOR_",
    "GIT_COMMITTER_",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "GIT_SSH",
    "GIT_SSL_",
)
"""What begins so says who the user is and how git reaches a server."""


def environment() -> Mapping[str, str]:
    """Return the environment variables as they are now; the one read of them."""
    return MappingProxyType(dict(os.environ))  # noqa: TID251  boundary is the home of it


def forget_foreign_git() -> None:
    """Take back the variables that lead git, and GitPython, to another repository or program.

    A hook and a `git -c` set such variables. Who the user is, and how git reaches a server, stays.
    """
    for name in list(os.environ):  # noqa: TID251  boundary is the home of it
        if is_foreign_git(name):
            del os.environ[name]  # noqa: TID251  boundary is the home of it
    os.environ["GIT_PYTHON_REFRESH"] = "quiet"  # noqa: TID251  a missing git is told by us


def refuse_plugins() -> None:
    """Let pydantic load no plugin: no other package's code belongs into our models.

    Asking every installed package whether it has one takes 10 ms as well.
    """
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # noqa: TID251  boundary is the home of it


def is_foreign_git(name: str) -> bool:
    """Return whether a variable of this name may lead git to another repository or program."""
    return name.startswith("GIT_") and not name.startswith(OWN_GIT_VARIABLES)


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
