"""`agentctl validate` as a build runs it."""

from pathlib import Path
from typing import Any

import pytest

from runner.app.checking import check
from runner.app.production import judge
from runner.testing import TickingClock

LOOSE = (", description: What it is about", "")


@pytest.fixture
def loose(project: Any) -> Any:
    """A project with one warning."""
    tools = project.agent / "tools.yaml"
    tools.write_text(tools.read_text().replace(*LOOSE))
    return project


def waive(project: Any, check: str, until: str) -> None:
    agent = project.agent / "agent.yaml"
    text = f"waivers: [{{check: {check}, reason: It was agreed so., until: {until}}}]\n"
    agent.write_text(agent.read_text() + text)


def test_findings_are_data_and_the_count_is_narration(loose: Any) -> None:
    done = loose.agentctl("validate")
    assert done.code == 0
    assert done.out.startswith("warning[AC315]")
    assert "Found" not in done.out
    assert "Found 1 warning in 1 file." in done.err
    assert "Found" not in loose.agentctl("-q", "validate").err


def test_strict_counts_warnings(loose: Any) -> None:
    assert loose.agentctl("validate", "--strict").code == 1
    waive(loose, "AC315", "2999-12-31")
    done = loose.agentctl("validate", "--strict")
    assert done.code == 0
    assert done.out == ""
    assert "1 finding waived:" in done.err
    assert "AC315 agent-configs/opener/tools.yaml:7:" in done.err
    assert "until 2999-12-31: It was agreed so." in done.err


def test_json_lists_what_is_waived_with_its_reason(loose: Any) -> None:
    waive(loose, "AC315", "2999-12-31")
    found = loose.agentctl("validate", "-o", "json").json
    assert found["items"] == []
    (waived,) = found["waived"]
    assert waived["diagnostic"]["code"] == "AC315"
    assert (waived["reason"], waived["until"]) == ("It was agreed so.", "2999-12-31")


def test_an_expired_waiver_fails_a_strict_build(loose: Any) -> None:
    waive(loose, "AC315", "2020-01-01")
    done = loose.agentctl("validate", "--strict", "-o", "jsonl")
    assert done.code == 1
    assert done.out.count("\n") == 2


def test_a_build_can_annotate_its_lines(loose: Any) -> None:
    done = loose.agentctl("validate", "-o", "github")
    assert done.code == 0
    assert done.out.startswith("::warning file=agent-configs/opener/tools.yaml,line=7,")
    run = loose.agentctl("validate", "-o", "sarif").json["runs"][0]
    assert [result["ruleId"] for result in run["results"]] == ["AC315"]


def test_the_checklist_fails_and_says_what_to_do(project: Any) -> None:
    done = project.agentctl("validate", "--production")
    assert done.code == 1
    items = {line.split()[1]: line.split()[2] for line in done.out.splitlines()[1:]}
    assert items["errors-to-model"] == "passed"
    assert items["alerts"] == "failed"
    assert "is not ready to run unattended" in done.err
    assert "escalation: name a team or a person under `owners`" in done.err


def test_the_checklist_is_data_too(project: Any) -> None:
    rows = project.agentctl("validate", "--production", "opener@worktree", "-o", "json").json
    assert rows["kind"] == "ChecklistItemList"
    assert {row["result"] for row in rows["items"]} == {"passed", "failed"}
    for row in rows["items"]:
        assert bool(row["help"]) == (row["result"] == "failed")


def test_errors_come_before_the_checklist(loose: Any) -> None:
    agent = loose.agent / "agent.yaml"
    agent.write_text(agent.read_text() + "limit: {}\n")
    done = loose.agentctl("validate", "--production", "opener")
    assert done.code == 1
    assert done.out.startswith("error[AC115]")
    assert "mend the errors first" in done.err


@pytest.mark.parametrize(
    "args", [["./agent-configs/opener"], ["-o", "sarif"], ["nobody"], ["opener@v9.9.9"]]
)
def test_what_the_checklist_cannot_judge_is_a_usage_error(project: Any, args: list[str]) -> None:
    assert project.agentctl("validate", "--production", *args).code == 2


def test_the_example_agents_pass_everything() -> None:
    root = Path(__file__).parents[2]
    report = check(root, None, [], TickingClock())
    assert report.diagnostics == ()
    assert all(each.passed for each in judge(root, None, [], TickingClock()))


def test_a_new_agent_is_strict(project: Any) -> None:
    assert project.agentctl("new", "hello").code == 0
    done = project.agentctl("validate", "--strict", "hello")
    assert done.code == 0, done.out
