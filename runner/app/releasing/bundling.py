"""Making a bundle: the pinned releases of one environment, in one file."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.app.pointers import moved_by, pointed_agents
from runner.app.project import Project, open_project
from runner.app.released.versions import agent_names, choose, load_choice
from runner.app.repository import held_open
from runner.boundary.files import write_atomically
from runner.domain.bundle import Manifest, Pinned
from runner.domain.environment import ProjectSettings
from runner.domain.errors import RefusedError, UsageError
from runner.domain.release import Release
from runner.releases.bundle import pack

READABLE_BY_ALL = 0o644


@dataclass(frozen=True)
class Packed:
    """A bundle that was written."""

    path: Path
    environment: str
    sha256: str
    size_bytes: int
    releases: tuple[Release, ...]


def make_bundle(
    root: Path | None, state: Path | None, environment: str, agents: Sequence[str], path: Path
) -> Packed:
    """Write the bundle of an environment's agents, of all that have a pointer when none is named.

    Each must be able to run there: values complete, the digest the pinned one, no hold.

    Raises:
        UsageError: no such environment or agent, a value is missing, or no directory for the file.
        RefusedError: a pointer says `worktree`, or its release is held.
        IntegrityError: a release is not what its pointer promises.
        ConfigError: a pointer or a release has problems.
    """
    project = open_project(root, state)
    if not path.absolute().parent.is_dir():
        raise UsageError(f"{path}: no directory {path.absolute().parent}", help="make it first")
    names = sorted(set(agents)) or pointed_agents(project, environment, agent_names(project))
    if not names:
        raise UsageError(
            f"no agent has a pointer in {environment}",
            help=f"pointers lie in agent-configs/environments/{environment}/",
        )
    with held_open(project):
        loaded = [_loaded(project, name, environment) for name in names]
    manifest = Manifest(
        environment=environment,
        settings=_settings(project, environment),
        agents={release.agent: pinned for release, pinned in loaded},
    )
    data = pack(manifest, {release.agent: release.snapshot for release, _pinned in loaded})
    write_atomically(path, data, READABLE_BY_ALL)
    sha256 = hashlib.sha256(data).hexdigest()
    return Packed(path, environment, sha256, len(data), tuple(release for release, _ in loaded))


def _loaded(project: Project, agent: str, environment: str) -> tuple[Release, Pinned]:
    name = f"{agent}@{environment}"
    choice = choose(project, name)
    if choice.pointer is None or choice.pointer.digest is None:
        raise RefusedError(
            f"{name}: its pointer says `{choice.version}`, and a bundle holds releases alone",
            help="point it at a released version, or name the agents that the bundle is for",
        )
    release = load_choice(project, choice, {})
    return release, Pinned(
        pointer=choice.pointer,
        commit=release.commit,
        tag=release.tag,
        # Not the tip that it was read from: the next commit would make another bundle of it.
        pointer_commit=moved_by(project, environment, agent),
    )


def _settings(project: Project, environment: str) -> ProjectSettings:
    """Return the project's settings without the other environments."""
    declared = project.settings.environments
    return project.settings.model_copy(
        update={
            "default_environment": environment,
            "environments": {name: declared[name] for name in declared if name == environment},
        }
    )
