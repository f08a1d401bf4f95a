"""One line for each release: what the message of its tag says first."""

from runner.app.project import AGENTS, Project
from runner.domain.diagnostics import ConfigError
from runner.releases.git_repository import GitRepository
from runner.releases.git_tags import tag_store

TRAILER = "Agentctl-"


def summaries(project: Project, repository: GitRepository | None, agent: str) -> dict[str, str]:
    """Return what the tag of each version says first, by version."""
    if repository is None:
        return {}
    try:
        store = tag_store(project.root, AGENTS, project.settings.tag_format)
    except ConfigError:
        return {}  # `environments_of` tells it
    refs = store.reading(repository).refs(agent) if store else {}
    return {
        version: summary_of(ref.message, f"{agent} {version}")
        for version, ref in refs.items()
        if ref.annotated
    }


def summary_of(message: str, title: str) -> str:
    """Return one line of a tag's message: what a person wrote, or the weightiest change.

    A message that was written for the release begins with its name, which says nothing here.
    """
    lines = [line.strip() for line in message.splitlines()]
    told = [line for line in lines if line and not line.startswith((TRAILER, "-----BEGIN "))]
    if not told or told[0] != title:
        return told[0] if told else ""
    changes = [line.removeprefix("- ") for line in told if line.startswith("- ")]
    if not changes:
        return told[1] if len(told) > 1 else ""
    return changes[0] + (f" (+{len(changes) - 1} more)" if len(changes) > 1 else "")
