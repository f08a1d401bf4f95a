"""A project on a host without a repository: releases, pointers and rules come from a bundle."""

from pathlib import Path
from typing import Any

from runner.app.bundled_project import BundledProject
from runner.app.project import STATE, Project, nearest_project, open_project
from runner.releases.bundle import BundleStore, open_bundle
from runner.releases.reading import check_agent_known


def open_with(root: Path | None, state: Path | None, bundle: Path | None) -> Project:
    """Return the project at `root`, or where there is a bundle the one that it makes.

    With a bundle the directory needs to be no project: `root`, else the nearest project from the
    working directory upwards, else the working directory. The state directory lies there, unless
    `state` names another, and paths of secret files count from there.

    Raises:
        UsageError: there is no project, no such bundle, or it is none.
        IntegrityError: the bundle is damaged, or a file in it is not what its digest says.
    """
    if bundle is None:
        return open_project(root, state)
    held = open_bundle(bundle.resolve(), str(bundle))
    found = root.resolve() if root else nearest_project(Path.cwd()) or Path.cwd()
    return BundledProject(found, state.resolve() if state else found / STATE, held)


def list_bundled(path: Path, agent: str | None) -> list[dict[str, Any]]:
    """Return what a bundle pins, of one agent or of all, as `list_versions` returns versions.

    Raises:
        UsageError, IntegrityError: as `open_with`; or it holds no such agent.
    """
    bundle = open_bundle(path.resolve(), str(path))
    known = sorted(bundle.manifest.agents)
    if agent is not None:
        check_agent_known(known, agent, path)
    store = BundleStore(bundle)
    return [
        {
            "agent": name,
            "version": version.version,
            "current": True,
            "digest": version.digest,
            "problem": None,
            "origin": store.locate(name, version.version),
            "places": ["bundle"],
            "commit": version.commit,
            "tag": version.tag,
            "signature": None,
            "created": None,
            "by": "",
        }
        for name in known
        if agent in {None, name}
        for version in store.versions(name)
    ]
