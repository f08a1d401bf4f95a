"""From the original layout to the present one, without a change of what the model sees."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.app.executing.first_request import example_input, first_request
from runner.app.executing.inputs import read_input
from runner.app.project import AGENTS, Project, open_project
from runner.app.released.integrity import known_digests
from runner.app.released.versions import is_original
from runner.config.load import load_spec
from runner.config.original import present_form
from runner.config.rewriting import rewritten
from runner.domain.agent import AgentSpec
from runner.domain.errors import AgentctlError, UsageError
from runner.domain.quantities import check_agent_name
from runner.domain.release import WORKTREE, Release
from runner.domain.snapshot import Snapshot
from runner.domain.tool import UnboundCall
from runner.releases.known import KnownDigest, check_known
from runner.releases.original import OriginalStore
from runner.releases.reading import check_agent_known

LEFT = frozenset({"AC232", "AC236"})
"""Keys that nothing honours, and tools that do not say whether they write."""


@dataclass(frozen=True)
class ImportOptions:
    """What a person asked for; None where they left it to us."""

    name: str | None = None
    to: str | None = None
    keep_versions: bool = False
    dry_run: bool = False
    pairs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Imported:
    """One version in its new place."""

    version: str
    target: str
    snapshot: Snapshot
    former: str
    """The digest that it has in the original layout."""
    request_bytes: int
    """Bytes of the first request, which are the same in both forms."""

    @property
    def kept(self) -> bool:
        """Whether the files are the very same as before."""
        return self.snapshot.digest == self.former

    def paths(self) -> list[str]:
        """Return the paths that are written, as a person would type them."""
        return [f"{self.target}/{path}" for path in self.snapshot.files]

    def as_json(self) -> dict[str, Any]:
        """Return this as plain data."""
        return {
            "version": self.version,
            "directory": self.target,
            "digest": self.snapshot.digest,
            "former_digest": self.former,
            "kept": self.kept,
            "first_request_bytes": self.request_bytes,
        }


@dataclass(frozen=True)
class Report:
    """What was written, or would be."""

    agent: str
    origin: str
    current: str
    versions: tuple[Imported, ...]
    """The worktree comes first."""
    unbound: tuple[str, ...]
    left: tuple[str, ...]
    """What the new files do not say, each with its place in the current version's old ones."""
    written: bool
    hides: bool
    """Whether the new directory has the name of the original layout, which is then not read."""

    def as_json(self) -> dict[str, Any]:
        """Return this as plain data."""
        return {
            "agent": self.agent,
            "current": self.current,
            "written": self.written,
            "versions": [version.as_json() for version in self.versions],
            "paths": [path for version in self.versions for path in version.paths()],
            "unbound": list(self.unbound),
            "left": list(self.left),
        }


def import_agent(root: Path | None, state: Path | None, options: ImportOptions) -> Report:
    """Write the agent of the original layout as one of the present layout, beside it.

    Every version is loaded in both forms before anything is written, and their first requests
    for an example input are compared byte for byte.

    Raises:
        UsageError: there is no such agent, or its new directory exists.
        ConfigError: a version has errors, or `current` is broken.
        IntegrityError: a version is not what it was when it ran.
        AgentctlError: the two forms differ, which is a bug; nothing was written.
    """
    project = open_project(root, state)
    store = OriginalStore(project.agents, AGENTS)
    name = _name(project, store, options)
    target = _target(project, options.to or name)
    current = store.current()
    made = [_imported(project, store, (name, current), (target, WORKTREE), options)]
    for known in store.versions(name) or []:
        made.append(
            _imported(project, store, (name, known.version), (target, known.version), options)
        )
    report = Report(
        agent=target,
        origin=store.locate(name, current),
        current=current,
        versions=tuple(made),
        unbound=_unbound(project, made[0], target),
        left=_left(store, name, current),
        written=not options.dry_run,
        hides=target == name,
    )
    if not options.dry_run:
        _write(project.agents, target, made)
    return report


def _name(project: Project, store: OriginalStore, options: ImportOptions) -> str:
    found = store.name()
    if found is None:
        raise UsageError(
            f"{AGENTS}/ holds nothing in the original layout",
            help=f"it has version directories such as {AGENTS}/v1.0.0/ with a config.json",
        )
    check_agent_known([found], options.name or found, project.agents)
    if not is_original(project, found):
        raise UsageError(
            f"{AGENTS}/{found}/ exists: it is read, and the original layout beside it is not",
            help="nothing was written; move that directory away to import once more",
        )
    return found


