"""Waivers name a check and a file that exist."""

from typing import Any

import pytest

END = "limits: {max_iterations: 20, timeout: 10m}\n"


@pytest.mark.parametrize(
    ("waiver", "expected"),
    [
        ("check: AC3155", "AC102"),
        ("check: AC399", "AC227 agent.yaml:24:11: there is no check `AC399`"),
        ("check: alert", "AC227 agent.yaml:24:11: there is no check `alert`"),
        ("check: AC315, file: tool.yaml", "AC227 agent.yaml:24:24: there is no file `tool.yaml`"),
    ],
)
def test_a_waiver_of_what_does_not_exist_is_an_error(
    broken: Any, waiver: str, expected: str
) -> None:
    text = f"waivers:\n- {{{waiver}, reason: It was agreed so., until: 2030-01-31}}\n"
    (found,) = broken("agent.yaml", (END, END + text))
    assert found.startswith(expected), found


def test_the_check_that_was_meant_is_told(check: Any, good_files: dict[str, str]) -> None:
    text = "waivers: [{check: alert, reason: It was agreed so., until: 2030-01-31}]\n"
    (found,) = check({"agent.yaml": good_files["agent.yaml"] + text})[1]
    assert found.help == "did you mean `alerts`?"


def test_a_waiver_of_a_warning_or_of_an_item_is_right(broken: Any) -> None:
    text = "waivers:\n"
    for name in ("AC315", "alerts"):
        text += f"- {{check: {name}, reason: It was agreed so., until: 2030-01-31}}\n"
    assert broken("agent.yaml", (END, END + text)) == []


@pytest.mark.parametrize("reason", ["so be it", '"             "'])
def test_a_waiver_needs_a_reason_that_says_something(broken: Any, reason: str) -> None:
    text = f"waivers:\n- {{check: AC315, reason: {reason}, until: 2030-01-31}}\n"
    (found,) = broken("agent.yaml", (END, END + text))
    assert found.startswith("AC102 agent.yaml:24:26: `waivers[0].reason` needs 10 or more char")
