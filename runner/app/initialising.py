"""`agentctl init`: a repository with one working agent and its first release; all, or nothing."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runner.app.authoring import write_file
from runner.app.project import AGENTS, open_project
from runner.app.released.versions import agent_names, is_original
from runner.app.releasing.releasing import make_release, plan_release
from runner.app.releasing.version import Wish
from runner.boundary.clock import SystemClock
from runner.boundary.git_init import make_repository
from runner.boundary.git_query import in_repository, repository_of
from runner.config.scaffold import DEV_POINTER, PROJECT_FILES, new_agent, release_pointer
from runner.domain.errors import UsageError
from runner.domain.pointing import pointer_path
from runner.domain.ports import Clock
from runner.domain.quantities import check_agent_name
from runner.releases.git_tagging import check_identity, commit_files
from runner.releases.git_writing import GitWriting
from runner.rollout.bumping import FIRST

AGENT = "hello"
BRANCH = "main"
RELEASED_IN = ("staging", "prod")


@dataclass(frozen=True)
class Begun:
    """What was made."""

    root: Path
    agent: str | None
    """The agent that was written; None where there were some already."""
    files: tuple[str, ...]
    """Relative to the root."""
    version: str | None = None
    digest: str | None = None
    commits: int = 0
    advice: tuple[str, ...] = ()
    """What is left to do by hand, where files of the user's were there."""


def begin(directory: Path, agent: str | None, clock: Clock | None = None) -> Begun:
    """Make a repository in a directory that is empty or not there, with one released agent.

    Raises:
        UsageError: the directory has files or lies in a repository, the name cannot be one, git
            is missing or does not know who commits. Nothing is left then.
    """
    name, root = _checked(agent or AGENT), directory.resolve()
    _check_free(root, directory)
    with _all_or_nothing(root):
        root.mkdir(parents=True, exist_ok=True)
        make_repository(root)
        files = {**_project_files(), **_agent_files(name)}
        with GitWriting(root, clock or SystemClock()) as git:
            check_identity(git)
            git.tell("symbolic_ref", "HEAD", f"refs/heads/{BRANCH}")
            _write(root, files)
            commit_files(git, list(files), f"Begin with the agent {name}")
            digest, pointers = _released(root, name)
            _write(root, pointers)
            commit_files(git, list(pointers), f"Point {' and '.join(RELEASED_IN)} at {FIRST}")
    return Begun(root, name, (*files, *pointers), FIRST, digest, commits=2)


def add_missing(directory: Path, agent: str | None) -> Begun:
    """Write what a repository that is there lacks; nothing is overwritten, nothing committed.

    Without a name, an agent is written only where there is none.

    Raises:
        UsageError: there is no repository, the name cannot be one, or the agent is there.
    """
    root = directory.resolve()
    if repository_of(root) is None:
        raise UsageError(
            f"{directory} is in no git repository",
            help="leave --existing out to make a new one, or run `git init` first",
        )
    named = _checked(agent) if agent else None
    there = _agents_there(root)
    if named in there:
        raise UsageError(f"{root / AGENTS / str(named)} exists", help="choose another --agent")
    name = named or (None if there else AGENT)
    wanted = {**_project_files(), **(_agent_files(name) if name else {})}
    missing = {path: data for path, data in wanted.items() if not (root / path).exists()}
    _write(root, missing)
    return Begun(root, name, tuple(missing), advice=tuple(_advice(root, missing)))


def _checked(name: str) -> str:
    try:
        return check_agent_name(name)
    except ValueError as error:
        raise UsageError(str(error), help="choose another --agent") from error


def _check_free(root: Path, shown: Path) -> None:
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        what = "has files in it" if root.is_dir() else "is a file"
        raise UsageError(
            f"{shown} {what}",
            help="name another directory; --existing adds to a repository that is there",
        )
    if in_repository(root):
        raise UsageError(
            f"{shown} lies in a git repository",
            help="`agentctl init --existing` at its top adds to it",
        )


@contextmanager
def _all_or_nothing(root: Path) -> Iterator[None]:
    """Take back everything below the root, and the directories made for it, after an error."""
    made = [at for at in (root, *root.parents) if not at.exists()]
    try:
        yield
    except BaseException:
        for entry in list(root.iterdir()) if root.exists() else []:
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)
        for directory in made:
            if directory.is_dir():
                directory.rmdir()
        raise


def _project_files() -> dict[str, bytes]:
    return {path: text.encode() for path, text in PROJECT_FILES.items()}


def _agent_files(name: str) -> dict[str, bytes]:
    agent = {f"{AGENTS}/{name}/{path}": data for path, data in new_agent(name).items()}
    return {**agent, pointer_path("dev", name): DEV_POINTER.encode()}


def _write(root: Path, files: Mapping[str, bytes]) -> None:
    for path, data in files.items():
        write_file(root / path, data)


def _released(root: Path, name: str) -> tuple[str, dict[str, bytes]]:
    """Make the first release; return its digest and the pointers that name it."""
    plan = plan_release(root, None, Wish(name, version=FIRST, message=f"{name} {FIRST}"))
    make_release(plan)
    pointers = {
        pointer_path(environment, name): release_pointer(
            environment, FIRST, plan.digest, plan.source.commit or ""
        )
        for environment in RELEASED_IN
    }
    return plan.digest, pointers


def _agents_there(root: Path) -> list[str]:
    if not (root / AGENTS).is_dir():
        return []
    project = open_project(root, None)
    return [name for name in agent_names(project) if not is_original(project, name)]


def _advice(root: Path, written: Mapping[str, bytes]) -> Iterator[str]:
    """Say which lines of ours a file of the user's lacks."""
    for path in (".gitignore", ".gitattributes"):
        if path in written:
            continue
        there = {line.strip() for line in (root / path).read_text("utf-8", "replace").splitlines()}
        for line in PROJECT_FILES[path].splitlines():
            if there.isdisjoint({line, line.strip("/"), f"/{line}"}):
                yield f"{path} is yours, and lacks this line: {line}"
