"""Templates: bounded, and every error at its line."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.notation.problems import NotationError
from runner.notation.template import check, names, render

CONTEXT: dict[str, Any] = {
    "input": {"since": "2026", "lines": [1, 2, 3], "items": "own", "m": {"a": 1}},
    "values": {"url": "http://127.0.0.1"},
}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Since {{ input.since }}.\n", "Since 2026.\n"),
        ("{{ input['since'] }} {{ values.url }}", "2026 http://127.0.0.1"),
        (
            "{% for n in input.lines %}{{ loop.index }}{{ ',' if not loop.last }}{% endfor %}",
            "1,2,3",
        ),
        ("{{ input.lines|join('-') }} {{ input.lines|length }}", "1-2-3 3"),
        ("{{ input.nothing|default('none') }}", "none"),
        ("{% if input.nothing is defined %}a{% else %}b{% endif %}", "b"),
        ("{{ input.items }}", "own"),
        ("{% for k, v in input.m.items() %}{{ k }}={{ v }}{% endfor %}", "a=1"),
        ("{{ 1 + 2 * 3 }} {{ 'a' ~ 1 ~ 'b' }} {{ 'a' + 'b' }}", "7 a1b ab"),
        ("{{ input.m|tojson }}<é>", '{"a": 1}<é>'),
        ("{{ input.since.upper() }}{% set x = 3 %}{{ x }}", "20263"),
    ],
)
def test_a_template_is_filled(text: str, result: str) -> None:
    assert render(text, CONTEXT) == result


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a\n{{ input.sinc }}", 2, "`input.sinc` is missing"),
        ("\n\n{{ nobody }}", 3, "`nobody` is missing"),
        ("{{ input['x'] }}", 1, "`input.x` is missing"),
        ("{{ input.m.b }}", 1, "`b` is missing"),
        ("{{ input.sinc + 1 }}", 1, "`input.sinc` is missing"),
        ("x\n{{ 1 / 0 }}", 2, "division"),
        ("{{ ''.__class__.__mro__ }}", 1, "unsafe"),
        ("{{ input.__class__ }}", 1, "missing"),
        ("{{ input.m + 1 }}", 1, "numbers"),
    ],
)
def test_what_cannot_be_rendered_is_named(text: str, line: int, words: str) -> None:
    with pytest.raises(NotationError, match=words) as raised:
        render(text, CONTEXT)
    assert raised.value.problems[0].line == line


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'a' * 1000000000 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ '%0999999999d' % 1 }}",
        "{{ [1] * 1000000000 }}",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{% for i in range(1000000000) %}{% endfor %}",
        "{{ range(1000000000)|list }}",
        "{% set x = 'aaaaaaaaaaaaaaaa' %}" + "{% set x = x ~ x %}" * 60 + "{{ x }}",
        "{% for i in range(90000) %}" + "x" * 100 + "{% endfor %}",
        "{{ input.lines|join('x' ~ 'y') }}{{ range(90000)|join('" + "z" * 100 + "') }}",
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    ],
)
def test_a_template_cannot_grow_without_end(text: str) -> None:
    start = time.process_time()
    with pytest.raises(NotationError):
        render(text, CONTEXT)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n{% for x in y", 2),
        ("{{ a", 1),
        ("{% include 'x' %}", 1),
        ("{% macro f() %}{% endmacro %}", 1),
        ("\n{{ lipsum(3) }}", 2),
        ("{{ 'a'.center(9) }}", 1),
        ("{{ a|nofilter }}", 1),
        ("{% extends 'x' %}", 1),
        ("{% for x in y recursive %}{% endfor %}", 1),
    ],
)
def test_wrong_syntax_is_found_without_values(text: str, line: int) -> None:
    assert [(problem.code, problem.line) for problem in check(text)] == [("AC205", line)]


def test_a_right_template_has_no_problem() -> None:
    assert check("{{ input.a }} {% for x in input.b %}{{ x }}{% endfor %}") == []


def test_outside_names_are_listed_with_their_first_attribute() -> None:
    text = (
        "{{ input.since }}{% for x in input['lines'] %}{{ x.y }}{% endfor %}{{ values }}{{ z.a.b }}"
    )
    assert names(text) == {"input.since", "input.lines", "values", "z.a"}


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="ab{}%#| .\n", max_size=40))
def test_text_without_template_marks_is_itself(text: str) -> None:
    if not any(mark in text for mark in ("{{", "{%", "{#")):
        assert render(text, {}) == text
