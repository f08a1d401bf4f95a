"""From a result to what the model sees: renamed, counted, cut, and nothing lost silently."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from runner.boundary.secrets import SecretBook
from runner.domain.failure import FailureError
from runner.domain.ports import ToolOutput
from runner.domain.tool import ResultShape, ToolSpec
from runner.tools.context import unchanged
from runner.tools.shape import shape
from runner.tools.shaping import MAX_VALUES, counts, renamed, shaped

SECRET = "k3y-that-nobody-may-see"
CALL = {"kind": "command", "argv": ["true"]}
TOOL = {
    "name": "list_invoices",
    "description": "A tool.",
    "inputSchema": {"type": "object"},
    "annotations": {"readOnlyHint": True},
    "call": CALL,
}
INVOICES = [
    {"no": f"R-{number}", "state": "open" if number % 4 else "paid", "note": "n" * number}
    for number in range(1, 135)
]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # A lone surrogate is refused where answers are read.
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    lambda inner: (
        st.lists(inner, max_size=6)
        | st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), inner, max_size=4)
    ),
    max_leaves=30,
)
SHAPES = st.builds(
    ResultShape,
    select=st.sampled_from([None, "@", "a", "[].a", "length(@)", "&a", "to_number('nan')"]),
    rename=st.sampled_from([{}, {"a": "b"}, {"a": "b", "b": "a"}, {"a": "b", "b": "c"}]),
    count_by=st.lists(st.sampled_from(["a", "b"]), max_size=2).map(tuple),
    max_items=st.none() | st.integers(1, 4),
    max_text=st.none() | st.integers(20, 40),
    max_chars=st.integers(100, 300),
)


def told(data: Any, redact: Callable[[str], str] = unchanged, **result: Any) -> str:
    """What the model sees of a result with this shape."""
    spec = ToolSpec.model_validate({**TOOL, "result": result})
    return shape(spec, ToolOutput(data=data), redact)


def test_a_long_list_is_counted_whole_and_then_cut() -> None:
    seen = json.loads(told(INVOICES, rename={"state": "status"}, count_by=["status"], max_items=2))
    assert seen == {
        "items": [
            {"no": "R-1", "status": "open", "note": "n"},
            {"no": "R-2", "status": "open", "note": "nn"},
        ],
        "total": 134,
        "shown": 2,
        "counts": {"status": {"open": 101, "paid": 33}},
    }


def test_a_list_that_was_cut_says_how_long_it_was() -> None:
    assert told([1, 2, 3], max_items=2) == '{"items":[1,2],"total":3,"shown":2}'


def test_a_list_that_is_short_enough_stays_a_list() -> None:
    assert told([1, 2], max_items=2) == "[1,2]"


def test_an_empty_list_is_counted_too() -> None:
    seen = told([], count_by=["status"])
    assert seen == '{"items":[],"total":0,"shown":0,"counts":{"status":{}}}'


def test_an_object_is_neither_counted_nor_cut() -> None:
    assert told({"status": "open"}, count_by=["status"], max_items=1) == '{"status":"open"}'


def test_select_comes_before_everything_else() -> None:
    seen = told({"data": INVOICES}, select="data[].{id: no}", rename={"id": "nr"}, max_items=1)
    assert seen == '{"items":[{"nr":"R-1"}],"total":134,"shown":1}'


def test_each_text_is_cut_visibly_wherever_it_stands() -> None:
    seen = json.loads(told([{"body": ["x" * 1234], "n": 5}], max_text=20))
    assert seen == [{"body": ["x" * 20 + "… [cut: 20 of 1,234 characters]"], "n": 5}]


def test_a_text_that_was_selected_is_cut_as_well() -> None:
    assert told({"log": "x" * 50}, select="log", max_text=20).startswith("x" * 20 + "… [cut: 20")


def test_a_result_that_is_no_json_is_only_cut_at_max_chars() -> None:
    seen = told("x" * 150, rename={"x": "y"}, count_by=["x"], max_items=1, max_text=20)
    assert seen == "x" * 150


@pytest.mark.parametrize(
    ("names", "item", "expected"),
    [
        ({"a": "b", "b": "a"}, {"a": 1, "b": 2}, {"b": 1, "a": 2}),
        ({"a": "x"}, {"a": 1, "x": 2}, {"a": 1, "x": 2}),
        ({"a": "b", "b": "c"}, {"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 2, "c": 3}),
        ({"a": "b", "b": "c"}, {"a": 1, "b": 2}, {"b": 1, "c": 2}),
        ({"a": "a"}, {"a": 1}, {"a": 1}),
        ({"gone": "x"}, {"a": 1}, {"a": 1}),
        ({"a": "b"}, [{"a": 1}, 7], [{"b": 1}, 7]),
        ({"a": "b"}, 7, 7),
    ],
)
def test_a_new_name_that_is_taken_loses_no_value(
    names: dict[str, str], item: Any, expected: Any
) -> None:
    assert renamed(item, names) == expected


@given(
    st.dictionaries(st.sampled_from("abcde"), st.integers(), max_size=5),
    st.dictionaries(st.sampled_from("abcde"), st.sampled_from("abcdefg"), max_size=5),
)
def test_renaming_keeps_every_value_in_its_order(
    item: dict[str, int], names: dict[str, str]
) -> None:
    assert list(renamed(item, names).values()) == list(item.values())


def test_two_fields_cannot_be_renamed_to_one() -> None:
    with pytest.raises(ValidationError, match="two fields the same name"):
        ResultShape.model_validate({"rename": {"a": "x", "b": "x"}})


def test_what_is_no_text_is_counted_by_its_kind() -> None:
    values = ["text", 3, True, None, [1], {"a": 1}]
    items = [*({"v": value} for value in values), {}, 7]
    assert counts(items, "v") == {
        "absent": 2,
        "text": 1,
        "3": 1,
        "true": 1,
        "null": 1,
        "array": 1,
        "object": 1,
    }


def test_rare_values_are_counted_together() -> None:
    items = [{"v": f"value {number}"} for number in range(100)] + [{"v": "often"}] * 3
    found = counts(items, "v")
    assert len(found) == MAX_VALUES + 1
    assert next(iter(found.items())) == ("often", 3)
    assert found["other"] == 100 - (MAX_VALUES - 1)


def test_a_value_that_is_called_other_is_counted_with_the_others() -> None:
    items = [{"v": "other"}] * 5 + [{"v": str(number)} for number in range(40)]
    assert counts(items, "v")["other"] == 5 + 40 - (MAX_VALUES - 1)


def test_a_long_value_is_counted_by_its_beginning() -> None:
    assert counts([{"v": "x" * 100}], "v") == {"x" * 80 + "…": 1}


@given(st.lists(JSON, max_size=60), st.sampled_from("abc"))
def test_counts_add_up_to_all_items_and_stay_few(items: list[Any], field: str) -> None:
    found = counts(items, field)
    assert sum(found.values()) == len(items)
    assert len(found) <= MAX_VALUES + 1


@given(JSON)
def test_a_result_without_a_shape_stays_as_it_is(data: Any) -> None:
    assert shaped(data, ResultShape.model_validate({}), unchanged) == data


@settings(max_examples=200)
@given(JSON, SHAPES)
def test_any_result_in_any_shape_is_short_json_or_a_failure(data: Any, wanted: ResultShape) -> None:
    spec = ToolSpec.model_validate({**TOOL, "result": wanted.model_dump()})
    try:
        seen = shape(spec, ToolOutput(data=data))
    except FailureError:
        return
    note = re.search(r"… \[cut: [0-9,]+ of [0-9,]+ characters shown; ask for less]\Z", seen)
    assert len(seen) <= wanted.max_chars + (len(note[0]) if note else 0)
    text_result = isinstance(data, str) or wanted.select is not None
    if note is None and not text_result:
        json.loads(seen)


@pytest.mark.parametrize("shape_of", [{"max_text": 20}, {"count_by": ["v"]}, {"max_chars": 100}])
def test_no_beginning_of_a_secret_is_left_by_a_cut(shape_of: dict[str, Any]) -> None:
    book = SecretBook({"KEY": SECRET})
    for before in range(100):
        text = "x" * before + SECRET
        seen = told([{"v": text, "w": [text]}], book.redact, **shape_of)
        assert SECRET[:4] not in seen


def test_a_mark_that_would_break_the_json_leaves_one_text() -> None:
    book = SecretBook({"KEY": "-12345678.25"})
    seen = told({"v": -12345678.25}, book.redact)
    assert json.loads(seen) == '{"v":[redacted:KEY]}'


@pytest.mark.parametrize("select", ["&a", "to_number('nan')", "to_number('inf')"])
def test_a_selection_that_is_no_json_is_a_failure(select: str) -> None:
    with pytest.raises(FailureError, match="is not JSON"):
        told({"a": 1}, select=select)
