"""Two versions of an agent as a screen compares them: what the changes mean, and the texts."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from runner.app.comparing.diffing import Difference, difference, load_pair
from runner.app.comparing.side_by_side import FileDiff, file_diffs
from runner.app.project import open_project
from runner.app.screening import hider
from runner.domain.ports import Clock
from runner.domain.quantities import VERSION
from runner.domain.release import Release


@dataclass(frozen=True)
class Compared:
    """What is compared: an agent, and two REFs as `agentctl diff` takes them."""

    agent: str
    before: str
    after: str | None
    """None for the worktree."""
    environment: str | None = None
    """The one whose `previous` is meant."""

    @property
    def stays(self) -> bool:
        """Whether both name releases, which never change."""
        return all(VERSION.fullmatch(ref or "") for ref in (self.before, self.after))

    def swapped(self) -> "Compared":
        """Return the same the other way round."""
        return Compared(self.agent, self.after or "worktree", self.before, self.environment)

    def command(self) -> str:
        """Return the command that prints the same."""
        refs = self.before if self.after is None else f"{self.before} {self.after}"
        needs = "previous" in {self.before, self.after} and self.environment
        return f"agentctl diff {self.agent} {refs}" + (
            f" --env {self.environment}" if needs else ""
        )


@dataclass(frozen=True)
class DiffView:
    """A comparison with its texts; everything in it went through the redaction patterns."""

    difference: Difference
    files: Callable[[], tuple[FileDiff, ...]]
    """Makes the lines of each file that differs; it may take a while."""

    key: tuple[object, ...]
    """The same as long as both versions, and the values they have there, stay as they are."""


def read_view(
    root: Path | None,
    state: Path | None,
    compared: Compared,
    clock: Clock,
    before: DiffView | None = None,
) -> DiffView:
    """Return how two versions differ; `before`, an earlier answer, where nothing changed since.

    Raises:
        UsageError, ConfigError, IntegrityError: either version cannot be loaded, as for a run.
    """
    project = open_project(root, state)
    old, new = load_pair(
        project,
        compared.agent,
        compared.before,
        compared.after,
        environment=compared.environment,
    )
    key = (old.digest, old.values, new.digest, new.values)
    if before is not None and before.key == key:
        return before
    hide = hider(project.settings.redact)
    found = difference(project, old, new, clock.now())
    return DiffView(found, lambda: _files(old, new, hide), key)


def check_refs(root: Path | None, state: Path | None, compared: Compared) -> None:
    """Raise, as `read_view` does, when either REF names nothing that can be loaded."""
    load_pair(
        open_project(root, state),
        compared.agent,
        compared.before,
        compared.after,
        environment=compared.environment,
    )


def _files(old: Release, new: Release, hide: Callable[[str], str]) -> tuple[FileDiff, ...]:
    return file_diffs(old.snapshot.files, new.snapshot.files, hide)
