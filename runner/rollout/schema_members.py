"""Keywords about what is inside: properties of objects, items of lists."""

from collections.abc import Callable, Iterator
from typing import Any

from runner.rollout.findings import Finding, at, place
from runner.rollout.schema_references import Schema

Compare = Callable[[Any, Any, str], Iterator[Finding]]
APPLICATORS = frozenset(
    {"allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"}
)
MEMBER_KEYWORDS = frozenset(
    {"properties", "patternProperties", "additionalProperties", "propertyNames", "required"}
    | {"prefixItems", "items", "additionalItems", "unevaluatedProperties", "unevaluatedItems"}
)
EVERYTHING: Schema = {}


def member_findings(
    before: Schema, after: Schema, path: str, compare: Compare
) -> Iterator[Finding]:
    """Yield how the keywords about properties and items differ."""
    if _uneven(before, after):
        yield _unknown(path, "unevaluated")
        return
    yield from _properties(before, after, path, compare)
    yield from _required(before, after, path)
    names = (before.get("propertyNames", True), after.get("propertyNames", True))
    yield from compare(*names, at(path, "propertyNames"))
    yield from _items(before, after, path, compare)


def _uneven(before: Schema, after: Schema) -> bool:
    """`unevaluated...` depends on everything beside it; alone it is `additional...`."""
    for schema in (before, after):
        unevaluated = {"unevaluatedProperties", "unevaluatedItems"} & set(schema)
        if unevaluated and (APPLICATORS & set(schema) or "$ref" in schema):
            return True
    return False


def _unknown(path: str, what: str) -> Finding:
    name = f"`{place(path)}`" if place(path) else "the schema"
    return Finding("schema-changed", path, f"{name} changed, and its {what} parts", True, True)


def _properties(before: Schema, after: Schema, path: str, compare: Compare) -> Iterator[Finding]:
    old, new = before.get("properties") or {}, after.get("properties") or {}
    patterns = (before.get("patternProperties") or {}, after.get("patternProperties") or {})
    if any(patterns) and (set(patterns[0]) != set(patterns[1]) or set(old) != set(new)):
        yield _unknown(at(path, "patternProperties"), "pattern")
        return
    for pattern in patterns[0]:
        here = at(path, "patternProperties", pattern)
        yield from compare(patterns[0][pattern], patterns[1][pattern], here)
    rest = (_others(before), _others(after))
    for name in [*old, *(name for name in new if name not in old)]:
        here = at(path, "properties", name)
        if name in old and name in new:
            yield from compare(old[name], new[name], here)
        elif name in new:
            yield from _appeared(rest[0], new[name], here, compare)
        else:
            yield from _went(old[name], rest[1], here, compare)
    yield from _rest(*rest, at(path, "additionalProperties"), compare)


def _others(schema: Schema) -> Any:
    """What properties that are not named must fit."""
    others = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
    return True if others == EVERYTHING else others


def _appeared(rest: Any, new: Any, path: str, compare: Compare) -> Iterator[Finding]:
    name = place(path)
    if rest is False:
        yield Finding("property-added", path, f"`{name}` is new", widens=True, after=new)
    elif rest is True and _constrains(new):
        text = f"`{name}` is declared now; other values of it passed before"
        yield Finding("property-constrained", path, text, narrows=True, after=new)
    elif rest is True:
        yield Finding("property-described", path, f"`{name}` is described now", after=new)
    else:
        yield from compare(rest, new, path)


def _went(old: Any, rest: Any, path: str, compare: Compare) -> Iterator[Finding]:
    name = place(path)
    if rest is False:
        text = f"`{name}` is no longer taken"
        yield Finding("property-removed", path, text, narrows=True, before=old)
    elif rest is True and _constrains(old):
        text = f"`{name}` is no longer declared, and may be anything"
        yield Finding("property-unconstrained", path, text, widens=True, before=old)
    elif rest is True:
        text = f"`{name}` is no longer described"
        yield Finding("property-undescribed", path, text, before=old)
    else:
        yield from compare(old, rest, path)


def _constrains(schema: Any) -> bool:
    words = {"title", "description", "default", "examples", "deprecated", "$comment"}
    return schema is False or (isinstance(schema, dict) and bool(set(schema) - words))


def _rest(old: Any, new: Any, path: str, compare: Compare) -> Iterator[Finding]:
    name = place(path.rpartition("/")[0])
    whose = f"`{name}`" if name else "the object"
    if old is False and new is not False:
        text = f"{whose} takes properties that are not named"
        yield Finding(
            "additional-properties-opened", path, text, widens=True, before=old, after=new
        )
    elif new is False and old is not False:
        text = f"{whose} takes no properties but those that are named"
        yield Finding(
            "additional-properties-closed", path, text, narrows=True, before=old, after=new
        )
    else:
        yield from compare(old, new, path)


def _required(before: Schema, after: Schema, path: str) -> Iterator[Finding]:
    old, new = before.get("required") or [], after.get("required") or []
    for name in (name for name in new if name not in old):
        here = at(path, "properties", str(name))
        yield Finding(
            "required-added", here, f"`{place(here)}` is required now", narrows=True, after=True
        )
    for name in (name for name in old if name not in new):
        here = at(path, "properties", str(name))
        yield Finding(
            "required-removed", here, f"`{place(here)}` may be left out", widens=True, before=True
        )


def _items(before: Schema, after: Schema, path: str, compare: Compare) -> Iterator[Finding]:
    (first, others), (second, more) = _listed(before), _listed(after)
    for index in range(max(len(first), len(second))):
        old = first[index] if index < len(first) else others
        new = second[index] if index < len(second) else more
        yield from compare(old, new, at(path, "prefixItems", str(index)))
    yield from compare(others, more, at(path, "items"))


def _listed(schema: Schema) -> tuple[list[Any], Any]:
    """The schemas of the first items, and the one of all others."""
    items = schema.get("items")
    if isinstance(items, list):
        return items, schema.get("additionalItems", True)
    if items is None:
        items = schema.get("unevaluatedItems", True)
    return schema.get("prefixItems") or [], items
