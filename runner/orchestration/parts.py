"""What a run is made of, what it knows so far, and how it ends."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from runner.domain.failure import Failure
from runner.domain.job import Job, OutcomeWord, Status
from runner.domain.limits import LimitStop, Spend
from runner.domain.messages import Message, TokenUsage
from runner.domain.ports import Clock, Interrupts, Journal, ModelClient, Redactor, Toolbox
from runner.domain.release import Release
from runner.orchestration.heartbeat import Heartbeat


@dataclass(frozen=True)
class Parts:
    """Everything a run needs from outside, chosen once by whoever starts it."""

    model: ModelClient
    toolbox: Toolbox
    journal: Journal
    clock: Clock
    redactor: Redactor
    interrupts: Interrupts
    jitter: Callable[[float], float]
    """Returns a random number of seconds between 0 and its argument."""
    end_group: Callable[[int], None] = lambda _group: None
    """Ends what an earlier process of this run left alive."""
    on_ask: Literal["deny", "simulate"] = "deny"
    """What becomes of a call that a person would have to allow."""
    resumed_after_s: float | None = None
    """Active seconds of earlier processes; None for a new run."""
    runner: str = ""
    """agentctl's version, for the journal."""


class Stopwatch:
    """Active seconds of a run, earlier processes included."""

    def __init__(self, clock: Clock, before_s: float) -> None:
        self._clock = clock
        self._before_s = before_s
        self._since = clock.monotonic()

    def active_s(self) -> float:
        """Return the active seconds so far."""
        return round(self._before_s + self._clock.monotonic() - self._since, 6)


@dataclass(frozen=True)
class Execution:
    """One job with its release and parts: what every step is handed."""

    job: Job
    release: Release
    parts: Parts
    stopwatch: Stopwatch
    heartbeat: Heartbeat

    def left_s(self) -> float:
        """Return the active seconds that are left until the run's timeout."""
        return self.release.spec.agent.limits.timeout - self.stopwatch.active_s()


@dataclass(frozen=True)
class StepResult:
    """What a step of a composite tool gave to the steps after it."""

    value: Any
    """The shaped result as JSON, or its text; None when nobody knows it."""
    simulated: bool = False
    remark: str = ""
    """Why it is not the whole result; empty when it is."""
    cut: bool = False
    """Part of it is missing, so that no later step may use it."""


@dataclass(frozen=True)
class Talk:
    """The conversation so far and what it cost."""

    messages: tuple[Message, ...]
    spend: Spend = field(default_factory=Spend)
    counted: TokenUsage | None = None
    """The provider's own count of the last turn."""
    uncounted: int = 0
    """UTF-8 bytes of messages that came after that count."""
    made: dict[str, int] = field(default_factory=dict)
    """How often each identical call was made with success: numbers the idempotency keys."""
    unfinished: dict[str, dict[str, StepResult]] = field(default_factory=dict)
    """By identity of a composite call that failed: its steps that were done, which the same call
    made again does not repeat."""

    def said(self, message: Message) -> "Talk":
        """Return the talk with one more message that no provider has counted yet."""
        size = len(message.model_dump_json().encode())
        return replace(self, messages=(*self.messages, message), uncounted=self.uncounted + size)

    def called(self, identity: str) -> "Talk":
        """Return the talk after one more tool call was made or refused."""
        return replace(self, spend=self.spend.called(identity))

    def counted_as_made(self, identity: str) -> "Talk":
        """Return the talk after one more call had its effect."""
        return replace(self, made={**self.made, identity: self.made.get(identity, 0) + 1})

    def output_given_back(self) -> "Talk":
        """Return the talk after one more answer was given back to the model."""
        return replace(self, spend=self.spend.retried_output())


@dataclass(eq=False)
class Ended(Exception):  # noqa: N818  an end, not an error
    """The run is over; raised by the step that ends it, caught by `execute` alone."""

    talk: Talk
    status: Status
    output: Any = None
    outcome: OutcomeWord = "none"
    failure: Failure | None = None
    stop: LimitStop | None = None
    in_doubt: tuple[str, ...] = ()
