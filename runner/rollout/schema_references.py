"""References inside a schema, followed before two schemas are compared."""

import json
from dataclasses import dataclass, field
from typing import Any

from runner.rollout.findings import canonical

Schema = dict[str, Any]
FOREIGN = ('"$dynamicRef"', '"$recursiveRef"', '"$anchor"', '"$dynamicAnchor"')
MAX_STEPS = 5_000
MAX_DEPTH = 40
WORDS = frozenset({"title", "description", "default", "examples", "deprecated", "$comment"})
"""Keywords that constrain nothing: words for the model and for people."""
NOTHING: Schema = {"not": {}}
"""The schema that no value fits: `false`, written as a mapping."""


@dataclass
class Pair:
    """Two whole schemas on the way through them: what was seen ends cycles, steps end the work."""

    before: Schema
    after: Schema
    seen: set[tuple[int, int]] = field(default_factory=set)
    steps: int = 0

    kept: list[tuple[Any, Any]] = field(default_factory=list)

    def entered(self, before: Any, after: Any) -> bool:
        """Return whether this pair of places is new; a second visit learns nothing."""
        self.steps += 1
        key = (id(before), id(after))
        if isinstance(before, bool) or isinstance(after, bool):
            return True  # there is only one `true`: it says nothing about where it stands
        if key in self.seen:
            return False
        self.seen.add(key)
        self.kept.append((before, after))  # an id is a living object's alone
        return True

    def equal(self, before: Any, after: Any) -> bool:
        """Return whether two places take the same values for sure, whatever they refer to."""
        if canonical(before) != canonical(after):
            return False
        return "$ref" not in _text(before) or canonical(self.before) == canonical(self.after)


def understood(schema: Schema) -> bool:
    """Return whether every reference is one that can be followed."""
    text = _text(schema)
    return not any(word in text for word in FOREIGN)


def mapping(schema: Any) -> Schema:
    """Return a schema as a mapping; `true` takes everything, `false` nothing."""
    if isinstance(schema, dict):
        return schema
    return NOTHING if schema is False else {}


def followed(root: Schema, schema: Any) -> Schema | None:
    """Return a schema with the reference at its top replaced; None when it cannot be.

    What stands beside a reference holds as well (JSON Schema 2020-12).
    """
    node = mapping(schema)
    for _ in range(MAX_DEPTH):
        if "$ref" not in node:
            return node
        target = _resolved(root, node["$ref"])
        if target is None:
            return None
        beside = {key: value for key, value in node.items() if key != "$ref"}
        if not beside:
            node = target
            continue
        clash = any(target.get(k, v) != v for k, v in beside.items() if k not in WORDS)
        node = {"allOf": [target, beside]} if clash else {**target, **beside}
    return None


def _resolved(root: Schema, reference: Any) -> Schema | None:
    if reference == "#":
        return root
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return None
    node: Any = root
    for token in reference[2:].split("/"):
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(node, list) and key.isdecimal() and int(key) < len(node):
            node = node[int(key)]
        elif isinstance(node, dict) and key in node:
            node = node[key]
        else:
            return None
    return mapping(node) if isinstance(node, dict | bool) else None


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
