"""What was live in an environment, when, by whom, why, and how it did."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runner.app.fleet.pasts import Pasts, read_moment, read_pasts
from runner.domain.errors import UsageError
from tests.move_world import MoveWorld, make_move_world
from tests.pointer_world import git


@pytest.fixture(params=["git", "files"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> MoveWorld:
    return make_move_world(tmp_path / "here", request.param)


def pasts(world: MoveWorld, root: Path | None = None) -> Pasts:
    return read_pasts(root or world.root, None, "hello", "prod")


def test_each_time_of_a_release_is_told_newest_first(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    world.promote("v0.2.0", reason="for March")
    world.rollback(reason="bad tone")
    told = [past.as_json() for past in pasts(world).pasts]
    assert [(past["version"], past["good"]) for past in told] == [
        ("v0.1.0", True),
        ("v0.2.0", False),
        ("v0.1.0", True),
    ]
    assert (told[0]["until"], told[1]["until"]) == (None, told[0]["from"])
    assert told[1]["reason"] == "for March"
    assert told[1]["held"]["reason"] == "bad tone"
    assert json.dumps(told)


def test_runs_count_for_the_time_they_began_in(world: MoveWorld) -> None:
    first = world.promote("v0.1.0").plan.after.digest
    assert first is not None
    world.ran(first, "succeeded", "failed", environment="prod")
    world.ran(first, "succeeded", environment="staging")
    (told,) = (past.as_json() for past in pasts(world).pasts)
    assert (told["succeeded"], told["runs"]) == (1, 2)


def test_what_was_live_at_a_moment(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    found = pasts(world)
    assert found.at(datetime.now(UTC) - timedelta(days=1)) is None
    live = found.at(datetime.now(UTC) + timedelta(days=1))
    assert live is not None
    assert live.version == "v0.1.0"


def test_an_environment_that_was_never_pointed_at_has_no_history(world: MoveWorld) -> None:
    assert pasts(world).pasts == ()
    for agent in ("helo", "..", "environments"):
        with pytest.raises(UsageError, match=agent.replace(".", r"\.")):
            read_pasts(world.root, None, agent, "prod")
    with pytest.raises(UsageError, match="'pord'"):
        read_pasts(world.root, None, "hello", "pord")


def test_a_shallow_clone_says_that_it_knows_the_end_alone(tmp_path: Path) -> None:
    world = make_move_world(tmp_path / "here", "git")
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", world.root.as_uri(), str(clone))
    found = pasts(world, clone)
    assert (found.whole, [past.version for past in found.pasts]) == (False, ["v0.2.0"])


@pytest.mark.parametrize("text", ["2026-11-20T03:00Z", "2026-11-20T04:00:00+01:00"])
def test_a_moment_is_read(text: str) -> None:
    assert read_moment(text) == datetime(2026, 11, 20, 3, tzinfo=UTC)


def test_a_date_begins_in_utc() -> None:
    assert read_moment("2026-11-20") == datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-20T03:00", "2026-13-01"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no moment"):
        read_moment(text)
