"""What is written as YAML is read as the same data."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.notation.yaml_out import write_config
from runner.notation.yamlish import read_yaml

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    words
    | st.integers(-(10**18) + 1, 10**18 - 1)
    | st.booleans()
    | st.none()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_it_is_read_back_as_the_same_data(value: Any) -> None:
    text = write_config({"it": value})
    if text is not None:  # a number that YAML does not keep
        assert json.dumps(read_yaml(text).data) == json.dumps({"it": value})


@pytest.mark.parametrize("word", ["1e3", "on", "12:30", "0x10", "null", "-", "a: b", "\u2028"])
def test_a_text_stays_a_text(word: str) -> None:
    text = write_config({word: [word]})
    assert text is not None
    assert read_yaml(text).data == {word: [word]}


def test_a_text_of_several_lines_is_a_block() -> None:
    assert write_config({"text": "one\ntwo\n"}) == "text: |\n  one\n  two\n"


def test_a_number_that_yaml_does_not_keep_is_refused() -> None:
    assert write_config({"n": 10**20}) is None
