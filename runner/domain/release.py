"""A version of an agent that can be run, and where versions come from."""

from dataclasses import dataclass, field
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
    commit: str | None = None


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
