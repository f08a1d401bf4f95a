"""Two schemas, and what fits no longer or fits now; each rule by its id."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.notation.schema import check_schema, compile_schema
from runner.rollout.findings import canonical
from runner.rollout.schema_changes import schema_findings
from runner.rollout.schema_levels import schema_changes

NARROWS, WIDENS, BOTH, WORDS = (True, False), (False, True), (True, True), (False, False)


def closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def opened(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


TEXT, NUMBER = {"type": "string"}, {"type": "number"}
P1 = {"type": "object", "required": ["k"], "properties": {"k": {"const": "a"}}}
P2 = {"type": "object", "required": ["k"], "properties": {"k": {"const": "b"}}}
CASES = [
    # one way, the other way, the rule forth, the rule back
    (closed(a=TEXT), closed(a=TEXT, b=TEXT), "property-added", "property-removed", WIDENS),
    (opened(a=TEXT), opened(), "property-unconstrained", "property-constrained", WIDENS),
    (
        opened(a={"description": "x"}),
        opened(),
        "property-undescribed",
        "property-described",
        WORDS,
    ),
    (
        {**closed(a=TEXT), "required": ["a"]},
        closed(a=TEXT),
        "required-removed",
        "required-added",
        WIDENS,
    ),
    (
        closed(a=TEXT),
        opened(a=TEXT),
        "additional-properties-opened",
        "additional-properties-closed",
        WIDENS,
    ),
    (TEXT, {"type": ["string", "null"]}, "type-widened", "type-narrowed", WIDENS),
    ({"type": "integer"}, NUMBER, "type-widened", "type-narrowed", WIDENS),
    (TEXT, {"type": "integer"}, "type-changed", "type-changed", BOTH),
    ({}, TEXT, "type-narrowed", "type-widened", NARROWS),
    ({"enum": ["a"]}, {"enum": ["a", "b"]}, "enum-value-added", "enum-value-removed", WIDENS),
    (TEXT, {**TEXT, "enum": ["a"]}, "enum-added", "enum-removed", NARROWS),
    ({**TEXT, "const": "a"}, TEXT, "enum-removed", "enum-added", WIDENS),
    ({"const": "a"}, {"enum": ["a", "b"]}, "enum-value-added", "enum-value-removed", WIDENS),
    (
        {**NUMBER, "minimum": 1},
        {**NUMBER, "minimum": 2},
        "minimum-raised",
        "minimum-lowered",
        NARROWS,
    ),
    (
        {**NUMBER, "minimum": 1},
        {**NUMBER, "exclusiveMinimum": 1},
        "minimum-raised",
        "minimum-lowered",
        NARROWS,
    ),
    (
        {**NUMBER, "maximum": 100},
        {**NUMBER, "maximum": 1000},
        "maximum-raised",
        "maximum-lowered",
        WIDENS,
    ),
    ({**NUMBER, "maximum": 9}, NUMBER, "maximum-raised", "maximum-lowered", WIDENS),
    (
        {**TEXT, "minLength": 1},
        {**TEXT, "minLength": 3},
        "min-length-raised",
        "min-length-lowered",
        NARROWS,
    ),
    (
        {**TEXT, "maxLength": 300},
        {**TEXT, "maxLength": 200},
        "max-length-lowered",
        "max-length-raised",
        NARROWS,
    ),
    ({"minItems": 1}, {}, "min-items-lowered", "min-items-raised", WIDENS),
    ({}, {"maxItems": 5}, "max-items-lowered", "max-items-raised", NARROWS),
    ({}, {"minProperties": 1}, "min-properties-raised", "min-properties-lowered", NARROWS),
    ({}, {"maxProperties": 1}, "max-properties-lowered", "max-properties-raised", NARROWS),
    (
        {**NUMBER, "multipleOf": 0.1},
        {**NUMBER, "multipleOf": 0.2},
        "multiple-of-narrowed",
        "multiple-of-widened",
        NARROWS,
    ),
    (
        {**NUMBER, "multipleOf": 2},
        {**NUMBER, "multipleOf": 3},
        "multiple-of-changed",
        "multiple-of-changed",
        BOTH,
    ),
    (TEXT, {**TEXT, "pattern": "^a"}, "pattern-added", "pattern-removed", NARROWS),
    (
        {**TEXT, "pattern": "^b"},
        {**TEXT, "pattern": "^a"},
        "pattern-changed",
        "pattern-changed",
        BOTH,
    ),
    (TEXT, {**TEXT, "format": "date"}, "format-added", "format-removed", NARROWS),
    ({}, {"uniqueItems": True}, "unique-items-added", "unique-items-removed", NARROWS),
    ({"items": TEXT}, {"items": {}}, "type-widened", "type-narrowed", WIDENS),
    ({"prefixItems": [TEXT]}, {"prefixItems": [{}]}, "type-widened", "type-narrowed", WIDENS),
    (
        {"propertyNames": {"maxLength": 3}},
        {},
        "max-length-raised",
        "max-length-lowered",
        WIDENS,
    ),
    (
        {"anyOf": [TEXT]},
        {"anyOf": [TEXT, NUMBER]},
        "alternative-added",
        "alternative-removed",
        WIDENS,
    ),
    ({"oneOf": [P1]}, {"oneOf": [P1, P2]}, "alternative-added", "alternative-removed", WIDENS),
    ({"oneOf": [{}]}, {"oneOf": [{}, TEXT]}, "alternatives-changed", "alternatives-changed", BOTH),
    ({"allOf": [{}]}, {"allOf": [{}, TEXT]}, "condition-added", "condition-removed", NARROWS),
    ({}, {"not": TEXT}, "condition-added", "condition-removed", NARROWS),
    (
        {"if": TEXT},
        {"if": TEXT, "then": {"maxLength": 1}},
        "schema-changed",
        "schema-changed",
        BOTH,
    ),
    (
        {**TEXT, "contentEncoding": "base64"},
        {**TEXT, "contentEncoding": "base16"},
        "schema-changed",
        "schema-changed",
        BOTH,
    ),
    (
        {**TEXT, "description": "a"},
        {**TEXT, "description": "b"},
        "words-changed",
        "words-changed",
        WORDS,
    ),
    ({**TEXT, "$comment": "a"}, TEXT, "comment-changed", "comment-changed", WORDS),
    (
        {"$ref": "#/$defs/a", "$defs": {"a": TEXT}},
        {"$ref": "#/$defs/a", "$defs": {"a": {**TEXT, "maxLength": 4}}},
        "max-length-lowered",
        "max-length-raised",
        NARROWS,
    ),
    (
        {"$ref": "#/$defs/a", "$defs": {"a": TEXT}},
        TEXT,
        "schema-rewritten",
        "schema-rewritten",
        WORDS,
    ),
    (
        {"$ref": "#x", "$defs": {"a": {"$anchor": "x"}}},
        {},
        "schema-changed",
        "schema-changed",
        BOTH,
    ),
    (
        {"properties": {"a": TEXT}, "unevaluatedProperties": False},
        {"properties": {"a": TEXT, "b": TEXT}, "unevaluatedProperties": False},
        "property-added",
        "property-removed",
        WIDENS,
    ),
]


@pytest.mark.parametrize(("before", "after", "forth", "back", "directions"), CASES)
def test_each_difference_has_one_rule_in_either_direction(
    before: Any, after: Any, forth: str, back: str, directions: tuple[bool, bool]
) -> None:
    documented = (Path(__file__).parents[3] / "docs/diff.md").read_text()
    assert f"| `{forth}` |" in documented
    assert f"| `{back}` |" in documented
    (found,) = schema_findings(before, after)
    assert (found.rule, found.narrows, found.widens) == (forth, *directions)
    (turned,) = schema_findings(after, before)
    assert (turned.rule, turned.widens, turned.narrows) == (back, *directions)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"enum": ["a"]}, {"type": "string", "enum": ["a"]}),
        ({"const": 1}, {"enum": [1.0]}),
        ({"enum": ["a", "b"]}, {"enum": ["b", "a"]}),
        ({"type": "string"}, {"type": ["string"]}),
        ({"minLength": 0}, {}),
    ],
)
def test_what_only_looks_different_neither_narrows_nor_widens(before: Any, after: Any) -> None:
    (found,) = schema_findings(before, after)
    assert found.rule == "schema-rewritten"


def test_a_recursive_schema_is_compared_and_comes_to_an_end() -> None:
    def tree(text: Any) -> Any:
        node = {"type": "object", "properties": {"v": text, "next": {"$ref": "#/$defs/node"}}}
        return {"$ref": "#/$defs/node", "$defs": {"node": node}}

    found = schema_findings(tree(TEXT), tree({**TEXT, "maxLength": 9}))
    assert {f.rule for f in found} == {"max-length-lowered"}


def test_the_place_of_a_finding_is_a_pointer_and_a_name_for_people() -> None:
    lines = closed(lines={"type": "array", "items": closed(sku=TEXT)})
    new = closed(lines={"type": "array", "items": closed(sku={**TEXT, "maxLength": 9})})
    (found,) = schema_findings(lines, new)
    assert found.path == "/properties/lines/items/properties/sku/maxLength"
    assert "`lines[].sku`" in found.text


@pytest.mark.parametrize(
    ("role", "narrowed", "widened"),
    [
        ("tool-input", "breaking", "widening"),
        ("input", "breaking", "widening"),
        ("tool-output", "widening", "breaking"),
        ("output", "widening", "breaking"),
    ],
)
def test_an_answer_is_read_by_the_other_side(role: str, narrowed: str, widened: str) -> None:
    short, long = {**TEXT, "maxLength": 4}, {**TEXT, "maxLength": 9}
    (narrower,) = schema_changes(role, long, short, "input")
    (wider,) = schema_changes(role, short, long, "input")
    assert (narrower.level, wider.level) == (narrowed, widened)
    assert narrower.rule == f"{role}-max-length-lowered"


def test_words_in_a_schema_are_behaviour_for_the_model_reads_them() -> None:
    (found,) = schema_changes("tool-input", {"description": "a"}, {"description": "b"}, "tools")
    assert (found.rule, found.level) == ("tool-input-words-changed", "behaviour")


def test_a_schema_that_comes_or_goes_is_one_change() -> None:
    (came,) = schema_changes("output", None, closed(a=TEXT), "output")
    (went,) = schema_changes("output", closed(a=TEXT), None, "output")
    assert (came.rule, came.level) == ("output-schema-added", "widening")
    assert (went.rule, went.level) == ("output-schema-removed", "breaking")


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 6),
    st.sampled_from([0.5, 2.5, 1.0]),
    st.text("ab", max_size=4),
    st.lists(st.sampled_from(["a", "b", 1, 2.5, None]), max_size=3),
)
KINDS = st.sampled_from(["string", "integer", "number", "boolean", "null", "array", "object"])
BOUND = st.integers(-1, 4)
SIZE = st.integers(0, 3)
LEAF = st.fixed_dictionaries(
    {},
    optional={
        "type": st.one_of(KINDS, st.lists(KINDS, min_size=1, max_size=3, unique=True)),
        "enum": st.lists(VALUES, min_size=1, max_size=4),
        "const": VALUES,
        "minimum": BOUND,
        "maximum": BOUND,
        "exclusiveMinimum": BOUND,
        "exclusiveMaximum": BOUND,
        "multipleOf": st.sampled_from([1, 2, 3, 0.5]),
        "minLength": SIZE,
        "maxLength": SIZE,
        "minItems": SIZE,
        "maxItems": SIZE,
        "uniqueItems": st.booleans(),
        "pattern": st.sampled_from(["^a", "b$"]),
        "description": st.sampled_from(["x", "y"]),
    },
)
COMBINED = st.one_of(
    LEAF,
    st.fixed_dictionaries({"anyOf": st.lists(LEAF, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"oneOf": st.lists(LEAF, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"allOf": st.lists(LEAF, min_size=1, max_size=2)}),
    st.fixed_dictionaries({"not": LEAF}),
    st.fixed_dictionaries(
        {"type": st.just("array")},
        optional={"items": LEAF, "prefixItems": st.lists(LEAF, min_size=1, max_size=2)},
    ),
)
NAMES = st.sampled_from(["a", "b", "c"])
OBJECT = st.fixed_dictionaries(
    {},
    optional={
        "type": st.just("object"),
        "properties": st.dictionaries(NAMES, st.one_of(st.booleans(), COMBINED), max_size=3),
        "required": st.lists(NAMES, max_size=2, unique=True),
        "additionalProperties": st.one_of(st.booleans(), LEAF),
        "unevaluatedProperties": st.booleans(),
        "patternProperties": st.dictionaries(st.sampled_from(["^a", "c"]), LEAF, max_size=1),
        "propertyNames": st.fixed_dictionaries({"enum": st.lists(NAMES, min_size=1, unique=True)}),
        "minProperties": SIZE,
        "maxProperties": SIZE,
    },
)
SCHEMAS = st.one_of(OBJECT, COMBINED)
INSTANCES = st.one_of(VALUES, st.dictionaries(NAMES, VALUES, max_size=3))
PAIRS = st.one_of(st.tuples(OBJECT, OBJECT), st.tuples(COMBINED, COMBINED))


@settings(max_examples=150)
@given(PAIRS, st.lists(INSTANCES, min_size=1, max_size=12))
def test_no_value_is_lost_or_gained_without_a_word(pair: Any, values: list[Any]) -> None:
    before, after = pair
    found = schema_findings(before, after)
    was, now = compile_schema(before), compile_schema(after)
    for value in values:
        fitted, fits = not was.problems(value), not now.problems(value)
        if fitted and not fits:
            assert any(f.narrows for f in found), value
        if fits and not fitted:
            assert any(f.widens for f in found), value


@settings(max_examples=60)
@given(PAIRS)
def test_what_narrows_one_way_widens_the_other(pair: Any) -> None:
    forth, back = schema_findings(*pair), schema_findings(*reversed(pair))
    assert sorted((f.path, f.narrows, f.widens) for f in forth) == sorted(
        (f.path, f.widens, f.narrows) for f in back
    )


@settings(max_examples=60)
@given(PAIRS)
def test_only_the_same_json_has_no_finding(pair: Any) -> None:
    before, after = pair
    assert schema_findings(before, before) == []
    assert (schema_findings(before, after) == []) == (canonical(before) == canonical(after))


REFERENCES = {"$ref": st.sampled_from(["#", "#/$defs/x"])}
SIMPLE = st.fixed_dictionaries({}, optional={"type": KINDS, "maxLength": SIZE, **REFERENCES})
NESTED = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.fixed_dictionaries(
            {"properties": st.dictionaries(NAMES, inner, max_size=2)},
            optional={"additionalProperties": st.one_of(st.booleans(), inner), **REFERENCES},
        ),
        st.fixed_dictionaries({"items": inner}),
        st.fixed_dictionaries({"if": inner}, optional={"then": inner, "else": inner}),
        st.fixed_dictionaries({"contains": inner}, optional={"minContains": SIZE}),
        st.fixed_dictionaries({"dependentSchemas": st.dictionaries(NAMES, inner, max_size=1)}),
    ),
    max_leaves=4,
)
DEFINED = st.fixed_dictionaries({}, optional={"type": KINDS, "maxLength": SIZE})
WHOLE = st.builds(lambda node, x: {**node, "$defs": {"x": x}}, NESTED, DEFINED)


@settings(max_examples=80)
@given(WHOLE, WHOLE, st.booleans(), st.lists(INSTANCES, min_size=3, max_size=8))
def test_the_same_holds_through_references(
    before: Any, other: Any, alike: bool, values: list[Any]
) -> None:
    after = {**before, "$defs": other["$defs"]} if alike else other
    if check_schema(before) or check_schema(after):
        return  # a reference that leads nowhere but to itself
    found = schema_findings(before, after)
    was, now = compile_schema(before), compile_schema(after)
    for value in values:
        fitted, fits = not was.problems(value), not now.problems(value)
        assert fitted <= fits or any(f.narrows for f in found), value
        assert fits <= fitted or any(f.widens for f in found), value
