"""A version of an agent that can be run, and where versions come from."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from runner.domain.agent import AgentSpec
from runner.domain.snapshot import Snapshot

WORKTREE = "worktree"


@dataclass(frozen=True)
class Version:
    """One version that a store knows, without its content."""

    agent: str
    version: str
    digest: str | None = None
    """The digest that the store promises of it, without its content having been read."""
    commit: str | None = None
    tag: str | None = None
    """The object id of its tag; None for a plain (lightweight) tag, and without one."""
    created: datetime | None = None
    by: str = ""
    signature: str | None = None
    """The kind of signature that its tag carries, unverified: ssh, openpgp or x509."""


@dataclass(frozen=True)
class Release:
    """What a run executes: checked files, the spec they make, and the values of an environment."""

    agent: str
    version: str
    snapshot: Snapshot
    spec: AgentSpec
    origin: str
    environment: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    commit: str | None = None
    tag: str | None = None
    """The object id of its tag, where it comes from an annotated one."""
    pointer_commit: str | None = None
    """The commit that the environment's pointer was read from; None where it was a file."""

    @property
    def digest(self) -> str:
        """The digest of its files."""
        return self.snapshot.digest

    @property
    def released(self) -> bool:
        """False for the worktree, which is never a release."""
        return self.version != WORKTREE


class ReleaseStore(Protocol):
    """Where the versions of agents are kept."""

    def versions(self, agent: str) -> list[Version]:
        """Return the versions of an agent in SemVer order, newest last; empty when unknown."""
        ...

    def load(self, agent: str, version: str) -> Snapshot:
        """Return the files of a version.

        Raises:
            UsageError: the store has no such version.
            ConfigError: a file is a link, too large, or has a path that leaves the directory.
        """
        ...

    def locate(self, agent: str, version: str) -> str:
        """Return where a version lies, for people, for instance `agent-configs/a/v1.0.0`."""
        ...
