"""Finding a project and opening its parts."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from runner.boundary.bare import is_bare
from runner.domain.errors import UsageError

if TYPE_CHECKING:
    from runner.app.repository import Holding
    from runner.domain.environment import ProjectSettings

SETTINGS_FILE = "agentctl.yaml"
AGENTS = "agent-configs"
STATE = ".agentctl"


@dataclass(frozen=True)
class Project:
    """A user's repository: its settings, its agents and its state directory."""

    root: Path
    state: Path
    holding: "list[Holding]" = field(default_factory=list, kw_only=True, compare=False, repr=False)
    """Its repository, by each thread that holds it open; `runner.app.repository` does."""

    @cached_property
    def settings(self) -> "ProjectSettings":
        """The content of agentctl.yaml, read when it is first needed: lists do without it.

        Raises:
            ConfigError: it has problems.
        """
        from runner.config.project import read_project  # noqa: PLC0415  heavy; lists need none

        path = self.root / SETTINGS_FILE
        return read_project(path.read_bytes() if path.is_file() else None, SETTINGS_FILE)

    @property
    def agents(self) -> Path:
        """The directory of agents."""
        return self.root / AGENTS

    def shown(self, path: Path) -> str:
        """Return a path as a person would type it: relative to the project where it can be."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


def open_project(root: Path | None, state: Path | None) -> Project:
    """Return the project at `root`, or the nearest one from the working directory upwards.

    A directory where runs are kept will do, as a host has it that runs from a bundle.

    Raises:
        UsageError: there is none.
    """
    start = Path.cwd()
    found = root.resolve() if root else nearest_project(start) or _nearest_runs(start, state)
    if found is None or not (_is_project(found) or _holds_runs(state or found / STATE)):
        where = f"in {root}" if root else f"in {start} or above it"
        raise UsageError(
            f"no project: neither {AGENTS}/ nor {SETTINGS_FILE} {where}",
            help="`agentctl new AGENT` starts one in this directory, -C DIR names another",
        )
    return Project(found, state.resolve() if state else found / STATE)


def nearest_project(start: Path) -> Path | None:
    """Return the nearest directory, from `start` upwards, that is a project."""
    return next((at for at in (start, *start.parents) if _is_project(at)), None)


def _is_project(directory: Path) -> bool:
    stands_here = (directory / SETTINGS_FILE).is_file() or (directory / AGENTS).is_dir()
    # A bare repository holds none of the project's files, and all of its releases and pointers.
    return stands_here or is_bare(directory)


def _nearest_runs(start: Path, state: Path | None) -> Path | None:
    if state is not None:
        return start
    return next((at for at in (start, *start.parents) if _holds_runs(at / STATE)), None)


def _holds_runs(state: Path) -> bool:
    return (state / "journal").is_dir()
