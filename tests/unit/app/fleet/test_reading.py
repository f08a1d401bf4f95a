"""The fleet: rows that say what is wrong, a matrix, and one agent's why."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runner.app.fleet.reading import Fleet, FleetReader, read_fleet
from runner.app.fleet.why import Why
from runner.app.listing.run_list import short_id
from runner.domain.errors import UsageError
from tests.move_world import MoveWorld, make_move_world
from tests.pointer_world import git


@pytest.fixture(params=["git", "files"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> MoveWorld:
    return make_move_world(tmp_path / "here", request.param)


@pytest.fixture
def tagged(tmp_path: Path) -> MoveWorld:
    return make_move_world(tmp_path / "here", "git")


def fleet(world: MoveWorld, environment: str | None = "prod") -> Fleet:
    return read_fleet(world.root, None, environment)


def why(world: MoveWorld, agent: str = "hello", environment: str | None = "prod") -> Why:
    found = FleetReader(world.root, None).why(agent, environment)
    assert found is not None
    return found


def digest_of(applied: object) -> str:
    digest: str | None = applied.plan.after.digest  # type: ignore[attr-defined]
    assert digest is not None
    return digest


def tell(world: MoveWorld, run: str, *events: dict[str, object]) -> None:
    """Write the end of a run's journal."""
    path = world.project.state / f"journal/hello/2026-11-21/{run}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    chain = {"run": run, "seq": 1, "ts": "2026-11-21T12:00:00.000000Z"}
    lines = [json.dumps({**chain, **event}, separators=(",", ":")) for event in events]
    path.write_text("\n".join([*lines, ""]))


def test_a_row_says_version_sync_health_and_what_its_runs_came_to(world: MoveWorld) -> None:
    digest = digest_of(world.promote("v0.2.0"))
    world.ran(digest, "failed", "succeeded", "cancelled", "succeeded", environment="prod")
    row = fleet(world).row("hello")
    assert row is not None
    assert (row.version, row.sync_word, row.health.word) == ("v0.2.0", "synced", "healthy")
    assert row.figures.last == ("failed", "succeeded", "cancelled", "succeeded")
    assert (row.figures.succeeded, row.figures.ended) == (2, 3)
    assert (row.figures.day_runs, row.figures.day_usd, row.figures.day_unpriced) == (4, None, 4)
    assert (row.digest, row.protected, row.troubled) == (digest, True, False)


def test_an_agent_without_a_pointer_has_a_row_that_troubles_nobody(world: MoveWorld) -> None:
    world.promote("v0.1.0", "staging")
    found = fleet(world)
    assert [(row.agent, row.sync_word, row.version) for row in found.rows] == [
        ("hello", "no pointer", "worktree"),
        ("other", "no pointer", "worktree"),
    ]
    assert [row.elsewhere for row in found.rows] == [("staging",), ()]
    assert not any(row.troubled for row in found.rows)


def test_the_protected_environment_is_looked_at_unless_another_is_wanted(world: MoveWorld) -> None:
    found = fleet(world, None)
    assert found.environment == "prod"
    assert [(stage.name, stage.protected) for stage in found.stages] == [
        ("dev", False),
        ("staging", False),
        ("prod", True),
    ]
    with pytest.raises(UsageError, match="no environment 'pord'"):
        fleet(world, "pord")


def test_a_pointer_that_cannot_be_read_is_one_row_and_not_the_end(tagged: MoveWorld) -> None:
    tagged.promote("v0.2.0")
    path = tagged.root / "agent-configs/environments/prod/hello.yaml"
    shutil.copyfile(path, path.with_name("other.yaml"))
    path.write_text("nonsense: 1\n")
    tagged.git("add", "--all")
    tagged.git("commit", "--quiet", "-m", "Break it")
    hello, other = fleet(tagged).rows
    assert (hello.sync_word, hello.version, hello.troubled) == ("unknown", None, True)
    assert hello.sync
    assert hello.sync.why
    assert (other.sync_word, other.version) == ("unknown", "v0.2.0")
    assert other.sync
    assert "other has no version v0.2.0" in other.sync.why
    assert why(tagged, "other").findings[0].word == "unknown"


def test_an_agent_that_has_only_a_pointer_left_is_shown(tagged: MoveWorld) -> None:
    tagged.promote("v0.2.0")
    shutil.rmtree(tagged.root / "agent-configs/hello")
    row = fleet(tagged).row("hello")
    assert row is not None
    assert (row.version, row.sync_word) == ("v0.2.0", "synced")


def test_what_a_bare_directory_of_agents_lacks_is_said(world: MoveWorld) -> None:
    shutil.rmtree(world.root / ".git", ignore_errors=True)
    (world.root / "agentctl.yaml").unlink()
    for version in world.root.glob("agent-configs/hello/v*"):
        shutil.rmtree(version)
    found = fleet(world, None)
    assert found.environment is None
    assert [row.agent for row in found.rows] == ["hello", "other"]
    told = " | ".join(found.notes)
    for words in ("no git repository", "no release yet", "no environment", "no ledger"):
        assert words in told
    assert why(world, "hello", None).findings[0].text == "it is live in no environment"


def test_settings_with_a_mistake_are_a_note(tagged: MoveWorld) -> None:
    tagged.promote("v0.2.0")
    (tagged.root / "agentctl.yaml").write_text("environments: [\n")
    tagged.git("commit", "--quiet", "--all", "-m", "Break the settings")
    found = fleet(tagged)
    assert any("agentctl.yaml" in note for note in found.notes)
    assert [row.sync_word for row in found.rows] == ["unknown", "unknown"]


