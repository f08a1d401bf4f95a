"""The checklist for running unattended, item by item."""

import subprocess
from typing import Any

import pytest

from runner.app.production import Checklist, judge
from runner.domain.diagnostics import CHECKLIST
from runner.testing import TickingClock


def judged(small: Any, name: str = "opener") -> Checklist:
    (checklist,) = judge(small.root, None, [name], TickingClock())
    return checklist


def results(small: Any, name: str = "opener") -> dict[str, str]:
    return {verdict.item: verdict.result for verdict in judged(small, name).verdicts}


@pytest.fixture
def released(small: Any) -> Any:
    small.waive("alerts")
    small.release("v1.0.0")
    return small


def test_an_agent_that_has_everything_passes(released: Any) -> None:
    checklist = judged(released)
    assert checklist.passed
    assert checklist.version == "v1.0.0"
    assert [verdict.item for verdict in checklist.verdicts] == list(CHECKLIST)
    assert {v.item for v in checklist.verdicts if v.result != "passed"} == {"alerts"}
    waived = checklist.verdicts[-1]
    assert waived.result == "waived"
    assert "It was agreed so. (until 2026-06-30" in waived.reason


@pytest.mark.parametrize(
    ("item", "file", "old", "new"),
    [
        ("scoped-task", "agent.yaml", ", does_not: [Close tickets]", ""),
        ("versioned-prompt", "agent.yaml", "{file: system-prompt.md}", "{text: You open.}"),
        ("idempotent-tools", "tools.yaml", ", idempotentHint: true", ""),
        ("dry-run", "tools.yaml", "  dry_run: {result: {id: T-0}}\n", ""),
        ("strict-schemas", "tools.yaml", "    additionalProperties: false\n", ""),
        ("strict-schemas", "tools.yaml", ", description: What it is about", ""),
        ("iteration-limit", "agent.yaml", "max_iterations: 5, ", ""),
        ("iteration-limit", "agent.yaml", "max_tokens: 90000, ", ""),
        ("iteration-limit", "agent.yaml", ", timeout: 5m", ""),
        ("escalation", "agent.yaml", "owners: [team-a]\n", ""),
        (
            "escalation",
            "agent.yaml",
            "tools: {file",
            "permissions: {ask: [open_ticket]}\ntools: {file",
        ),
    ],
)
def test_what_is_missing_fails_its_item_alone(
    released: Any, item: str, file: str, old: str, new: str
) -> None:
    released.change(file, old, new, "v1.0.0")
    checklist = judged(released)
    assert not checklist.passed
    (failed,) = [verdict for verdict in checklist.verdicts if verdict.result == "failed"]
    assert failed.item == item
    assert failed.help


def test_the_worktree_is_no_release(released: Any) -> None:
    assert results(released, "opener@worktree")["versioned-prompt"] == "failed"


def test_without_alerts_an_agent_is_not_ready(small: Any) -> None:
    small.release("v1.0.0")
    assert results(small)["alerts"] == "failed"


def test_a_waiver_of_the_worktree_holds_for_a_release(small: Any) -> None:
    small.release("v1.0.0")
    small.waive("alerts")
    assert results(small)["alerts"] == "waived"


def test_an_expired_waiver_holds_for_nothing(small: Any) -> None:
    small.release("v1.0.0")
    small.waive("alerts", "2025-12-31")
    assert results(small)["alerts"] == "failed"


def test_a_finding_that_is_waived_does_not_fail_the_schemas(small: Any) -> None:
    small.change("tools.yaml", ", description: What it is about", "")
    small.waive("AC315")
    small.release("v1.0.0")
    assert results(small)["strict-schemas"] == "passed"


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        ("{readOnlyHint: false}", "passed"),  # destructive, so it asks
        ("{readOnlyHint: false, destructiveHint: false}", "failed"),
        ("{readOnlyHint: true}", "passed"),
    ],
)
def test_a_tool_that_cannot_be_repeated_must_ask(released: Any, hints: str, expected: str) -> None:
    old = "{readOnlyHint: false, destructiveHint: false, idempotentHint: true}"
    released.change("tools.yaml", old, hints, "v1.0.0")
    assert results(released)["idempotent-tools"] == expected


@pytest.mark.parametrize(
    "rules",
    [
        "{allow: [{tool: open_ticket, when: {/title: T*}}]}",
        "{deny: [{tool: open_ticket, when: {/title: T*}}], allow: [open_ticket]}",
        "{ask: [{tool: open_ticket, when: {/title: T*}}], unattended: deny, allow: [open_ticket]}",
    ],
)
def test_a_rule_for_some_arguments_does_not_rule_every_call(released: Any, rules: str) -> None:
    old = ", destructiveHint: false, idempotentHint: true"
    released.change("tools.yaml", old, "", "v1.0.0")
    released.change("agent.yaml", "tools: {file", f"permissions: {rules}\ntools: {{file", "v1.0.0")
    assert results(released)["idempotent-tools"] == "failed"


def test_a_tool_that_asks_unless_a_rule_denies_it_needs_a_word_about_nobody(released: Any) -> None:
    old = ", destructiveHint: false, idempotentHint: true"
    released.change("tools.yaml", old, "", "v1.0.0")
    rules = "permissions: {deny: [{tool: open_ticket, when: {/title: T*}}]}"
    released.change("agent.yaml", "tools: {file", f"{rules}\ntools: {{file", "v1.0.0")
    assert results(released)["escalation"] == "failed"


def test_a_tool_with_nothing_behind_it_fails(released: Any) -> None:
    old = '{kind: http, url: "http://127.0.0.1:9/tickets"}'
    released.change("tools.yaml", old, "{kind: unbound}", "v1.0.0")
    (failed,) = [v for v in judged(released).verdicts if v.result == "failed"]
    assert failed.item == "idempotent-tools"
    assert "nothing is behind `open_ticket`" in failed.reason


def test_a_finding_that_the_worktree_waives_does_not_fail_a_release(small: Any) -> None:
    small.change("tools.yaml", ", description: What it is about", "")
    small.release("v1.0.0")
    small.waive("AC315", more="}, {check: alerts, reason: It was agreed so., until: 2026-06-30")
    assert judged(small).passed


def test_a_key_of_its_own_makes_a_tool_repeatable(released: Any) -> None:
    released.change("tools.yaml", ", idempotentHint: true", "", "v1.0.0")
    released.change("tools.yaml", "  call:", "  idempotency_key: /title\n  call:", "v1.0.0")
    assert results(released)["idempotent-tools"] == "passed"


def test_errors_come_first_and_nothing_is_judged(released: Any) -> None:
    released.change("tools.yaml", "url: ", "ulr: ", "v1.0.0")
    checklist = judged(released)
    assert not checklist.passed
    assert checklist.verdicts == ()
    assert "AC115" in [diagnostic.code for diagnostic in checklist.errors]


def test_state_that_git_would_keep_fails(released: Any) -> None:
    subprocess.run(["git", "init", "-q", str(released.root)], check=True)
    assert results(released)["state-and-resume"] == "failed"
    (released.root / ".gitignore").write_text(".agentctl/\n")
    assert results(released)["state-and-resume"] == "passed"


def test_state_that_cannot_be_made_fails(released: Any) -> None:
    (released.root / ".agentctl").write_text("a file")
    assert results(released)["state-and-resume"] == "failed"


def test_every_agent_is_judged_without_a_name(released: Any) -> None:
    assert [each.agent for each in judge(released.root, None, [], TickingClock())] == ["opener"]
