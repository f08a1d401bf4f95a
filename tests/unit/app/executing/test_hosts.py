from runner.app.executing.hosts import model_hosts, tool_hosts
from runner.domain.agent import AgentFile, AgentSpec
from runner.domain.release import Release
from runner.domain.snapshot import Snapshot
from runner.domain.tool import ToolSpec


def release(url: str) -> Release:
    tool = {
        "name": "t",
        "description": "x",
        "inputSchema": {"type": "object"},
        "annotations": {"readOnlyHint": True},
        "call": {"kind": "http", "method": "GET", "url": url},
    }
    file = AgentFile.model_validate(
        {
            "spec_version": 1,
            "name": "a",
            "description": "x",
            "model": {"id": "t/m", "base_url": "https://models.example/v1"},
            "instructions": {"text": "x"},
            "task": {"text": "x"},
            "network": {"allow": ["more.example"]},
        }
    )
    spec = AgentSpec(agent=file, instructions="x", task="x", tools=(ToolSpec.model_validate(tool),))
    values = {"tickets": "http://127.0.0.1:8900/api", "words": "not a url", "number": 3}
    return Release("a", "worktree", Snapshot({}), spec, "memory", values=values)


def test_the_model_is_reached_at_its_own_address_alone() -> None:
    assert model_hosts(release("https://tools.example/x")) == ("models.example:443",)


def test_tools_reach_what_the_spec_names_and_not_the_model() -> None:
    assert tool_hosts(release("https://tools.example/x/{id}")) == (
        "more.example",
        "tools.example:443",
        "127.0.0.1:8900",
    )


def test_an_address_of_six_groups_keeps_its_brackets() -> None:
    assert "[::1]:80" in tool_hosts(release("http://[::1]/x"))
