"""What a screen of runs reads: one step of the index after the other, for the newest query."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner.app.listing.query import Query
from runner.app.listing.run_index import RunIndex, Runs
from runner.app.listing.run_list import Wanted
from runner.app.project import SETTINGS_FILE, Project, open_project
from runner.app.screening import screen_of
from runner.domain.ports import Clock


@dataclass(frozen=True)
class Fed:
    """The runs that a query picks, as far as they are known, and how they may be shown."""

    query: Query
    runs: Runs
    state: Path
    """Where journals are, by the paths in the rows."""
    hide: Callable[[Any], Any] = field(repr=False)
    """Takes out what the project's `redact` names."""

    def row(self, index: int) -> dict[str, Any] | None:
        """Return a run as it is shown; None where the ledger has it no more."""
        row = self.runs.row(index)
        return None if row is None else {name: self.hide(value) for name, value in row.items()}


class RunFeed:
    """The runs of one project. `ask` at any time; `step` in a worker."""

    def __init__(self, root: Path | None, state: Path | None, clock: Clock) -> None:
        self._root, self._state, self._clock = root, state, clock
        self._wanted = Wanted()
        self._project: Project | None = None
        self._index: RunIndex | None = None
        self._screen: tuple[object, Callable[[Any], Any]] | None = None

    def ask(self, query: Query) -> None:
        """Let the next steps look for others."""
        self._wanted = Wanted(query)

    def step(self) -> Fed:
        """Read some more.

        Raises:
            UsageError: there is no project here.
            ConfigError: agentctl.yaml names patterns and cannot be read.
            StateError: the ledger cannot be read; the next step tries again.
        """
        if self._project is None or self._index is None:
            self._project = open_project(self._root, self._state)
            self._index = RunIndex(self._project.state, self._clock)
        hide, wanted = self._hide(self._project), self._wanted
        return Fed(wanted.query, self._index.advance(wanted), self._project.state, hide)

    def _hide(self, project: Project) -> Callable[[Any], Any]:
        """Return what hides, read again only when the settings have changed."""
        try:
            found = (project.root / SETTINGS_FILE).stat()
            stamp: object = (found.st_ino, found.st_size, found.st_mtime_ns)
        except OSError:
            stamp = None
        if self._screen is None or self._screen[0] != stamp:
            self._screen = stamp, screen_of(self._root, self._state)
        return self._screen[1]
