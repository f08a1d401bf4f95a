"""Schemas that say what belongs where, and programs of a fixed version."""

from typing import Any

import pytest

from runner.config.loose import looseness, unmet
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
        ("uvx --python 3.12 reader", "reader"),
        ("env npx reader", "reader"),
        ("/usr/bin/env -S A=b npx -y reader", "reader"),
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
        "uvx --unknown 3.12 reader",
        "env A=b npx reader@1.2.3",
        "env",
        "pipx run reader==1.2.3",
        "docker run image:1.2",
        "docker run --rm image@sha256:" + "a" * 64,
        "docker ps",
        "npm test",
    ],
)
def test_a_pinned_or_unknown_command_is_not_told(argv: str) -> None:
    assert unpinned(argv.split()) is None


@pytest.mark.parametrize(
    ("script", "package"),
    [
        ("npx -y reader", "reader"),
        ("cd /tmp && uvx reader | cat", "reader"),
        ("npx reader@1.2.3; npx writer", "writer"),
        ("npx reader@1.2.3", None),
        ("echo 'npx", None),
        ("", None),
    ],
)
def test_what_a_shell_starts_is_looked_at(script: str, package: str | None) -> None:
    for start in ([], ["/usr/bin/env"]):
        found = unpinned([*start, "sh", "-c", script])
        assert (found and found[:2]) == (package and (len(start) + 2, package))


def test_of_a_variable_nothing_is_known() -> None:
    assert unpinned(["npx", "-y", object()]) is None
    assert unpinned([object()]) is None


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (closed(a=TEXT) | {"required": ["a"]}, []),
        (closed(a=TEXT) | {"required": ["b"]}, ["required/0 b"]),
        ({"type": "object", "properties": {"a": TEXT}, "required": ["b"]}, []),
        (closed() | {"required": ["b"], "patternProperties": {"^b": TEXT}}, []),
        (closed() | {"required": ["b"], "allOf": [{"properties": {"b": TEXT}}]}, []),
        (
            closed(a={"type": "array", "items": closed(x=TEXT) | {"required": ["x", "y"]}}),
            ["properties/a/items/required/1 y"],
        ),
    ],
)
def test_what_must_be_and_may_not_be_is_found(schema: dict[str, Any], expected: list[str]) -> None:
    assert ["/".join(map(str, loc)) + f" {name}" for loc, name in unmet(schema)] == expected


def test_a_schema_that_nothing_can_meet_is_an_error(broken: Any) -> None:
    old = "additionalProperties: false}\n  annotations: {readOnlyHint: true}"
    new = old.replace("false}", "false, required: [file]}", 1)
    (found,) = broken("tools.yaml", (old, new))
    assert found.startswith("AC318 tools.yaml:18:")
    assert "inputSchema of `read_lines` requires `file`, and allows no property of that" in found


def test_a_key_that_leads_nowhere_is_an_error(broken: Any) -> None:
    key = "  dry_run: {result: {id: T-0}}\n  idempotency_key: "
    old = "  dry_run: {result: {id: T-0}}\n"
    assert broken("tools.yaml", (old, f"{key}/invoice\n")) == []
    (found,) = broken("tools.yaml", (old, f"{key}/invoce\n"))
    assert found.startswith("AC319 tools.yaml:16:20: inputSchema has no argument `/invoce`")
