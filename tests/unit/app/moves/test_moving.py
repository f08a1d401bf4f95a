"""Promotions and rollbacks on real projects: in a repository, and without git."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from runner.app.fleet.status import read_status
from runner.app.released.versions import load_release
from runner.domain.errors import (
    AgentctlError,
    IntegrityError,
    RefusedError,
    StalePlanError,
    UsageError,
)
from runner.domain.plan import Plan
from runner.domain.pointing import WriteOptions
from tests.move_world import MoveWorld, make_move_world
from tests.pointer_world import git
from tests.tag_world import Repository, new_key, sign


@pytest.fixture(params=["git", "files"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> MoveWorld:
    return make_move_world(tmp_path / "here", request.param)


@pytest.fixture
def tagged(tmp_path: Path) -> MoveWorld:
    return make_move_world(tmp_path / "here", "git")


def test_the_whole_story(world: MoveWorld) -> None:
    world.promote("v0.1.0", "staging")
    assert world.promote("staging").plan.after.version == "v0.1.0"
    world.promote("v0.2.0")
    back = world.rollback(reason="bad tone").plan
    assert (back.after.version, [each.version for each in back.held]) == ("v0.1.0", ["v0.2.0"])
    assert (world.pointer().version, world.pointer().hold is not None) == ("v0.1.0", True)
    with pytest.raises(RefusedError, match="is held in prod: bad tone"):
        world.plan("promote", "v0.2.0")
    lifted = world.promote("v0.2.0", lift_hold=True, reason="mended").plan
    assert [each.version for each in lifted.lifted] == ["v0.2.0"]
    assert (world.pointer().version, world.pointer().hold) == ("v0.2.0", None)
    assert [move.subject for move in world.moves()] == [
        "Promote hello to v0.2.0 in prod",
        "Roll back hello to v0.1.0 in prod",
        "Promote hello to v0.2.0 in prod",
        "Promote hello to v0.1.0 in prod",
    ]


def test_planning_writes_nothing(world: MoveWorld) -> None:
    before = sorted(world.root.rglob("*"))
    plan = world.plan("promote", "v0.1.0")
    assert sorted(path for path in world.root.rglob("*")) == before
    assert plan.before is None
    assert plan.token is None
    assert plan.undo == ""


def test_a_plan_says_what_differs_and_what_undoes_it(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    plan = world.plan("promote", "v0.2.0")
    assert plan.comparison is not None
    assert [change.area for change in plan.comparison.changes] == ["instructions"]
    assert plan.undo == "agentctl rollback hello --to v0.1.0 --env prod --reason TEXT"
    assert plan.protected
    assert Plan.model_validate_json(plan.model_dump_json()) == plan


def test_a_plan_that_was_applied_is_stale_and_says_who_moved(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    plan = world.plan("promote", "v0.2.0")
    world.apply(plan)
    moves = world.moves()
    with pytest.raises(StalePlanError, match="nothing done") as told:
        world.apply(plan)
    assert "Promote hello to v0.2.0 in prod" in told.value.message
    assert world.moves() == moves


def test_what_is_live_is_promoted_by_doing_nothing(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    moves = world.moves()
    again = world.promote("v0.1.0")
    assert (again.written, again.plan.changes) == (None, False)
    assert world.moves() == moves


def test_a_plan_that_somebody_edited_does_nothing(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    plan = world.plan("rollback", None)
    without = plan.content[: plan.content.index("hold:")]
    with pytest.raises(UsageError, match="says another thing"):
        world.apply(plan.model_copy(update={"content": without}))
    other = plan.after.model_copy(update={"digest": "h1:" + "A" * 43 + "="})
    with pytest.raises(IntegrityError, match="not what was planned"):
        world.apply(plan.model_copy(update={"after": other}))
    assert world.pointer().version == "v0.2.0"


@pytest.mark.parametrize(
    "edit",
    [
        {"undo": "agentctl promote hello v9.9.9 --to prod"},
        {"protected": False},
        {"changes": False},
        {"before": None},
        {"held": ()},
    ],
)
def test_a_plan_that_says_other_than_it_does_is_refused(
    world: MoveWorld, edit: dict[str, object]
) -> None:
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    plan = world.plan("rollback", None)
    moves = world.moves()
    with pytest.raises(UsageError, match="says another thing"):
        world.apply(plan.model_copy(update=edit))
    assert world.moves() == moves


def test_an_edited_plan_makes_no_override_for_years(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    plan = world.plan("rollback", None, local_for=timedelta(hours=2))
    assert plan.until is not None
    longer = plan.model_copy(update={"until": plan.until + timedelta(days=3650)})
    with pytest.raises(UsageError, match="an override is for hours"):
        world.apply(longer)


def test_a_plan_is_refused_when_a_rule_came_meanwhile(tagged: MoveWorld) -> None:
    plan = tagged.plan("promote", "v0.1.0")
    text = "environments: {staging: {}, prod: {requires: staging}}\n"
    (tagged.root / "agentctl.yaml").write_text(text)
    tagged.git("commit", "--quiet", "--all", "-m", "Ask for more")
    with pytest.raises(RefusedError, match="was never live in staging"):
        tagged.apply(plan)


def test_rules_count_as_they_are_committed(tagged: MoveWorld) -> None:
    (tagged.root / "agentctl.yaml").write_text("environments: {prod: {}}\n")
    with pytest.raises(RefusedError, match="prod is protected"):
        tagged.plan("promote", "worktree")
    with pytest.raises(UsageError, match=r"of main declares no environment 'pord'"):
        tagged.plan("promote", "v0.1.0", "pord")


def test_the_same_files_under_a_new_number_are_held_too(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    world.rollback()
    if (world.root / ".git").exists():
        world.git("tag", "-a", "-m", "again", "hello/v0.3.0", "hello/v0.2.0^{}")
    else:
        source = world.root / "agent-configs/hello"
        shutil.copytree(source / "v0.2.0", source / "v0.3.0")
    with pytest.raises(RefusedError, match=r"files of v0\.2\.0, to the byte"):
        world.plan("promote", "v0.3.0")


def test_a_hold_outlives_the_removal_of_the_pointer(tagged: MoveWorld) -> None:
    world = tagged
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    world.rollback(reason="bad tone")
    world.git("rm", "--quiet", "agent-configs/environments/prod/hello.yaml")
    world.git("commit", "--quiet", "-m", "Remove it")
    with pytest.raises(RefusedError, match="is held in prod: bad tone"):
        world.plan("promote", "v0.2.0")
    world.promote("v0.1.0")
    hold = world.pointer().hold
    assert hold is not None
    assert [each.version for each in hold.blocked] == ["v0.2.0"]
    world.git("rm", "--quiet", "agent-configs/environments/prod/hello.yaml")
    world.git("commit", "--quiet", "-m", "Remove it again")
    lifted = world.promote("v0.2.0", lift_hold=True, reason="mended").plan
    assert ([each.version for each in lifted.lifted], lifted.held) == (["v0.2.0"], ())
    assert world.pointer().hold is None


def test_a_tampered_release_is_not_promoted(tagged: MoveWorld) -> None:
    tagged.promote("v0.1.0")
    tagged.git("tag", "-f", "-a", "-m", "moved", "hello/v0.1.0", "hello/v0.2.0^{}")
    with pytest.raises(IntegrityError, match="not what it was"):
        tagged.plan("promote", "v0.1.0", "staging")


def test_a_rollback_leaves_a_release_that_cannot_be_read_any_more(tagged: MoveWorld) -> None:
    tagged.promote("v0.1.0")
    tagged.promote("v0.2.0")
    tagged.git("tag", "-d", "hello/v0.2.0")
    done = tagged.rollback()
    assert tagged.pointer().version == "v0.1.0"
    assert done.plan.comparison is None
    assert any("cannot be compared with" in warning for warning in done.plan.warnings)


def test_values_that_do_not_fit_are_all_named(world: MoveWorld) -> None:
    with pytest.raises(UsageError, match="`nope` is not a variable of the agent") as told:
        world.plan("promote", "v0.1.0", values=("nope=1",))
    assert "--unset NAME" in told.value.help


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"ref": "v9.9.9"}, "v9.9.9"),
        ({"ref": "nowhere"}, "no pointer in 'nowhere'"),
        ({"ref": "Nowhere"}, "no environment can have that name"),
        ({"ref": "v0.1.0", "environment": "worktree"}, "not an environment name"),
        ({"ref": "v0.1.0", "values": ("x",)}, "is not NAME=VALUE"),
    ],
)
def test_what_nobody_knows_is_named(world: MoveWorld, wish: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError) as told:
        world.plan("promote", **wish)  # type: ignore[arg-type]
    assert words in told.value.message


def test_only_the_pointer_is_touched(tagged: MoveWorld) -> None:
    prompt = tagged.root / "agent-configs/hello/system-prompt.md"
    prompt.write_text("half written")
    tagged.git("add", str(prompt))
    prompt.write_text("half written, and more")
    tagged.promote("v0.1.0")
    changed = tagged.git("show", "--name-only", "--format=", "HEAD").split()
    assert changed == ["agent-configs/environments/prod/hello.yaml"]
    assert tagged.git("diff", "--name-only") == "agent-configs/hello/system-prompt.md"
    assert tagged.git("diff", "--cached", "--name-only") == "agent-configs/hello/system-prompt.md"


def test_a_pointer_with_changes_of_ones_own_is_not_moved(tagged: MoveWorld) -> None:
    tagged.promote("v0.1.0")
    pointer = tagged.root / "agent-configs/environments/prod/hello.yaml"
    pointer.write_text(pointer.read_text() + "# mine\n")
    with pytest.raises(UsageError, match="has changes"):
        tagged.promote("v0.2.0")


def test_a_pointer_that_is_untracked_is_told(tagged: MoveWorld) -> None:
    pointer = tagged.root / "agent-configs/environments/prod/hello.yaml"
    pointer.parent.mkdir(parents=True, exist_ok=True)
    pointer.write_text("version: worktree\n")
    with pytest.raises(AgentctlError, match=r"prod/hello\.yaml"):
        tagged.promote("v0.1.0")


def test_a_move_is_pushed_or_put_on_a_branch(tagged: MoveWorld) -> None:
    bare = tagged.root.parent / "server.git"
    git(tagged.root.parent, "clone", "--quiet", "--bare", str(tagged.root), str(bare))
    tagged.git("remote", "add", "origin", str(bare))
    tagged.git("fetch", "--quiet", "origin")
    tagged.git("branch", "--set-upstream-to=origin/main", "main")
    plan = tagged.plan("promote", "v0.1.0")
    done = tagged.apply(plan, WriteOptions(branch="review"))
    assert done.written is not None
    assert (done.written.branch, done.written.pushed) == ("review", True)
    with pytest.raises(AssertionError):
        tagged.pointer()
    pushed = tagged.apply(plan, WriteOptions(push=True))
    assert pushed.written is not None
    assert pushed.written.pushed
    assert git(bare, "rev-parse", "main") == tagged.git("rev-parse", "main")


def test_runs_are_evidence_and_those_in_flight_are_told(world: MoveWorld) -> None:
    digest = world.promote("v0.1.0").plan.after.digest
    world.promote("v0.2.0")
    assert digest is not None
    assert world.plan("rollback", None).evidence is None
    world.ran(digest, "succeeded", "failed", "running", environment="prod")
    plan = world.plan("rollback", None)
    assert plan.evidence is not None
    assert (plan.evidence.succeeded, plan.evidence.runs) == (1, 2)
    assert [run.version for run in plan.in_flight] == ["v0.1.0"]


def test_the_runs_that_a_rule_asks_for_are_counted_in_the_other_environment(
    tagged: MoveWorld,
) -> None:
    text = "environments: {staging: {}, prod: {requires: staging, min_runs: 2}}\n"
    (tagged.root / "agentctl.yaml").write_text(text)
    tagged.git("commit", "--quiet", "--all", "-m", "Ask for runs")
    digest = tagged.promote("v0.1.0", "staging").plan.after.digest
    assert digest is not None
    with pytest.raises(RefusedError, match="there is no ledger here"):
        tagged.plan("promote", "v0.1.0")
    tagged.ran(digest, "succeeded", environment="prod")
    tagged.ran(digest, "succeeded", "failed")
    with pytest.raises(RefusedError, match="1 here"):
        tagged.plan("promote", "staging")
    tagged.ran(digest, "succeeded")
    assert tagged.plan("promote", "staging").changes


def test_an_unsigned_release_is_refused_where_signed_ones_are_asked_for(
    tagged: MoveWorld,
) -> None:
    (tagged.root / "agentctl.yaml").write_text("environments: {prod: {signed: true}}\n")
    tagged.git("commit", "--quiet", "--all", "-m", "Ask for signatures")
    with pytest.raises(RefusedError, match="the tag has no signature"):
        tagged.plan("promote", "v0.1.0")


def test_a_release_that_a_known_key_signed_is_promoted(tagged: MoveWorld, tmp_path: Path) -> None:
    key, line = new_key(tmp_path, "ann")
    (tagged.root / "signers").write_text(line)
    text = "signers: signers\nenvironments: {prod: {signed: true}}\n"
    (tagged.root / "agentctl.yaml").write_text(text)
    tagged.git("add", ".")
    tagged.git("commit", "--quiet", "-m", "Ask for signatures")
    with pytest.raises(RefusedError, match="the tag has no signature"):
        tagged.plan("promote", "v0.2.0")
    sign(Repository(tagged.root), "hello/v0.3.0", key)
    assert tagged.promote("v0.3.0").written


def test_break_glass_holds_on_this_host_until_a_commit_takes_its_place(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    moves = world.moves()
    world.glass()
    assert (world.pointer().version, world.moves()) == ("v0.2.0", moves)
    assert load_release(world.project, "hello@prod", {}).version == "v0.1.0"
    kept = [json.loads(line)["type"] for line in world.journals()]
    assert kept == ["override.set"]
    done = world.rollback()
    assert done.ended_override
    assert load_release(world.project, "hello@prod", {}).version == "v0.1.0"
    assert not list(world.project.state.glob("overrides/*/*.json"))
    assert [json.loads(line)["type"] for line in world.journals()][1:] == ["override.ended"]


def test_a_commit_from_elsewhere_ends_an_override(tagged: MoveWorld) -> None:
    tagged.promote("v0.1.0")
    tagged.promote("v0.2.0")
    tagged.glass()
    pointer = tagged.root / "agent-configs/environments/prod/hello.yaml"
    pointer.write_text(pointer.read_text() + "# looked at\n")
    tagged.git("commit", "--quiet", "--all", "-m", "A look at it")
    assert load_release(tagged.project, "hello@prod", {}).version == "v0.2.0"


def test_promoting_what_the_pointer_says_ends_an_override(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    world.glass()
    plan = world.plan("promote", "v0.2.0")
    assert (plan.changes, "ends the override" in plan.warnings[-1]) == (True, True)
    assert world.apply(plan).ended_override
    assert load_release(world.project, "hello@prod", {}).version == "v0.2.0"


def test_break_glass_needs_no_git(
    tagged: MoveWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("v0.1.0", "v0.2.0"):
        tagged.promote(version)
        target = tagged.root / "agent-configs/hello" / version
        target.mkdir()
        files = tagged.git("ls-tree", "-r", "--name-only", f"hello/{version}:agent-configs/hello")
        for name in files.split():
            (target / name).parent.mkdir(exist_ok=True)
            text = tagged.git("show", f"hello/{version}:agent-configs/hello/{name}")
            (target / name).write_text(text + "\n")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(UsageError, match="no other good release"):
        tagged.glass()
    done = tagged.rollback("v0.1.0", local_for=timedelta(hours=1))
    assert "nothing here says that v0.1.0 was ever good" in done.plan.warnings[0]
    assert load_release(tagged.project, "hello@prod", {}).version == "v0.1.0"
    monkeypatch.undo()
    assert load_release(tagged.project, "hello@prod", {}).version == "v0.1.0"


def test_the_next_fire_is_told_where_schedules_are_live(tagged: MoveWorld) -> None:
    agent = tagged.root / "agent-configs/hello"
    text = (agent / "agent.yaml").read_text()
    (agent / "agent.yaml").write_text(text + "schedules: {file: schedules.yaml}\n")
    every = '{name: NAME, type: recurring, cron: "CRON", input: {text: a}}'
    lines = [("yearly", "0 0 1 1 *"), ("hourly", "0 * * * *")]
    entries = [every.replace("NAME", name).replace("CRON", cron) for name, cron in lines]
    (agent / "schedules.yaml").write_text("".join(f"- {entry}\n" for entry in entries))
    tagged.git("add", ".")
    tagged.git("commit", "--quiet", "-m", "Say when")
    tagged.git("tag", "-a", "-m", "x", "hello/v0.3.0")
    plan = tagged.promote("v0.3.0").plan
    assert [fire.schedule for fire in plan.next_fires] == ["hourly", "yearly"]
    assert tagged.promote("v0.3.0", "staging").plan.next_fires == ()
    cells = {cell.environment: cell for cell in read_status(tagged.root, None, "hello", None)}
    assert cells["prod"].next_fire is not None
    assert cells["prod"].next_fire.schedule == "hourly"
    assert cells["staging"].next_fire is None


def test_an_override_is_for_hours(world: MoveWorld) -> None:
    with pytest.raises(UsageError, match="for hours"):
        world.glass(25)


def test_a_release_that_is_held_by_an_override_starts_nothing(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    world.glass()
    override = next(world.project.state.glob("overrides/*/*.json"))
    text = override.read_text()
    held = json.loads(text)["pointer"]["hold"]["blocked"][0]
    moved = json.loads(text)
    moved["pointer"] |= {"version": held["version"], "digest": held["digest"]}
    override.write_text(json.dumps(moved))
    with pytest.raises(RefusedError, match="is held in prod"):
        load_release(world.project, "hello@prod", {})
