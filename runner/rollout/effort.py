"""What a run takes: as runs took it where there are any, else estimated from the texts."""

import json
from dataclasses import dataclass
from typing import Any, NamedTuple

from runner.domain.agent import AgentSpec
from runner.domain.messages import AssistantMessage, Message
from runner.rollout.changes_schedules import crons, fires_per_day

METHOD = "UTF-8 bytes of instructions, task, tools, examples and output schema / 4"
PER_TOKEN = 4
MILLION = 1_000_000


@dataclass(frozen=True)
class Observed:
    """Medians over the ended runs of one digest."""

    runs: int
    input_tokens: float
    output_tokens: float
    cost_usd: float | None
    """None when no run had a known price."""


class Effort(NamedTuple):
    """What one version takes."""

    first_request_tokens: int
    """Estimated, of the first request of a run alone."""
    crons: tuple[str, ...]
    """The expressions of its schedules."""
    input_usd: float | None
    """What the estimated input costs, where the price is known."""
    observed: Observed | None

    @property
    def runs_per_day(self) -> float:
        """How often its schedules run it a day."""
        return sum(map(fires_per_day, self.crons))

    def usd_per_run(self, *, observed: bool) -> float | None:
        """Return the cost of a run: the median observed, or of the first request's input."""
        return self.observed.cost_usd if observed and self.observed else self.input_usd

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "first_request_tokens": self.first_request_tokens,
            "runs_per_day": round(self.runs_per_day, 4),
            "input_usd": self.input_usd,
            "observed": vars(self.observed) if self.observed else None,
        }


class EffortChange(NamedTuple):
    """What both versions take."""

    before: Effort
    after: Effort

    @property
    def observed(self) -> bool:
        """Whether both versions have runs, so that nothing needs to be estimated."""
        return self.before.observed is not None and self.after.observed is not None

    def usd_per_day(self, side: Effort) -> float | None:
        """Return what the schedules of a side cost a day; None without a price."""
        usd = side.usd_per_run(observed=self.observed)
        return None if usd is None else round(usd * side.runs_per_day, 6)

    def as_json(self) -> dict[str, Any]:
        """Return both as plain data, and what the money is made from."""
        sides = {
            name: {**side.as_json(), "usd_per_day": self.usd_per_day(side)}
            for name, side in (("before", self.before), ("after", self.after))
        }
        basis = "observed" if self.observed else "estimated"
        return {"basis": basis, "method": METHOD, **sides}


def effort(spec: AgentSpec, observed: Observed | None) -> Effort:
    """Return what a version takes; `observed` is what its runs took, where there are any."""
    tokens = _bytes(spec) // PER_TOKEN
    price = spec.agent.model.price
    usd = None if price is None else round(tokens * price.input / MILLION, 9)
    return Effort(tokens, tuple(crons(spec.schedules)), usd, observed)


def _said(message: Message) -> str:
    calls = message.tool_calls if isinstance(message, AssistantMessage) else ()
    return message.text + "".join(call.name + call.arguments for call in calls)


def _bytes(spec: AgentSpec) -> int:
    offers = [
        {"name": t.name, "description": t.description, "parameters": t.input_schema}
        for t in spec.tools
        if t.offered
    ]
    parts: list[Any] = [spec.instructions, spec.task, *offers, *map(_said, spec.examples)]
    if spec.output_schema is not None:
        parts.append(spec.output_schema)
    texts = (p if isinstance(p, str) else json.dumps(p, ensure_ascii=False) for p in parts)
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
