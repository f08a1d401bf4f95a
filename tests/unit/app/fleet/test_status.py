"""The matrix of agents and environments: what is live, is it as it should be, is it well."""

from pathlib import Path

import pytest

from runner.app.fleet.status import Cell, read_status, troubles
from runner.domain.errors import UsageError
from tests.move_world import MoveWorld, make_move_world


@pytest.fixture(params=["git", "files"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> MoveWorld:
    return make_move_world(tmp_path / "here", request.param)


@pytest.fixture
def tagged(tmp_path: Path) -> MoveWorld:
    return make_move_world(tmp_path / "here", "git")


def cell(world: MoveWorld, environment: str = "prod") -> Cell:
    (found,) = read_status(world.root, None, "hello", environment)
    return found


def test_an_agent_without_a_pointer_is_no_cell(world: MoveWorld) -> None:
    assert read_status(world.root, None, None, None) == []


def test_the_newest_release_is_in_sync_and_an_older_one_behind(world: MoveWorld) -> None:
    world.promote("v0.1.0", "staging")
    world.promote("v0.2.0")
    cells = read_status(world.root, None, None, None)
    assert [(c.environment, c.sync.word) for c in cells] == [
        ("staging", "behind"),
        ("prod", "synced"),
    ]
    assert cells[0].sync.mend == "agentctl promote hello v0.2.0 --to staging"
    assert (cells[0].troubled, cells[1].troubled) == (True, False)


def test_a_release_that_is_kept_away_by_a_hold_is_told_with_the_reason(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    world.rollback(reason="bad tone")
    found = cell(world)
    assert found.sync.word == "held"
    assert found.sync.why.startswith("v0.2.0 is held: bad tone (by ")
    assert found.as_json()["held"][0]["version"] == "v0.2.0"


def test_a_hold_counts_for_the_same_files_under_a_number_that_was_tagged_by_hand(
    tagged: MoveWorld,
) -> None:
    world = tagged
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    world.rollback(reason="bad tone")
    world.git("tag", "-a", "-m", "the same", "hello/v0.3.0", "hello/v0.2.0^{}")
    found = cell(world)
    assert (found.sync.word, found.sync.why[:14]) == ("held", "v0.3.0 is held")


def test_an_override_is_drift(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    world.glass()
    found = cell(world)
    assert (found.sync.word, found.as_json()["version"]) == ("drifted", "v0.1.0")
    assert "agentctl rollback hello --to v0.1.0 --env prod" in found.sync.mend
    assert found.as_json()["override_until"]


def test_an_edit_of_the_working_copy_is_drift(tagged: MoveWorld) -> None:
    tagged.promote("v0.2.0")
    pointer = tagged.root / "agent-configs/environments/prod/hello.yaml"
    pointer.write_text("version: worktree\n")
    found = cell(tagged)
    assert (found.sync.word, found.as_json()["version"]) == ("drifted", "v0.2.0")
    assert found.sync.mend.startswith("git restore agent-configs/environments/prod/hello.yaml")


def test_a_moved_tag_is_tampered(tagged: MoveWorld) -> None:
    tagged.promote("v0.1.0")
    tagged.git("tag", "-f", "-a", "-m", "moved", "hello/v0.1.0", "hello/v0.2.0^{}")
    found = cell(tagged)
    assert found.sync.word == "tampered"
    assert found.sync.mend == "agentctl releases verify hello@v0.1.0"


def test_what_cannot_be_read_is_unknown_and_the_rest_is_told(tagged: MoveWorld) -> None:
    tagged.promote("v0.2.0")
    tagged.promote("v0.2.0", "staging")
    pointer = tagged.root / "agent-configs/environments/prod/hello.yaml"
    pointer.write_text("nonsense: 1\n")
    tagged.git("commit", "--quiet", "--all", "-m", "Break it")
    cells = {c.environment: c for c in read_status(tagged.root, None, None, None)}
    assert (cells["prod"].sync.word, cells["prod"].standing) == ("unknown", None)
    assert cells["staging"].sync.word == "synced"
    assert cells["prod"].as_json()["version"] is None


def test_a_release_whose_tag_is_gone_is_unknown(tagged: MoveWorld) -> None:
    tagged.promote("v0.2.0")
    tagged.git("tag", "-d", "hello/v0.2.0")
    assert cell(tagged).sync.word == "unknown"


@pytest.mark.parametrize(
    ("statuses", "word", "why"),
    [
        ((), "unknown", "no run is known here: there is no ledger"),
        (("succeeded",), "healthy", ""),
        (("failed", "succeeded", "cancelled"), "healthy", ""),
        (("succeeded", "failed", "stopped"), "failing", "the last 2 runs did not succeed"),
        (("succeeded", "in_doubt"), "failing", "is in doubt"),
        (("succeeded", "running"), "failing", "was cut off"),
    ],
)
def test_health_comes_from_the_runs_of_what_is_live(
    tagged: MoveWorld, statuses: tuple[str, ...], word: str, why: str
) -> None:
    digest = tagged.promote("v0.2.0").plan.after.digest
    assert digest is not None
    tagged.ran(digest, *statuses, environment="prod")
    found = cell(tagged)
    assert found.health.word == word
    assert why in found.health.why
    assert [what for _cell, what in troubles([found])] == (
        [found.health] if word == "failing" else []
    )


def test_runs_of_another_release_say_nothing_of_this_one(world: MoveWorld) -> None:
    bad = world.promote("v0.1.0").plan.after.digest
    assert bad is not None
    world.ran(bad, "failed", "failed", environment="prod")
    world.promote("v0.2.0")
    found = cell(world)
    assert (found.health.word, found.health.why) == ("unknown", "what is live has not run here")
    assert found.last is not None


def test_an_unknown_name_is_told(world: MoveWorld) -> None:
    with pytest.raises(UsageError, match="no environment 'pord'"):
        read_status(world.root, None, None, "pord")
    with pytest.raises(UsageError, match="helo"):
        read_status(world.root, None, "helo", None)
