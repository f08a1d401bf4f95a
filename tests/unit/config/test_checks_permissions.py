"""Rules that do what they say."""

from typing import Any

import pytest

OLD = 'permissions: {deny: ["delete_*"]}'


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("allow: [create_tickets]", "AC207 agent.yaml:21:23: no tool is called `create_tickets`"),
        ('ask: ["pay_*"]', "AC207 agent.yaml:21:21: no tool is called `pay_*`"),
        ('allow: ["read_*", "reed_*"]', "AC207 agent.yaml:21:33: no tool is called `reed_*`"),
        ('deny: ["creat_ticket*"]', "AC207 agent.yaml:21:22: no tool is called `creat_ticket*`"),
        ("deny: [nope]", "AC207 agent.yaml:21:22: no tool is called `nope`"),
        (
            "deny: [{tool: create_ticket, when: {/prioritty: P1}}]",
            "AC226 agent.yaml:21:51: `create_ticket` has no argument `/prioritty`",
        ),
        (
            'ask: [{tool: "*", when: {/amount: "9*"}}]',
            "AC226 agent.yaml:21:40: the tools of `*` have no argument `/amount`",
        ),
    ],
)
def test_a_rule_that_does_nothing_is_a_warning(broken: Any, rules: str, expected: str) -> None:
    (found,) = broken("agent.yaml", (OLD, f"permissions: {{{rules}}}"))
    assert found.startswith(expected), found


@pytest.mark.parametrize(
    "rules",
    [
        'deny: ["delete_*"]',  # guards against tools to come
        'deny: ["*"]',
        "allow: [create_ticket, read_lines]",
        "ask: [{tool: create_ticket, when: {/priority: P1}}]",
        'deny: [{tool: "*", when: {/path: "/etc/*"}}]',
    ],
)
def test_a_rule_that_can_match_is_right(broken: Any, rules: str) -> None:
    assert broken("agent.yaml", (OLD, f"permissions: {{{rules}}}")) == []


def test_an_open_tool_may_have_any_argument(check: Any, good_files: dict[str, str]) -> None:
    agent = good_files["agent.yaml"].replace(OLD, "permissions: {ask: [{tool: a, when: {/x: 1}}]}")
    tool = (
        "- {name: a, description: A., inputSchema: {type: object, additionalProperties: "
        "{type: integer}}, annotations: {readOnlyHint: true}, "
        "call: {kind: command, argv: [cat, {var: tickets_url}]}}\n"
    )
    found = check({"agent.yaml": agent, "tools.yaml": tool, "examples.yaml": "[]"})[1]
    assert [d.code for d in found] == []


def test_the_argument_that_was_meant_is_told(check: Any, good_files: dict[str, str]) -> None:
    rules = "permissions: {deny: [{tool: create_ticket, when: {/prioritty: P1}}]}"
    (found,) = check({"agent.yaml": good_files["agent.yaml"].replace(OLD, rules)})[1]
    assert found.severity == "warning"
    assert found.help == "did you mean `priority`?"
    assert "denies every call" in found.message
