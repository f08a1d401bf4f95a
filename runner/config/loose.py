"""Where a JSON Schema of arguments is loose: what it lets through, and what it does not explain.

A model is shown these schemas. What they leave open it may fill with anything; what they do not
describe it has to guess.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from runner.notation.tree import Loc

SAYS_WHAT = frozenset(
    {"type", "enum", "const", "$ref", "$dynamicRef", "anyOf", "oneOf", "allOf", "not", "if"}
)
CLOSERS = ("additionalProperties", "unevaluatedProperties")
MAPS = frozenset({"patternProperties", "propertyNames", "minProperties", "maxProperties"})
BRANCHES = ("anyOf", "oneOf")
DEEPEST = 20


class Looseness(NamedTuple):
    """One place of a schema; `undescribed` when only the words are missing."""

    loc: Loc
    message: str
    help: str
    undescribed: bool = False


def looseness(schema: dict[str, Any]) -> Iterator[Looseness]:
    """Yield every loose place of the schema of an object, the outermost first."""
    yield from _of(schema, (), "it", DEEPEST)


def unmet(schema: Any, loc: Loc = (), depth: int = DEEPEST) -> Iterator[tuple[Loc, str]]:
    """Yield each name, with its place, that an object must have and may not have."""
    if not isinstance(schema, dict) or depth == 0:
        return
    required = schema.get("required")
    if is_closed(schema) and isinstance(required, list):
        for index, name in enumerate(required):
            if name not in properties_of(schema):
                yield (*loc, "required", index), str(name)
    for keyword in ("properties", "$defs"):
        for name, inner in _mapping(schema.get(keyword)).items():
            yield from unmet(inner, (*loc, keyword, name), depth - 1)
    yield from unmet(schema.get("items"), (*loc, "items"), depth - 1)


def is_closed(schema: dict[str, Any]) -> bool:
    """Return whether only the listed properties can stand in an object of this schema."""
    closed = any(schema.get(closer) is False for closer in CLOSERS)
    combined = {"$ref", "allOf", "anyOf", "oneOf", "if", "patternProperties", "dependentSchemas"}
    return closed and not combined & set(schema)


def properties_of(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the properties that a schema lists by itself."""
    properties = schema.get("properties")
    return properties if isinstance(properties, dict) else {}


def lacks(schema: dict[str, Any], pointer: str) -> bool:
    """Return whether no object of this schema can have anything at the JSON pointer."""
    node: Any = schema
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or not is_closed(node):
            return False
        if name not in properties_of(node):
            return True
        node = properties_of(node)[name]
    return False


def _of(node: Any, loc: Loc, what: str, depth: int, *, part: bool = False) -> Iterator[Looseness]:
    """Walk a schema. A `part` is a branch whose object another place closes."""
    if not isinstance(node, dict) or depth == 0:
        return
    if not part:
        yield from _open(node, loc, what)
    for name, inner in properties_of(node).items():
        yield from _property(inner, (*loc, "properties", name), name, depth)
    yield from _items(node, loc, what, depth)
    for keyword in BRANCHES:
        yield from _list(node.get(keyword), (*loc, keyword), what, depth, part="properties" in node)
    yield from _list(node.get("allOf"), (*loc, "allOf"), what, depth, part=True)
    for name, inner in _mapping(node.get("$defs")).items():
        yield from _of(inner, (*loc, "$defs", name), f"`{name}`", depth - 1)
    yield from _of(
        node.get("additionalProperties"), (*loc, "additionalProperties"), what, depth - 1
    )


def _open(node: dict[str, Any], loc: Loc, what: str) -> Iterator[Looseness]:
    if "properties" in node:
        if all(node.get(closer, True) is True for closer in CLOSERS) and "allOf" not in node:
            message = f"{what} takes properties that are not listed"
            yield Looseness(loc, message, "add `additionalProperties: false`")
    elif node.get("type") == "object" and not {*SAYS_WHAT, *MAPS, *CLOSERS} & set(node) - {"type"}:
        message = f"{what} is an object of anything"
        yield Looseness(loc, message, "list its `properties`, or say `additionalProperties: false`")


def _property(node: Any, loc: Loc, name: str, depth: int) -> Iterator[Looseness]:
    if node is True or (isinstance(node, dict) and not SAYS_WHAT & set(node)):
        yield Looseness(loc, f"`{name}` takes any value", "say its `type`, or list its values")
    if isinstance(node, dict):
        if not node.get("description") and "$ref" not in node:
            message = f"`{name}` has no description"
            advice = "say in one line what belongs there, with its unit or form"
            yield Looseness(loc, message, advice, undescribed=True)
        yield from _of(node, loc, f"`{name}`", depth - 1)


def _items(node: dict[str, Any], loc: Loc, what: str, depth: int) -> Iterator[Looseness]:
    kinds = node.get("type")
    array = kinds == "array" or (isinstance(kinds, list) and "array" in kinds)
    if array and not {"items", "prefixItems", "contains", "const", "enum"} & set(node):
        yield Looseness(loc, f"{what} is a list of anything", "say what its `items` are")
    items = node.get("items")
    if items is True or (isinstance(items, dict) and not SAYS_WHAT & set(items)):
        yield Looseness((*loc, "items"), f"{what} is a list of anything", "say the items' `type`")
    yield from _of(items, (*loc, "items"), f"an item of {what}", depth - 1)
    yield from _list(node.get("prefixItems"), (*loc, "prefixItems"), what, depth)


def _list(
    nodes: Any, loc: Loc, what: str, depth: int, *, part: bool = False
) -> Iterator[Looseness]:
    for index, node in enumerate(nodes if isinstance(nodes, list) else ()):
        yield from _of(node, (*loc, index), what, depth - 1, part=part)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
