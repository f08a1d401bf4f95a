"""From `AGENT[@REF]` to a release that can run.

A REF is a version, an environment's name or `worktree`. Without one: the pointer of
`default_environment` where there is one, else the worktree; in the original layout, which has no
worktree, what `current` names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from runner.app.inputs import typed
from runner.app.project import AGENTS, Project
from runner.config.load import load_spec
from runner.config.project import read_pointer
from runner.config.values import resolve_values
from runner.domain.agent import AgentSpec
from runner.domain.diagnostics import ConfigError, Diagnostic
from runner.domain.environment import Pointer
from runner.domain.errors import RefusedError, UsageError
from runner.domain.quantities import VERSION
from runner.domain.release import WORKTREE, Release, ReleaseStore, Version
from runner.domain.tag_format import TAG_FORMAT
from runner.journal.digests import digests_in_ledger
from runner.releases.everywhere import Found, Releases
from runner.releases.git_tags import tag_store
from runner.releases.known import KnownDigest, check_known
from runner.releases.layouts import VersionStore
from runner.releases.original import CURRENT, OriginalStore
from runner.releases.reading import check_agent_known
from runner.releases.worktree import WorktreeStore


@dataclass(frozen=True)
class Choice:
    """What a REF stands for: a version, and the pointer that named it where one did."""

    agent: str
    version: str
    environment: str | None = None
    pointer: Pointer | None = None


def load_release(project: Project, name: str, overrides: Mapping[str, str]) -> Release:
    """Return the release that `AGENT[@REF]` names, checked and with its values.

    Raises:
        UsageError: no such agent, version or environment; a value is missing or undeclared.
        ConfigError: the version's files have problems.
        IntegrityError: the files are not those that the pointer's digest promises.
        RefusedError: a worktree in a protected environment, or a release that is held there.
    """
    choice = choose(project, name)
    _check_rules(project, choice, overrides)
    release, pointed = _loaded(project, choice)
    _check_hold(release, choice.pointer)
    given = {**pointed, **_typed(release.spec, overrides)}
    try:
        return replace(release, values=resolve_values(release.spec, given))
    except UsageError as error:
        error.help = f"{error.help}; or say --set NAME=VALUE"
        raise


def load_version(project: Project, name: str) -> Release:
    """Return the version that `AGENT[@REF]` names for looking at: values may be missing.

    Raises:
        UsageError, ConfigError, IntegrityError, RefusedError: as `load_release`.
    """
    release, pointed = _loaded(project, choose(project, name))
    return replace(release, values=pointed)


def _loaded(project: Project, choice: Choice) -> tuple[Release, dict[str, Any]]:
    """Return the checked release and the values that its pointer gives."""
    if choice.version == WORKTREE and is_original(project, choice.agent):
        raise _no_such_ref(project, choice.agent, WORKTREE)
    found = _found(project, choice)
    _check_digest(project, choice, found)
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
    )
    return release, dict(choice.pointer.values) if choice.pointer else {}


def choose(project: Project, name: str) -> Choice:
    """Return what `AGENT[@REF]` stands for.

    Raises:
        UsageError: the agent or the REF is unknown.
        ConfigError: the pointer, or `current` of the original layout, is broken.
    """
    agent, at, ref = name.partition("@")
    if not (VERSION.fullmatch(ref) and _has_versions(project, agent)):
        check_agent_known(agent_names(project), agent, project.agents)
    original = is_original(project, agent)
    if at and not ref:
        raise UsageError(f"{name!r} has no REF after @", help=f"write {agent}@v1.0.0, or {agent}")
    if original and ref in {WORKTREE, CURRENT}:
        raise _no_such_ref(project, agent, ref)
    if ref == WORKTREE or VERSION.fullmatch(ref):
        return Choice(agent, ref)
    if ref:
        return _pointed(project, agent, ref)
    default = project.settings.default_environment
    if default and pointer_path(project, default, agent).is_file():
        return _pointed(project, agent, default)
    return Choice(agent, _original(project).current() if original else WORKTREE)


def _has_versions(project: Project, agent: str) -> bool:
    """Return whether an agent has a directory, or at least tags: it may have been removed."""
    return agent in agent_names(project) or bool(releases_of(project).versions(agent))


def agent_names(project: Project) -> list[str]:
    """Return the names of the project's agents, of both layouts, sorted."""
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


