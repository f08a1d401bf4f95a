"""Project settings, environments and their pointers."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from runner.domain.agent import Price
from runner.domain.noun import Noun
from runner.domain.quantities import check_environment_name, check_version
from runner.domain.tag_format import TAG_FORMAT, check_tag_format

Digest = Annotated[str, Field(pattern=r"^h1:[A-Za-z0-9+/]{43}=$")]
EnvironmentName = Annotated[str, AfterValidator(check_environment_name)]
ReleaseVersion = Annotated[str, AfterValidator(check_version)]


class Environment(Noun):
    """The rules of one environment."""

    protected: bool = Field(False, description="Only released versions run here.")
    requires: EnvironmentName | None = Field(
        None, description="Environment that a release must have been live in before this one."
    )
    signed: bool = Field(
        False, description="Only releases whose tag a key of `signers` signed are promoted here."
    )
    min_runs: int = Field(
        0, ge=0, description="Runs of the release that must have succeeded in `requires` before."
    )

    @model_validator(mode="after")
    def _runs_somewhere(self) -> "Environment":
        if self.min_runs and self.requires is None:
            raise ValueError("`min_runs` counts runs in the environment that `requires` names")
        return self


class ProjectSettings(Noun):
    """agentctl.yaml. Every value has a default; the file may be absent."""

    default_environment: EnvironmentName | None = Field(
        None, description="Environment that is meant when no REF is given."
    )
    default_branch: str | None = Field(
        None,
        pattern="^[A-Za-z0-9_][A-Za-z0-9._/-]*$",
        description="Branch that releases are made from and pointers are read from; unset, the "
        "one that origin/HEAD names, else main, else master.",
    )
    environments: dict[EnvironmentName, Environment] = Field(
        default_factory=dict, description="Environments by name."
    )
    redact: tuple[str, ...] = Field(
        (), description="Regular expressions whose matches are hidden in exports and screens."
    )
    prices: dict[str, Price] = Field(
        default_factory=dict, description="Prices by model id, where a model states none."
    )
    tag_format: Annotated[str, AfterValidator(check_tag_format)] = Field(
        TAG_FORMAT, description="How the tags of releases are called."
    )
    signers: str | None = Field(
        None,
        min_length=1,
        description="Path of the file of SSH keys whose signatures of tags count "
        "(ALLOWED SIGNERS in ssh-keygen(1)).",
    )


class BlockedRelease(Noun):
    """A release that must not start here."""

    version: ReleaseVersion = Field(description="Its version, for people.")
    digest: Digest = Field(description="Its digest: the authority.")


class Hold(Noun):
    """What a rollback leaves: releases that are blocked until promoted on purpose."""

    blocked: tuple[BlockedRelease, ...] = Field(min_length=1, description="Blocked releases.")
    reason: str = Field(min_length=1, description="Why.")
    by: str = Field(description="Who.")
    at: AwareDatetime = Field(description="When.")


class Pointer(Noun):
    """Which release of an agent an environment runs, and with which values."""

    version: Literal["worktree"] | ReleaseVersion = Field(
        description="vX.Y.Z, or `worktree` in an environment for development."
    )
    digest: Digest | None = Field(None, description="The release's digest: the authority.")
    commit: str | None = Field(None, description="A hint for people and shallow clones.")
    values: dict[str, Any] = Field(
        default_factory=dict, description="Values of the agent's variables."
    )
    schedules: Literal["all", "none"] | tuple[str, ...] | None = Field(
        None, description="Which schedules are live: all, none, or names."
    )
    hold: Hold | None = Field(None, description="What is blocked here.")
