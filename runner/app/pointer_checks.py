"""Pointers: each held against the version that it names."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from runner.app.project import Project
from runner.app.versions import store_of
from runner.config.findings import in_order
from runner.config.load import check_spec
from runner.config.parts import Part
from runner.config.pointer_values import pointer_problem, value_problems
from runner.config.project import check_pointer
from runner.domain.agent import AgentSpec, Waiver
from runner.domain.diagnostics import ConfigError, Diagnostic
from runner.domain.environment import Pointer
from runner.domain.errors import UsageError
from runner.domain.release import WORKTREE


@dataclass(frozen=True)
class Findings:
    """What was checked, as a person names it, its problems, and the waivers that stand there."""

    subject: str
    found: tuple[Diagnostic, ...] = ()
    waivers: tuple[Part[Waiver], ...] = ()
    origin: str = ""
    """What stands before the paths of the agent in diagnostics."""
    released: bool = False
    """A version that nobody can mend, checked along with others."""
    spec: AgentSpec | None = None


def check_pointers(project: Project, agent: str) -> Iterator[Findings]:
    """Yield the findings of each environment's pointer of an agent."""
    for path in sorted((project.agents / "environments").glob(f"*/{agent}.yaml")):
        yield pointer_findings(project, agent, path)


def pointer_findings(project: Project, agent: str, path: Path) -> Findings:
    """Return the findings of one pointer."""
    shown, data = project.shown(path), path.read_bytes()
    pointer, found = check_pointer(data, shown)
    if pointer is None:
        return Findings(shown, in_order(found))
    try:
        declared = project.settings.environments
    except ConfigError:
        return Findings(shown, in_order(found))  # told with agentctl.yaml itself
    if declared and path.parent.name not in declared:
        message = f"agentctl.yaml declares no environment `{path.parent.name}`"
        found.append(pointer_problem(data, shown, "AC417", message, "version"))
    return Findings(
        shown, in_order([*found, *_against_version(project, agent, pointer, data, shown)])
    )


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
    if pointer.version != WORKTREE and pointer.digest not in {None, snapshot.digest}:
        message = f"{agent}@{pointer.version} has the digest {snapshot.digest}"
        return (pointer_problem(data, shown, "AC414", message, "digest"),)
    origin = store.locate(agent, pointer.version)
    spec, _found = check_spec(snapshot, agent=agent, origin=origin, prices=project.settings.prices)
    return value_problems(data, shown, spec) if spec else ()
