"""Releases kept as directories: `<agents root>/<agent>/vX.Y.Z/`."""

from pathlib import Path

from runner.domain.errors import UsageError
from runner.domain.quantities import VERSION
from runner.domain.release import Version
from runner.domain.snapshot import Snapshot
from runner.releases.ordering import precedence
from runner.releases.reading import agent_directories, check_agent_exists, read_directory


class DirStore:
    """Version directories of agents."""

    def __init__(self, agents_root: Path, shown: str | None = None) -> None:
        """`shown` is what people call the directory of agents; unsaid, its path."""
        self._root = agents_root
        self._shown = Path(shown or agents_root)

    def versions(self, agent: str) -> list[Version]:
        """Return the versions of an agent in SemVer order, newest last; empty when unknown."""
        if agent not in agent_directories(self._root):
            return []
        names = [path.name for path in (self._root / agent).iterdir() if path.is_dir()]
        versions = sorted(filter(VERSION.fullmatch, names), key=precedence)
        return [Version(agent, version) for version in versions]

    def load(self, agent: str, version: str) -> Snapshot:
        """Return the files of a version.

        Raises:
            UsageError: no such agent or version.
            ConfigError: a file is a link, too large, or has a name that is not portable.
        """
        check_agent_exists(self._root, agent)
        known = [known.version for known in self.versions(agent)]
        if version not in known:
            listed = ", ".join(known) or "none"
            raise UsageError(
                f"{agent} has no version {version}", help=f"version directories: {listed}"
            )
        return read_directory(self._root / agent / version, self.locate(agent, version))

    def locate(self, agent: str, version: str) -> str:
        """Return the version's directory, for people."""
        return str(self._shown / agent / version)
