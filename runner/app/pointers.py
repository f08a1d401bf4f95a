"""The pointer that counts: as it is committed, where git knows it, not as the working copy is.

A project without git, and a pointer that was never committed, count as their files are.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runner.app.project import SETTINGS_FILE, Project
from runner.app.repository import opened
from runner.boundary.bare import is_bare
from runner.boundary.clock import SystemClock
from runner.config.project import read_pointer, read_project
from runner.domain.diagnostics import ConfigError
from runner.domain.environment import Environment, Pointer, ProjectSettings
from runner.domain.errors import UsageError
from runner.domain.pointing import Move, Override, Placed
from runner.domain.quantities import check_environment_name
from runner.releases.git_pointers import GitPointers
from runner.releases.overrides import DIRECTORY, read_override


@dataclass(frozen=True)
class Standing:
    """A pointer that counts now, and the rules of its environment from the same place."""

    pointer: Pointer
    rules: Environment | None
    source: str
    """Where both were read, for people."""
    commit: str | None = None
    """The commit that they were read from; None of files, of a bundle and of an override."""
    note: str = ""
    """What a person should be told: something else stands in the working copy, or on this host."""
    override: Override | None = None
    """This host's own, where it is what counts."""


def standing(project: Project, environment: str, agent: str) -> Standing | None:
    """Return the pointer of an agent in an environment, None where there is none.

    Raises:
        ConfigError: the pointer, or agentctl.yaml, has problems.
        UsageError: git cannot read the repository, or has no branch `default_branch`.
        IntegrityError: this host's override of it is damaged.
    """
    if not _is_name(environment):
        return None
    with committed(project) as book:
        return standing_in(project, book, environment, agent)


def standing_in(
    project: Project, book: GitPointers | None, environment: str, agent: str
) -> Standing | None:
    """Return the same from pointers that are open already, None without git."""
    placed = book.read(environment, agent) if book else None
    rules = _rules(project, book if placed else None, environment)
    found = _committed(project, environment, agent, placed, rules) if placed else None
    found = found or _in_file(project, environment, agent, rules)
    token = placed.token if placed else None
    return _overridden(project, environment, agent, (found, token)) or found


def pointed_agents(project: Project, environment: str, agents: Iterable[str]) -> list[str]:
    """Return which of these agents have a pointer in an environment."""
    if not _is_name(environment):
        return []
    with committed(project) as book:
        return [
            agent
            for agent in agents
            if (book and book.read(environment, agent))
            or pointer_path(project, environment, agent).is_file()
        ]


def moved_by(project: Project, environment: str, agent: str) -> str | None:
    """Return the commit that moved a pointer last; None where git does not know."""
    with committed(project) as book:
        if book is None or not book.whole:
            return None
        return next((move.commit for move in book.moves(environment, agent)), None)


def previous_standing(project: Project, environment: str, agent: str) -> Standing:
    """Return the pointer as a rollback would leave it: the last good release before this one.

    It has the values and the hold that the environment has now.

    Raises:
        UsageError: there is no history, or nothing good in it.
    """
    from runner.rollout.good import previous  # noqa: PLC0415  the history, for this REF alone

    now = standing(project, environment, agent)
    if now is None:
        raise UsageError(
            f"{agent} has no pointer in {environment}", help="so there is nothing before it"
        )
    found = previous(_moves(project, environment, agent), now.pointer.digest)
    if found is None or found.pointer is None:
        raise UsageError(
            f"{agent}@previous: no other good release was ever live in {environment}",
            help="name one: agentctl releases list " + agent,
        )
    old = found.pointer
    moved = {"version": old.version, "digest": old.digest, "commit": old.commit}
    return Standing(
        now.pointer.model_copy(update=moved), now.rules, now.source, now.commit, now.note
    )


def environment_names(project: Project, settings: ProjectSettings) -> tuple[str, ...]:
    """Return the declared environments in their order; where none is, those with pointer files."""
    pointers = project.agents.glob("environments/*/*.yaml")
    return tuple(settings.environments) or tuple(sorted({path.parent.name for path in pointers}))


def pointer_path(project: Project, environment: str, agent: str) -> Path:
    """Return where the pointer of an agent in an environment lies."""
    return project.agents / "environments" / environment / f"{agent}.yaml"


@contextmanager
def committed(project: Project) -> Iterator[GitPointers | None]:
    """Yield the pointers as they are committed, None where there is no repository that is read.

    Raises:
        UsageError: git cannot read the repository.
    """
    with opened(project) as held:
        yield held.pointers if held else None


def _is_name(environment: str) -> bool:
    try:
        check_environment_name(environment)
    except ValueError:
        return False
    return True


def _rules(project: Project, book: GitPointers | None, environment: str) -> Environment | None:
    data = book.settings() if book else None
    if data is None:
        return project.settings.environments.get(environment)
    return read_project(data, SETTINGS_FILE).environments.get(environment)


def _committed(
    project: Project, environment: str, agent: str, placed: Placed, rules: Environment | None
) -> Standing:
    path = pointer_path(project, environment, agent)
    shown, note = project.shown(path), ""
    if is_bare(project.root):
        pass  # there is no working copy that could differ
    elif not path.is_file():
        note = f"the working copy has no {shown}; the committed one counts: {placed.source}"
    elif not _says(path, placed.pointer):
        note = f"the working copy of {shown} differs; the committed one counts: {placed.source}"
    return Standing(placed.pointer, rules, placed.source, placed.commit, note)


def _says(path: Path, pointer: Pointer) -> bool:
    try:
        data = path.read_bytes().replace(b"\r\n", b"\n")  # as git writes it with core.autocrlf
        return read_pointer(data, path.name) == pointer
    except ConfigError:
        return False


def _in_file(
    project: Project, environment: str, agent: str, rules: Environment | None
) -> Standing | None:
    path = pointer_path(project, environment, agent)
    if not path.is_file():
        return None
    shown = project.shown(path)
    return Standing(read_pointer(path.read_bytes(), shown), rules, shown)


def _overridden(
    project: Project, environment: str, agent: str, below: tuple[Standing | None, str | None]
) -> Standing | None:
    """Return what an override says; None where a commit has taken its place since."""
    if not (project.state / DIRECTORY).is_dir():
        return None
    found, token = below
    override = read_override(project.state, environment, agent, SystemClock().now())
    if override is None or (override.over and token and override.over != token):
        return None
    told = (
        f"on this host {agent} in {environment} is overridden by {override.by} "
        f"until {override.until:%Y-%m-%d %H:%M %Z}: {override.reason}"
    )
    return Standing(
        override.pointer,
        found.rules if found else None,
        f"an override on this host, by {override.by}",
        note=told,
        override=override,
    )


def _moves(project: Project, environment: str, agent: str) -> list[Move]:
    """Return the moves of a pointer: by its commits, else by the history beside the files."""
    from runner.releases.file_pointers import FilePointers  # noqa: PLC0415  as above

    with committed(project) as book:
        found = book.moves(environment, agent) if book else []
    files = FilePointers(project.root, read_pointer, SystemClock(), str)
    return found or files.moves(environment, agent)
