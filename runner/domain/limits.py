"""What one run may use, what it has used, and the rule that stops it before the next spend.

The reservation: a turn is allowed only when its worst case still fits. Tokens of a prompt are
bounded by its UTF-8 bytes (a tokenizer yields at most one token a byte), or, once the provider has
counted, by its last count plus the bytes that came since; the answer by `max_output_tokens`.
"""

from collections.abc import Callable
from typing import Literal

from pydantic import Field

from runner.domain.messages import TokenUsage
from runner.domain.noun import Noun
from runner.domain.quantities import Duration, show_duration

LimitName = Literal[
    "max_iterations",
    "max_tool_calls",
    "max_identical_calls",
    "max_output_retries",
    "max_tokens",
    "max_cost_usd",
    "timeout",
]


class Limits(Noun):
    """What one run may use. Each is checked before the next spend, not after it."""

    max_iterations: int = Field(20, ge=1, description="Model answers (turns) in one run.")
    max_tool_calls: int = Field(60, ge=0, description="Tool calls in one run.")
    max_identical_calls: int = Field(
        3, ge=1, description="Calls of one tool with the same arguments: a loop is stopped here."
    )
    max_output_retries: int = Field(
        2, ge=0, description="Answers that break output_schema and are given back to the model."
    )
    max_tokens: int = Field(200_000, ge=1, description="Input and output tokens of all turns.")
    max_cost_usd: float | None = Field(None, gt=0, description="USD for all turns; needs a price.")
    timeout: Duration = Field(600.0, description="Active time of the run; parked time is free.")


class Reservation(Noun):
    """The worst case of what a turn may cost."""

    tokens: int = Field(ge=0, description="Input and output tokens at the most.")
    cost_usd: float = Field(0.0, ge=0, description="USD at the most.")


class LimitStop(Noun):
    """Which limit stopped a run, what was used and what the cap is."""

    limit: LimitName
    used: float = Field(description="Used so far, in the limit's own unit (seconds for timeout).")
    needed: float = Field(0, description="What the next step would have needed at the most.")
    cap: float = Field(description="The limit.")

    @property
    def sentence(self) -> str:
        """The stop in one line for a person."""
        show = _shower(self.limit)
        needed = f", the next step may need {show(self.needed)}" if self.needed else ""
        return f"{self.limit} reached: used {show(self.used)} of {show(self.cap)}{needed}"


class Spend(Noun):
    """What a run has used. Frozen: charging returns the next value."""

    iterations: int = Field(0, description="Model answers.")
    tool_calls: int = Field(0, description="Tool calls that were checked, refused ones included.")
    output_retries: int = Field(0, description="Answers given back for breaking output_schema.")
    tokens: TokenUsage = Field(default_factory=TokenUsage, description="Tokens of all turns.")
    cost_usd: float = Field(0.0, description="USD of all turns.")
    calls: dict[str, int] = Field(
        default_factory=dict, description="How often each tool was called with the same arguments."
    )

    def charged(self, usage: TokenUsage, cost_usd: float) -> "Spend":
        """Return the spend after one more model answer."""
        return self.model_copy(
            update={
                "iterations": self.iterations + 1,
                "tokens": self.tokens + usage,
                "cost_usd": round(self.cost_usd + cost_usd, 9),
            }
        )

    def called(self, identity: str) -> "Spend":
        """Return the spend after one more tool call; `identity` is its tool and arguments."""
        calls = {**self.calls, identity: self.calls.get(identity, 0) + 1}
        return self.model_copy(update={"tool_calls": self.tool_calls + 1, "calls": calls})

    def retried_output(self) -> "Spend":
        """Return the spend after one more answer was given back."""
        return self.model_copy(update={"output_retries": self.output_retries + 1})


def stop_before_turn(
    limits: Limits, spend: Spend, reserve: Reservation, active_s: float
) -> LimitStop | None:
    """Return the limit that the next turn would break, or None when its worst case fits."""
    if active_s >= limits.timeout:
        return LimitStop(limit="timeout", used=active_s, cap=limits.timeout)
    if spend.iterations >= limits.max_iterations:
        return LimitStop(limit="max_iterations", used=spend.iterations, cap=limits.max_iterations)
    if spend.tokens.total + reserve.tokens > limits.max_tokens:
        return LimitStop(
            limit="max_tokens",
            used=spend.tokens.total,
            needed=reserve.tokens,
            cap=limits.max_tokens,
        )
    cap = limits.max_cost_usd
    if cap is not None and spend.cost_usd + reserve.cost_usd > cap:
        return LimitStop(
            limit="max_cost_usd", used=spend.cost_usd, needed=reserve.cost_usd, cap=cap
        )
    return None


def stop_before_call(
    limits: Limits, spend: Spend, identity: str, active_s: float
) -> LimitStop | None:
    """Return the limit that the next tool call would break, or None."""
    if active_s >= limits.timeout:
        return LimitStop(limit="timeout", used=active_s, cap=limits.timeout)
    if spend.tool_calls >= limits.max_tool_calls:
        return LimitStop(limit="max_tool_calls", used=spend.tool_calls, cap=limits.max_tool_calls)
    identical = spend.calls.get(identity, 0)
    if identical >= limits.max_identical_calls:
        return LimitStop(
            limit="max_identical_calls", used=identical, cap=limits.max_identical_calls
        )
    return None


def stop_before_output_retry(limits: Limits, spend: Spend) -> LimitStop | None:
    """Return the limit that one more look at a broken answer would break, or None."""
    if spend.output_retries < limits.max_output_retries:
        return None
    return LimitStop(
        limit="max_output_retries", used=spend.output_retries, cap=limits.max_output_retries
    )


def _shower(limit: LimitName) -> Callable[[float], str]:
    if limit == "timeout":
        return show_duration
    return (
        (lambda usd: f"${usd:.4f}") if limit == "max_cost_usd" else (lambda count: f"{count:.0f}")
    )
