"""Validation: what is checked for a target, and every problem of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from runner.app.layout import overlooked
from runner.app.pointer_checks import Findings, check_pointers, pointer_findings
from runner.app.project import AGENTS, SETTINGS_FILE, Project, nearest_project, open_project
from runner.app.released.versions import agent_names, broken_current, choose, is_original, store_of
from runner.app.repository import held_open
from runner.app.waiving import waive
from runner.boundary.clock import SystemClock
from runner.config.load import check_snapshot
from runner.domain.agent import Price
from runner.domain.diagnostics import ConfigError, Diagnostic, Waived
from runner.domain.errors import UsageError
from runner.domain.ports import Clock
from runner.domain.quantities import VERSION
from runner.domain.release import WORKTREE
from runner.domain.snapshot import Snapshot
from runner.releases.layouts import VersionStore
from runner.releases.original import CURRENT, OriginalStore
from runner.releases.reading import check_agent_known, read_directory


@dataclass(frozen=True)
class Report:
    """What was checked and what was found."""

    checked: int
    clean: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    waived: tuple[Waived, ...] = ()
    untold: int = 0
    """Warnings of released versions, which nobody can mend any more."""

    @property
    def errors(self) -> int:
        """How many problems forbid a run."""
        return sum(diagnostic.severity == "error" for diagnostic in self.diagnostics)


def check(
    root: Path | None,
    state: Path | None,
    targets: Sequence[str],
    clock: Clock | None = None,
    environment: str | None = None,
) -> Report:
    """Check targets (agents, REFs, files or directories), or everything in the project.

    A waiver holds by the clock's day in UTC. Warnings of a released version are told only when it
    is the target itself. With an `environment`, a target is the version of an agent there.

    Raises:
        UsageError: a target is neither an agent nor a path of one.
    """
    findings: list[Findings] = []
    check_environment_fits(targets, environment)
    for target in targets:
        if environment:
            findings.append(_check_ref(open_project(root, state), target, environment))
        elif _is_path(target):
            findings += _check_path(Path(target))
        else:
            findings += _check_name(open_project(root, state), target)
    if not targets:
        findings += _check_project(open_project(root, state))
    return reported(findings, (clock or SystemClock()).now().date())


def reported(findings: Sequence[Findings], today: date) -> Report:
    """Return what is told of findings, with the waivers that hold on a day."""
    report = Report(checked=len(findings), clean=(), diagnostics=())
    for each in findings:
        waiving = waive(each.found, each.waivers, each.origin, today)
        told = [d for d in waiving.told if d.severity == "error" or not each.released]
        report = replace(
            report,
            clean=(*report.clean, *(() if told else (each.subject,))),
            diagnostics=(*report.diagnostics, *told),
            waived=(*report.waived, *(() if each.released else waiving.waived)),
            untold=report.untold + len(waiving.told) - len(told),
        )
    return report


def check_environment_fits(targets: Sequence[str], environment: str | None) -> None:
    """Raise UsageError where an environment was named and no agent that has a pointer in it."""
    if environment and (not targets or any(_is_path(target) for target in targets)):
        raise UsageError(
            f"--env {environment} says where the pointer of an AGENT is looked up",
            help=f"agentctl validate AGENT --env {environment}, or leave --env out",
        )


def _check_ref(project: Project, name: str, environment: str | None) -> Findings:
    choice = choose(project, name, environment)
    return findings_of(project, choice.agent, choice.version)


def _is_path(target: str) -> bool:
    return "/" in target or target in {".", "..", SETTINGS_FILE}


def _check_path(path: Path) -> Iterator[Findings]:
    """Check what a path belongs to: a project, its settings, a pointer, or an agent."""
    at = path.resolve()
    if name := _named_by_current(path):
        yield from _check_name(*name)
        return
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


def _named_by_current(path: Path) -> tuple[Project, str] | None:
    """Return the project and the agent whose `current`, of the original layout, a path is."""
    at = path.absolute()
    root = nearest_project(at.parent)
    project = open_project(root, None) if root else None
    if project is None or at != project.agents / CURRENT:
        return None
    names = OriginalStore(project.agents).agents()
    return (project, names[0]) if names else None


def _check_directory(path: Path, at: Path, project: Project | None) -> Findings:
    candidates = [at, *at.parents] if at.is_dir() else list(at.parents)
    named = candidates[0] if at.is_dir() else None
    directory = next((d for d in candidates if _holds_an_agent(d)), named)
    if directory is None:
        raise UsageError(
            f"{path} belongs to no agent", help="no agent.yaml lies beside or above it"
        )
    agent = _agent_of(directory, project)
    shown = project.shown(directory) if project else str(path)
    return _findings(
        shown, lambda: read_directory(directory, shown), agent, shown, _prices(project)
    )


def _holds_an_agent(directory: Path) -> bool:
    """A config.json counts in a version directory only: other programs have such files as well."""
    original = VERSION.fullmatch(directory.name) and (directory / "config.json").is_file()
    return bool(original) or (directory / "agent.yaml").is_file()


def _agent_of(directory: Path, project: Project | None) -> str:
    if not VERSION.fullmatch(directory.name):
        return directory.name
    below_agents = project is None or directory.parent == project.agents
    name = OriginalStore(directory.parent).name() if below_agents else None
    return name or directory.parent.name


def _check_project(project: Project) -> Iterator[Findings]:
    names = agent_names(project)
    if not names:
        raise UsageError(f"no agents in {project.agents}", help="`agentctl new AGENT` writes one")
    if (project.root / SETTINGS_FILE).is_file():
        yield _check_settings(project)
    with held_open(project):
        for name in names:
            yield from _check_name(project, name)
    if problems := tuple(overlooked(project)):
        yield Findings("what is overlooked", problems)


def _check_settings(project: Project) -> Findings:
    try:
        _ = project.settings
    except ConfigError as error:
        return Findings(SETTINGS_FILE, error.diagnostics)
    return Findings(SETTINGS_FILE)


def _check_name(project: Project, name: str) -> Iterator[Findings]:
    if "@" in name:
        yield _check_ref(project, name, None)
        return
    check_agent_known(agent_names(project), name, project.agents)
    stored = [known.version for known in VersionStore(project.agents).versions(name)]
    has_worktree = (project.agents / name / "agent.yaml").exists() or not stored
    has_worktree = has_worktree and not is_original(project, name)
    if has_worktree:
        yield findings_of(project, name, WORKTREE)
    for version in stored:
        yield replace(findings_of(project, name, version), released=has_worktree)
    if broken := broken_current(project, name):
        yield Findings(f"{AGENTS}/current", broken)
    yield from check_pointers(project, name)


def findings_of(project: Project, agent: str, version: str) -> Findings:
    """Return what is found in one version of an agent.

    Raises:
        UsageError: there is no such version.
    """
    store = store_of(project, version)
    origin = store.locate(agent, version)
    subject = f"{agent}@{version}"
    return _findings(subject, lambda: store.load(agent, version), agent, origin, _prices(project))


def _prices(project: Project | None) -> Mapping[str, Price] | None:
    """Return the project's prices; settings that cannot be read are told by themselves."""
    try:
        return project.settings.prices if project else None
    except ConfigError:
        return None


def _findings(
    subject: str,
    load: Callable[[], Snapshot],
    agent: str,
    origin: str,
    prices: Mapping[str, Price] | None,
) -> Findings:
    try:
        checked = check_snapshot(load(), agent=agent, origin=origin, prices=prices)
    except ConfigError as error:
        return Findings(subject, error.diagnostics)
    return Findings(
        subject, checked.found, checked.waivers, origin=origin.rstrip("/"), spec=checked.spec
    )
