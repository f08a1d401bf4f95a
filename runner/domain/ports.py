"""The plug points: what the loop needs and others provide. Three methods at most."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from runner.domain.messages import ModelAnswer, ModelRequest, ToolOffer
from runner.domain.tool import ToolSpec

if TYPE_CHECKING:  # building the models of every event costs 4 ms where only a clock is wanted
    from runner.domain.events import Effect, Event


class Clock(Protocol):
    """Time. `monotonic` and `sleep` are in seconds."""

    def now(self) -> datetime:
        """Return the time in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class ModelClient(Protocol):
    """Something that answers a conversation."""

    def answer(self, request: ModelRequest, within_s: float) -> ModelAnswer:
        """Return the answer within so many seconds.

        Raises:
            FailureError: no usable answer, classified.
        """
        ...


@dataclass(frozen=True)
class ToolRequest:
    """A call that passed every check."""

    spec: ToolSpec
    arguments: dict[str, Any]
    key: str
    would_ask: bool = False
    """A dry run reached a call that a person would have to allow: simulate it, even a read."""


@dataclass(frozen=True)
class ToolOutput:
    """What a tool gave: `data` is JSON, or text where the tool wrote no JSON."""

    data: Any
    simulated: bool = False


class Prepared(Protocol):
    """A call that is ready: nothing has happened outside yet."""

    process_group: int | None
    """The child's process group, which waits for `run`; None where there is no child."""

    effect: "Effect"
    """`simulated` when `run` will change nothing although the tool could."""

    def run(self, within_s: float) -> ToolOutput:
        """Make the call and return its whole, unshaped result.

        Raises:
            FailureError: `tool_failed` when it is known that nothing, or the failure, happened;
                `in_doubt` when the end is not known (timeout, reset, 502, 504) and it writes.
        """
        ...

    def abandon(self) -> None:
        """Give the call up before `run`; end the waiting child. Harmless after `run`."""
        ...


class Toolbox(Protocol):
    """The tools of a run, in the run's mode."""

    def offers(self) -> Sequence[ToolOffer]:
        """Return the tools as the model is shown them."""
        ...

    def prepare(self, request: ToolRequest) -> Prepared:
        """Make a call ready without any effect.

        Raises:
            FailureError: it cannot be made (`tool_failed`), with what the model could change.
        """
        ...


class Journal(Protocol):
    """The memory of a run."""

    def append(self, event: "Event") -> None:
        """Write one event; it is on disk before this returns.

        Raises:
            StateError: it could not be written. Nothing may happen after that.
        """
        ...

    def recorded(self, step: str) -> "Sequence[Event]":
        """Return the events that an earlier process wrote for a step, in order."""
        ...


class Redactor(Protocol):
    """Knows the secrets of a run."""

    def redact(self, text: str) -> str:
        """Return the text with every known secret replaced by a mark."""
        ...

    def marked(self, text: str) -> bool:
        """Return whether the text contains a redaction mark."""
        ...


class Interrupts(Protocol):
    """Ctrl-C and SIGTERM. Outside of `during` a signal waits for the next `check`."""

    def check(self) -> None:
        """Raise InterruptedRunError when the process was asked to end."""
        ...

    def during(self, effect: "Effect") -> AbstractContextManager[None]:
        """Let signals end the block: the first one while reading, the second while writing."""
        ...
