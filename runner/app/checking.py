"""Validation: what is checked for a target, and every problem of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.app.project import Project, open_project
from runner.app.versions import choose
from runner.config.load import check_spec
from runner.config.project import read_pointer
from runner.domain.agent import Price
from runner.domain.diagnostics import ConfigError, Diagnostic
from runner.domain.errors import UsageError
from runner.domain.quantities import VERSION
from runner.domain.release import WORKTREE
from runner.domain.snapshot import Snapshot
from runner.releases.directories import DirStore
from runner.releases.reading import agent_directories, read_directory
from runner.releases.worktree import WorktreeStore


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
    store = WorktreeStore(project.agents) if version == WORKTREE else DirStore(project.agents)
    origin = project.shown(Path(store.locate(agent, version)))
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
        shown = project.shown(path)
        try:
            read_pointer(path.read_bytes(), shown)
        except ConfigError as error:
            yield shown, error.diagnostics
        else:
            yield shown, ()
