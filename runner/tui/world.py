"""What the screens look at: a project, its runs, an environment, and the time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any

from runner.app.fleet.pulse import read_places
from runner.app.project import open_project
from runner.app.screening import hider, screen_of
from runner.domain.errors import AgentctlError, UsageError
from runner.domain.ports import Clock

EVERYTHING = r"(?s).+"


@dataclass
class World:
    """A project as it is looked at. Its fields change only on the screen's own thread."""

    root: Path | None
    state: Path | None
    environment: str | None
    """The one that is looked at; None where none is declared."""
    clock: Clock
    environments: tuple[str, ...] = ()
    """All that the project has, in its order."""
    protected: frozenset[str] = frozenset()
    epoch: int = 0
    """Counts how often the environment was switched: what was read before is dropped."""
    _screen: Callable[[Any], Any] | None = field(default=None, repr=False)
    _wanted: int = field(default=1, repr=False)
    """Counts how often the patterns may have changed."""
    _known: int = field(default=0, repr=False)
    """The count that the patterns at hand are of."""

    def hide(self, data: Any) -> Any:
        """Return data with what the project's `redact` names hidden.

        A worker reads patterns that may have changed anew. The screen's own thread takes those of
        before meanwhile, so nothing can fail while something is painted; where there were none,
        all is hidden.

        Raises:
            UsageError, ConfigError: as `screen_of`, in a worker.
        """
        wanted, painting = self._wanted, current_thread() is main_thread()
        if self._screen is None or (self._known != wanted and not painting):
            try:
                self._screen = screen_of(self.root, self.state)
            except AgentctlError:
                if not painting:
                    raise
                return hider([EVERYTHING])(data)
            self._known = wanted
        return self._screen(data)

    def hide_error(self, error: AgentctlError) -> None:
        """Let an error say what may be shown. Raises as `hide`, and the error stays as it is."""
        message, advice = self.hide(error.message), self.hide(error.help)
        error.message, error.help = message, advice

    def look_again(self) -> None:
        """Let the next worker read the patterns: the project's settings may have changed."""
        self._wanted += 1

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return self.clock.now()

    @property
    def is_protected(self) -> bool:
        """Whether the environment that is looked at is a protected one."""
        return self.environment in self.protected


def world_of(root: Path | None, state: Path | None, environment: str | None, clock: Clock) -> World:
    """Return a project as it is looked at first, in the environment that is named or matters most.

    Raises:
        UsageError: there is no project here, or no such environment.
    """
    open_project(root, state)
    try:
        places = read_places(root, state)
    except AgentctlError:  # the screens say what is wrong with the settings, or with git
        return World(root, state, environment, clock, (environment,) if environment else ())
    if environment and environment not in places.names:
        raise UsageError(
            f"there is no environment {environment!r}",
            help=f"environments: {', '.join(places.names) or 'none'}",
        )
    chosen = environment or places.default
    return World(root, state, chosen, clock, places.names, places.protected)
