"""The lines of the ledger, and what one run's lines come to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from runner.domain.job import Mode, OutcomeWord, Status
from runner.domain.messages import TokenUsage
from runner.domain.noun import Noun


class RunOpened(Noun):
    """A run began: its journal's line 0 is on disk."""

    type: Literal["run.started"] = "run.started"
    run: str
    job: str
    agent: str
    version: str
    digest: str
    environment: str | None = None
    mode: Mode
    journal: str = Field(description="Path of the journal, relative to the state directory.")
    head: str = Field(description="Hash of the journal's line 0.")
    subject: str | None = None
    reconciled: bool = Field(False, description="Written later, for a run that a crash cut off.")


class RunEnded(Noun):
    """A run ended. A run that was in doubt may be resumed and end again: the last one holds."""

    type: Literal["run.ended"] = "run.ended"
    run: str
    status: Status
    outcome: OutcomeWord
    head: str = Field(description="Hash of the journal's last line.")
    head_seq: int = Field(description="Number of the journal's last line, from 0.")
    cost_usd: float | None = None
    tokens: TokenUsage
    duration_s: float = Field(description="Active seconds.")
    iterations: int
    tool_calls: int
    reconciled: bool = Field(False, description="Written later, for a run that a crash cut off.")


class LedgerRecovered(Noun):
    """A torn last line was cut."""

    type: Literal["ledger.recovered"] = "ledger.recovered"
    cut_bytes: int
    cut_sha256: str


Entry = Annotated[RunOpened | RunEnded | LedgerRecovered, Field(discriminator="type")]
ENTRIES: TypeAdapter[Entry] = TypeAdapter(Entry, config=ConfigDict(defer_build=True))


@dataclass(frozen=True)
class RunRecord:
    """One run as the ledger tells it."""

    started: RunOpened
    started_at: datetime
    ended: RunEnded | None
    ended_at: datetime | None
    alive: bool
    """Whether a process executes it now."""

    @property
    def run(self) -> str:
        """The run's id."""
        return self.started.run

    @property
    def status(self) -> Status:
        """`running` when it has not ended, or is being executed again."""
        return "running" if self.ended is None or self.alive else self.ended.status

    @property
    def final(self) -> bool:
        """Whether nothing can come after its end."""
        return self.ended is not None and self.ended.status not in RESUMABLE


RESUMABLE = frozenset({"running", "parked", "in_doubt"})
"""Statuses that a later process may go on from."""
