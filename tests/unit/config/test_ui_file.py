"""ui.yaml: what one person chose for the terminal UI."""

import pytest

from runner.config.ui_file import UiFile, read_ui
from runner.domain.diagnostics import ConfigError, Diagnostic
from runner.tui.themes import THEMES

ACTIONS = ("fleet.rollback", "fleet.promote", "app.leave", "move.agree")


def problems(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(ConfigError) as raised:
        read_ui(text.encode(), "ui.yaml", ACTIONS)
    return raised.value.diagnostics


@pytest.mark.parametrize("data", [None, b"", b"# comments alone\n"])
def test_every_choice_has_a_default(data: bytes | None) -> None:
    assert read_ui(data, "ui.yaml") == UiFile(theme="agentctl", ascii=False, keys={})


def test_choices_are_read() -> None:
    text = b"theme: blue-orange\nascii: true\nkeys: {fleet.rollback: 'ctrl+g,f8'}\n"
    made = read_ui(text, "ui.yaml", ACTIONS)
    assert (made.theme, made.ascii) == ("blue-orange", True)
    assert made.keys == {"fleet.rollback": "ctrl+g,f8"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("theem: blue-orange\n", ("AC115", 1, 1)),
        ("theme: blue\n", ("AC102", 1, 8)),
        ("ascii: yes\n", ("AC101", 1, 8)),
        ("keys: [a]\n", ("AC101", 1, 7)),
        ("keys:\n  fleet.rolback: x\n", ("AC115", 2, 3)),
        ("keys:\n  fleet.rollback: ''\n", ("AC102", 2, 19)),
        ("keys:\n  fleet.rollback: ctrl+i\n", ("AC102", 2, 19)),
        ("keys: {a: b}\nkeys: {}\n", ("AC011", 2, 1)),
    ],
)
def test_a_wrong_choice_is_found_where_it_stands(text: str, place: tuple[str, int, int]) -> None:
    found = [(d.code, d.place.line, d.place.column) for d in problems(text)]
    assert place in found


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("theem: blue-orange\n", "did you mean `theme`?"),
        ("theme: blue_orange\n", "did you mean `blue-orange`?"),
        ("keys: {fleet.rolback: x}\n", "did you mean `fleet.rollback`?"),
    ],
)
def test_what_was_meant_is_said(text: str, advice: str) -> None:
    assert advice in [problem.help for problem in problems(text)]


def test_a_key_that_no_terminal_sends_is_told() -> None:
    (found,) = problems("keys: {fleet.rollback: ctrl+m}\n")
    assert "a terminal sends ctrl+m as enter" in found.message


def test_all_problems_are_told_at_once() -> None:
    assert len(problems("theme: x\nascii: 1\nkeys: {no.such: a}\n")) == 3


def test_each_theme_that_can_be_chosen_is_there() -> None:
    allowed = UiFile.model_json_schema()["properties"]["theme"]["enum"]
    assert allowed == [theme.name for theme in THEMES]


def test_enter_cannot_be_made_the_key_that_confirms() -> None:
    (found,) = problems("keys: {move.agree: 'y,enter'}\n")
    assert "cannot be the key of `move.agree`" in found.message
