"""How an agent is in an environment, by its runs there; apart from what is to be live."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from runner.domain.job import Status
from runner.journal.entries import RunRecord

Word = Literal["healthy", "running", "late", "failing", "breaker", "paused", "unknown"]
WELL: frozenset[Word] = frozenset({"healthy", "running"})
PASSED_OVER: frozenset[Status] = frozenset({"cancelled", "parked"})
"""Ends that say nothing about the agent: somebody wanted it so, or a person is waited for."""


@dataclass(frozen=True)
class Health:
    """One word, why where all is not well, and the command that looks or mends."""

    word: Word
    why: str = ""
    mend: str = ""


def health(runs: Sequence[RunRecord], *, told: bool = True) -> Health:
    """Return how a release does by its live runs, newest first; `told` is False without a ledger.

    Runs in a row that did not succeed, counted from the newest, make it failing. A run that is
    executed now is no verdict: it goes on, after whatever was before it.
    """
    if not told:
        return Health("unknown", "no run is known here: there is no ledger")
    runs = [run for run in runs if run.status not in PASSED_OVER]
    going = [run for run in runs if run.alive]
    done = [run for run in runs if not run.alive]
    if not done:
        why = "" if going else "what is live has not run here"
        return Health("running") if going else Health("unknown", why)
    bad = next((at for at, run in enumerate(done) if run.status == "succeeded"), len(done))
    if bad:
        return _failing(done[:bad])
    return Health("running" if going else "healthy")


def _failing(bad: Sequence[RunRecord]) -> Health:
    last = bad[0]
    run, count = last.run[-8:], len(bad)
    how = f"the last {count} runs did not succeed" if count > 1 else "the last run did not succeed"
    if last.status == "running":
        return Health("failing", f"{how}: {run} was cut off", f"agentctl resume {run}")
    if last.status == "in_doubt":
        return Health("failing", f"{how}: {run} is in doubt", f"agentctl resume {run}")
    return Health("failing", f"{how}: {run} {last.status}", f"agentctl show {run}")
