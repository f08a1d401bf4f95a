"""A request to run an agent, and how runs end."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from runner.domain.failure import Failure
from runner.domain.limits import LimitStop
from runner.domain.messages import TokenUsage
from runner.domain.noun import Noun

Mode = Literal["live", "dry_run", "shadow", "replay"]
Status = Literal["running", "parked", "succeeded", "failed", "stopped", "cancelled", "in_doubt"]
OutcomeWord = Literal[
    "none",
    "reported_success",
    "reported_failure",
    "verification_pending",
    "verified_success",
    "verification_failed",
]


class Job(Noun):
    """One request to run an agent."""

    id: str = Field(description="Unique; the caller's key where one was given.")
    run: str = Field(description="ULID of the run that executes it.")
    mode: Mode = "live"
    input: dict[str, Any] = Field(default_factory=dict)
    trigger: str = Field("manual", description="What made the job: manual, resume, ...")
    attempt: int = Field(1, ge=1)
    attended: bool = Field(False, description="Somebody is there to answer questions.")


class Totals(Noun):
    """What a run used."""

    iterations: int = 0
    tool_calls: int = 0
    tokens: TokenUsage = Field(default_factory=TokenUsage)
    cost_usd: float | None = Field(None, description="None where the model has no known price.")
    duration_s: float = Field(0.0, description="Active seconds.")


@dataclass(frozen=True)
class Run:
    """How a run ended."""

    id: str
    status: Status
    outcome: OutcomeWord
    output: Any
    totals: Totals
    failure: Failure | None = None
    stop: LimitStop | None = None
    in_doubt: tuple[str, ...] = ()
