"""The versions of every agent of a project, whichever of the two layouts it is kept in."""

from pathlib import Path

from runner.domain.release import ReleaseStore, Version
from runner.domain.snapshot import Snapshot
from runner.releases.directories import DirStore
from runner.releases.original import OriginalStore
from runner.releases.reading import agent_directories, check_agent_known


class VersionStore:
    """Version directories: `<agent>/vX.Y.Z/`, and `vX.Y.Z/` of the original layout."""

    def __init__(self, agents_root: Path, shown: str | None = None) -> None:
        """`shown` is what people call the directory of agents; unsaid, its path."""
        self._root = agents_root
        self._directories = DirStore(agents_root, shown)
        self._original = OriginalStore(agents_root, shown)

    def agents(self) -> list[str]:
        """Return the names of all agents, sorted."""
        return sorted({*agent_directories(self._root), *self._original.agents()})

    def versions(self, agent: str) -> list[Version]:
        """Return the versions of an agent in SemVer order, newest last; empty when unknown."""
        return self._of(agent).versions(agent)

    def load(self, agent: str, version: str) -> Snapshot:
        """Return the files of a version.

        Raises:
            UsageError: no such agent or version.
            ConfigError: a file is a link, too large, or has a name that is not portable.
        """
        check_agent_known(self.agents(), agent, self._root)
        return self._of(agent).load(agent, version)

    def locate(self, agent: str, version: str) -> str:
        """Return the version's directory, for people."""
        return self._of(agent).locate(agent, version)

    def _of(self, agent: str) -> ReleaseStore:
        return self._original if agent in self._original.agents() else self._directories
