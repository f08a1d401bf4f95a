"""The agent as it is on disk now: one version, `worktree`, which is never a release."""

from pathlib import Path

from runner.domain.errors import UsageError
from runner.domain.release import WORKTREE, Version
from runner.domain.snapshot import Snapshot
from runner.releases.reading import agent_directories, check_agent_exists, read_directory


class WorktreeStore:
    """Agents at `<agents root>/<agent>/`."""

    def __init__(self, agents_root: Path, shown: str | None = None) -> None:
        """`shown` is what people call the directory of agents; unsaid, its path."""
        self._root = agents_root
        self._shown = Path(shown or agents_root)

    def versions(self, agent: str) -> list[Version]:
        """Return the one version of an agent; empty when unknown."""
        known = agent in agent_directories(self._root)
        return [Version(agent, WORKTREE)] if known else []

    def load(self, agent: str, version: str) -> Snapshot:
        """Return the files of the worktree.

        Raises:
            UsageError: no such agent, or another version than `worktree` was asked for.
            ConfigError: a file is a link, too large, or has a name that is not portable.
        """
        check_agent_exists(self._root, agent)
        if version != WORKTREE:
            raise UsageError(
                f"{agent}: the directory itself holds no version {version!r}",
                help=f"it is called `{agent}@{WORKTREE}`",
            )
        return read_directory(self._root / agent, self.locate(agent, version))

    def locate(self, agent: str, version: str) -> str:
        """Return the agent's directory, for people."""
        return str(self._shown / agent)