def test_a_repository_that_git_refuses_still_shows_its_agents(tagged: MoveWorld) -> None:
    tagged.promote("v0.2.0")
    (tagged.root / ".git/HEAD").write_text("broken")
    found = fleet(tagged)
    assert [row.agent for row in found.rows] == ["hello", "other"]
    assert found.rows[0].sync_word == "unknown"
    assert found.notes
    assert why(tagged).findings[0].word == "unknown"


def test_a_hold_and_an_override_are_marked(tagged: MoveWorld) -> None:
    tagged.promote("v0.1.0")
    tagged.promote("v0.2.0")
    tagged.rollback(reason="bad tone")
    found = fleet(tagged)
    assert found.rows[0].held == ("v0.2.0",)
    assert (found.count("held"), found.count("failing", "drifted")) == (1, 0)
    assert why(tagged).findings[0].text.startswith("v0.2.0 is held: bad tone")


def test_the_first_thing_said_of_what_fails_is_its_reason_and_the_way_back(
    tagged: MoveWorld,
) -> None:
    good = digest_of(tagged.promote("v0.1.0"))
    tagged.ran(good, "succeeded", "succeeded", "failed", "succeeded", environment="prod")
    bad = digest_of(tagged.promote("v0.2.0"))
    tagged.ran(bad, "succeeded", "failed", "failed", environment="prod")
    newest = fleet(tagged).rows[0].runs[0].run
    tell(
        tagged,
        newest,
        {
            "type": "tool.finished",
            "step": "t3.c1",
            "tool": "open_ticket",
            "outcome": "failed",
            "text": "no",
            "failure": {"kind": "tool_failed", "message": "open_ticket: HTTP 429", "status": 429},
            "duration_s": 1.0,
        },
    )
    told = why(tagged)
    first = told.findings[0]
    assert first.text == (
        f"2 of the last 3 runs failed: tool open_ticket → HTTP 429 (newest {short_id(newest)})"
    )
    assert (first.word, first.actions) == ("failing", ("rollback", "diff"))
    assert first.mend == f"agentctl show {short_id(newest)}"
    assert (told.back, told.failed) == ("v0.1.0", newest)
    assert told.since
    now = told.since.at + timedelta(hours=3)
    assert told.since.sentence(now) == "v0.2.0 promoted 3h ago by Ann (v0.1.0: 75% of 4 runs)"


def test_what_is_wrong_with_the_pointer_comes_before_and_after_what_fails(
    tagged: MoveWorld,
) -> None:
    digest = digest_of(tagged.promote("v0.1.0"))
    tagged.ran(digest, "failed", environment="prod")
    told = why(tagged)
    assert [finding.word for finding in told.findings] == ["failing", "behind"]
    assert told.findings[0].text.startswith("the only run failed (newest ")
    assert told.findings[1].mend == "agentctl promote hello v0.2.0 --to prod"
    tagged.git("tag", "-f", "-a", "-m", "moved", "hello/v0.1.0", "hello/v0.2.0^{}")
    told = why(tagged)
    assert [finding.word for finding in told.findings] == ["tampered", "failing"]


def test_all_being_well_is_said_too(tagged: MoveWorld) -> None:
    digest = digest_of(tagged.promote("v0.2.0"))
    assert why(tagged).findings[0].text == "no run is known here: there is no ledger"
    tagged.ran(digest, "succeeded", "succeeded", environment="prod")
    assert why(tagged).findings[0].text == "the last 2 runs of v0.2.0 succeeded"
    told = why(tagged, "other")
    assert told.findings[0].actions == ("promote", "dry_run")
    assert told.since is None
    assert FleetReader(tagged.root, None).why("nobody", "prod") is None


def test_a_rollback_is_told_as_one(tagged: MoveWorld) -> None:
    tagged.promote("v0.1.0")
    tagged.promote("v0.2.0")
    tagged.rollback(reason="bad tone")
    since = why(tagged).since
    assert since
    assert (since.verb, since.version, since.before) == ("rolled back to", "v0.1.0", "v0.2.0")
    assert since.sentence(since.at).endswith("(v0.2.0: no run known)")


def test_the_matrix_says_how_far_each_environment_is_ahead_of_the_next(world: MoveWorld) -> None:
    world.promote("v0.2.0", "dev")
    world.promote("v0.1.0", "staging")
    world.promote("v0.2.0", "prod")
    matrix = FleetReader(world.root, None).matrix()
    assert [stage.name for stage in matrix.stages] == ["dev", "staging", "prod"]
    hello, other = matrix.lines
    assert [cell.version for cell in hello.cells] == ["v0.2.0", "v0.1.0", "v0.2.0"]
    assert hello.ahead == (1, -1, None)
    assert hello.difference() == (1, -1)
    assert (hello.troubled, other.troubled) == (True, False)
    assert other.ahead == (None, None, None)
    assert other.difference() is None


def test_a_reader_sees_what_happened_since(tagged: MoveWorld) -> None:
    reader = FleetReader(tagged.root, None)
    digest = digest_of(tagged.promote("v0.1.0"))
    tagged.ran(digest, "succeeded", environment="prod")
    assert reader.fleet("prod").rows[0].health.word == "healthy"
    tagged.ran(digest, "failed", environment="prod")
    row = reader.fleet("prod").rows[0]
    assert (row.health.word, row.figures.last) == ("failing", ("succeeded", "failed"))
    tagged.promote("v0.2.0")
    assert reader.fleet("prod").rows[0].version == "v0.2.0"


def test_a_bare_clone_shows_what_was_released(tagged: MoveWorld, tmp_path: Path) -> None:
    tagged.promote("v0.2.0")
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(tagged.root), str(bare))
    found = read_fleet(bare, tmp_path / "state", "prod")
    assert [(row.agent, row.version) for row in found.rows] == [("hello", "v0.2.0")]
    assert found.now <= datetime.now(UTC)
