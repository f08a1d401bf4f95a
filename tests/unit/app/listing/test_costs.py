from pathlib import Path
from typing import Any

import pytest

from runner.app.listing.costs import add_up
from runner.app.listing.query import parse_query
from runner.app.listing.run_list import Wanted
from runner.journal.chain import Tip
from runner.journal.entries import RunEnded, RunOpened

RUNS: list[tuple[str, dict[str, Any], dict[str, Any] | None]] = [
    ("r1", {"version": "v1.0.0"}, {"cost_usd": 0.5}),
    ("r2", {"version": "v1.1.0"}, {"cost_usd": 0.25, "status": "failed"}),
    ("r3", {"agent": "b"}, {"cost_usd": None}),
    ("r4", {"agent": "b"}, {"cost_usd": None, "tokens": {}, "status": "failed"}),
    ("r5", {"agent": "b"}, None),
]
TOKENS = {"input": 100, "cached_input": 40, "output": 10}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "agent-configs").mkdir()
    (tmp_path / ".agentctl").mkdir()
    tip, lines = Tip.start("ledger", "L"), []
    for day, (run, opened, ended) in enumerate(RUNS, 1):
        start = {
            "agent": "a", "version": "v1", "job": run, "digest": "", "mode": "live",
            "journal": f"{run}.jsonl", "head": "",
        }  # fmt: skip
        end = {
            "status": "succeeded", "outcome": "none", "head": "", "head_seq": 1,
            "tokens": TOKENS, "duration_s": 1.0, "iterations": 2, "tool_calls": 0,
        }  # fmt: skip
        ts = f"2026-01-0{day}T23:30:00.000000Z"
        entries = [RunOpened.model_validate({"run": run, **start, **opened})]
        if ended is not None:
            entries.append(RunEnded.model_validate({"run": run, **end, **ended}))  # type: ignore[arg-type]
        for entry in entries:
            line, tip = tip.seal(ts, entry.model_dump(mode="json"))
            lines.append(line)
    (tmp_path / ".agentctl/ledger.jsonl").write_bytes(b"".join(lines))
    return tmp_path


def test_runs_are_added_up_by_agent_the_dearest_first(root: Path) -> None:
    report = add_up(root, None, Wanted(), ["agent"])
    first, second = report.groups
    assert first == {
        "agent": "a",
        "runs": 2,
        "succeeded": 1,
        "unfinished": 0,
        "unpriced": 0,
        "turns": 4,
        "tokens": {"input": 200, "cached_input": 80, "output": 20},
        "cost_usd": 0.75,
        "usd_per_run": 0.375,
        "usd_per_success": 0.75,
    }
    assert (second["agent"], second["runs"], second["unfinished"]) == ("b", 3, 1)


def test_a_run_without_a_known_price_is_counted_and_in_no_sum(root: Path) -> None:
    group = add_up(root, None, Wanted(parse_query("run:r3")), ["agent"]).groups[0]
    assert (group["unpriced"], group["cost_usd"], group["usd_per_run"]) == (1, None, None)


def test_a_run_that_used_no_token_cost_nothing(root: Path) -> None:
    group = add_up(root, None, Wanted(parse_query("run:r4")), ["agent"]).groups[0]
    assert (group["unpriced"], group["cost_usd"]) == (0, 0.0)


def test_the_total_is_the_sum_of_the_groups(root: Path) -> None:
    for by in (["agent"], ["version"], ["day"], ["env"], ["mode"], ["day", "agent"]):
        report = add_up(root, None, Wanted(), by)
        for name in ("runs", "succeeded", "unfinished", "unpriced", "turns"):
            assert report.total[name] == sum(group[name] for group in report.groups)
        assert report.total["cost_usd"] == 0.75


def test_days_are_utc_and_stand_newest_first(root: Path) -> None:
    report = add_up(root, None, Wanted(parse_query("agent:a")), ["day"])
    assert [group["day"] for group in report.groups] == ["2026-01-02", "2026-01-01"]


def test_a_version_is_told_with_its_agent(root: Path) -> None:
    report = add_up(root, None, Wanted(parse_query("agent:a")), ["version"])
    assert [(group["agent"], group["version"]) for group in report.groups] == [
        ("a", "v1.0.0"),
        ("a", "v1.1.0"),
    ]


def test_no_runs_come_to_nothing(root: Path) -> None:
    report = add_up(root, None, Wanted(parse_query("agent:none-such")), ["agent"])
    assert report.groups == ()
    assert report.total["runs"] == 0
