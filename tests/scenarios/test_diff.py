"""`agentctl diff` as a user and a gate call it."""

import json
import shutil
from typing import Any

import pytest

from runner.domain.change import Change


@pytest.fixture
def released(project: Any) -> Any:
    """The agent with a release of what the worktree is."""
    target = project.agent / "v1.0.0"
    target.mkdir()
    for path in project.agent.glob("*.yaml"):
        shutil.copy(path, target)
    return project


def test_a_gate_is_told_by_the_exit_code(released: Any) -> None:
    same = released.agentctl("diff", "opener", "v1.0.0", "--exit-code")
    assert (same.code, same.out.splitlines()[-1]) == (0, "nothing differs")
    agent = released.agent / "agent.yaml"
    agent.write_text(agent.read_text().replace("Open tickets.}", "Open every ticket.}"))
    assert released.agentctl("diff", "opener", "v1.0.0").code == 0
    assert released.agentctl("diff", "opener", "v1.0.0", "--exit-code").code == 1
    assert released.agentctl("diff", "opener", "v1.0.0", "--fail-on", "behaviour").code == 1
    assert released.agentctl("diff", "opener", "v1.0.0", "--fail-on", "widening").code == 0


def test_a_program_gets_the_documented_fields(released: Any) -> None:
    tools = released.agent / "tools.yaml"
    tools.write_text(tools.read_text().replace("required: [title]", "required: []"))
    found = released.agentctl("diff", "opener", "v1.0.0", "worktree", "-o", "json").json
    assert found["apiVersion"] == "agentctl/v1"
    assert found["kind"] == "Comparison"
    assert set(found) - {"apiVersion", "kind"} == {
        *("agent", "before", "after", "level", "bump", "declared", "counts"),
        *("changes", "files", "upcoming", "effort"),
    }
    (change,) = found["changes"]
    assert Change.model_validate(change).rule == "tool-input-required-removed"
    assert (change["path"], change["name"]) == ("/properties/title", "open_ticket")
    lines = released.agentctl("diff", "opener", "v1.0.0", "-o", "jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == [change]
    assert "kind: Comparison" in released.agentctl("diff", "opener", "v1.0.0", "-o", "yaml").out


def test_runs_of_both_versions_are_observed(released: Any) -> None:
    assert released.agentctl("run", "opener@v1.0.0", "--set", f"tickets_url={URL}").code == 0
    agent = released.agent / "agent.yaml"
    agent.write_text(agent.read_text().replace("Open tickets.}", "Open every ticket.}"))
    assert released.agentctl("run", "opener@worktree", "--set", f"tickets_url={URL}").code == 0
    found = released.agentctl("diff", "opener", "v1.0.0", "-v")
    assert "observed: 10 → 10 tokens in, median of 1 and 1 run" in found.out
    assert "{text: Open [-tickets.}-]{+every ticket.}+}" in found.out


def test_a_version_that_is_not_there_is_named(released: Any) -> None:
    wrong = released.agentctl("diff", "opener", "v9.0.0")
    assert wrong.code == 2
    assert "v9.0.0" in wrong.err


URL = "http://127.0.0.1:9/tickets"
