from typing import Any

import pytest

from runner.domain.permissions import Permissions, decide
from runner.domain.tool import ToolSpec


def tool(name: str = "open_ticket", **annotations: Any) -> ToolSpec:
    return ToolSpec.model_validate(
        {
            "name": name,
            "description": "x",
            "inputSchema": {"type": "object"},
            "annotations": annotations,
            "call": {"kind": "command", "argv": ["true"]},
        }
    )


@pytest.mark.parametrize(
    ("annotations", "decision"),
    [
        ({"readOnlyHint": True}, "allow"),
        ({"readOnlyHint": False, "destructiveHint": False}, "allow"),
        ({"readOnlyHint": False}, "ask"),
        ({}, "ask"),
    ],
)
def test_without_rules_the_annotations_decide(annotations: Any, decision: str) -> None:
    assert decide(Permissions(), tool(**annotations), {}).decision == decision


def test_an_allow_list_turns_the_default_into_deny() -> None:
    rules = Permissions.model_validate({"allow": ["other"]})
    assert decide(rules, tool(readOnlyHint=True), {}).decision == "deny"


def test_deny_is_asked_before_ask_before_allow() -> None:
    rules = {"deny": ["open_*"], "ask": ["open_*"], "allow": ["open_*"]}
    for word in ("deny", "ask", "allow"):
        assert decide(Permissions.model_validate(rules), tool(), {}).decision == word
        del rules[word]


@pytest.mark.parametrize(
    ("arguments", "deny", "ask", "allow"),
    [
        ({"p": "P1"}, True, True, True),
        ({"p": "P2"}, False, False, False),
        ({}, True, False, False),
        ({"p": ["P1", "P2"]}, True, True, False),
        ({"p": ["P1", "P1"]}, True, True, True),
    ],
)
def test_when_compares_arguments(arguments: Any, deny: bool, ask: bool, allow: bool) -> None:
    for word, matches in (("deny", deny), ("ask", ask), ("allow", allow)):
        other = "allow" if word != "allow" else "deny"
        rules = Permissions.model_validate(
            {word: [{"tool": "open_ticket", "when": {"/p": "P1"}}], "default": other}
        )
        assert decide(rules, tool(), arguments).decision == (word if matches else other)


def test_a_pattern_without_a_slash_matches_the_bare_name_everywhere() -> None:
    rules = Permissions.model_validate({"deny": ["delete_*"]})
    assert decide(rules, tool("ledger/delete_all"), {}).decision == "deny"


def test_a_boolean_is_not_the_number_one() -> None:
    rules = Permissions.model_validate(
        {"allow": [{"tool": "*", "when": {"/n": 1}}], "default": "deny"}
    )
    assert decide(rules, tool(), {"n": True}).decision == "deny"
