"""Which pointer counts: an override of this host, the commit, the file, in this order."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from runner.app.pointers import moved_by, pointed_agents, previous_standing, standing
from runner.app.project import STATE, Project
from runner.app.released.integrity import known_digests
from runner.boundary.clock import SystemClock
from runner.config.project import read_pointer
from runner.domain.errors import IntegrityError, UsageError
from runner.domain.pointing import Override
from runner.releases.file_pointers import FilePointers
from runner.releases.overrides import set_override
from tests.pointer_world import DIGESTS, PATH, World, content, git, make_world

PROTECTED = "environments: {prod: {protected: true}}\n"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(tmp_path)
    made.write("agentctl.yaml", PROTECTED)
    made.commit("Protect")
    yield made
    made.close()


@pytest.fixture
def project(world: World) -> Project:
    return Project(world.root, world.root / STATE)


def override(project: Project, version: str, minutes: int) -> None:
    now = SystemClock().now()
    pointer = read_pointer(content(version), "")
    at = now - timedelta(minutes=60)
    said = {"environment": "prod", "agent": "triage", "reason": "git is down", "by": "ann"}
    until = now + timedelta(minutes=minutes)
    set_override(project.state, Override(pointer=pointer, at=at, until=until, **said))


def test_the_commit_counts_and_is_named(world: World, project: Project) -> None:
    world.write(PATH, content("v1.1.0"))
    found = standing(project, "prod", "triage")
    assert found is not None
    tip = world.git("rev-parse", "HEAD")
    assert (found.pointer.version, found.commit) == ("v1.0.0", tip)
    assert found.source == f"main@{tip[:12]}:{PATH}"
    assert found.note == f"the working copy of {PATH} differs; the committed one counts: " + (
        found.source
    )


def test_rules_come_from_the_same_commit(world: World, project: Project) -> None:
    world.write("agentctl.yaml", "environments: {prod: {}}\n")
    found = standing(project, "prod", "triage")
    assert found is not None
    assert found.rules is not None
    assert found.rules.protected


def test_a_file_that_no_commit_knows_counts_and_nothing_is_said(
    world: World, project: Project
) -> None:
    path = PATH.replace("prod", "dev")
    world.write(path, content("v1.1.0"))
    found = standing(project, "dev", "triage")
    assert found is not None
    assert (found.pointer.version, found.commit, found.note) == ("v1.1.0", None, "")
    assert found.source == path


@pytest.mark.parametrize("environment", ["dev", "..", "../prod", "v1.0.0", "a b", "", "prod\n"])
def test_an_environment_without_a_pointer_has_none(project: Project, environment: str) -> None:
    assert standing(project, environment, "triage") is None
    assert pointed_agents(project, environment, ["triage"]) == []


def test_an_override_of_this_host_comes_before_everything_and_is_told(project: Project) -> None:
    override(project, "v1.2.0", minutes=5)
    found = standing(project, "prod", "triage")
    assert found is not None
    assert (found.pointer.version, found.commit) == ("v1.2.0", None)
    assert "overridden by ann until" in found.note
    assert "git is down" in found.note
    assert found.rules is not None
    assert found.rules.protected


def test_an_override_ends_by_itself(project: Project) -> None:
    override(project, "v1.2.0", minutes=-1)
    found = standing(project, "prod", "triage")
    assert found is not None
    assert found.pointer.version == "v1.0.0"


def test_a_damaged_override_stops_everything(project: Project) -> None:
    override(project, "v1.2.0", minutes=5)
    path = project.state / "overrides/prod/triage.json"
    path.write_text("{}")
    with pytest.raises(IntegrityError):
        standing(project, "prod", "triage")


def test_previous_is_good_and_different_and_has_the_values_of_now(
    world: World, project: Project
) -> None:
    with pytest.raises(UsageError, match="no other good release"):
        previous_standing(project, "prod", "triage")
    world.write(PATH, content("v1.1.0"))
    world.commit("Promote")
    world.write(PATH, content("v1.2.0", held="v1.1.0") + b"values: {url: now}\n")
    world.commit("Promote again")
    found = previous_standing(project, "prod", "triage")
    assert (found.pointer.version, found.pointer.digest) == ("v1.0.0", DIGESTS["v1.0.0"])
    assert found.pointer.values == {"url": "now"}


def test_previous_without_git_comes_from_the_history_beside_the_files(tmp_path: Path) -> None:
    project = Project(tmp_path, tmp_path / STATE)
    book = FilePointers(tmp_path, read_pointer, SystemClock(), lambda: "ann@here")
    book.replace("prod", "triage", None, content("v1.0.0"), "Begin")
    token = book.read("prod", "triage")
    book.replace("prod", "triage", token.token if token else None, content("v1.1.0"), "Promote")
    assert previous_standing(project, "prod", "triage").pointer.version == "v1.0.0"


def test_every_committed_pointer_is_held_against_a_version(world: World, project: Project) -> None:
    world.write(PATH.replace("prod", "staging"), content("v1.0.0"))
    world.commit("Stage")
    (world.root / PATH).unlink()
    tip = world.git("rev-parse", "HEAD")[:12]
    found = known_digests(project, "triage", "v1.0.0")
    assert f"main@{tip}:{PATH}" in {known.source for known in found}
    assert {known.digest for known in found} == {DIGESTS["v1.0.0"]}


def test_the_commit_that_moved_a_pointer_stays_when_others_come(
    world: World, project: Project
) -> None:
    moved = world.git("rev-list", "-1", "HEAD", "--", PATH)
    world.write("notes.txt", "more")
    world.commit("More notes")
    assert moved_by(project, "prod", "triage") == moved
    shallow = world.root.parent / "shallow"
    git(world.root, "push", "--quiet")
    git(world.root, "clone", "--quiet", "--depth", "1", world.bare.as_uri(), str(shallow))
    assert moved_by(replace(project, root=shallow), "prod", "triage") is None