def _target(project: Project, name: str) -> str:
    try:
        check_agent_name(name)
    except ValueError as error:
        raise UsageError(str(error), help="say --to NAME, for instance invoice-triage") from error
    path = project.agents / name
    if path.exists() or path.is_symlink():
        raise UsageError(
            f"{project.shown(path)} exists", help="nothing was written; choose another with --to"
        )
    return name


def _imported(
    project: Project,
    store: OriginalStore,
    source: tuple[str, str],
    target: tuple[str, str],
    options: ImportOptions,
) -> Imported:
    """Return one version in its new form, proved to send the same first request."""
    former = store.load(*source)
    before = _release(project, former, source, store.locate(*source))
    agent, version = target
    directory = f"{AGENTS}/{agent}" + ("" if version == WORKTREE else f"/{version}")
    snapshot = rewritten(former, agent, before.origin)
    if version != WORKTREE:
        known = known_digests(project, agent, version)
        if options.keep_versions or former.digest in {found.digest for found in known}:
            snapshot = former
        check_known(f"{agent}@{version}", KnownDigest(snapshot.digest, before.origin), known)
    after = _release(project, snapshot, target, directory)
    given = _given(before.spec, options)
    return Imported(
        version=version,
        target=directory,
        snapshot=snapshot,
        former=former.digest,
        request_bytes=_compared(before, after, given),
    )


def _release(project: Project, snapshot: Snapshot, named: tuple[str, str], origin: str) -> Release:
    spec = load_spec(snapshot, agent=named[0], origin=origin, prices=project.settings.prices)
    values = {
        name: "an example" if variable.default is None else variable.default
        for name, variable in spec.agent.variables.items()
    }
    return Release(
        agent=named[0],
        version=named[1],
        snapshot=snapshot,
        spec=spec,
        origin=origin,
        values=values,
    )


def _given(spec: AgentSpec, options: ImportOptions) -> dict[str, Any]:
    return {**example_input(spec.input_schema), **read_input(spec, options.pairs, None)}


def _compared(before: Release, after: Release, given: dict[str, Any]) -> int:
    """Return the size of the first request, which is the same for both.

    Raises:
        AgentctlError: they differ, or something else that a run depends on does.
    """
    requests = first_request(before, given), first_request(after, given)
    parts = {name: (part(before), part(after)) for name, part in PARTS.items()}
    parts["the first request"] = requests
    for name, (was, is_now) in parts.items():
        if was != is_now:
            raise AgentctlError(
                f"{name} of {before.origin} would not be the same after the import",
                help="nothing was written; this is a bug of agentctl: please report it",
            )
    return len(requests[0])


def _same_settings(release: Release) -> dict[str, Any]:
    """Return what agent.yaml says apart from its name and from where its parts lie."""
    elsewhere = {"name", "description", "instructions", "task", "tools"}
    elsewhere |= {"input_schema", "output_schema"}
    return release.spec.agent.model_dump(mode="json", exclude=elsewhere)


PARTS: dict[str, Callable[[Release], Any]] = {
    "the prompt": lambda release: release.spec.instructions,
    "the task": lambda release: (release.spec.task, release.spec.agent.task.template),
    "a tool": lambda release: release.spec.tools,
    "input_schema": lambda release: release.spec.input_schema,
    "output_schema": lambda release: release.spec.output_schema,
    "a setting or a limit": _same_settings,
}


def _unbound(project: Project, worktree: Imported, agent: str) -> tuple[str, ...]:
    named = (agent, WORKTREE)
    tools = _release(project, worktree.snapshot, named, worktree.target).spec.tools
    return tuple(tool.name for tool in tools if isinstance(tool.call, UnboundCall))


def _left(store: OriginalStore, agent: str, version: str) -> tuple[str, ...]:
    """What was told as a warning before the import, and by nothing afterwards."""
    _files, found = present_form(store.load(agent, version), store.locate(agent, version), agent)
    told = [diagnostic for diagnostic in found if diagnostic.code in LEFT]
    return tuple(f"{d.place.file}:{d.place.line}:{d.place.column}: {d.message}" for d in told)


def _write(agents: Path, agent: str, made: list[Imported]) -> None:
    """Write everything into a directory that nobody reads, then give it its name."""
    try:
        temporary = Path(tempfile.mkdtemp(prefix=".importing-", dir=agents))
        try:
            for version in made:
                below = "" if version.version == WORKTREE else version.version
                _write_files(temporary / below, version.snapshot)
            temporary.chmod(0o755)
            temporary.rename(agents / agent)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
    except OSError as error:
        raise UsageError(
            f"{agents / agent} cannot be written: {error.strerror}",
            help="nothing was imported; mend what stands in the way and try again",
        ) from error


def _write_files(directory: Path, snapshot: Snapshot) -> None:
    for path, data in snapshot.files.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        if data.startswith(b"#!"):
            target.chmod(0o755)
