from pathlib import Path
from typing import Any

import pytest

from runner.app.executing.inputs import parse_pairs, read_input
from runner.domain.agent import AgentFile, AgentSpec
from runner.domain.errors import UsageError

FILE = AgentFile.model_validate(
    {
        "spec_version": 1,
        "name": "a",
        "description": "x",
        "model": {"id": "t/m", "base_url": "http://127.0.0.1:1"},
        "instructions": {"text": "x"},
        "task": {"text": "x"},
    }
)
SCHEMA: dict[str, Any] = {
    "$defs": {"count": {"type": "integer"}},
    "properties": {
        "n": {"type": "integer"},
        "s": {"type": "string"},
        "b": {"type": "boolean"},
        "either": {"type": ["integer", "null", "string"]},
        "ref": {"$ref": "#/$defs/count"},
    },
}
SPEC = AgentSpec(agent=FILE, instructions="x", task="x", input_schema=SCHEMA)


@pytest.mark.parametrize(
    ("pair", "value"),
    [
        ("n=7", {"n": 7}),
        ("s=7", {"s": "7"}),
        ("b=true", {"b": True}),
        ("n=seven", {"n": "seven"}),
        ("other=7", {"other": "7"}),
        ("s:=[1]", {"s": [1]}),
        ("either=7", {"either": 7}),
        ("either=null", {"either": None}),
        ("either=x", {"either": "x"}),
        ("ref=7", {"ref": 7}),
        ("s=a=b", {"s": "a=b"}),
        ("s=", {"s": ""}),
    ],
)
def test_pairs_are_typed_by_the_schema_or_literal(pair: str, value: Any) -> None:
    assert read_input(SPEC, [pair], None) == value


@pytest.mark.parametrize("pair", ["n", "=7", ":=7", "s:={"])
def test_a_pair_that_is_none_is_told(pair: str) -> None:
    with pytest.raises(UsageError, match="-i"):
        read_input(SPEC, [pair], None)


def test_a_key_said_twice_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="twice"):
        read_input(SPEC, ["n=1", "n=2"], None)
    with pytest.raises(UsageError, match="twice"):
        parse_pairs(["a=1", "a=2"], "--set")


def test_pairs_stand_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "input.yaml"
    file.write_text("n: 1\ns: from the file\n")
    assert read_input(SPEC, ["n=2"], str(file)) == {"n": 2, "s": "from the file"}


@pytest.mark.parametrize("text", ["- 1\n", "just text", "a: [", ""])
def test_an_input_is_one_object(tmp_path: Path, text: str) -> None:
    file = tmp_path / "input.yaml"
    file.write_text(text)
    with pytest.raises(UsageError):
        read_input(SPEC, [], str(file))


def test_values_are_name_and_text() -> None:
    assert parse_pairs(["a=1", "b=x=y"], "--set") == {"a": "1", "b": "x=y"}


@pytest.mark.parametrize("pair", ["s=caf\udce9", 's:="caf\udce9"', "s\udce9=x"])
def test_bytes_that_are_no_text_are_refused(pair: str) -> None:
    with pytest.raises(UsageError, match="not UTF-8"):
        read_input(SPEC, [pair], None)
