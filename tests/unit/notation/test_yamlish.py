"""YAML 1.2 data from events, with places, and nothing that grows or crashes."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.notation.jsonish import read_json
from runner.notation.problems import NotationError, Problem
from runner.notation.tree import Mark, Span
from runner.notation.yamlish import read_yaml


def problems(text: str) -> list[Problem]:
    with pytest.raises(NotationError) as raised:
        read_yaml(text)
    return list(raised.value.problems)


def places(text: str) -> list[tuple[str, int, int]]:
    return [(problem.code, problem.line, problem.column) for problem in problems(text)]


SCALARS: list[tuple[str, Any]] = [
    ("true", True),
    ("False", False),
    ("TRUE", True),
    ("null", None),
    ("~", None),
    ("", None),
    ("on", "on"),
    ("off", "off"),
    ("yes", "yes"),
    ("No", "No"),
    ("y", "y"),
    ("tRuE", "tRuE"),
    ("0", 0),
    ("-7", -7),
    ("+7", 7),
    ("007", "007"),
    ("0o17", "0o17"),
    ("0x1F", "0x1F"),
    ("0b1", "0b1"),
    ("1_000", "1_000"),
    ("12:30", "12:30"),
    ("12:30:45", "12:30:45"),
    ("1.5", 1.5),
    (".5", 0.5),
    ("1.", 1.0),
    ("1e3", 1000.0),
    ("-1.5E-2", -0.015),
    ("1.2.3", "1.2.3"),
    ("2026-01-01", "2026-01-01"),
    ("2026-11-20T09:00:00Z", "2026-11-20T09:00:00Z"),
    ("'1'", "1"),
    ('"true"', "true"),
    ('"\\u00e9"', "é"),
    ("10m", "10m"),
    ("=", "="),
    ("v1.0.0", "v1.0.0"),
]


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_a_scalar_is_read_as_yaml_1_2_reads_it(text: str, value: Any) -> None:
    read = read_yaml(f"a: {text}\n").data["a"]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("text", [".inf", "-.INF", ".nan", "1e999", "9" * 19, "1" * 5000])
def test_a_number_that_json_cannot_hold_is_refused(text: str) -> None:
    assert places(f"a: {text}") == [("AC016", 1, 4)]


def test_keys_and_values_have_places() -> None:
    document = read_yaml("model:\n  api_key: {env: 'KEY'}\ntools:\n- name: é x # c\n")
    spans = document.spans
    assert spans["model", "api_key"] == Span(Mark(2, 3, 7), Mark(2, 12, 12))
    assert spans["model", "api_key", "env"] == Span(Mark(2, 13, 3), Mark(2, 18, 5))
    assert spans["tools", 0, "name"] == Span(Mark(4, 3, 4), Mark(4, 9, 3))
    assert document.data == {"model": {"api_key": {"env": "KEY"}}, "tools": [{"name": "é x"}]}


def test_a_block_of_text_is_marked_on_its_first_line() -> None:
    document = read_yaml("a: |\n  one\n  two\nb: 1\n")
    assert document.data == {"a": "one\ntwo\n", "b": 1}
    assert document.spans["a",].value == Mark(1, 4, 1)


def test_duplicate_keys_are_all_named_with_both_places() -> None:
    found = problems("a: 1\nb: {c: 1, c: 2}\na: 3\n")
    assert [(p.code, p.line, p.column) for p in found] == [("AC011", 2, 11), ("AC011", 3, 1)]
    assert "first stands on line 1" in found[1].message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a:\n\tb: 1\n", ("AC017", 2, 1)),
        ("a:\n  b: 1\n\tc: 2\n", ("AC017", 3, 1)),
        ("a:\n \tb: 1\n", ("AC017", 2, 2)),
        ("", ("AC010", 1, 1)),
        ("# only a comment\n", ("AC010", 1, 1)),
        ("a: 1\n---\nb: 2\n", ("AC013", 2, 1)),
        ("200: x\n", ("AC012", 1, 1)),
        ("true: x\n", ("AC012", 1, 1)),
        ("{a: 1}: x\n", ("AC012", 1, 1)),
        ("<<: x\n", ("AC014", 1, 1)),
        ("a: &x 1\n", ("AC014", 1, 4)),
        ("a: *x\n", ("AC014", 1, 4)),
        ("a: !!python/name:os.system x\n", ("AC014", 1, 4)),
        ("a: !x {b: 1}\n", ("AC014", 1, 4)),
        ("a: [1, 2\n", ("AC018", 1, 9)),
        ("a: 'x\n", ("AC018", 1, 4)),
        ("a: b: c\n", ("AC018", 1, 5)),
        ("a: }\n", ("AC018", 1, 4)),
        ("a: @x\n", ("AC018", 1, 4)),
    ],
)
def test_what_is_wrong_is_placed(text: str, place: tuple[str, int, int]) -> None:
    assert places(text) == [place]


ALIAS_BOMB = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60)
)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "a: " + "[" * 100_000 + "]" * 100_000,
        ALIAS_BOMB,
        "".join(" " * n + "a:\n" for n in range(1000)),
    ],
    ids=["flow", "json", "braces", "block", "keys", "closed", "aliases", "indents"],
)
def test_a_bomb_gets_a_place_quickly(text: str) -> None:
    start = time.process_time()
    found = places(text)
    assert len(found) == 1
    assert found[0][0] in {"AC012", "AC014", "AC015"}
    assert time.process_time() - start < 1


def test_50_levels_are_fine_and_51_are_not() -> None:
    assert read_yaml("[" * 50 + "]" * 50).data
    assert places("[" * 51 + "]" * 51) == [("AC015", 1, 51)]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Cs", "Cf", "Cn"])
    ),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc é", min_size=1), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(json_values)
def test_json_reads_the_same_as_yaml_and_as_json(value: Any) -> None:
    import json

    text = json.dumps(value, ensure_ascii=False)
    assert read_json(text).data == value
    assert read_yaml(text).data == value


@settings(max_examples=6000, deadline=None)
@given(st.text(alphabet="ab:-{}[],'\"#&*!|>? \n\t%@`0~\\", max_size=60))
def test_any_text_gives_data_or_a_place_inside_it(text: str) -> None:
    lines = text.split("\n")
    for read in (read_yaml, read_json):
        try:
            read(text)
        except NotationError as error:
            for problem in error.problems:
                assert 1 <= problem.line <= len(lines)
                assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
                assert problem.length >= 1
