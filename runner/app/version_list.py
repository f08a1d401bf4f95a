"""The versions of an agent that a project holds."""

from pathlib import Path
from typing import Any

from runner.app.project import AGENTS, open_project
from runner.app.versions import agent_names, current_of
from runner.domain.diagnostics import ConfigError
from runner.releases.layouts import VersionStore
from runner.releases.reading import check_agent_known


def list_versions(root: Path | None, state: Path | None, agent: str) -> list[dict[str, Any]]:
    """Return an agent's versions, newest first, as plain data.

    A version that cannot be read has no digest, and its first problem under `problem`.

    Raises:
        UsageError: there is no such agent.
    """
    project = open_project(root, state)
    check_agent_known(agent_names(project), agent, project.agents)
    store = VersionStore(project.agents, AGENTS)
    current = current_of(project, agent)
    return [
        {
            "agent": agent,
            "version": known.version,
            "current": known.version == current,
            **_content(store, agent, known.version),
            "origin": store.locate(agent, known.version),
        }
        for known in reversed(store.versions(agent))
    ]


def _content(store: VersionStore, agent: str, version: str) -> dict[str, Any]:
    try:
        return {"digest": store.load(agent, version).digest, "problem": None}
    except ConfigError as error:
        return {"digest": None, "problem": error.message}
