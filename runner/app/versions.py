"""From `AGENT[@REF]` to a release that can run.

A REF is a version, an environment's name or `worktree`. Without one: the pointer of
`default_environment` where there is one, else the worktree.
"""

from collections.abc import Iterator, Mapping
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
from runner.domain.diagnostics import ConfigError
from runner.domain.environment import Pointer
from runner.domain.errors import RefusedError, UsageError
from runner.domain.quantities import VERSION
from runner.domain.release import WORKTREE, Release, ReleaseStore
from runner.domain.snapshot import Snapshot
from runner.journal.digests import digests_in_ledger
from runner.releases.directories import DirStore
from runner.releases.known import KnownDigest, check_known
from runner.releases.reading import check_agent_exists
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
    store = store_of(project, choice.version)
    snapshot = store.load(choice.agent, choice.version)
    origin = store.locate(choice.agent, choice.version)
    _check_digest(project, choice, snapshot, origin)
    spec = load_spec(snapshot, agent=choice.agent, origin=origin, prices=project.settings.prices)
    release = Release(
        agent=choice.agent,
        version=choice.version,
        snapshot=snapshot,
        spec=spec,
        origin=origin,
        environment=choice.environment,
        commit=choice.pointer.commit if choice.pointer else None,
    )
    return release, dict(choice.pointer.values) if choice.pointer else {}


def choose(project: Project, name: str) -> Choice:
    """Return what `AGENT[@REF]` stands for.

    Raises:
        UsageError: the agent or the REF is unknown.
    """
    agent, at, ref = name.partition("@")
    check_agent_exists(project.agents, agent)
    if at and not ref:
        raise UsageError(f"{name!r} has no REF after @", help=f"write {agent}@v1.0.0, or {agent}")
    if ref == WORKTREE or VERSION.fullmatch(ref):
        return Choice(agent, ref)
    if ref:
        return _pointed(project, agent, ref)
    default = project.settings.default_environment
    if default and pointer_path(project, default, agent).is_file():
        return _pointed(project, agent, default)
    return Choice(agent, WORKTREE)


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
    """Return the store that holds a version: the worktree, or the version directories."""
    kind = WorktreeStore if version == WORKTREE else DirStore
    return kind(project.agents, AGENTS)


def _check_digest(project: Project, choice: Choice, snapshot: Snapshot, origin: str) -> None:
    """Compare a released version with every digest that is known of it."""
    if choice.version == WORKTREE:
        return
    name = f"{choice.agent}@{choice.version}"
    check_known(name, KnownDigest(snapshot.digest, origin), _known(project, choice))


def _check_hold(release: Release, pointer: Pointer | None) -> None:
    if pointer is None or pointer.hold is None:
        return
    if any(blocked.digest == release.digest for blocked in pointer.hold.blocked):
        raise RefusedError(
            f"{release.agent}@{release.version} is held in {release.environment}: "
            f"{pointer.hold.reason} (by {pointer.hold.by}, {pointer.hold.at:%Y-%m-%d})",
            help="promote it on purpose, or run another version",
        )


def _known(project: Project, choice: Choice) -> Iterator[KnownDigest]:
    for path in sorted((project.agents / "environments").glob(f"*/{choice.agent}.yaml")):
        shown = project.shown(path)
        try:
            pointer = read_pointer(path.read_bytes(), shown)
        except ConfigError:
            continue  # another environment's mistake; `validate` tells it
        if pointer.version == choice.version and pointer.digest:
            yield KnownDigest(pointer.digest, shown)
    for digest in digests_in_ledger(project.state, choice.agent, choice.version):
        yield KnownDigest(digest, "the ledger: it ran here with")


def _typed(spec: AgentSpec, overrides: Mapping[str, str]) -> dict[str, Any]:
    """Return the texts of `--set` as their variables' types; undeclared ones are told later."""
    variables = spec.agent.variables
    return {
        name: typed(text, variables[name].type if name in variables else "string")
        for name, text in overrides.items()
    }
