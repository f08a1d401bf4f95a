"""The versions of an agent with where they are live, what is against them, and how they did."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from runner.app.released.runs import RunSums, tally_runs
from runner.app.released.statistics import (
    Statistics,
    VersionStatistics,
    read_statistics,
    with_digests,
)
from runner.app.released.summaries import summary_of
from runner.app.released.table import VersionRow, VersionTable, list_table
from runner.boundary.clock import SystemClock
from runner.domain.diagnostics import ConfigError
from runner.domain.errors import UsageError
from tests.move_world import MoveWorld, make_move_world

CLOCK = SystemClock()
FAR = "h1:" + "A" * 43 + "="


@pytest.fixture(params=["git", "files"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> MoveWorld:
    return make_move_world(tmp_path / "here", request.param)


@pytest.fixture
def tagged(tmp_path: Path) -> MoveWorld:
    return make_move_world(tmp_path / "here", "git")


def table(world: MoveWorld) -> VersionTable:
    return list_table(world.root, None, "hello", CLOCK)


def row(world: MoveWorld, version: str) -> VersionRow:
    found = table(world).row(version)
    assert found is not None
    return found


def counted(world: MoveWorld, before: Statistics | None = None) -> Statistics:
    return read_statistics(world.root, None, table(world), CLOCK, before)


def of(world: MoveWorld, version: str) -> VersionStatistics:
    return counted(world).of(version)


def test_the_worktree_stands_before_the_releases_which_are_newest_first(world: MoveWorld) -> None:
    found = table(world)
    assert [row.version for row in found.rows] == ["worktree", "v0.2.0", "v0.1.0"]
    assert (found.released, found.environments) == (2, ("dev", "staging", "prod"))
    older = found.before("worktree"), found.before("v0.2.0"), found.before("v0.1.0")
    assert [row.version if row else None for row in older] == ["v0.2.0", "v0.1.0", None]


def test_a_release_says_who_made_it_when_from_which_commit_and_what_changed(
    tagged: MoveWorld,
) -> None:
    found = row(tagged, "v0.2.0")
    assert (found.name, found.commit) == ("Ann", tagged.git("rev-parse", "hello/v0.2.0^{}"))
    assert found.tag == tagged.git("rev-parse", "hello/v0.2.0")
    assert found.created is not None
    assert abs(found.created - datetime.now(UTC)) < timedelta(days=1)
    assert found.summary == "instructions: +1 -0 words"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Fix currency\n\nMore.\n", "Fix currency"),
        ("hello v1.0.0\n\nAgentctl-Digest: h1:x\n", ""),
        ("hello v1.0.0\n\nNothing to tell.\n", "Nothing to tell."),
        ("hello v1.0.0\n\nChanges since v0: 2 notes.\n\n- a: b\n- c: d\n", "a: b (+1 more)"),
        ("", ""),
    ],
)
def test_the_first_thing_that_a_message_says_is_the_summary(message: str, said: str) -> None:
    assert summary_of(message, "hello v1.0.0") == said


def test_each_release_says_where_it_is_live_and_where_it_is_held(world: MoveWorld) -> None:
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    world.promote("v0.2.0", "staging")
    world.rollback(reason="bad tone")
    assert (row(world, "v0.1.0").live, row(world, "v0.2.0").live) == (("prod",), ("staging",))
    (hold,) = row(world, "v0.2.0").holds
    assert (hold.environment, hold.reason, row(world, "v0.1.0").holds) == ("prod", "bad tone", ())
    live = table(world).live_in("prod")
    assert live is not None
    assert (live.version, live.protected, live.note) == ("v0.1.0", True, "")


def test_a_hold_shows_at_the_same_files_that_were_tagged_by_hand_once_they_are_read(
    tagged: MoveWorld,
) -> None:
    tagged.promote("v0.1.0")
    tagged.promote("v0.2.0")
    tagged.rollback(reason="bad tone")
    tagged.git("tag", "-a", "-m", "the same", "hello/v0.3.0", "hello/v0.2.0^{}")
    assert row(tagged, "v0.3.0").holds == ()
    again = with_digests(table(tagged), counted(tagged)).row("v0.3.0")
    assert again is not None
    assert [hold.environment for hold in again.holds] == ["prod"]


def test_a_pointer_that_cannot_be_read_is_told_and_the_rest_is_shown(tagged: MoveWorld) -> None:
    tagged.promote("v0.1.0")
    tagged.promote("v0.1.0", "staging")
    (tagged.root / "agent-configs/environments/prod/hello.yaml").write_text("nonsense: 1\n")
    tagged.git("commit", "--quiet", "--all", "-m", "Break it")
    live = table(tagged).live_in("prod")
    assert live is not None
    assert live.version is None
    assert "agent-configs/environments/prod/hello.yaml:1:1: " in live.note
    assert row(tagged, "v0.1.0").live == ("staging",)


def test_an_agent_without_a_tag_has_its_worktree_alone(world: MoveWorld) -> None:
    found = list_table(world.root, None, "other", CLOCK)
    statistics = read_statistics(world.root, None, found, CLOCK)
    assert ([row.version for row in found.rows], found.released) == (["worktree"], 0)
    assert statistics.of("worktree").note == "never released"


def test_an_unknown_agent_is_named(world: MoveWorld) -> None:
    with pytest.raises(UsageError, match="helo"):
        list_table(world.root, None, "helo", CLOCK)


def test_settings_with_a_mistake_are_told_and_the_releases_are_shown(tagged: MoveWorld) -> None:
    path = tagged.root / "agentctl.yaml"
    good = path.read_text()
    path.write_text("environmints: {}\n")
    tagged.git("commit", "--quiet", "--all", "-m", "Break it")
    with pytest.raises(ConfigError, match="environmints"):
        table(tagged)
    path.write_text(good)
    found = table(tagged)
    assert (found.released, found.environments) == (2, ())
    assert any("environmints" in note for note in found.notes)


def test_runs_count_for_the_release_whose_files_ran(world: MoveWorld) -> None:
    first = world.promote("v0.1.0").plan.after.digest
    assert first is not None
    world.ran(first, "succeeded", "failed", "in_doubt", "running", "parked", environment="prod")
    world.ran(first, "succeeded", environment="staging")
    found = of(world, "v0.1.0")
    assert (found.runs.runs, found.runs.ended, found.runs.succeeded) == (6, 4, 2)
    assert found.runs.ok == 0.5
    assert {name: sums.runs for name, sums in found.by_environment.items()} == {
        "prod": 5,
        "staging": 1,
    }
    assert of(world, "v0.2.0").runs == RunSums()
    assert of(world, "v0.2.0").runs.ok is None


def test_what_a_run_cost_is_the_mean_of_those_whose_price_is_known() -> None:
    sums = RunSums(3, 3, 3, 2, 0.5) + RunSums(1, 1, 0, 0, 0.0)
    assert (sums.usd_per_run, sums.ok) == (0.25, 0.75)
    assert RunSums(1, 1, 1).usd_per_run is None


def test_a_second_look_reads_on_and_comes_to_the_same(world: MoveWorld) -> None:
    digest = world.promote("v0.1.0").plan.after.digest
    assert digest is not None
    world.ran(digest, "running", "parked", "succeeded")
    before = counted(world)
    world.ran(digest, "failed")
    resumed = {**json.loads(world.journals()[2]), "type": "run.ended", "status": "succeeded"}
    end = json.loads(world.journals()[-1]) | {"run": resumed["run"], "status": "succeeded"}
    with (world.project.state / "ledger.jsonl").open("a") as file:
        file.write(json.dumps(end, separators=(",", ":")) + "\n")
        file.write('{"ledger":"01LEDGER","seq":99,"ts":"2026-')
    again = counted(world, before)
    assert again.of("v0.1.0").runs == counted(world).of("v0.1.0").runs
    assert again.tally.offset > before.tally.offset
    assert again.of("v0.1.0").runs.runs == 4


def test_a_ledger_that_was_replaced_is_read_from_its_start(world: MoveWorld) -> None:
    world.ran(FAR, "succeeded", "succeeded")
    before = tally_runs(world.project.state, "hello")
    (world.project.state / "ledger.jsonl").unlink()
    assert tally_runs(world.project.state, "hello", before).sums == {}
    world.ran(FAR, "failed")
    (sums,) = tally_runs(world.project.state, "hello", before).by_key().values()
    assert (sums.runs, sums.succeeded) == (1, 0)


def test_only_live_runs_of_the_agent_count_and_bad_lines_are_passed_over(world: MoveWorld) -> None:
    world.ran(FAR, "succeeded", "succeeded", "succeeded")
    path = world.project.state / "ledger.jsonl"
    lines = path.read_text().splitlines()
    lines[0] = lines[0].replace('"mode":"live"', '"mode":"dry_run"')
    lines[2] = lines[2].replace('"agent":"hello"', '"agent":"hello2"')
    lines[4] = lines[4].replace('"digest":', '"digest" :')
    path.write_text("\n".join([*lines, "no JSON", lines[0][:70] + "}", ""]))
    (sums,) = tally_runs(world.project.state, "hello").by_key().values()
    assert (sums.runs, sums.ended) == (1, 1)


def test_the_time_that_a_release_was_live_is_added_up_for_each_environment(
    world: MoveWorld,
) -> None:
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    world.rollback(reason="bad tone")
    now, gone = of(world, "v0.1.0"), of(world, "v0.2.0")
    assert [(was.environment, was.until) for was in now.was] == [("prod", None)]
    assert gone.was[0].until is not None
    assert gone.was[0].active_s >= 0


def test_a_moved_tag_is_a_problem_of_its_release(tagged: MoveWorld) -> None:
    tagged.promote("v0.1.0")
    tagged.git("tag", "-f", "-a", "-m", "moved", "hello/v0.1.0", "hello/v0.2.0^{}")
    assert "is not what it was" in of(tagged, "v0.1.0").problem
    assert of(tagged, "v0.2.0").problem == ""


def test_files_that_ran_under_a_number_and_are_not_its_own_are_a_problem(tagged: MoveWorld) -> None:
    tagged.ran(FAR, "succeeded")
    problem = of(tagged, "v0.1.0").problem
    assert FAR in problem
    assert "the ledger" in problem


def test_a_release_that_cannot_be_read_says_why(tagged: MoveWorld) -> None:
    tagged.git("tag", "-a", "-m", "of a file", "hello/v0.3.0", "HEAD:agentctl.yaml")
    assert "leads to a blob" in of(tagged, "v0.3.0").problem


@pytest.mark.parametrize(
    ("path", "note"),
    [
        (None, "same files as v0.2.0"),
        ("system-prompt.md", "1 file unlike v0.2.0"),
    ],
)
def test_the_worktree_says_how_it_stands_to_the_newest_release(
    world: MoveWorld, path: str | None, note: str
) -> None:
    if path:
        (world.root / "agent-configs/hello" / path).write_text("Other.\n")
    assert of(world, "worktree").note == note


def test_tags_are_read_once_and_directories_each_time(world: MoveWorld) -> None:
    before = counted(world)
    directory = world.root / "agent-configs/hello/v0.1.0"
    if directory.is_dir():
        (directory / "system-prompt.md").write_text("Other.\n")
    after = counted(world, before)
    same = before.contents.digests["v0.1.0"] == after.contents.digests["v0.1.0"]
    assert same is not directory.is_dir()


def test_what_was_read_adds_digests_to_the_table(world: MoveWorld) -> None:
    found = table(world)
    digests: dict[str, Any] = {
        row.version: row.digest for row in with_digests(found, counted(world)).rows
    }
    assert digests["v0.1.0"].startswith("h1:")
    assert digests["worktree"] is None
