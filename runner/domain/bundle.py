"""What a bundle says about its releases: the pinned ones of one environment, and its rules."""

from typing import Final, Literal

from pydantic import Field, model_validator

from runner.domain.environment import EnvironmentName, Pointer, ProjectSettings
from runner.domain.noun import Noun
from runner.domain.quantities import AgentName
from runner.domain.release import WORKTREE

BUNDLE_FORMAT: Final = "agentctl-bundle/1"


class Pinned(Noun):
    """One agent: the environment's pointer, and what git calls its release."""

    pointer: Pointer = Field(description="The pointer as it stood, with the release's digest.")
    commit: str | None = Field(None, description="The commit that was released.")
    tag: str | None = Field(None, description="The name of the release's tag object.")
    pointer_commit: str | None = Field(None, description="The commit that moved the pointer here.")

    @property
    def digest(self) -> str:
        """The release's digest; a pinned pointer always has it."""
        return self.pointer.digest or ""

    @model_validator(mode="after")
    def _is_pinned(self) -> "Pinned":
        if self.pointer.version == WORKTREE or self.pointer.digest is None:
            raise ValueError("a bundle holds released versions, each with its digest")
        return self


class Manifest(Noun):
    """bundle.json, the first file of a bundle."""

    format: Literal["agentctl-bundle/1"] = Field(
        BUNDLE_FORMAT, description="The bundle's format; another one is refused."
    )
    environment: EnvironmentName = Field(description="The environment that it was made for.")
    settings: ProjectSettings = Field(
        description="agentctl.yaml as far as this environment goes: its rules, prices, patterns."
    )
    agents: dict[AgentName, Pinned] = Field(min_length=1, description="What is pinned, by agent.")
