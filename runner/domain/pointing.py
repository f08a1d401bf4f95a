"""Pointers as they are kept: where each one stands, and every move that it made."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import AwareDatetime, Field

from runner.domain.environment import EnvironmentName, Pointer
from runner.domain.noun import Noun
from runner.domain.quantities import AgentName, check_agent_name, check_environment_name

ENVIRONMENTS = "agent-configs/environments"
ReadPointer = Callable[[bytes, str], Pointer]
"""From a pointer's file and its name for people to the pointer; ConfigError when it has problems.
What keeps pointers is handed the reader: parsing is not its business."""


def pointer_path(environment: str, agent: str) -> str:
    """Return a pointer's path below the project's root, with `/`.

    Raises:
        ValueError: one of the names cannot be one.
    """
    return f"{ENVIRONMENTS}/{check_environment_name(environment)}/{check_agent_name(agent)}.yaml"


def places_in(paths: Iterable[str]) -> list[tuple[str, str]]:
    """Return environment and agent of each path below ENVIRONMENTS that is a pointer's, sorted."""
    found = []
    for path in paths:
        environment, _, file = path.partition("/")
        agent = file.removesuffix(".yaml")
        try:
            expected = pointer_path(environment, agent)
        except ValueError:
            continue
        if expected == f"{ENVIRONMENTS}/{path}":
            found.append((environment, agent))
    return sorted(found)


@dataclass(frozen=True)
class Placed:
    """A pointer as it stands now."""

    pointer: Pointer
    token: str
    """Changes with every change of the file: a move states the one it was planned for."""
    source: str
    """Where it was read, for people."""
    commit: str | None = None
    """The commit it was read from; None without git."""


@dataclass(frozen=True)
class Move:
    """One change of a pointer."""

    at: datetime
    by: str
    reason: str
    """What its author wrote about it: of a commit the whole message."""
    commit: str | None = None
    pointer: Pointer | None = None
    """What stood there after it; None when the file was deleted or cannot be read."""
    why: str = ""
    """Why there is no pointer."""

    @property
    def subject(self) -> str:
        """The first line of the reason."""
        return self.reason.partition("\n")[0]


@dataclass(frozen=True)
class WriteOptions:
    """How far a move goes beyond this repository."""

    push: bool = False
    """Push the branch of the pointers: the move lands there and here, or nowhere."""
    branch: str | None = None
    """Commit on a new branch of this name instead, and push that where there is a remote."""


@dataclass(frozen=True)
class Written:
    """A move that was made."""

    source: str
    """What was written, for people."""
    commit: str | None = None
    branch: str | None = None
    pushed: bool = False
    open: str = ""
    """What a person opens next: the address that the remote named, or words that say it."""
    note: str = ""
    """What is left to do here, as a local branch that stays behind what was pushed."""


NOT_PUSHED = WriteOptions()


class PointerBook(Protocol):
    """Where pointers are kept, and how they move."""

    def read(self, environment: str, agent: str) -> Placed | None:
        """Return the pointer, None where there is none.

        Raises:
            ConfigError: it cannot be read.
        """
        ...

    def moves(self, environment: str, agent: str) -> list[Move]:
        """Return every change of the pointer, newest first; empty when it never had one."""
        ...

    def replace(
        self,
        environment: str,
        agent: str,
        expected: str | None,
        content: bytes,
        message: str,
        options: WriteOptions = NOT_PUSHED,
    ) -> Written:
        """Replace the pointer's file; `expected` is the token it must have, None for no file.

        Raises:
            StalePlanError: the token is another by now; nothing was done.
            UsageError, RefusedError, TransientError: it cannot be written; nothing was done.
        """
        ...


class Override(Noun):
    """A pointer that holds on one host alone, for a while, because git cannot be reached."""

    environment: EnvironmentName = Field(description="The environment.")
    agent: AgentName = Field(description="The agent.")
    pointer: Pointer = Field(description="What takes the place of the committed pointer.")
    reason: str = Field(min_length=1, description="Why.")
    by: str = Field(min_length=1, description="Who.")
    at: AwareDatetime = Field(description="Since when.")
    until: AwareDatetime = Field(description="When it ends by itself.")
    over: str | None = Field(
        None, description="Token of the pointer it took the place of: another one ends it."
    )
