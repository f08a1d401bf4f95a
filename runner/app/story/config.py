"""What a run ran with: what its first line says, and the release itself where it can be loaded."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.app.executing.recorded import recorded_release
from runner.app.project import Project, open_project
from runner.app.released.versions import store_of
from runner.app.story.payloads import Section
from runner.app.story.told import pretty
from runner.domain.durations import show_duration
from runner.domain.errors import AgentctlError, IntegrityError, UsageError
from runner.domain.events import RunStarted
from runner.domain.permissions import decide
from runner.domain.release import WORKTREE, Release
from runner.domain.tool import ToolSpec
from runner.notation.yaml_out import write_yaml
from runner.releases.materialise import materialised

NOT_SAID = "—"


@dataclass(frozen=True)
class Config:
    """The configuration of one run."""

    facts: tuple[tuple[str, str], ...]
    """Name and value, as the journal's first line has them."""
    release: tuple[Section, ...] = ()
    """Instructions, model, tools, permissions of the release; empty when it is not loadable."""
    missing: str = ""
    """Why the release cannot be loaded; empty when it can."""


def config_of(root: Path | None, state: Path | None, start: RunStarted) -> Config:
    """Return the configuration of a run. That a release is not loadable is said, not raised."""
    facts = tuple(facts_of(start))
    try:
        release = release_of(open_project(root, state), start)
    except AgentctlError as error:
        return Config(facts, missing=error.message)
    return Config(facts, release=tuple(_sections(release)))


def facts_of(start: RunStarted) -> Iterator[tuple[str, str]]:
    """Yield name and value of everything that a run depended on, without its input."""
    yield "agent", start.agent
    yield "version", start.version + ("" if start.released else "  (unreleased)")
    yield "digest", start.digest
    yield "commit", start.commit or NOT_SAID
    yield "tag", start.tag or NOT_SAID
    yield "pointer commit", start.pointer_commit or NOT_SAID
    yield "origin", start.origin
    yield "environment", start.environment or NOT_SAID
    yield "mode", start.mode
    yield "model", start.model
    yield "model url", start.model_url
    yield "price", _price(start)
    for name, value in start.limits.model_dump(mode="python").items():
        yield f"limits.{name}", _limit(name, value)
    for name, value in start.values.items():
        yield f"values.{name}", value if isinstance(value, str) else pretty(value)
    yield "trigger", f"{start.trigger}, attempt {start.attempt}"
    yield "attended", "yes" if start.attended else "no"
    yield "job", start.job
    yield "subject", start.subject or NOT_SAID
    yield "agentctl", start.runner


def release_of(project: Project, start: RunStarted) -> Release:
    """Return the very release that a run began with.

    Raises:
        UsageError: it is not there any more, or is a working copy that changed.
        IntegrityError: a released version is not what it was.
        ConfigError: its files cannot be read by this version of agentctl.
    """
    snapshot = materialised(start.digest, project.state / "cache")
    if snapshot is None:
        snapshot = store_of(project, start.version).load(start.agent, start.version)
    if snapshot.digest != start.digest:
        kind = UsageError if start.version == WORKTREE else IntegrityError
        raise kind(
            f"{start.agent}@{start.version} changed since the run began: "
            f"the run {start.digest}, now {snapshot.digest}",
            help="what the run itself recorded is shown all the same",
        )
    return recorded_release(project, start, snapshot)


def _price(start: RunStarted) -> str:
    if start.price is None:
        return NOT_SAID
    known = start.price.model_dump(mode="json", exclude_none=True)
    return ", ".join(f"{name} {value}" for name, value in known.items()) + " USD per million"


def _limit(name: str, value: Any) -> str:
    if value is None:
        return NOT_SAID
    if name == "timeout":
        return show_duration(value)
    return f"${value:.4f}" if name == "max_cost_usd" else f"{value:,}"


def _sections(release: Release) -> Iterator[Section]:
    agent = release.spec.agent
    model = agent.model.model_dump(mode="json", by_alias=True, exclude_none=True)
    yield Section("Model", _yaml(model))
    permissions = agent.permissions.model_dump(mode="json", by_alias=True, exclude_none=True)
    yield Section("Permissions", _yaml(permissions))
    for tool in release.spec.tools:
        yield Section(f"Tool {tool.name}", _tool(release, tool))
    yield Section("Instructions", release.spec.instructions)
    yield Section("Task", release.spec.task)
    if release.spec.output_schema is not None:
        yield Section("Output schema", pretty(release.spec.output_schema))
    files = [f"{size:>9,}  {path}" for path, size in _sizes(release)]
    yield Section("Files", "\n".join(files))


def _tool(release: Release, tool: ToolSpec) -> str:
    ruling = decide(release.spec.agent.permissions, tool, {})
    effect = "reads only" if tool.reads_only else "writes"
    head = f"{tool.call.kind}, {effect}, {ruling.decision}: {ruling.because}"
    return f"{head}\n{tool.description}\n{_yaml(tool.input_schema)}".rstrip()


def _yaml(data: dict[str, Any]) -> str:
    return write_yaml(data).rstrip() if data else ""


def _sizes(release: Release) -> list[tuple[str, int]]:
    return [(path, len(data)) for path, data in sorted(release.snapshot.files.items())]
