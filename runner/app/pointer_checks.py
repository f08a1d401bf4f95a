"""Pointers: each held against the version that it names."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from runner.app.project import Project
from runner.app.released.versions import store_of
from runner.config.findings import in_order
from runner.config.load import check_spec
from runner.config.parts import Part
from runner.config.pointer_values import pointer_problem, value_problems
from runner.config.project import check_pointer
from runner.domain.agent import AgentSpec, Waiver
from runner.domain.diagnostics import ConfigError, Diagnostic
from runner.domain.environment import Environment, Pointer
from runner.domain.errors import UsageError
from runner.domain.release import WORKTREE
from runner.domain.snapshot import Snapshot


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
    """Return the findings of one pointer, as it and its project lie on disk."""

    def load(version: str) -> Snapshot:
        return store_of(project, version).load(agent, version)

    def spec_of(version: str, snapshot: Snapshot) -> AgentSpec | None:
        origin = store_of(project, version).locate(agent, version)
        return check_spec(snapshot, agent=agent, origin=origin, prices=project.settings.prices)[0]

    around = Around(lambda: project.settings.environments, load, spec_of)
    return judged(agent, path.parent.name, path.read_bytes(), project.shown(path), around)


@dataclass(frozen=True)
class Around:
    """What a pointer is held against, wherever it is read from.

    `environments` raises ConfigError for broken settings, which are told by themselves; `load`
    raises as a store does.
    """

    environments: Callable[[], Mapping[str, Environment]]
    load: Callable[[str], Snapshot]
    spec_of: Callable[[str, Snapshot], AgentSpec | None]


def judged(agent: str, environment: str, data: bytes, shown: str, around: Around) -> Findings:
    """Return the findings of a pointer's file; `shown` is its name in them."""
    pointer, found = check_pointer(data, shown)
    if pointer is None:
        return Findings(shown, in_order(found))
    try:
        declared = around.environments()
    except ConfigError:
        return Findings(shown, in_order(found))
    if declared and environment not in declared:
        message = f"agentctl.yaml declares no environment `{environment}`"
        found.append(pointer_problem(data, shown, "AC417", message, "version"))
    return Findings(
        shown, in_order([*found, *_against_version(agent, pointer, data, shown, around)])
    )


def _against_version(
    agent: str, pointer: Pointer, data: bytes, shown: str, around: Around
) -> tuple[Diagnostic, ...]:
    """Return what does not fit between a pointer and the version it names.

    Problems of the version itself are told with the version.
    """
    try:
        snapshot = around.load(pointer.version)
    except ConfigError:
        return ()
    except UsageError as error:
        return (pointer_problem(data, shown, "AC414", error.message, "version"),)
    if pointer.version != WORKTREE and pointer.digest not in {None, snapshot.digest}:
        message = f"{agent}@{pointer.version} has the digest {snapshot.digest}"
        return (pointer_problem(data, shown, "AC414", message, "digest"),)
    spec = around.spec_of(pointer.version, snapshot)
    return value_problems(data, shown, spec) if spec else ()
