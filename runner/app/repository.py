"""The project's repository: opened for one question, or held open for many."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from threading import get_ident

from runner.app.bundled_project import BundledProject
from runner.app.project import SETTINGS_FILE, Project
from runner.boundary.clock import SystemClock
from runner.boundary.git_query import SHA_1, in_repository, names_of_objects
from runner.config.project import read_pointer, read_project
from runner.domain.diagnostics import ConfigError
from runner.domain.environment import ProjectSettings
from runner.releases.git_blobs import blob_at
from runner.releases.git_pointers import GitPointers
from runner.releases.git_repository import GitRepository, is_readable


@dataclass(frozen=True)
class Held:
    """An open repository, and the pointers in it as one commit has them."""

    repository: GitRepository
    pointers: GitPointers


class Holding:
    """A repository that is opened when it is first needed, and stays open until it is closed."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._stack = ExitStack()
        self.thread = get_ident()

    @cached_property
    def held(self) -> Held:
        """The open repository; errors as `opened`."""
        return self._stack.enter_context(_opened(self._project))

    def close(self) -> None:
        """Close it, if it was opened at all."""
        self._stack.close()


@contextmanager
def opened(project: Project) -> Iterator[Held | None]:
    """Yield the project's repository, None where there is none that is read.

    Raises:
        UsageError: git will not read it.
        ConfigError: agentctl.yaml has problems.
    """
    if isinstance(project, BundledProject) or not is_readable(project.root):
        yield None
    elif mine := held_by_this_thread(project):
        yield mine
    else:
        with _opened(project) as held:
            yield held


@contextmanager
def held_open(project: Project) -> Iterator[None]:
    """Let all questions within be asked of one open repository, at one commit, by one thread."""
    if _own(project):
        yield
        return
    holding = Holding(project)
    project.holding.append(holding)
    try:
        yield
    finally:
        project.holding.remove(holding)
        holding.close()


def held_by_this_thread(project: Project) -> Held | None:
    """Return the repository that is held open here: one is for one thread; errors as `opened`."""
    mine = _own(project)
    return mine.held if mine else None


def _own(project: Project) -> Holding | None:
    return next((each for each in project.holding if each.thread == get_ident()), None)


@contextmanager
def _opened(project: Project) -> Iterator[Held]:
    with GitRepository(project.root) as repository:
        branch = default_branch(project, repository)
        yield Held(repository, GitPointers(repository, read_pointer, SystemClock(), branch))


def default_branch(project: Project, repository: GitRepository) -> str | None:
    """Return `default_branch` of agentctl.yaml as HEAD has it.

    Never committed, or committed with problems, it is the one on disk that says it.

    Raises:
        ConfigError: that one has problems as well.
    """
    found = blob_at(repository, "HEAD", repository.prefix + SETTINGS_FILE)
    try:
        settings = read_project(found.data, SETTINGS_FILE) if found else project.settings
    except ConfigError:
        settings = project.settings
    return settings.default_branch


def committed_settings(project: Project, book: GitPointers) -> ProjectSettings:
    """Return agentctl.yaml as it is where the pointers are; never committed, as it is on disk.

    Raises:
        ConfigError: it has problems.
    """
    data = book.settings()
    return project.settings if data is None else read_project(data, SETTINGS_FILE)


def unread_note(project: Project) -> str | None:
    """Return what a person should know of a repository that is passed over; None for no such."""
    names = names_of_objects(project.root)
    bundled = isinstance(project, BundledProject)
    if bundled or not in_repository(project.root) or names == SHA_1:
        return None
    return (
        f"note: the repository names objects with {names}, and agentctl reads SHA-1 alone: its "
        "tags and commits do not count, version directories and pointers count as they are on disk"
    )
