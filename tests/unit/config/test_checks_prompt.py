"""Tools that a prompt speaks of."""

import time
from typing import Any

import pytest


def found_in(check: Any, prompt: str) -> list[str]:
    return [d.message.split("`")[1] for d in check({"system-prompt.md": prompt})[1]]


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("First call `create_tickets`.\n", "create_tickets"),
        ("Use the `open_ticket` tool.\n", "open_ticket"),
        ("Use tool `open_ticket` once.\n", "open_ticket"),
        ("Write `open_ticket(invoice)` for each.\n", "open_ticket"),
        ("Then call close_ticket for each.\n", "close_ticket"),
        ("Invoke `tickets.open` first.\n", "tickets.open"),
        ("Rufe zuerst `read_lines` auf. Rufe `lies_zeilen` auf.\n", "lies_zeilen"),
        ("Rufe das Tool `lies_zeilen` auf.\n", "lies_zeilen"),
        ("Use `creat_ticket` for each.\n", "creat_ticket"),
        ("Nutze `create_tickets` dafür.\n", "create_tickets"),
        ("If it is not there, call `close_ticket`.\n", "close_ticket"),
    ],
)
def test_a_tool_that_the_agent_lacks_is_a_warning(check: Any, prompt: str, name: str) -> None:
    assert found_in(check, prompt) == [name]


@pytest.mark.parametrize(
    "prompt",
    [
        "Call `create_ticket`, then the `read_lines` tool.\n",
        "Call create_ticket once.\n",
        "Use `some_field` of the input.\n",
        "Call `priority` what pages people.\n",
        "Call `tickets_url` the address.\n",
        "Never call `delete_ticket`.\n",
        "Do not call `delete_ticket`.\n",
        "Do not ever call `delete_ticket`.\n",
        "Don\u2019t use the tool `delete_ticket`.\n",
        "Never use the `delete_ticket` tool.\n",
        "Rufe niemals das Tool `delete_ticket` auf.\n",
        "Rufe das Tool `delete_ticket` nie auf.\n",
        "Nutze `create_ticket` mit `some_field`.\n",
        "Call `report.md` the report.\n",
        "Call it a day. Call the user.\n",
        "The `some_thing` of the list.\n",
        "Call `done` when done.\n",
    ],
)
def test_other_names_are_left_alone(check: Any, prompt: str) -> None:
    assert found_in(check, prompt) == []


def test_the_place_is_that_of_the_name_and_the_tool_that_was_meant_is_told(check: Any) -> None:
    (found,) = check({"system-prompt.md": "You.\nCall `create_tickets`. Call `create_tickets`.\n"})[
        1
    ]
    assert (found.code, found.severity) == ("AC221", "warning")
    assert (found.place.line, found.place.column, found.place.length) == (2, 7, 14)
    assert found.help == "did you mean `create_ticket`?"


def test_a_tool_that_is_not_offered_cannot_be_called(
    check: Any, good_files: dict[str, str]
) -> None:
    tools = good_files["tools.yaml"].replace(
        "- name: read_lines\n", "- name: read_lines\n  offered: false\n"
    )
    found = check({"tools.yaml": tools, "system-prompt.md": "Call `read_lines`.\n"})[1]
    assert "AC221" in [d.code for d in found]


def test_a_long_text_is_read_in_one_go(check: Any) -> None:
    prompt = "Call `create_ticket` now.\n" * 6_000 + "Call `close_ticket`.\n"
    begun = time.process_time()
    assert found_in(check, prompt) == ["close_ticket"]
    assert time.process_time() - begun < 5
