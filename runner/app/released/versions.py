"""From `AGENT[@REF]` to a release that can run.

A REF is a version, an environment's name or `worktree`. Without one: the pointer of
`default_environment` where there is one, else the worktree; in the original layout, which has no
worktree, what `current` names.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.app.bundled_project import BundledProject
from runner.app.executing.inputs import typed
from runner.app.executing.narrating import Narrate
from runner.app.pointers import Standing, pointer_path, previous_standing, standing
from runner.app.project import AGENTS, Project
from runner.app.released.integrity import check_digest, check_hold, check_rules
from runner.app.repository import held_by_this_thread, held_open, unread_note
from runner.boundary.bare import is_bare
from runner.config.load import load_spec
from runner.config.values import resolve_values
from runner.domain.agent import AgentSpec
from runner.domain.diagnostics import ConfigError, Diagnostic
from runner.domain.environment import Pointer
from runner.domain.errors import UsageError
from runner.domain.quantities import VERSION
from runner.domain.release import WORKTREE, Release, ReleaseStore, Version
from runner.domain.tag_format import TAG_FORMAT
from runner.releases.everywhere import Found, Releases
from runner.releases.git_repository import GitRepository
from runner.releases.git_tags import GitTagStore, tag_store
from runner.releases.layouts import VersionStore
from runner.releases.original import CURRENT, OriginalStore
from runner.releases.reading import check_agent_known
from runner.releases.worktree import WorktreeStore

if TYPE_CHECKING:
    from runner.releases.bundle import BundleStore

PREVIOUS = "previous"
LIKE_A_VERSION = re.compile(r"[vV]?[0-9]")


@dataclass(frozen=True)
class Choice:
    """What a REF stands for: a version, and the pointer that named it where one did."""

    agent: str
    version: str
    environment: str | None = None
    standing: Standing | None = None

    @property
    def pointer(self) -> Pointer | None:
        """The pointer that named the version."""
        return self.standing.pointer if self.standing else None


def load_release(
    project: Project,
    name: str,
    overrides: Mapping[str, str],
    environment: str | None = None,
    narrate: Narrate = lambda _text: None,
) -> Release:
    """Return the release that `AGENT[@REF]` names, checked and with its values.

    `environment` is what `--env` said. `narrate` is told when the working copy says another thing.

    Raises:
        UsageError: no such agent, version or environment; a value is missing or undeclared.
        ConfigError: the version's files have problems.
        IntegrityError: the files are not those that the pointer's digest promises.
        RefusedError: a worktree in a protected environment, or a release that is held there.
    """
    with held_open(project):
        return _load_release(project, choose(project, name, environment), overrides, narrate)


def _load_release(
    project: Project, choice: Choice, overrides: Mapping[str, str], narrate: Narrate
) -> Release:
    if unread := unread_note(project):
        narrate(unread)
    if choice.standing and choice.standing.note:
        narrate(choice.standing.note)
    return load_choice(project, choice, overrides)


def load_choice(project: Project, choice: Choice, overrides: Mapping[str, str]) -> Release:
    """Return the release of a choice; raises as `load_release`."""
    if choice.standing and choice.environment:
        check_rules(choice.agent, choice.environment, choice.standing, overrides)
    release, pointed = _loaded(project, choice)
    if choice.pointer:
        check_hold(release, choice.pointer)
    given = {**pointed, **_typed(release.spec, overrides)}
    try:
        return replace(release, values=resolve_values(release.spec, given))
    except UsageError as error:
        error.help = f"{error.help}; or say --set NAME=VALUE"
        raise


def load_version(project: Project, name: str, environment: str | None = None) -> Release:
    """Return the version that `AGENT[@REF]` names for looking at: values may be missing.

    Raises:
        UsageError, ConfigError, IntegrityError, RefusedError: as `load_release`.
    """
    with held_open(project):
        release, pointed = _loaded(project, choose(project, name, environment))
    return replace(release, values=pointed)


def _loaded(project: Project, choice: Choice) -> tuple[Release, dict[str, Any]]:
    """Return the checked release and the values that its pointer gives."""
    if choice.version == WORKTREE and is_original(project, choice.agent):
        raise _no_such_ref(project, choice.agent, WORKTREE)
    found = _found(project, choice)
    check_digest(project, found, choice.standing)
    spec = load_spec(
        found.snapshot, agent=choice.agent, origin=found.origin, prices=project.settings.prices
    )
    release = Release(
        agent=choice.agent,
        version=choice.version,
        snapshot=found.snapshot,
        spec=spec,
        origin=found.origin,
        environment=choice.environment,
        commit=found.version.commit or (choice.pointer.commit if choice.pointer else None),
        tag=found.version.tag,
        pointer_commit=choice.standing.commit if choice.standing else None,
    )
    return release, dict(choice.pointer.values) if choice.pointer else {}


def choose(project: Project, name: str, environment: str | None = None) -> Choice:
    """Return what `AGENT[@REF]` stands for; `environment` is what `--env` said.

    Raises:
        UsageError: the agent or the REF is unknown.
        ConfigError: the pointer, or `current` of the original layout, is broken.
    """
    agent, at, ref = name.partition("@")
    if at and not ref:
        raise UsageError(f"{name!r} has no REF after @", help=f"write {agent}@v1.0.0, or {agent}")
    if isinstance(project, BundledProject):
        return _held(project, agent, ref or environment)
    if not (VERSION.fullmatch(ref) and _has_versions(project, agent)):
        check_agent_known(agent_names(project), agent, project.agents)
    if ref in {WORKTREE, CURRENT} and is_original(project, agent):
        raise _no_such_ref(project, agent, ref)
    if environment:
        return _in_environment(project, agent, ref, environment)
    if ref == WORKTREE or VERSION.fullmatch(ref):
        return Choice(agent, ref)
    return _pointed(project, agent, ref) if ref else _by_default(project, agent)


def _by_default(project: Project, agent: str) -> Choice:
    default = project.settings.default_environment
    if default and (found := standing(project, default, agent)):
        return Choice(agent, found.pointer.version, default, found)
    original = is_original(project, agent)
    return Choice(agent, _original(project).current() if original else WORKTREE)


def _has_versions(project: Project, agent: str) -> bool:
    """Return whether an agent has a directory, or at least tags: it may have been removed."""
    return agent in agent_names(project) or bool(releases_of(project).versions(agent))


def agent_names(project: Project) -> list[str]:
    """Return the names of the project's agents, of both layouts, sorted.

    A bare repository has no files of them: there the tags tell.
    """
    if isinstance(project, BundledProject):
        return sorted(project.bundle.manifest.agents)
    if is_bare(project.root):
        with reading_releases(project) as (releases, _repository):
            return sorted(releases.tagged_agents())
    return VersionStore(project.agents).agents()


def is_original(project: Project, agent: str) -> bool:
    """Return whether an agent is kept in the original layout."""
    return agent in _original(project).agents()


def current_of(project: Project, agent: str) -> str | None:
    """Return what `current` of the original layout names; None where that is nothing."""
    try:
        return _original(project).current() if is_original(project, agent) else None
    except (ConfigError, UsageError):
        return None


def broken_current(project: Project, agent: str) -> tuple[Diagnostic, ...]:
    """Return what is wrong with `current` of an agent's original layout; empty if nothing is."""
    try:
        if is_original(project, agent):
            _original(project).current()
    except ConfigError as error:
        return error.diagnostics
    return ()


