import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runner.cli.main import cli
from runner.journal.chain import Tip
from runner.journal.entries import RunEnded, RunOpened


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "agent-configs").mkdir()
    (tmp_path / ".agentctl").mkdir()
    tip, lines = Tip.start("ledger", "L"), []
    for run, usd in (("r1", 1200.5), ("r2", None)):
        for entry in (
            RunOpened(
                run=run, job=run, agent="a", version="v1", digest="", mode="live",
                journal=run, head="",
            ),
            RunEnded.model_validate({
                "run": run, "status": "succeeded", "outcome": "none", "head": "", "head_seq": 1,
                "cost_usd": usd, "tokens": {"input": 1000, "output": 5}, "duration_s": 1.0,
                "iterations": 2, "tool_calls": 0,
            }),
        ):  # fmt: skip
            line, tip = tip.seal("2026-01-01T00:00:00.000000Z", entry.model_dump(mode="json"))
            lines.append(line)
    (tmp_path / ".agentctl/ledger.jsonl").write_bytes(b"".join(lines))
    return tmp_path


def cost(root: Path, *args: str) -> Result:
    done = CliRunner().invoke(cli, ["-C", str(root), "cost", *args])
    assert done.exception is None
    return done


def test_a_table_ends_with_the_total(root: Path) -> None:
    rows = [line.split() for line in cost(root, "--by", "version").stdout.splitlines()]
    assert rows[0][:8] == ["AGENT", "VERSION", "RUNS", "SUCCEEDED", "USD", "PER", "RUN", "PER"]
    assert rows[1][:5] == ["a", "v1", "2", "2", "$1,200.50"]
    assert rows[2][:4] == ["total", "2", "2", "$1,200.50"]


def test_runs_without_a_price_are_told(root: Path) -> None:
    told = cost(root).stderr
    assert told.startswith("note: 1 of 2 runs have no known price and are in no sum of USD")
    assert "agentctl runs --query 'cost:none tokens>0'" in told
    assert CliRunner().invoke(cli, ["-q", "-C", str(root), "cost"]).stderr == ""


def test_data_has_groups_and_total(root: Path) -> None:
    document = json.loads(cost(root, "a", "-o", "json").stdout)
    assert document["kind"] == "CostReport"
    assert document["by"] == ["agent"]
    assert document["items"][0]["unpriced"] == document["total"]["unpriced"] == 1
    [line] = cost(root, "-o", "jsonl").stdout.splitlines()
    assert json.loads(line) == document["items"][0]


def test_an_agent_that_never_ran_comes_to_nothing(root: Path) -> None:
    assert cost(root, "nobody").stdout.splitlines()[1].split()[:2] == ["total", "0"]
