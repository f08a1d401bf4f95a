"""Validation: what is checked for a target, and every problem of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.app.layout import overlooked
from runner.app.pointer_checks import Findings, check_pointers, pointer_findings
from runner.app.project import SETTINGS_FILE, Project, nearest_project, open_project
from runner.app.versions import choose, store_of
from runner.config.load import check_spec
from runner.domain.agent import Price
from runner.domain.diagnostics import ConfigError, Diagnostic
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


def check(root: Path | None, state: Path | None, targets: Sequence[str]) -> Report:
    """Check targets (agents, REFs, files or directories), or everything in the project.

    Raises:
        UsageError: a target is neither an agent nor a path of one.
    """
    findings: list[Findings] = []
    for target in targets:
        if _is_path(target):
            findings += _check_path(Path(target))
        else:
            findings += _check_name(open_project(root, state), target)
    if not targets:
        findings += _check_project(open_project(root, state))
    return Report(
        checked=len(findings),
        clean=tuple(subject for subject, diagnostics in findings if not diagnostics),
        diagnostics=tuple(d for _subject, diagnostics in findings for d in diagnostics),
    )


def _is_path(target: str) -> bool:
    return "/" in target or target in {".", "..", SETTINGS_FILE}


def _check_path(path: Path) -> Iterator[Findings]:
    """Check what a path belongs to: a project, its settings, a pointer, or an agent."""
    at = path.resolve()
    if not at.exists():
        raise UsageError(f"no file or directory {path}", help="name an agent, or a path of one")
    root = nearest_project(at if at.is_dir() else at.parent)
    project = open_project(root, None) if root else None
    if project and at in {project.root, project.agents}:
        yield from _check_project(project)
    elif project and at == project.root / SETTINGS_FILE:
        yield _check_settings(project)
    elif project and at.parent.parent == project.agents / "environments":
        yield pointer_findings(project, at.stem, at)
    else:
        yield _check_directory(path, at, project)


def _check_directory(path: Path, at: Path, project: Project | None) -> Findings:
    candidates = [at, *at.parents] if at.is_dir() else list(at.parents)
    named = candidates[0] if at.is_dir() else None
    directory = next((d for d in candidates if (d / "agent.yaml").is_file()), named)
    if directory is None:
        raise UsageError(
            f"{path} belongs to no agent", help="no agent.yaml lies beside or above it"
        )
    agent = directory.parent.name if VERSION.fullmatch(directory.name) else directory.name
    shown = project.shown(directory) if project else str(path)
    problems = _problems(lambda: read_directory(directory, shown), agent, shown, _prices(project))
    return shown, problems


def _check_project(project: Project) -> Iterator[Findings]:
    names = agent_directories(project.agents)
    if not names:
        raise UsageError(f"no agents in {project.agents}", help="`agentctl new AGENT` writes one")
    if (project.root / SETTINGS_FILE).is_file():
        yield _check_settings(project)
    for name in names:
        yield from _check_name(project, name)
    if problems := tuple(overlooked(project)):
        yield "what is overlooked", problems


def _check_settings(project: Project) -> Findings:
    try:
        _ = project.settings
    except ConfigError as error:
        return SETTINGS_FILE, error.diagnostics
    return SETTINGS_FILE, ()


def _check_name(project: Project, name: str) -> Iterator[Findings]:
    choice = choose(project, f"{name}@{WORKTREE}" if "@" not in name else name)
    if "@" in name:
        yield _check_version(project, choice.agent, choice.version)
        return
    stored = [known.version for known in DirStore(project.agents).versions(choice.agent)]
    has_worktree = (project.agents / choice.agent / "agent.yaml").exists() or not stored
    for version in [WORKTREE] * has_worktree + stored:
        yield _check_version(project, choice.agent, version)
    yield from check_pointers(project, choice.agent)


def _check_version(project: Project, agent: str, version: str) -> Findings:
    store = store_of(project, version)
    origin = store.locate(agent, version)
    problems = _problems(lambda: store.load(agent, version), agent, origin, _prices(project))
    return f"{agent}@{version}", problems


def _prices(project: Project | None) -> Mapping[str, Price] | None:
    """Return the project's prices; settings that cannot be read are told by themselves."""
    try:
        return project.settings.prices if project else None
    except ConfigError:
        return None


def _problems(
    load: Callable[[], Snapshot], agent: str, origin: str, prices: Mapping[str, Price] | None
) -> tuple[Diagnostic, ...]:
    try:
        return check_spec(load(), agent=agent, origin=origin, prices=prices)[1]
    except ConfigError as error:
        return error.diagnostics