def _original(project: Project) -> OriginalStore:
    return OriginalStore(project.agents, AGENTS)


def _no_such_ref(project: Project, agent: str, ref: str) -> UsageError:
    if ref == CURRENT:
        return UsageError(f"{agent}@{ref}: `{CURRENT}` is no REF", help=f"say just {agent}")
    known = ", ".join(known.version for known in _original(project).versions(agent))
    return UsageError(
        f"{agent} is kept in the original layout, which has no worktree",
        help=f"say {agent} for the current version, or one of {known}; "
        "`agentctl releases import` makes a worktree",
    )


def _held(project: BundledProject, agent: str, ref: str | None) -> Choice:
    """Return what a bundle holds of an agent: one version, for its environment."""
    manifest, shown = project.bundle.manifest, project.bundle.shown
    check_agent_known(sorted(manifest.agents), agent, Path(shown))
    pinned = manifest.agents[agent]
    if ref not in {None, manifest.environment}:
        raise UsageError(
            f"{shown} holds {agent} for {manifest.environment} alone, not {agent}@{ref}",
            help=f"say {agent}, which is {pinned.pointer.version} there",
        )
    rules = manifest.settings.environments.get(manifest.environment)
    found = Standing(pinned.pointer, rules, f"bundle.json in {shown}", pinned.pointer_commit)
    return Choice(agent, pinned.pointer.version, manifest.environment, found)


