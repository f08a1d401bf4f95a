"""Schedules as data; nothing here fires them."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from runner.domain.noun import Noun
from runner.domain.quantities import Duration


class Recurring(Noun):
    """A cron expression in a time zone."""

    type: Literal["recurring"] = Field(description="`recurring`: by cron.")
    name: str = Field(pattern="^[a-z0-9][a-z0-9-]*$", description="Name, unique in the agent.")
    cron: str = Field(description="POSIX cron: minute hour day-of-month month day-of-week.")
    timezone: str = Field("UTC", description="IANA time zone.")
    misfire: Literal["coalesce", "skip", "all"] = Field(
        "coalesce", description="What becomes of slots that were missed."
    )
    start_deadline: Duration = Field(3600.0, description="A slot older than this is missed.")
    overlap: Literal["skip", "queue", "allow"] = Field(
        "skip", description="What happens while the last run still runs."
    )
    jitter: Duration | None = Field(None, description="Random delay at the most.")
    input: dict[str, Any] = Field(default_factory=dict, description="Input of each run.")


class Once(Noun):
    """One moment."""

    type: Literal["once"] = Field(description="`once`: one moment.")
    name: str = Field(pattern="^[a-z0-9][a-z0-9-]*$", description="Name, unique in the agent.")
    at: AwareDatetime = Field(description="RFC 3339 time with offset.")
    start_deadline: Duration = Field(3600.0, description="Not started later than this.")
    input: dict[str, Any] = Field(default_factory=dict, description="Input of the run.")


Schedule = Annotated[Recurring | Once, Field(discriminator="type")]
