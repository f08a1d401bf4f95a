"""Arguments with gaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.notation.filling import expression_of, filled, gaps

DATA = {"input": {"a": "x", "list": [1, 2]}, "steps": {"one": {"id": "T-1"}}}


def test_a_value_is_meant_as_it_stands_and_a_gap_is_filled() -> None:
    arguments = {
        "plain": "input.a",
        "gap": {"from": "input.a"},
        "deep": [{"x": {"from": "steps.one"}}],
    }
    assert filled(arguments, DATA, "input") == {
        "plain": "input.a",
        "gap": "x",
        "deep": [{"x": {"id": "T-1"}}],
    }


def test_an_argument_may_be_named_from() -> None:
    arguments = {"from": "input.a"}
    assert filled(arguments, DATA, "input") == arguments
    assert list(gaps(arguments)) == []


def test_an_absent_input_is_left_out_and_an_absent_result_is_null() -> None:
    arguments = {
        "a": {"from": "input.b"},
        "b": {"from": "steps.one.b"},
        "c": {"from": "input.b || steps.one.b"},
        "d": {"x": {"from": "input.b"}, "y": 1},
        "e": [{"from": "input.b"}],
        "f": {"from": "`null`"},
    }
    assert filled(arguments, DATA, "input") == {
        "b": None,
        "c": None,
        "d": {"y": 1},
        "e": [None],
        "f": None,
    }


@pytest.mark.parametrize("wrong", ["sum(input.a)", "&a", "to_number('1e999')", "input.["])
def test_what_does_not_fit_is_told(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"does not fit|is not JSON|not JMESPath"):
        filled({"a": {"from": wrong}}, DATA, "input")


def test_gaps_are_found_wherever_they_are() -> None:
    arguments = {"a": {"from": "x"}, "b": [1, {"c": {"from": "y"}}], "d": {"from": "z", "e": 1}}
    assert list(gaps(arguments)) == [(("a", "from"), "x"), (("b", 1, "c", "from"), "y")]


def test_a_gap_is_a_mapping_with_this_key_alone() -> None:
    assert expression_of({"from": "x"}) == "x"
    assert [expression_of(v) for v in ({"from": 1}, {"from": "x", "a": 1}, "from", {})] == [
        None
    ] * 4


NAMES = st.text(max_size=3)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(NAMES, JSON, max_size=3))
def test_arguments_without_gaps_stay_as_they_are(arguments: dict[str, object]) -> None:
    assert filled(arguments, DATA, "input") == arguments
