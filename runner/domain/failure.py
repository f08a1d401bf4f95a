"""What went wrong, classified once, at the edge, and what recovers from it."""

from typing import Literal

from pydantic import Field

from runner.domain.errors import AgentctlError
from runner.domain.noun import Noun

FailureKind = Literal[
    "rate_limit",
    "overload",
    "timeout",
    "connection",
    "authentication",
    "bad_request",
    "context_overflow",
    "malformed_answer",
    "cut_answer",
    "filtered_answer",
    "empty_answer",
    "cassette_mismatch",
    "tool_refused",
    "tool_failed",
    "in_doubt",
    "config",
    "state",
    "bug",
]
Recovery = Literal["retry_now", "retry_later", "revise", "abandon", "escalate"]

RECOVERIES: dict[FailureKind, Recovery] = {
    "rate_limit": "retry_now",
    "overload": "retry_now",
    "timeout": "retry_now",
    "connection": "retry_now",
    "authentication": "escalate",
    "bad_request": "abandon",
    "context_overflow": "abandon",
    "malformed_answer": "retry_now",
    "cut_answer": "abandon",
    "filtered_answer": "abandon",
    "empty_answer": "abandon",
    "cassette_mismatch": "abandon",
    "tool_refused": "revise",
    "tool_failed": "revise",
    "in_doubt": "escalate",
    "config": "abandon",
    "state": "retry_later",
    "bug": "escalate",
}


class Failure(Noun):
    """One classified failure."""

    kind: FailureKind
    message: str = Field(description="What happened, without secrets.")
    retry_after_s: float | None = Field(None, ge=0, description="Seconds the other side asks for.")
    status: int | None = Field(None, description="HTTP status, where there was one.")
    made: bool = Field(False, description="The call was made; only its answer is of no use.")

    @property
    def recovery(self) -> Recovery:
        """What recovers from it."""
        return RECOVERIES[self.kind]


class FailureError(AgentctlError):
    """A failure on its way up. Model clients and tools raise this and nothing else."""

    exit_code = 1

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure
        if failure.recovery in {"retry_now", "retry_later"}:
            self.exit_code = 3
