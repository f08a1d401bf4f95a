"""Schemas that say what belongs where, and programs of a fixed version."""

from typing import Any

import pytest

from runner.config.loose import looseness
from runner.config.unpinned import unpinned

TEXT = {"type": "string", "description": "x"}


def places(schema: dict[str, Any]) -> list[str]:
    return ["/".join(map(str, place.loc)) or "-" for place in looseness(schema)]


def closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


@pytest.mark.parametrize(
    "schema",
    [
        closed(),
        closed(a=TEXT),
        closed(a={"enum": [1], "description": "x"}),
        closed(a={"const": 1, "description": "x"}),
        closed(a={"type": "array", "items": {"type": "string"}, "description": "x"}),
        closed(a={"$ref": "#/$defs/a"}) | {"$defs": {"a": TEXT}},
        closed(a={"type": "object", "additionalProperties": {"type": "integer"}} | TEXT),
        closed(a={"anyOf": [{"type": "string"}, {"type": "null"}], "description": "x"}),
        {"type": "object", "additionalProperties": False},
        {"type": "object", "unevaluatedProperties": False, "properties": {"a": TEXT}},
        {"type": "object", "patternProperties": {"^x-": TEXT}},
        {"type": "object", "allOf": [{"properties": {"a": TEXT}}], "properties": {"b": TEXT}},
    ],
)
def test_a_strict_schema_has_no_loose_place(schema: dict[str, Any]) -> None:
    assert places(schema) == []


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "object"}, ["-"]),
        ({"type": "object", "properties": {"a": TEXT}}, ["-"]),
        ({"type": "object", "additionalProperties": True, "properties": {}}, ["-"]),
        (closed(a={}), ["properties/a", "properties/a"]),
        (closed(a=True), ["properties/a"]),
        (closed(a={"type": "string"}), ["properties/a"]),
        (closed(a={"type": "array", "description": "x"}), ["properties/a"]),
        (closed(a={"type": "array", "items": {}, "description": "x"}), ["properties/a/items"]),
        (
            closed(a=closed(b={"type": "string"}) | {"description": "x"}),
            ["properties/a/properties/b"],
        ),
        (
            closed(
                a={"anyOf": [{"type": "object", "properties": {"b": TEXT}}], "description": "x"}
            ),
            ["properties/a/anyOf/0"],
        ),
        (closed() | {"$defs": {"a": {"type": "object"}}}, ["$defs/a"]),
    ],
)
def test_each_loose_place_is_named(schema: dict[str, Any], expected: list[str]) -> None:
    assert places(schema) == expected


def test_a_schema_that_leads_into_itself_ends() -> None:
    schema: dict[str, Any] = {"type": "object", "additionalProperties": {}}
    inner = schema
    for _ in range(100):
        inner["additionalProperties"] = {"type": "object", "properties": {}}
        inner = inner["additionalProperties"]
    assert len(places(schema)) < 100


@pytest.mark.parametrize(
    ("file", "change", "expected"),
    [
        (
            "tools.yaml",
            ("{type: string, description: Number}", "{type: string}"),
            "AC315 tools.yaml:7:18: inputSchema of `create_ticket`: `invoice` has no description",
        ),
        (
            "tools.yaml",
            ("{type: string, description: Path}", "{description: Path}"),
            "AC316 tools.yaml:18:44: inputSchema of `read_lines`: `path` takes any value",
        ),
        (
            "tools.yaml",
            ("    additionalProperties: false\n", ""),
            "AC316 tools.yaml:3:3: inputSchema of `create_ticket`: it takes properties",
        ),
        (
            "tools.yaml",
            ("argv: [tools/read.sh]", "argv: [npx, -y, reader]"),
            "AC317 tools.yaml:20:41: `reader` is whatever is newest on the day of the call",
        ),
        (
            "agent.yaml",
            ("  additionalProperties: false\n", ""),
            "AC224 agent.yaml:12:1: input_schema: it takes properties that are not listed",
        ),
        (
            "agent.yaml",
            (", description: Since when.", ""),
            "AC225 agent.yaml:16:16: input_schema: `since` has no description",
        ),
    ],
)
def test_a_loose_place_is_a_warning(
    broken: Any, file: str, change: tuple[str, str], expected: str
) -> None:
    (found,) = broken(file, change)
    assert found.startswith(expected), found


@pytest.mark.parametrize(
    ("argv", "package"),
    [
        ("npx reader", "reader"),
        ("npx -y @scope/reader", "@scope/reader"),
        ("npx --yes reader@latest --flag", "reader@latest"),
        ("npx reader@^1.2.0", "reader@^1.2.0"),
        ("npx --package=reader run", "reader"),
        ("npx -p reader@1 run", "reader@1"),
        ("/usr/bin/npx reader", "reader"),
        ("bunx reader", "reader"),
        ("pnpm dlx reader", "reader"),
        ("uvx reader", "reader"),
        ("uvx --from reader run", "reader"),
        ("uv tool run reader", "reader"),
        ("pipx run reader", "reader"),
        ("pipx run --spec reader>=1 run", "reader>=1"),
        ("docker run image", "image"),
        ("docker run --rm -i -v /a:/b -e A=b registry:5000/team/image", "registry:5000/team/image"),
        ("docker run image:latest sh", "image:latest"),
        ("podman run --network=none image", "image"),
    ],
)
def test_a_command_that_takes_the_newest_is_known(argv: str, package: str) -> None:
    found = unpinned(argv.split())
    assert found is not None
    assert found[1] == package
    assert "`" in found[2]


@pytest.mark.parametrize(
    "argv",
    [
        "cat -n",
        "npx reader@1.2.3",
        "npx -y @scope/reader@1.2.3",
        "npx ./reader",
        "npx --unknown reader",
        "npx",
        "npx --package",
        "uvx reader==1.2",
        "uvx reader@1.2.3",
        "uvx --from ./reader run",
        "uvx --python 3.12 reader",
        "pipx run reader==1.2.3",
        "docker run image:1.2",
        "docker run --rm image@sha256:" + "a" * 64,
        "docker ps",
        "npm test",
    ],
)
def test_a_pinned_or_unknown_command_is_not_told(argv: str) -> None:
    assert unpinned(argv.split()) is None


def test_of_a_variable_nothing_is_known() -> None:
    assert unpinned(["npx", "-y", object()]) is None
    assert unpinned([object()]) is None
