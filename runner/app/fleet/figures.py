"""What the live runs of one agent in one environment come to: the last twenty, and a day's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from runner.app.listing.query_fields import GONE
from runner.journal.entries import RunRecord
from runner.rollout.health import PASSED_OVER

SHOWN = 20
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Figures:
    """Figures of runs; what nobody can tell is None."""

    last: tuple[str, ...] = ()
    """How the last twenty runs stand, the newest last: a status, or `gone`."""
    ended: int = 0
    """How many of these ended and say something of the agent."""
    succeeded: int = 0
    day_runs: int = 0
    """Runs that began within a day."""
    day_usd: float | None = None
    """What the priced ones of these cost; None when no price is known."""
    day_unpriced: int = 0
    """Those that ended, used a model, and have no known price: they are in no sum."""
    day_tokens: int = 0
    p95_s: float | None = None
    """Active seconds that 95 % of the day's ended runs, or of the last twenty, stayed below."""

    @property
    def ok(self) -> float | None:
        """The share of the last twenty runs that succeeded, from 0 to 1."""
        return self.succeeded / self.ended if self.ended else None


def figures(runs: Sequence[RunRecord], now: datetime) -> Figures:
    """Return what runs come to; they are the newest first."""
    last = runs[:SHOWN]
    day = [run for run in runs if run.started_at > now - DAY]
    told = spoken(last)
    usd, unpriced, tokens = _spent(day)
    return Figures(
        last=tuple(map(word_of, reversed(last))),
        ended=len(told),
        succeeded=sum(run.status == "succeeded" for run in told),
        day_runs=len(day),
        day_usd=usd,
        day_unpriced=unpriced,
        day_tokens=tokens,
        p95_s=p95(_durations(day) or _durations(last)),
    )


def word_of(run: RunRecord) -> str:
    """Return a run's status; `gone` where it says running and no process executes it."""
    return GONE if run.status == "running" and not run.alive else run.status


def spoken(runs: Iterable[RunRecord]) -> list[RunRecord]:
    """Return the runs whose end says something of the agent, in their order.

    One that is executed now does not, and neither does one that somebody stopped or that waits.
    """
    return [run for run in runs if not run.alive and run.status not in PASSED_OVER]


def p95(values: Sequence[float]) -> float | None:
    """Return the smallest value that 95 % of them do not exceed; None of none."""
    return sorted(values)[ceil(0.95 * len(values)) - 1] if values else None


def _durations(runs: Iterable[RunRecord]) -> list[float]:
    return [run.ended.duration_s for run in runs if run.ended]


def _spent(runs: Iterable[RunRecord]) -> tuple[float | None, int, int]:
    """Return USD, how many have no price, and tokens."""
    priced: list[float] = []
    unpriced = tokens = 0
    for run in runs:
        if run.ended is None:
            continue
        used = run.ended.tokens.input + run.ended.tokens.output
        tokens += used
        if run.ended.cost_usd is not None:
            priced.append(run.ended.cost_usd)
        elif used:
            unpriced += 1
    return (sum(priced) if priced else None), unpriced, tokens
