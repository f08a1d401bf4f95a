"""Strict JSON, with places and without."""

import time

import pytest

from runner.notation.jsonish import read_json, strict_json
from runner.notation.problems import NotationError
from runner.notation.tree import Mark, Span


def places(text: str) -> list[tuple[str, int, int]]:
    with pytest.raises(NotationError) as raised:
        read_json(text)
    return [(problem.code, problem.line, problem.column) for problem in raised.value.problems]


def test_keys_and_values_have_places() -> None:
    document = read_json('{\n  "a": [1, {"b": "é"}]\n}\n')
    assert document.data == {"a": [1, {"b": "é"}]}
    assert document.spans["a",] == Span(Mark(2, 3, 3), Mark(2, 8, 15))
    assert document.spans["a", 1, "b"] == Span(Mark(2, 13, 3), Mark(2, 18, 3))
    assert document.spans[()].value == Mark(1, 1, 1)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", ("AC010", 1, 1)),
        (" \n", ("AC010", 1, 1)),
        ('{"a": 1,\n "a": 2}', ("AC011", 2, 2)),
        ('{"a": 1,}', ("AC019", 1, 9)),
        ("[1,]", ("AC019", 1, 4)),
        ("[1 2]", ("AC019", 1, 4)),
        ("{'a': 1}", ("AC019", 1, 2)),
        ('{"a" 1}', ("AC019", 1, 6)),
        ("NaN", ("AC019", 1, 1)),
        ("[-Infinity]", ("AC019", 1, 2)),
        ("1e999", ("AC016", 1, 1)),
        ("01", ("AC019", 1, 2)),
        ('"a\nb"', ("AC019", 1, 1)),
        ('"\\x"', ("AC019", 1, 1)),
        ('"\\ud800"', ("AC019", 1, 1)),
        ("1 2", ("AC019", 1, 3)),
        ("// c\n1", ("AC019", 1, 1)),
        ("[" * 100_000, ("AC015", 1, 52)),
        ('{"a":' * 100_000, ("AC015", 1, 256)),
    ],
)
def test_what_is_wrong_is_placed(text: str, place: tuple[str, int, int]) -> None:
    start = time.process_time()
    assert [place] == [found if found[0] != "AC010" else ("AC010", 1, 1) for found in places(text)]
    assert time.process_time() - start < 0.5


def test_a_model_s_arguments_are_read_strictly() -> None:
    assert strict_json('{"a": [1, 2.5, "x", null, "\\ud83d\\ude00"]}') == {
        "a": [1, 2.5, "x", None, "\U0001f600"]
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON: expecting value"),
        ("{'a': 1}", "line 1, column 2"),
        ('{"a": 1, "a": 2}', '"a" stands twice'),
        ('{"a": NaN}', "NaN is not JSON"),
        ("[Infinity]", "Infinity is not JSON"),
        ("1e999", "too large"),
        ("1" * 5000, "too large"),
        ('"\\ud800"', "surrogate"),
        ("[" * 100_000, "nested deeper"),
        ("[" * 100_000 + "]" * 100_000, "nested deeper"),
        ('{"a":' * 100_000, "nested deeper"),
        ('{"a": 1} and more', "extra data"),
        ('"' + "[" * 10, "not JSON"),
    ],
)
def test_a_wrong_text_of_a_model_gets_a_sentence(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        strict_json(text)


def test_brackets_inside_texts_are_not_depth() -> None:
    assert strict_json('["' + "[" * 1000 + '\\""]') == ["[" * 1000 + '"']


def test_the_one_name_that_stands_twice_among_many_is_found_quickly() -> None:
    start = time.process_time()
    with pytest.raises(ValueError, match='the name "n59999" stands twice'):
        strict_json("{" + ",".join(f'"n{at}":1' for at in range(60_000)) + ',"n59999":1}')
    assert time.process_time() - start < 2
