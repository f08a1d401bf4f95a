"""Reading what happened in one run: its story, its raw lines. Lists are in `runner.app.listing`."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from runner.app.project import Project, open_project
from runner.app.story.timeline import Moment, timeline
from runner.app.story.view import RunView, view
from runner.boundary.clock import SystemClock
from runner.boundary.ids import new_run_id
from runner.domain.errors import UsageError
from runner.journal.ledger import Ledger
from runner.journal.reader import find_run, follow, read_events
from runner.releases.reading import agent_directories

LAST = "last"


@dataclass(frozen=True)
class RunStory:
    """One run with its timeline and where its journal lies."""

    view: RunView
    moments: tuple[Moment, ...]
    path: str

    def as_json(self) -> dict[str, Any]:
        """Return the run as plain data."""
        moments = [vars(moment) for moment in self.moments]
        return {**self.view.as_json(), "journal": self.path, "timeline": moments}


def open_ledger(project: Project) -> Ledger:
    """Return the project's ledger for reading; what is written to it needs its own redaction."""
    clock = SystemClock()
    return Ledger(project.state, clock, lambda: new_run_id(clock), lambda data: data)


def read_run(root: Path | None, state: Path | None, part: str) -> RunStory:
    """Return one run's story.

    Raises:
        UsageError: no run, or several, have the part in their id.
        IntegrityError: the journal's chain is broken.
    """
    project = open_project(root, state)
    try:
        path = run_path(project, part)
    except UsageError as error:
        close = get_close_matches(part, agent_directories(project.agents), n=1)
        error.help = f"did you mean the agent `{close[0]}`? {error.help}" if close else error.help
        raise
    return RunStory(read_view(path), tuple(timeline(_stamped(path))), project.shown(path))


def read_view(path: Path) -> RunView:
    """Return what a journal says about its run.

    Raises:
        UsageError: the journal has no whole line.
        IntegrityError: its chain is broken.
    """
    return view(path.stem, _stamped(path))


def run_path(project: Project, part: str) -> Path:
    """Return the journal of a run: `last`, or any unique part of its id.

    Raises:
        UsageError: there are no runs yet, or none, or several, have the part in their id.
    """
    if part != LAST:
        return find_run(project.state, part)
    newest = next(iter(open_ledger(project).runs()), None)
    if newest is None:
        raise UsageError("no runs yet", help="`agentctl run AGENT` starts one")
    return project.state / newest.started.journal


def raw_lines(root: Path | None, state: Path | None, part: str, *, follow: bool) -> Iterator[bytes]:
    """Yield the lines of a run's journal; with `follow`, those to come as well."""
    path = run_path(open_project(root, state), part)
    if follow:
        yield from _follow(path)
        return
    with path.open("rb") as file:
        yield from file


def _follow(path: Path) -> Iterator[bytes]:
    return follow(path, SystemClock())


def _stamped(path: Path) -> list[tuple[Any, Any]]:
    stamped = [(header.ts, event) for header, event in read_events(path)]
    if not stamped:
        raise UsageError(
            f"{path}: the run never started: its journal has no whole line",
            help="nothing was done; start it again with `agentctl run`",
        )
    return stamped
