"""What a promotion or a rollback will do: shown to a person, kept in a file, applied as it stands.

A saved plan is bound to the pointer it was made for by the pointer's token.
"""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from runner.domain.change import Comparison
from runner.domain.environment import BlockedRelease, Digest, EnvironmentName
from runner.domain.noun import Noun
from runner.domain.quantities import AgentName

Action = Literal["promote", "rollback"]
Version = Annotated[str, Field(min_length=1)]
PLAN_KIND = "MovePlan"


class Point(Noun):
    """A release that is live in an environment, or is to be."""

    version: Version = Field(description="vX.Y.Z, or `worktree`.")
    digest: Digest | None = Field(None, description="Its digest; null of a worktree.")
    commit: str | None = Field(None, description="The commit it lies in, where one is known.")
    tag: str | None = Field(None, description="The object id of its annotated tag.")


class Evidence(Noun):
    """What the ledger here knows of a release in an environment: live runs that have ended."""

    runs: int = Field(ge=0, description="How many have ended.")
    succeeded: int = Field(ge=0, description="How many of them succeeded.")


class InFlight(Noun):
    """A run that has not ended."""

    run: str = Field(description="Its id.")
    version: str = Field(description="The version it began with, and ends with.")
    started: AwareDatetime = Field(description="When it began.")


class NextFire(Noun):
    """When a live schedule fires next under the new pointer."""

    schedule: str = Field(description="The schedule's name.")
    at: AwareDatetime = Field(description="The moment, in UTC.")


class Plan(Noun):
    """One move of one pointer."""

    action: Action = Field(description="promote, or rollback: back, and the bad one is held.")
    agent: AgentName = Field(description="The agent.")
    environment: EnvironmentName = Field(description="The environment.")
    protected: bool = Field(False, description="Whether its rules protect it.")
    before: Point | None = Field(None, description="What is live; null where there is no pointer.")
    after: Point = Field(description="What will be live.")
    token: str | None = Field(None, description="What the pointer's file must be; null for none.")
    source: str = Field("", description="Where the pointer was read, for people.")
    content: str = Field(description="The pointer's file as it will be.")
    values: dict[str, Any] = Field(
        default_factory=dict, description="The pointer's values as they will be."
    )
    unset: tuple[str, ...] = Field((), description="Values that go away because somebody said so.")
    held: tuple[BlockedRelease, ...] = Field((), description="Releases that this blocks.")
    lifted: tuple[BlockedRelease, ...] = Field((), description="Releases that this allows again.")
    reason: str = Field("", description="Why.")
    by: str = Field(min_length=1, description="Who planned it.")
    at: AwareDatetime = Field(description="When it was planned.")
    until: AwareDatetime | None = Field(
        None, description="Break-glass: holds on this host alone, and until then."
    )
    changes: bool = Field(True, description="False when the pointer says all of this already.")
    comparison: Comparison | None = Field(
        None, description="What differs between both; null where one of them cannot be read."
    )
    next_fires: tuple[NextFire, ...] = Field((), description="Live schedules, the soonest first.")
    in_flight: tuple[InFlight, ...] = Field((), description="Runs that go on as they began.")
    evidence: Evidence | None = Field(
        None, description="Runs of what will be live, here before; null where nothing is known."
    )
    warnings: tuple[str, ...] = Field((), description="What a person should know.")
    undo: str = Field("", description="The command that takes it back; empty where there is none.")
