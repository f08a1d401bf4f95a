"""What every ReleaseStore promises, whatever it keeps its versions in."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from runner.domain.bundle import Manifest
from runner.domain.diagnostics import ConfigError
from runner.domain.errors import UsageError
from runner.domain.release import ReleaseStore
from runner.releases.bundle import BundleStore, pack, unpack
from runner.releases.directories import DirStore
from runner.releases.everywhere import Releases
from runner.releases.git_tags import GitTagStore
from runner.releases.layouts import VersionStore
from runner.releases.original import OriginalStore
from runner.releases.reading import read_directory
from runner.releases.worktree import WorktreeStore
from tests.tag_world import settled


@dataclass(frozen=True)
class Kept:
    """A store, the one version in it, the directory where its files are written, and its name."""

    store: ReleaseStore
    version: str
    directory: Path
    place: str
    keep: Callable[[], object] = lambda: None
    """What makes a version of the files that were written."""


KINDS = [
    (WorktreeStore, "worktree", ".", "triage"),
    (DirStore, "v1.2.0", ".", "triage/v1.2.0"),
    (OriginalStore, "v1.2.0", "triage/agent-configs", "v1.2.0"),
    (VersionStore, "v1.2.0", ".", "triage/v1.2.0"),
    (VersionStore, "v1.2.0", "triage/agent-configs", "v1.2.0"),
    (GitTagStore, "v1.2.0", "agent-configs", "triage"),
    (Releases, "v1.2.0", "agent-configs", "triage"),
]
BUNDLE = (BundleStore, "v1.2.0", ".", "triage/v1.2.0")
"""Packed once: what cannot be in it is refused before there is one."""


@pytest.fixture(params=[*KINDS, BUNDLE], ids=lambda kind: f"{kind[0].__name__}-{kind[3]}")
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    make, version, root, below = request.param
    directory = tmp_path / root / below
    directory.mkdir(parents=True)
    (directory / "agent.yaml").write_bytes(b"name: triage\n")
    (directory / "tools").mkdir()
    (directory / "tools" / "hi.sh").write_bytes(b"#!/bin/sh\n")
    if make is BundleStore:
        return Kept(_bundled(directory, version), version, directory, "bundle:prod.zip")
    if make not in {GitTagStore, Releases}:
        return Kept(make(tmp_path / root), version, directory, str(directory))
    tags = GitTagStore(tmp_path, "agent-configs")
    store = tags if make is GitTagStore else Releases(VersionStore(tmp_path / root), tags)
    repository = settled(tmp_path)

    def keep() -> None:
        repository.commit()
        repository.git("tag", "--force", "-a", "-m", "Release", f"triage/{version}")

    keep()
    return Kept(store, version, directory, f"triage/{version}:./agent-configs/triage", keep)


def _bundled(directory: Path, version: str) -> BundleStore:
    snapshot = read_directory(directory, "")
    pinned = {"pointer": {"version": version, "digest": snapshot.digest}}
    said = {"environment": "prod", "settings": {}, "agents": {"triage": pinned}}
    return BundleStore(
        unpack(pack(Manifest.model_validate(said), {"triage": snapshot}), "prod.zip")
    )


def test_a_version_that_is_listed_can_be_loaded(kept: Kept) -> None:
    [version] = kept.store.versions("triage")
    assert (version.agent, version.version) == ("triage", kept.version)
    snapshot = kept.store.load("triage", version.version)
    assert snapshot.files == {"agent.yaml": b"name: triage\n", "tools/hi.sh": b"#!/bin/sh\n"}


def test_the_digest_does_not_depend_on_the_store(kept: Kept) -> None:
    digest = kept.store.load("triage", kept.version).digest
    assert digest == "h1:ICVk3BVgnlPs9soV2U4p5KUHtHpGsmF3FYjAxmPdqDU="


def test_the_place_of_a_version_is_its_directory_or_tag(kept: Kept) -> None:
    assert kept.store.locate("triage", kept.version) == kept.place


def test_an_unknown_agent_has_no_versions_and_cannot_be_loaded(kept: Kept) -> None:
    assert kept.store.versions("triaje") == []
    with pytest.raises(UsageError, match="triaje") as caught:
        kept.store.load("triaje", kept.version)
    assert caught.value.help


@pytest.mark.parametrize("agent", ["..", "triage/..", "/etc", "environments", ""])
def test_a_name_that_leaves_the_directory_is_no_agent(kept: Kept, agent: str) -> None:
    assert kept.store.versions(agent) == []
    with pytest.raises(UsageError):
        kept.store.load(agent, kept.version)


@pytest.mark.parametrize("version", ["v9.9.9", "../triage", "current", ""])
def test_an_unknown_version_cannot_be_loaded(kept: Kept, version: str) -> None:
    with pytest.raises(UsageError):
        kept.store.load("triage", version)


@pytest.mark.parametrize("kept", KINDS, indirect=True)
def test_a_link_in_a_version_is_refused_with_its_place(kept: Kept) -> None:
    (kept.directory / "prompt.md").symlink_to("/etc/passwd")
    kept.keep()
    with pytest.raises(ConfigError) as caught:
        kept.store.load("triage", kept.version)
    [found] = caught.value.diagnostics
    assert (found.code, found.place.file) == ("AC020", f"{kept.place}/prompt.md")


def test_versions_come_in_semver_order_newest_last(tmp_path: Path) -> None:
    for version in ("v1.10.0", "v1.9.0", "v1.10.0-rc.1", "v1.x", "notes"):
        (tmp_path / "triage" / version).mkdir(parents=True)
    found = [version.version for version in DirStore(tmp_path).versions("triage")]
    assert found == ["v1.9.0", "v1.10.0-rc.1", "v1.10.0"]


def test_a_version_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "triage" / "v1.0.0").mkdir(parents=True)
    (tmp_path / "triage" / "v2.0.0").symlink_to("v1.0.0")
    with pytest.raises(ConfigError, match="cannot be a link"):
        DirStore(tmp_path).load("triage", "v2.0.0")
