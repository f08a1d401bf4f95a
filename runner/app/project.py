"""Finding a project and opening its parts."""

from dataclasses import dataclass
from pathlib import Path

from runner.config.project import read_project
from runner.domain.environment import ProjectSettings
from runner.domain.errors import UsageError

SETTINGS_FILE = "agentctl.yaml"
AGENTS = "agent-configs"
STATE = ".agentctl"


@dataclass(frozen=True)
class Project:
    """A user's repository: its settings, its agents and its state directory."""

    root: Path
    settings: ProjectSettings
    state: Path

    @property
    def agents(self) -> Path:
        """The directory of agents."""
        return self.root / AGENTS

    def shown(self, path: Path) -> str:
        """Return a path as a person would type it: relative to the project where it can be."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


def open_project(root: Path | None, state: Path | None) -> Project:
    """Return the project at `root`, or the nearest one from the working directory upwards.

    Raises:
        UsageError: there is none.
        ConfigError: agentctl.yaml has problems.
    """
    found = root.resolve() if root else _nearest(Path.cwd())
    settings = found / SETTINGS_FILE
    data = settings.read_bytes() if settings.is_file() else None
    directory = state.resolve() if state else found / STATE
    return Project(found, read_project(data, SETTINGS_FILE), directory)


def _nearest(start: Path) -> Path:
    for directory in (start, *start.parents):
        if (directory / SETTINGS_FILE).is_file() or (directory / AGENTS).is_dir():
            return directory
    raise UsageError(
        f"no project here: neither {AGENTS}/ nor {SETTINGS_FILE} in {start} or above it",
        help="`agentctl new AGENT` starts one in this directory, -C DIR names another",
    )
