"""JSON Schema: checked, compiled, explained."""

import time
from typing import Any

import pytest

from runner.notation.schema import check_schema, compile_schema

DOUBLING = {
    "$defs": {
        **{
            f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}, {"$ref": f"#/$defs/a{n + 1}"}]}
            for n in range(30)
        },
        "a30": {"type": "string"},
    },
    "$ref": "#/$defs/a0",
}


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for _ in range(levels):
        schema = {"properties": {"a": schema}}
    return schema


@pytest.mark.parametrize(
    ("schema", "pointer", "words"),
    [
        ({"type": "objct"}, "/type", "objct"),
        ({"properties": {"a": {"type": 3}}}, "/properties/a/type", "3"),
        ({"pattern": "("}, "/pattern", "regex"),
        ({"required": "x"}, "/required", "not an array"),
        ({"$schema": "https://example.com/mine"}, "/$schema", "meta-schema"),
        ({"$schema": "http://json-schema.org/draft-07/schema#", "type": 3}, "/type", "3"),
        ({"$ref": "https://example.com/x"}, "/$ref", "nothing is fetched"),
        ({"items": {"$ref": "file:///etc/passwd"}}, "/items/$ref", "nothing is fetched"),
        ({"$ref": "other.json"}, "/$ref", "nothing is fetched"),
        ({"$ref": "#/$defs/no"}, "/$ref", "does not exist"),
        (DOUBLING, "", "multiply"),
        (nested(5000), "", "nested deeper"),
    ],
)
def test_a_wrong_schema_is_explained(schema: dict[str, Any], pointer: str, words: str) -> None:
    start = time.process_time()
    found = check_schema(schema)
    assert (found[0].pointer, words in found[0].message) == (pointer, True), found
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "object", "properties": {"$ref": {"type": "string"}}},
        {"$ref": "#"},
        {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"},
        {"properties": {"children": {"items": {"$ref": "#"}}}},
        {"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"a": True}},
    ],
)
def test_a_right_schema_has_no_problem(schema: dict[str, Any]) -> None:
    assert check_schema(schema) == []


def test_the_problems_of_a_value_are_sentences_with_a_pointer() -> None:
    schema = {
        "type": "object",
        "required": ["invoice"],
        "additionalProperties": False,
        "properties": {
            "invoice": {"type": "string"},
            "priority": {"enum": ["P1", "P2"]},
            "at": {"type": "string", "format": "date-time"},
            "url": {"format": "uri"},
            "lines": {"type": "array", "items": {"type": "integer", "minimum": 1}},
            "a/b": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
    }
    value = {
        "priority": "high",
        "at": "yesterday",
        "url": "::",
        "lines": [1, 0, "x"],
        "a/b": 3,
        "extra": 1,
    }
    found = {problem.pointer: problem.message for problem in compile_schema(schema).problems(value)}
    assert found["/priority"] == '"high" is not one of "P1", "P2"'
    assert found["/at"] == '"yesterday" is not a date-time'
    assert found["/url"] == '"::" is not a uri'
    assert found["/lines/1"] == "0 is less than 1"
    assert found["/lines/2"] == '"x" is not an integer'
    assert found["/a~1b"] == "3 fits none of the alternatives: 3 is not a string | 3 is not null"
    everything = [str(problem) for problem in compile_schema(schema).problems(value)]
    assert "the value: the property `invoice` is missing" in everything
    assert any("`extra` is not a property here" in sentence for sentence in everything)


def test_a_value_that_fits_has_no_problem() -> None:
    assert compile_schema({"type": "integer"}).problems(3) == ()


def test_a_pattern_that_backtracks_ends() -> None:
    start = time.process_time()
    validator = compile_schema({"pattern": "^(?=a)(a|a|b)*(?<!c)$"})
    assert validator.problems("a" * 5000 + "!") != ()
    assert time.process_time() - start < 2


def test_a_huge_value_is_not_repeated_in_the_message() -> None:
    (problem,) = compile_schema({"type": "integer"}).problems("x" * 100_000)
    assert len(problem.message) < 200


def test_a_wrong_schema_does_not_compile() -> None:
    with pytest.raises(ValueError, match="not a JSON Schema"):
        compile_schema({"type": "objct"})
