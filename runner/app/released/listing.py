"""The versions of an agent that a project holds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from runner.app.project import open_project
from runner.app.released.versions import agent_names, current_of, reading_releases
from runner.domain.errors import AgentctlError
from runner.domain.release import Version
from runner.releases.everywhere import Place, Releases
from runner.releases.reading import check_agent_known


def list_versions(
    root: Path | None, state: Path | None, agent: str, limit: int = 0
) -> tuple[list[dict[str, Any]], int]:
    """Return an agent's newest versions, newest first, as plain data, and how many it has.

    A `limit` of 0 is none. A version that cannot be read, or whose places differ, has no digest,
    and what is wrong with it under `problem`.

    Raises:
        UsageError: there is no such agent, or git will not read the repository.
    """
    project = open_project(root, state)
    with reading_releases(project) as (releases, _repository):
        known = releases.versions(agent)
        if not known:
            check_agent_known(agent_names(project), agent, project.agents)
        current = current_of(project, agent)
        newest = list(reversed(known))[: limit or None]
        return [_item(releases, version, current) for version in newest], len(known)


def _item(releases: Releases, version: Version, current: str | None) -> dict[str, Any]:
    return {
        "agent": version.agent,
        "version": version.version,
        "current": version.version == current,
        **_content(releases, version),
        "commit": version.commit,
        "tag": version.tag,
        "signature": version.signature,
        "created": version.created.isoformat() if version.created else None,
        "by": version.by,
    }


def _content(releases: Releases, version: Version) -> dict[str, Any]:
    """Return the digest that all places of a version agree on, and where these are."""
    places: Sequence[Place] = ()
    digest, problem = None, None
    try:
        places = releases.places(version.agent, version.version)
        digest = releases.agreed(version.agent, version.version, places).snapshot.digest
    except AgentctlError as error:
        problem = error.message
    return {
        "digest": digest,
        "problem": problem,
        "origin": places[0].origin if places else releases.locate(version.agent, version.version),
        "places": [place.kind for place in places],
    }
