"""What lies in a project as if it meant something, and is read by nobody."""

import re
from collections.abc import Iterator
from pathlib import Path

from runner.app.project import AGENTS, Project
from runner.domain.diagnostics import Diagnostic, Place
from runner.domain.quantities import VERSION
from runner.releases.original import CURRENT, OriginalStore
from runner.releases.reading import agent_directories

NEARLY_A_VERSION = re.compile(r"[vV]?[0-9]+(\.[0-9]+)*")
UNNAMED = {"schedules.yaml": "schedules", "examples.yaml": "examples"}


def overlooked(project: Project) -> Iterator[Diagnostic]:
    """Yield a warning for each file or directory that looks like a part and is none."""
    agents = agent_directories(project.agents)
    yield from _in_original(project, agents)
    for entry in sorted(project.agents.iterdir()):
        if entry.name not in {*agents, "environments"} and _looks_like_an_agent(entry):
            advice = "an agent is called with a-z, 0-9 and -"
            yield _warning(project, entry, f"`{entry.name}` cannot be an agent's name", advice)
    for name in agents:
        yield from _in_agent(project, project.agents / name)
    yield from _in_environments(project, [*agents, *OriginalStore(project.agents).agents()])


def _in_original(project: Project, agents: list[str]) -> Iterator[Diagnostic]:
    """Versions that are called wrongly, and a layout that an agent's directory hides."""
    for config in sorted(project.agents.glob("*/config.json")):
        directory = config.parent
        nearly = NEARLY_A_VERSION.fullmatch(directory.name) and directory.name not in agents
        if nearly and not VERSION.fullmatch(directory.name):
            message = f"`{directory.name}` is no version"
            yield _warning(project, directory, message, "versions are called v1.2.0")
    name = OriginalStore(project.agents).name()
    if name in agents:
        message = f"nobody reads the original layout of `{name}`: {AGENTS}/{name}/ has that name"
        advice = "remove its version directories and `current`, or give it another `name`"
        entries = [path for path in project.agents.iterdir() if VERSION.fullmatch(path.name)]
        yield _warning(project, min([*entries, project.agents / CURRENT]), message, advice)


def _looks_like_an_agent(entry: Path) -> bool:
    return entry.is_dir() and not entry.name.startswith(".") and any(entry.glob("agent.y*ml"))


def _in_agent(project: Project, agent: Path) -> Iterator[Diagnostic]:
    for entry in sorted(agent.iterdir()):
        name = entry.name
        nearly = NEARLY_A_VERSION.fullmatch(name) and not VERSION.fullmatch(name)
        if entry.is_dir() and nearly:
            yield _warning(project, entry, f"`{name}` is no version", "versions are called v1.2.0")
        if entry.suffix == ".yml" and not (agent / f"{entry.stem}.yaml").exists():
            advice = f"call it {entry.stem}.yaml"
            yield _warning(project, entry, f"nobody reads `{name}`", advice)
        if name in UNNAMED and not _names(agent / "agent.yaml", name):
            advice = f"add `{UNNAMED[name]}: {{file: {name}}}` to agent.yaml"
            yield _warning(project, entry, f"agent.yaml does not name `{name}`", advice)


def _names(main: Path, file: str) -> bool:
    return not main.is_file() or file.encode() in main.read_bytes()


def _in_environments(project: Project, agents: list[str]) -> Iterator[Diagnostic]:
    for path in sorted((project.agents / "environments").glob("*/*.y*ml")):
        if path.suffix == ".yml":
            message = f"nobody reads `{path.name}`"
            yield _warning(project, path, message, f"call it {path.stem}.yaml")
        elif path.stem not in agents:
            message = f"there is no agent `{path.stem}` in {AGENTS}/"
            yield _warning(project, path, message, "rename the pointer, or remove it")


def _warning(project: Project, path: Path, message: str, advice: str) -> Diagnostic:
    return Diagnostic(
        code="AC416",
        severity="warning",
        message=message,
        place=Place(file=project.shown(path)),
        help=advice,
    )
