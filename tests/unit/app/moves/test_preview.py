"""What a person is told before a pointer moves: on real projects, in git and without."""

from pathlib import Path
from typing import Any

import pytest

from runner.app.moves.agreed import Agreed, make_move, missing
from runner.app.moves.moving import Wish
from runner.app.moves.preview import Preview, command_of, preview_move, undo_wish
from runner.domain.errors import RefusedError, StalePlanError, UsageError
from runner.domain.pointing import WriteOptions
from tests.move_world import MoveWorld, make_move_world


@pytest.fixture(params=["git", "files"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> MoveWorld:
    return make_move_world(tmp_path / "here", request.param)


@pytest.fixture
def tagged(tmp_path: Path) -> MoveWorld:
    return make_move_world(tmp_path / "here", "git")


def look(
    world: MoveWorld, action: Any, ref: str | None = None, environment: str = "prod", **more: Any
) -> Preview:
    return preview_move(world.root, None, Wish(action, "hello", environment, ref, **more))


def told(preview: Preview, label: str, *, push: bool = False) -> str:
    lines = preview.lines(push=push)
    return " | ".join(line.text for line in lines if line.label == label)


def test_a_rollback_says_all_that_a_person_agrees_to(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    preview = look(world, "rollback")
    assert preview.plan is not None
    assert told(preview, "from").startswith("v0.2.0  h1:")
    assert "live for" in told(preview, "from")
    assert "was live for" in told(preview, "to")
    assert "is blocked in prod: nothing starts it, and no promotion takes it" in told(
        preview, "hold"
    )
    assert "agentctl promote hello v0.2.0 --to prod --lift-hold --reason TEXT" in told(
        preview, "until"
    )
    assert "behaviour  instructions" in told(preview, "changes")
    assert told(preview, "next run") == "none: no schedule is live there"
    assert told(preview, "in flight") == "none known here"
    assert told(preview, "undo").endswith("--lift-hold --reason TEXT")


def test_the_reason_is_not_needed_to_look_and_is_not_invented(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    preview = look(world, "rollback")
    assert missing(preview, "  ", "hello") == "give a reason"
    assert missing(preview, "tone", "") == "type the agent's name, hello"
    assert missing(preview, "tone", "hell") == "type the agent's name, hello"
    assert missing(preview, "tone", "hello") == ""


def test_an_unprotected_environment_asks_for_no_name(world: MoveWorld) -> None:
    assert missing(look(world, "promote", "v0.1.0", "staging"), "", "") == ""


def test_what_is_written_is_named(tagged: MoveWorld) -> None:
    preview = look(tagged, "promote", "v0.1.0")
    path = "agent-configs/environments/prod/hello.yaml"
    assert told(preview, "git") == (
        f"one commit on main that touches {path} alone; there is no server to push to"
    )
    tagged.git("init", "--quiet", "--bare", "../server.git")
    tagged.git("remote", "add", "origin", "../server.git")
    preview = look(tagged, "promote", "v0.1.0")
    assert preview.server == "origin/main"
    assert told(preview, "git").endswith("alone; it is not pushed")
    assert told(preview, "git", push=True).endswith("alone, pushed to origin/main")


def test_without_git_the_file_is_named(tmp_path: Path) -> None:
    preview = look(make_move_world(tmp_path / "here", "files"), "promote", "v0.1.0")
    assert preview.server == ""
    assert told(preview, "file").startswith("no git here: agent-configs/environments/prod/hello")


def test_a_release_that_is_live_already_is_nothing_to_do(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    preview = look(world, "promote", "v0.1.0")
    assert [line.label for line in preview.lines()] == ["nothing"]
    assert missing(preview, "why", "hello") == "there is nothing to do"


def test_a_promotion_without_a_ref_takes_the_newest_release(world: MoveWorld) -> None:
    preview = look(world, "promote")
    assert (preview.wish.ref, preview.plan and preview.plan.after.version) == ("v0.2.0", "v0.2.0")
    assert [way.ref for way in preview.ways] == ["v0.2.0", "v0.1.0"]


def test_a_promotion_without_a_ref_takes_what_the_rules_require(tagged: MoveWorld) -> None:
    rules = "environments: {staging: {}, prod: {protected: true, requires: staging}}\n"
    (tagged.root / "agentctl.yaml").write_text(rules)
    tagged.git("commit", "--quiet", "-am", "Require staging")
    refused = look(tagged, "promote", "v0.1.0")
    assert isinstance(refused.error, RefusedError)
    assert "never live in staging" in refused.error.message
    assert refused.liftable is False
    assert missing(refused, "why", "hello") == "it is refused"
    tagged.promote("v0.1.0", "staging")
    preview = look(tagged, "promote")
    assert preview.wish.ref == "staging"
    assert told(preview, "rules") == "met: it was good in staging; no runs of it known here"


def test_a_release_that_nobody_signed_is_refused_where_that_is_asked_for(
    tagged: MoveWorld,
) -> None:
    rules = "environments: {prod: {signed: true}}\nsigners: signers\n"
    (tagged.root / "agentctl.yaml").write_text(rules)
    (tagged.root / "signers").write_text("")
    tagged.git("add", "--all")
    tagged.git("commit", "--quiet", "-m", "Want signatures")
    refused = look(tagged, "promote", "v0.1.0")
    assert isinstance(refused.error, RefusedError)
    assert "takes signed releases alone" in refused.error.message


def test_a_held_release_says_why_not_and_that_the_hold_can_be_lifted(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    world.rollback(reason="bad tone")
    refused = look(world, "promote", "v0.2.0")
    assert refused.plan is None
    assert refused.error is not None
    assert "is held in prod: bad tone" in refused.error.message
    assert refused.liftable is True
    lifted = look(world, "promote", "v0.2.0", lift_hold=True)
    assert "may run in prod again: held by" in told(lifted, "lifts")
    assert missing(lifted, "", "hello") == "give a reason"


def test_the_ways_back_are_the_good_releases(world: MoveWorld) -> None:
    for version in ("v0.1.0", "v0.2.0"):
        world.promote(version)
    assert [way.ref for way in look(world, "rollback").ways] == ["v0.1.0"]
    world.rollback()
    assert look(world, "rollback").ways == ()
    refused = look(world, "rollback")
    assert isinstance(refused.error, UsageError)
    assert "no other good release" in refused.error.message


def test_nothing_known_is_a_refusal_and_no_crash(world: MoveWorld) -> None:
    for wish in (Wish("rollback", "nobody", "prod"), Wish("promote", "hello", "pord", "v0.1.0")):
        preview = preview_move(world.root, None, wish)
        assert isinstance(preview.error, UsageError)
        assert (preview.ways, preview.server, preview.lines()) == ((), "", [])


def test_looking_writes_nothing(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    before = sorted(world.root.rglob("*"))
    look(world, "promote", "v0.2.0")
    assert sorted(world.root.rglob("*")) == before


@pytest.mark.parametrize(
    ("wish", "line"),
    [
        (Wish("rollback", "a", "prod"), "agentctl rollback a --env prod --reason TEXT"),
        (
            Wish("rollback", "a", "prod", "v1.0.0", "it's bad"),
            "agentctl rollback a --to v1.0.0 --env prod --reason 'it'\"'\"'s bad'",
        ),
        (Wish("promote", "a", "prod", "staging"), "agentctl promote a staging --to prod"),
        (
            Wish("promote", "a", "prod", "v1.0.0", lift_hold=True, values=("x=a b",), unset=("y",)),
            "agentctl promote a v1.0.0 --to prod --set 'x=a b' --unset y --lift-hold --reason TEXT",
        ),
    ],
)
def test_the_same_is_said_as_a_command(wish: Wish, line: str) -> None:
    assert command_of(wish) == line
    assert "--push" in command_of(wish, push=True)


def test_an_undo_is_the_planners_opposite_move(world: MoveWorld) -> None:
    assert undo_wish(world.plan("promote", "v0.1.0")) is None
    world.promote("v0.1.0")
    forth = undo_wish(world.promote("v0.2.0").plan)
    assert forth == Wish("rollback", "hello", "prod", "v0.1.0")
    back = undo_wish(world.rollback().plan)
    assert back == Wish("promote", "hello", "prod", "v0.2.0", lift_hold=True)


def agreed(world: MoveWorld, preview: Preview, reason: str, *, push: bool = False) -> Agreed:
    assert preview.plan is not None
    wish = Wish(preview.wish.action, "hello", "prod", preview.wish.ref, reason)
    return Agreed(preview.plan, wish, WriteOptions(push=push))


def test_what_was_agreed_to_is_done_with_the_reason(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    steps: list[str] = []
    make_move(world.root, None, agreed(world, look(world, "rollback"), "bad tone"), steps.append)
    hold = world.pointer().hold
    assert hold is not None
    assert hold.reason == "bad tone"
    assert [step.partition(":")[0] for step in steps] == [
        "planning it again, with the reason",
        "planned",
    ]


def test_what_moved_since_it_was_looked_at_is_stale_and_nothing_is_done(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    old = agreed(world, look(world, "promote", "v0.2.0"), "new")
    world.promote("v0.2.0", reason="somebody else")
    moves = len(world.moves())
    with pytest.raises(StalePlanError, match=r"stale plan; nothing done: .* moved by "):
        make_move(world.root, None, old, lambda _step: None)
    assert len(world.moves()) == moves
