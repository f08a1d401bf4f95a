"""From a result to what the model sees."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.domain.failure import FailureError
from runner.domain.ports import ToolOutput
from runner.domain.tool import ToolSpec
from runner.tools.shape import clean, cut, shape

CALL = {"kind": "command", "argv": ["true"]}
OUTPUT = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}


@pytest.fixture
def shaped(make_spec: Callable[..., ToolSpec]) -> Callable[..., str]:
    def made(data: Any, *, read_only: bool = True, simulated: bool = False, **more: Any) -> str:
        spec = make_spec(CALL, read_only=read_only, **more)
        return shape(spec, ToolOutput(data=data, simulated=simulated))

    return made


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"a": [1, None, True, "é"]}, '{"a":[1,null,true,"é"]}'),
        ("two\nlines", "two\nlines"),
        (None, "null"),
        ("", "(no content)"),
        (7, "7"),
    ],
)
def test_json_is_compact_and_text_is_text(shaped: Callable[..., str], data: Any, text: str) -> None:
    assert shaped(data) == text


def test_a_result_that_breaks_its_schema_says_where(shaped: Callable[..., str]) -> None:
    with pytest.raises(FailureError, match="breaks its outputSchema: /id: 7 is not") as caught:
        shaped({"id": 7}, outputSchema=OUTPUT)
    assert caught.value.failure.kind == "tool_failed"
    assert "made" not in caught.value.message


def test_a_written_result_that_breaks_its_schema_must_not_be_written_again(
    shaped: Callable[..., str],
) -> None:
    with pytest.raises(FailureError, match="do not make it again"):
        shaped("text", read_only=False, outputSchema=OUTPUT)


def test_select_takes_a_part_after_the_schema_was_checked(shaped: Callable[..., str]) -> None:
    result = {"select": "{ticket: id}"}
    assert shaped({"id": "T", "x": 1}, outputSchema=OUTPUT, result=result) == '{"ticket":"T"}'


def test_a_selection_that_does_not_fit_is_a_failure(shaped: Callable[..., str]) -> None:
    with pytest.raises(FailureError, match="does not fit the result"):
        shaped({"id": 7}, result={"select": "length(id)"})


def test_text_is_not_selected_from(shaped: Callable[..., str]) -> None:
    assert shaped("plain", result={"select": "id"}) == "plain"


def test_a_simulated_result_is_what_the_model_sees(shaped: Callable[..., str]) -> None:
    text = shaped({"x": 1}, simulated=True, outputSchema=OUTPUT, result={"select": "id"})
    assert text == '{"x":1}'


def test_a_long_result_is_cut_visibly(shaped: Callable[..., str]) -> None:
    text = shaped("x" * 40_000, result={"max_chars": 12_345})
    assert text == "x" * 12_345 + "… [cut: 12,345 of 40,000 characters shown; ask for less]"


def test_a_secret_is_taken_out_before_the_cut(make_spec: Callable[..., ToolSpec]) -> None:
    spec = make_spec(CALL, result={"max_chars": 100})
    output = ToolOutput(data="x" * 95 + "SECRETSECRET")
    text = shape(spec, output, lambda text: text.replace("SECRETSECRET", "[redacted:S]"))
    assert "SECRET" not in text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link", "link"),
        ("\x1b(Bplain\x1bc", "plain"),
        ("a\tb\nc\r\nd\re", "a\tb\nc\nd\ne"),
        ("bell\x07 nul\0 del\x7f csi\x9b31m", "bell nul del csi31m"),
    ],
)
def test_terminal_sequences_are_taken_out(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text())
def test_no_control_character_survives(text: str) -> None:
    left = {c for c in clean(text) if ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F}
    assert left <= {"\n", "\t"}


@given(st.text(), st.integers(100, 200))
def test_what_is_shown_is_the_beginning(text: str, limit: int) -> None:
    shown = cut(text, limit)
    assert shown[:limit] == text[:limit]
    assert (shown == text) == (len(text) <= limit)


@pytest.mark.parametrize("text", ["42", "0", "-1.5e3", "true", "null", '"x"', " 7 "])
def test_a_text_that_reads_as_something_else_stands_in_quotes(
    shaped: Callable[..., str], text: str
) -> None:
    told = shaped({"id": text}, result={"select": "id"})
    assert told == json.dumps(text)


@pytest.mark.parametrize("text", ["0042", "NaN", "T-42", '{"id":1}', "[1]", "1,2", "4 2"])
def test_every_other_text_stands_as_it_is(shaped: Callable[..., str], text: str) -> None:
    assert shaped({"id": text}, result={"select": "id"}) == text