def pointer_path(project: Project, environment: str, agent: str) -> Path:
    """Return where the pointer of an agent in an environment lies."""
    return project.agents / "environments" / environment / f"{agent}.yaml"


def _pointed(project: Project, agent: str, environment: str) -> Choice:
    path = pointer_path(project, environment, agent)
    declared = project.settings.environments
    if declared and environment not in declared:
        close = get_close_matches(environment, declared, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"environments: {', '.join(declared)}"
        raise UsageError(
            f"{agent}@{environment}: agentctl.yaml declares no environment {environment!r}",
            help=hint,
        )
    if not path.is_file():
        known = ", ".join(declared) or "none declared"
        raise UsageError(
            f"{agent}@{environment}: no such version, and no pointer {project.shown(path)}",
            help=f"a REF is vX.Y.Z, worktree, or an environment ({known})",
        )
    pointer = read_pointer(path.read_bytes(), project.shown(path))
    return Choice(agent, pointer.version, environment, pointer)


def _check_rules(project: Project, choice: Choice, overrides: Mapping[str, str]) -> None:
    rules = project.settings.environments.get(choice.environment or "")
    if rules is None or not rules.protected:
        return
    if choice.version == WORKTREE:
        raise RefusedError(
            f"{choice.environment} is protected and its pointer says `worktree`",
            help="point it at a released version, or run in an environment for development",
        )
    if overrides:
        raise RefusedError(
            f"{choice.environment} is protected: its values come from the pointer alone",
            help=f"change the pointer of {choice.agent} in {choice.environment}",
        )


def store_of(project: Project, version: str) -> ReleaseStore:
    """Return the store that holds a version: the worktree, or every place of releases."""
    if version == WORKTREE:
        return WorktreeStore(project.agents, AGENTS)
    return releases_of(project)


def releases_of(project: Project) -> Releases:
    """Return the versions of a project, from version directories and tags."""
    tags = tag_store(project.root, AGENTS, _tag_format(project))
    return Releases(VersionStore(project.agents, AGENTS), tags)


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


def _check_digest(project: Project, choice: Choice, found: Found) -> None:
    """Compare a released version with every digest that is known of it."""
    if choice.version == WORKTREE:
        return
    known = [*found.known, *known_digests(project, choice.agent, choice.version)]
    here = KnownDigest(found.snapshot.digest, found.origin)
    check_known(f"{choice.agent}@{choice.version}", here, known, found.snapshot)


def _check_hold(release: Release, pointer: Pointer | None) -> None:
    if pointer is None or pointer.hold is None:
        return
    if any(blocked.digest == release.digest for blocked in pointer.hold.blocked):
        raise RefusedError(
            f"{release.agent}@{release.version} is held in {release.environment}: "
            f"{pointer.hold.reason} (by {pointer.hold.by}, {pointer.hold.at:%Y-%m-%d})",
            help="promote it on purpose, or run another version",
        )


def known_digests(project: Project, agent: str, version: str) -> list[KnownDigest]:
    """Return every digest that pointers and the ledger know of a version."""
    known = []
    for path in sorted((project.agents / "environments").glob(f"*/{agent}.yaml")):
        shown = project.shown(path)
        try:
            pointer = read_pointer(path.read_bytes(), shown)
        except ConfigError:
            continue  # another environment's mistake; `validate` tells it
        if pointer.version == version and pointer.digest:
            known.append(KnownDigest(pointer.digest, shown))
    ran = digests_in_ledger(project.state, agent, version)
    return known + [KnownDigest(digest, "the ledger: it ran here with") for digest in sorted(ran)]


def _typed(spec: AgentSpec, overrides: Mapping[str, str]) -> dict[str, Any]:
    """Return the texts of `--set` as their variables' types; undeclared ones are told later."""
    variables = spec.agent.variables
    return {
        name: typed(text, variables[name].type if name in variables else "string")
        for name, text in overrides.items()
    }
