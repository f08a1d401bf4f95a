"""What a JMESPath expression reads of its data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.notation.selection import select
from runner.notation.selection_paths import paths_read


@pytest.mark.parametrize(
    ("expression", "paths"),
    [
        ("steps.ticket.id", {"steps.ticket.id"}),
        ("join(' ', ['a', steps.t.id, input.x])", {"steps.t.id", "input.x"}),
        ("input.items[0].id", {"input.items.[].id"}),
        ("input.items[1:3]", {"input.items.[]", "input.items.[].[]"}),
        (
            "input.items[?a == `1`].{x: b}",
            {"input.items", "input.items.[].a", "input.items.[].b"},
        ),
        ("steps.list[*].id | [0]", {"steps.list", "steps.list.[].id.[]"}),
        ("steps.list[].id", {"steps.list", "steps.list.[]", "steps.list.[].[].id"}),
        ("steps.*.id", {"steps", "steps.[].id"}),
        ("steps.{a: t.id, b: u}", {"steps.t.id", "steps.u"}),
        ("sort_by(input.x, &y)", {"input.x"}),
        ("a || b && !c", {"a", "b", "c"}),
        ("{a: @}", {""}),
        ("steps.a | {x: b, y: @}", {"steps.a.b", "steps.a"}),
        ("to_array(input.a)[0].b", {"input.a"}),
        ("'text'", set()),
        ("not JMESPath [", set()),
    ],
)
def test_the_paths_from_the_root_are_known(expression: str, paths: set[str]) -> None:
    assert {".".join(path) for path in paths_read(expression)} == paths


NAMES = st.sampled_from(["input", "steps", "a", "b", "c"])


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> str:
    name = draw(NAMES)
    if depth == 0:
        return name
    inner, other = draw(expressions(depth - 1)), draw(expressions(depth - 1))
    forms = [
        f"{inner}.{name}",
        f"[{inner}, {other}]",
        f"{inner} || {other}",
        f"{inner}[0]",
        f"{inner}[*].{name}",
        f"{inner} | {other}",
        f"{{x: {inner}}}.x.{name}",
        f"{inner}[?{name} == {other}]",
        f"length(to_array({inner}))",
    ]
    return draw(st.sampled_from(forms))


@given(expressions())
def test_what_is_not_read_does_not_count(expression: str) -> None:
    """Data outside the paths that are read may change, and the value stays the same."""
    roots = {path[0] if path else "" for path in paths_read(expression)}
    data = {name: {"a": [{"b": 1, "c": 2}], "b": {"c": "x"}} for name in ["input", "steps"]}
    changed = {name: value if {name, ""} & roots else None for name, value in data.items()}
    assert _value(expression, data) == _value(expression, changed)


def _value(expression: str, data: object) -> object:
    try:
        return select(expression, data)
    except ValueError as error:
        return str(error)