def _in_environment(project: Project, agent: str, ref: str, environment: str) -> Choice:
    if ref in {"", environment}:
        return _pointed(project, agent, environment)
    if ref != PREVIOUS:
        raise UsageError(
            f"{agent}@{ref} and --env {environment} are two versions",
            help=f"say one of them, or {agent}@{PREVIOUS} --env {environment}",
        )
    _check_declared(project, agent, environment)
    found = previous_standing(project, environment, agent)
    return Choice(agent, found.pointer.version, environment, found)


def _pointed(project: Project, agent: str, environment: str) -> Choice:
    if environment == PREVIOUS:
        raise UsageError(f"{agent}@{PREVIOUS} needs an environment", help="say --env ENV")
    _check_declared(project, agent, environment)
    found = standing(project, environment, agent)
    if found is None:
        known = ", ".join(project.settings.environments) or "none declared"
        shown = project.shown(pointer_path(project, environment, agent))
        raise UsageError(
            f"{agent}@{environment}: no such version, and no pointer {shown}",
            help=f"a REF is vX.Y.Z, worktree, or an environment ({known})",
        )
    return Choice(agent, found.pointer.version, environment, found)


def _check_declared(project: Project, agent: str, environment: str) -> None:
    declared = project.settings.environments
    if declared and environment not in declared:
        close = get_close_matches(environment, declared, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"environments: {', '.join(declared)}"
        if LIKE_A_VERSION.match(environment):
            hint = "a version is written in full, with a small v: v1.2.0, or v1.2.0-rc.1"
        raise UsageError(
            f"{agent}@{environment}: agentctl.yaml declares no environment {environment!r}",
            help=hint,
        )


def store_of(project: Project, version: str) -> ReleaseStore:
    """Return the store that holds a version: the worktree, or every place of releases."""
    if version == WORKTREE:
        return WorktreeStore(project.agents, AGENTS)
    return releases_of(project)


def releases_of(project: Project) -> "Releases | BundleStore":
    """Return the versions of a project: from version directories and tags, or from its bundle."""
    if isinstance(project, BundledProject):
        return project.releases
    directories, tags = VersionStore(project.agents, AGENTS), _tag_store(project)
    if tags is not None and (mine := held_by_this_thread(project)):
        return Releases(directories, tags.reading(mine.repository))
    return Releases(directories, tags)


@contextmanager
def reading_releases(project: Project) -> Iterator[tuple[Releases, GitRepository | None]]:
    """Yield the versions with their repository held open for many questions, for one thread.

    Raises:
        UsageError: git will not read the repository.
    """
    directories, tags = VersionStore(project.agents, AGENTS), _tag_store(project)
    if tags is None:
        yield Releases(directories, None), None
        return
    if mine := held_by_this_thread(project):
        yield Releases(directories, tags.reading(mine.repository)), mine.repository
        return
    with tags.opened() as reading:
        yield Releases(directories, reading), reading.repository


def _tag_store(project: Project) -> GitTagStore | None:
    return tag_store(project.root, AGENTS, _tag_format(project))


def _tag_format(project: Project) -> str:
    try:
        return project.settings.tag_format
    except ConfigError:
        return TAG_FORMAT  # `validate` tells what is wrong with the settings


def _found(project: Project, choice: Choice) -> Found:
    if choice.version != WORKTREE:
        return releases_of(project).found(choice.agent, choice.version)
    store = WorktreeStore(project.agents, AGENTS)
    origin = store.locate(choice.agent, WORKTREE)
    snapshot = store.load(choice.agent, WORKTREE)
    return Found(snapshot, origin, Version(choice.agent, WORKTREE))


def _typed(spec: AgentSpec, overrides: Mapping[str, str]) -> dict[str, Any]:
    """Return the texts of `--set` as their variables' types; undeclared ones are told later."""
    variables = spec.agent.variables
    return {
        name: typed(text, variables[name].type if name in variables else "string")
        for name, text in overrides.items()
    }
