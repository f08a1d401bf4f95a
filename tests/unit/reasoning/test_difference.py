"""The first difference of two JSON values."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.reasoning.difference import first_difference

JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("recorded", "now", "sentence"),
    [
        (1, 2, ": recorded 1, now 2"),
        ({"a": [1, {"b": "x"}]}, {"a": [1, {"b": "y"}]}, 'a[1].b: recorded "x", now "y"'),
        ({"a": 1}, {}, "a: recorded 1, now nothing"),
        ([1], [1, 2], "[1]: recorded nothing, now 2"),
        ({"a": [1]}, {"a": "1"}, 'a: recorded [1], now "1"'),
        ({"a": 1, "b": 1}, {"b": 2, "a": 2}, "a: recorded 1, now 2"),
    ],
)
def test_the_first_difference_is_named(recorded: Any, now: Any, sentence: str) -> None:
    assert first_difference(recorded, now) == sentence


def test_of_long_texts_the_place_where_they_part_is_shown() -> None:
    same = "word " * 1000
    shown = first_difference({"t": same + "left" + same}, {"t": same + "right" + same})
    assert "word left" in shown
    assert "word right" in shown
    assert len(shown) < 500


@settings(max_examples=100)
@given(JSON, JSON)
def test_equal_values_have_none_and_others_have_one(one: Any, other: Any) -> None:
    assert first_difference(one, one) == ""
    assert bool(first_difference(one, other)) == (one != other)
