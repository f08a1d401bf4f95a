"""What differs between two versions of an agent, in words that people and gates act on."""

from typing import Any, Literal, get_args

from pydantic import Field

from runner.domain.noun import Noun

Level = Literal["note", "behaviour", "widening", "breaking"]
"""Rising: nothing acts differently; the agent acts differently; more may happen than before;
what fitted before fits no longer."""
LEVELS: tuple[Level, ...] = get_args(Level)
Bump = Literal["none", "patch", "minor", "major"]
BUMPS: dict[Level | None, Bump] = {
    None: "none",
    "note": "patch",
    "behaviour": "minor",
    "widening": "minor",
    "breaking": "major",
}
"""The smallest step of the version that a highest level asks for."""
Area = Literal[
    "model",
    "settings",
    "limits",
    "permissions",
    "schedules",
    "tools",
    "instructions",
    "task",
    "input",
    "output",
    "examples",
    "network",
    "variables",
    "values",
    "files",
    "other",
]
AREAS: tuple[Area, ...] = get_args(Area)


class Change(Noun):
    """One difference."""

    rule: str = Field(pattern=r"^[a-z][a-z-]*$", description="Stable id of the rule that saw it.")
    level: Level = Field(description="What it means for those who use the agent.")
    area: Area = Field(description="The part of the agent it is in.")
    name: str = Field("", description="What in the area: a tool, a limit; empty for the whole.")
    path: str = Field("", description="In a schema: JSON pointer to the place.")
    text: str = Field(description="One line for people.")
    before: Any = Field(None, description="The JSON value before; null when there was none.")
    after: Any = Field(None, description="The JSON value after; null when there is none.")


class Side(Noun):
    """One of the two versions."""

    agent: str
    version: str
    digest: str
    origin: str = Field(description="Where it was read from, for people.")
    environment: str | None = Field(None, description="The environment whose pointer named it.")
    commit: str | None = Field(None, description="The commit it lies in, where one is known.")


class Comparison(Noun):
    """Two versions and what differs, the weightiest first."""

    before: Side
    after: Side
    changes: tuple[Change, ...] = ()
    bump: Bump = Field("none", description="Smallest step of the version that this asks for.")

    @property
    def level(self) -> Level | None:
        """The highest level of all changes; None when nothing differs."""
        return highest(self.changes)

    def reaches(self, level: Level) -> bool:
        """Return whether some change is of this level or above it."""
        return any(LEVELS.index(change.level) >= LEVELS.index(level) for change in self.changes)


def highest(changes: tuple[Change, ...]) -> Level | None:
    """Return the highest level among changes, None of none."""
    return max((change.level for change in changes), key=LEVELS.index, default=None)
