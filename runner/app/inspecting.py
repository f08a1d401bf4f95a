"""One version of an agent, as a person or a program reads it."""

from pathlib import Path
from typing import Any

from runner.app.bundled import open_with
from runner.app.project import Project
from runner.app.released.versions import agent_names, load_version
from runner.domain.permissions import decide
from runner.domain.release import Release
from runner.domain.tool import ToolSpec


def names_agent(
    root: Path | None, state: Path | None, target: str, bundle: Path | None = None
) -> bool:
    """Return whether a target is `AGENT[@REF]` and not a part of a run's id.

    Raises:
        UsageError: there is no project here.
    """
    return "@" in target or target in agent_names(open_with(root, state, bundle))


def describe(
    root: Path | None,
    state: Path | None,
    name: str,
    environment: str | None = None,
    bundle: Path | None = None,
) -> dict[str, Any]:
    """Return what a version of an agent, of a project or a bundle, is, as plain data.

    Raises:
        UsageError, ConfigError, IntegrityError, RefusedError: as for a run.
    """
    project = open_with(root, state, bundle)
    release = load_version(project, name, environment)
    return {**_identity(project, release), **_behaviour(release)}


def _identity(project: Project, release: Release) -> dict[str, Any]:
    return {
        "agent": release.agent,
        "version": release.version,
        "environment": release.environment,
        "digest": release.digest,
        "origin": release.origin,
        "files": {path: len(data) for path, data in release.snapshot.files.items()},
        "state": project.shown(project.state),
    }


def _behaviour(release: Release) -> dict[str, Any]:
    agent = release.spec.agent
    return {
        "description": agent.description,
        "model": {"id": agent.model.id, "base_url": agent.model.base_url},
        "limits": agent.limits.model_dump(mode="json"),
        "values": release.values,
        "tools": [_tool(release, tool) for tool in release.spec.tools],
        "schedules": [schedule.name for schedule in release.spec.schedules],
    }


def _tool(release: Release, tool: ToolSpec) -> dict[str, Any]:
    ruling = decide(release.spec.agent.permissions, tool, {})
    return {
        "name": tool.name,
        "kind": tool.call.kind,
        "writes": not tool.reads_only,
        "idempotent": tool.idempotent,
        "permission": ruling.decision,
        "because": ruling.because,
    }
