"""Validation: what is checked for a target, and every problem of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.app.project import Project, open_project
from runner.app.versions import choose, store_of
from runner.config.load import check_spec
from runner.config.pointer_values import pointer_problem, value_problems
from runner.config.project import read_pointer
from runner.domain.agent import Price
from runner.domain.diagnostics import ConfigError, Diagnostic
from runner.domain.environment import Pointer
from runner.domain.errors import UsageError
from runner.domain.quantities import VERSION
from runner.domain.release import WORKTREE
from runner.domain.snapshot import Snapshot
from runner.releases.directories import DirStore
from runner.releases.reading import agent_directories, read_directory


@dataclass(frozen=True)
class Report:
    """What was checked and what was found."""

    checked: int
    clean: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> int:
        """How many problems forbid a run."""
        return sum(diagnostic.severity == "error" for diagnostic in self.diagnostics)


Findings = tuple[str, tuple[Diagnostic, ...]]
"""What was checked, as a person names it, and its problems."""


def check(root: Path | None, state: Path | None, targets: Sequence[str]) -> Report:
    """Check targets (agents, REFs or paths), or everything in the project.

    Raises:
        UsageError: a target is neither an agent nor a directory.
    """
    findings = [_check_path(Path(target)) for target in targets if _is_path(target)]
    names = [target for target in targets if not _is_path(target)]
    if names or not targets:
        findings += _check_names(root, state, names)
    return Report(
        checked=len(findings),
        clean=tuple(subject for subject, diagnostics in findings if not diagnostics),
        diagnostics=tuple(d for _subject, diagnostics in findings for d in diagnostics),
    )


def _is_path(target: str) -> bool:
    return "/" in target or target in {".", ".."}


def _check_path(path: Path) -> Findings:
    if not path.is_dir():
        raise UsageError(f"no directory {path}", help="name an agent, or an agent's directory")
    resolved = path.resolve()
    agent = resolved.parent.name if VERSION.fullmatch(resolved.name) else resolved.name
    return str(path), _problems(lambda: read_directory(path, str(path)), agent, str(path), None)


def _check_names(root: Path | None, state: Path | None, names: Sequence[str]) -> list[Findings]:
    try:
        project = open_project(root, state)
    except ConfigError as error:
        return [("agentctl.yaml", error.diagnostics)]
    wanted = names or agent_directories(project.agents)
    if not wanted:
        raise UsageError(f"no agents in {project.agents}", help="`agentctl new AGENT` writes one")
    return [findings for name in wanted for findings in _check_name(project, name)]


def _check_name(project: Project, name: str) -> Iterator[Findings]:
    choice = choose(project, f"{name}@{WORKTREE}" if "@" not in name else name)
    if "@" in name:
        yield _check_version(project, choice.agent, choice.version)
        return
    stored = [known.version for known in DirStore(project.agents).versions(choice.agent)]
    has_worktree = (project.agents / choice.agent / "agent.yaml").exists() or not stored
    for version in [WORKTREE] * has_worktree + stored:
        yield _check_version(project, choice.agent, version)
    yield from _check_pointers(project, choice.agent)


def _check_version(project: Project, agent: str, version: str) -> Findings:
    store = store_of(project, version)
    origin = store.locate(agent, version)
    problems = _problems(lambda: store.load(agent, version), agent, origin, project.settings.prices)
    return f"{agent}@{version}", problems


def _problems(
    load: Callable[[], Snapshot], agent: str, origin: str, prices: Mapping[str, Price] | None
) -> tuple[Diagnostic, ...]:
    try:
        return check_spec(load(), agent=agent, origin=origin, prices=prices)[1]
    except ConfigError as error:
        return error.diagnostics


def _check_pointers(project: Project, agent: str) -> Iterator[Findings]:
    for path in sorted((project.agents / "environments").glob(f"*/{agent}.yaml")):
        shown, data = project.shown(path), path.read_bytes()
        try:
            pointer = read_pointer(data, shown)
        except ConfigError as error:
            yield shown, error.diagnostics
        else:
            yield shown, _against_version(project, agent, pointer, data, shown)


def _against_version(
    project: Project, agent: str, pointer: Pointer, data: bytes, shown: str
) -> tuple[Diagnostic, ...]:
    """Return what does not fit between a pointer and the version it names.

    Problems of the version itself are told with the version.
    """
    store = store_of(project, pointer.version)
    try:
        snapshot = store.load(agent, pointer.version)
    except ConfigError:
        return ()
    except UsageError as error:
        return (pointer_problem(data, shown, "AC414", error.message, "version"),)
    if pointer.digest not in {None, snapshot.digest}:
        message = f"{agent}@{pointer.version} has the digest {snapshot.digest}"
        return (pointer_problem(data, shown, "AC414", message, "digest"),)
    origin = store.locate(agent, pointer.version)
    spec, _found = check_spec(snapshot, agent=agent, origin=origin, prices=project.settings.prices)
    return value_problems(data, shown, spec) if spec else ()
