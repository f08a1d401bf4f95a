"""How problems look."""

import re
from typing import Any

from runner.config.report import columns, render
from runner.domain.diagnostics import Diagnostic, Place


def problem(source: str, column: int, length: int, **fields: Any) -> Diagnostic:
    place = Place(file="agent.yaml", line=3, column=column, length=length, source=source)
    values = {"code": "AC115", "message": "unknown field `shcedule`", "place": place}
    return Diagnostic(**{**values, **fields})


def test_a_problem_shows_place_line_caret_and_help() -> None:
    found = problem("shcedule: '*/5 * * * *'", 1, 8, help="did you mean `schedule`?")
    assert render([found]) == (
        "error[AC115]: unknown field `shcedule`\n"
        " --> agent.yaml:3:1\n"
        "  |\n"
        "3 | shcedule: '*/5 * * * *'\n"
        "  | ^^^^^^^^\n"
        "  |\n"
        "  = help: did you mean `schedule`?\n"
        "\n"
        "Found 1 error in 1 file."
    )


def test_the_last_sentence_counts_errors_warnings_and_files() -> None:
    other = problem("x", 1, 1, place=Place(file="tools.yaml"))
    warning = problem("x", 1, 1, severity="warning")
    assert render([problem("x", 1, 1), other, warning]).endswith(
        "Found 2 errors and 1 warning in 2 files."
    )
    assert render([]) == ""


def test_wide_characters_keep_the_caret_under_its_text() -> None:
    lines = render([problem("日本: é\u0301x", 5, 3)]).split("\n")
    assert lines[4] == "  |       ^^"


def test_a_long_line_is_cut_around_the_caret() -> None:
    lines = render([problem("a" * 500 + "WRONG" + "b" * 500, 501, 5)]).split("\n")
    source, caret = lines[3], lines[4]
    assert columns(source) <= 104
    assert source[caret.index("^") : caret.rindex("^") + 1] == "WRONG"
    assert source.startswith("3 | ...")
    assert source.endswith("...")


def test_a_long_underline_ends_with_the_line() -> None:
    caret = render([problem("k: " + "v" * 3000, 4, 3000)]).split("\n")[4]
    assert columns(caret) <= 104


def test_nothing_reaches_the_terminal_that_could_move_it() -> None:
    text = render(
        [problem("a\x1b[31m\u202eb\tc", 1, 1, message="x\x1b]0;y\x07", help="z\x9b\u200bq")]
    )
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e]", text)


def test_colour_is_only_added() -> None:
    found = [problem("shcedule: x", 1, 8, help="h")]
    coloured = render(found, colour=True)
    assert "\x1b[31m^^^^^^^^" in coloured
    assert re.sub("\x1b\\[[0-9]+m", "", coloured) == render(found)
