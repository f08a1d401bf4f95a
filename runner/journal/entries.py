"""The lines of the ledger, and what one run's lines come to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, TypeAdapter

from runner.domain.job import Mode, OutcomeWord, Status
from runner.domain.messages import TokenUsage
from runner.domain.noun import Noun


def _below(path: str) -> str:
    """A forged ledger leads nowhere else."""
    if path.startswith("/") or ".." in path.split("/") or "\0" in path or len(path) > LONGEST_PATH:
        raise ValueError(f"{path[:80]!r} is no path below the state directory")
    return path


Below = Annotated[str, AfterValidator(_below)]
LONGEST_PATH = 1000


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
    journal: Below = Field(description="Path of the journal, relative to the state directory.")
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


class OverrideSet(Noun):
    """A pointer was overridden on this host alone, because git could not be reached."""

    type: Literal["override.set"] = "override.set"
    environment: str
    agent: str
    version: str
    digest: str
    reason: str
    by: str
    until: AwareDatetime = Field(description="When it ends by itself.")


class OverrideEnded(Noun):
    """An override was ended before its time: a commit took its place, or somebody ended it."""

    type: Literal["override.ended"] = "override.ended"
    environment: str
    agent: str
    version: str
    reason: str
    by: str


Entry = Annotated[
    RunOpened | RunEnded | LedgerRecovered | OverrideSet | OverrideEnded,
    Field(discriminator="type"),
]
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
