"""JSON Schema: is a schema one, and does a value keep to it? Home of jsonschema_rs.

Nothing is ever fetched. Formats are asserted. Patterns run with a limit on backtracking.
Source: JSON Schema 2020-12, or the draft that `$schema` names.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

import jsonschema_rs

from runner.notation.tree import MAX_DEPTH

DRAFT = "https://json-schema.org/draft/2020-12/schema"
PATTERNS = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000)
MAX_EXPANSIONS = 2_000
MAX_PROBLEMS = 20
SHOWN = 80
KINDS = {
    "object": "an object",
    "array": "an array",
    "integer": "an integer",
    "string": "a string",
    "null": "null",
    "number": "a number",
    "boolean": "a boolean",
}


class SchemaProblem(NamedTuple):
    """A JSON pointer into the schema or the value, and one sentence about what is there."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.pointer or 'the value'}: {self.message}"


def listed(problems: Sequence[SchemaProblem]) -> str:
    """Return problems as lines that a model can act on, each with the place it is about."""
    return "\n".join(f"- {problem.pointer or '/'}: {problem.message}" for problem in problems)


@dataclass(frozen=True)
class Validator:
    """A compiled schema."""

    compiled: jsonschema_rs.Validator

    def problems(self, instance: Any) -> tuple[SchemaProblem, ...]:
        """Return what in a value breaks the schema, at most MAX_PROBLEMS; empty when it fits."""
        found: list[SchemaProblem] = []
        try:
            for error in self.compiled.iter_errors(instance):
                found.extend(_explain(error))
                if len(found) >= MAX_PROBLEMS:
                    break
        except ValueError as error:
            found.append(SchemaProblem("", _first_line(error)))
        return tuple(found[:MAX_PROBLEMS])


def check_schema(schema: Mapping[str, Any]) -> list[SchemaProblem]:
    """Return what is wrong with a schema; pointers lead into the schema."""
    document = dict(schema)
    if _deeper_than(document, MAX_DEPTH):
        return [SchemaProblem("", f"nested deeper than {MAX_DEPTH} levels")]
    return list(_checked(json.dumps(document)))


@lru_cache(maxsize=256)
def _checked(text: str) -> tuple[SchemaProblem, ...]:
    """Check a schema once: of an agent's file several checks ask the same."""
    document: dict[str, Any] = json.loads(text)
    if problem := _references(document):
        return (problem,)
    try:
        if document.get("$schema", DRAFT) == DRAFT and (found := _meta().problems(document)):
            return found
        _compile(document)
    except jsonschema_rs.ValidationError as error:
        known = "meta-schema" not in str(error)
        at = _reference_in(document, str(error)) or _pointer(error.instance_path)
        return (SchemaProblem(at if known else "/$schema", _first_line(error)),)
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        return (SchemaProblem("", _first_line(error)),)
    return ()


def compile_schema(schema: Mapping[str, Any]) -> Validator:
    """Return a validator; the same schema is compiled once.

    Raises:
        ValueError: check_schema finds problems; the text is the first of them.
    """
    return _compiled(json.dumps(schema))


@lru_cache(maxsize=256)
def _compiled(text: str) -> Validator:
    schema: dict[str, Any] = json.loads(text)
    if problems := check_schema(schema):
        raise ValueError(f"this is not a JSON Schema: {problems[0]}")
    return Validator(_compile(schema))


def _compile(schema: dict[str, Any]) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(
        schema, validate_formats=True, pattern_options=PATTERNS, offline=True
    )


@cache
def _meta() -> Validator:
    """The schema of schemas, to name every problem; for older drafts the first one is named."""
    return Validator(_compile({"$ref": DRAFT}))


def _deeper_than(value: Any, limit: int) -> bool:
    """Level by level, so that depth costs no Python frames."""
    level = [value]
    for _ in range(limit):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: Any) -> Iterable[Any]:
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()


def _references(schema: dict[str, Any]) -> SchemaProblem | None:
    """Refuse references to elsewhere, and local ones that multiply into more work than is sane."""
    for pointer, target in _refs(schema, ""):
        if not target.startswith("#"):
            message = f"`{target[:SHOWN]}` leads out of this schema; nothing is fetched"
            return SchemaProblem(pointer, message)
    if _expansions(schema, schema, {}) > MAX_EXPANSIONS:
        return SchemaProblem("", "its references multiply too often; write the schema flatter")
    return None


def _refs(node: Any, pointer: str) -> Iterable[tuple[str, str]]:
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _refs(item, f"{pointer}/{index}")
    elif isinstance(node, dict):
        for key, value in node.items():
            here = f"{pointer}/{_escape(key)}"
            if key in {"$ref", "$dynamicRef"} and isinstance(value, str):
                yield here, value
            elif key not in {"const", "enum", "default", "examples"}:
                yield from _refs(value, here)


def _reference_in(schema: dict[str, Any], message: str) -> str:
    """The pointer to the reference that a message names by its target; empty when it names none."""
    return next((at for at, target in _refs(schema, "") if f"'{target[1:]}' does" in message), "")


def _expansions(root: dict[str, Any], node: Any, known: dict[str, int]) -> int:
    """How many references a validator follows at the most for one place of a value."""
    total = 0
    for _, target in _refs(node, ""):
        if target not in known:
            known[target] = 0  # a cycle ends here
            body = {} if target == "#" else _resolve(root, target)
            known[target] = min(1 + _expansions(root, body, known), MAX_EXPANSIONS + 1)
        total += max(known[target], 1)
    return total


def _resolve(root: Any, target: str) -> Any:
    node = root
    for token in target.removeprefix("#").split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(node, list):
            node = node[int(key)] if key.isdecimal() and int(key) < len(node) else None
        else:
            node = node.get(key) if isinstance(node, dict) else None
    return node


def _explain(error: jsonschema_rs.ValidationError) -> list[SchemaProblem]:
    path = _pointer(error.instance_path)
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.BacktrackLimitExceeded):
        return [SchemaProblem(path, "matching the schema's pattern takes too long")]
    explain = _SENTENCES.get(error.kind.name)
    if error.kind.name == "required":
        return [SchemaProblem(path, f"the property `{_property(error)}` is missing")]
    if explain is None:
        return [SchemaProblem(path, _cut(_first_line(error)))]
    return [SchemaProblem(path, explain(error))]


def _additional(error: Any) -> str:
    names = ", ".join(f"`{name}`" for name in error.kind.unexpected[:5])
    return f"{names} is not a property here; it takes no others than those of its schema"


def _any_of(error: Any) -> str:
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.OneOfMultipleValid):
        return f"{_show(error.instance)} fits more than one of the alternatives"
    firsts = [branch[0] for branch in error.kind.context[:5] if branch]
    wants = [_explain(first)[0].message for first in firsts]
    return f"{_show(error.instance)} fits none of the alternatives: " + " | ".join(wants)


def _enum(error: Any) -> str:
    options = ", ".join(_show(option) for option in error.kind.options[:20])
    return f"{_show(error.instance)} is not one of {options}"


def _type(error: Any) -> str:
    wanted = error.kind.types if isinstance(error.kind.types, list) else [error.kind.types]
    words = " or ".join(KINDS.get(str(word), str(word)) for word in wanted)
    return f"{_show(error.instance)} is not {words}"


_SENTENCES: dict[str, Any] = {
    "additionalProperties": _additional,
    "unevaluatedProperties": _additional,
    "anyOf": _any_of,
    "oneOf": _any_of,
    "enum": _enum,
    "type": _type,
    "const": lambda error: f"{_show(error.instance)} is not {_show(error.kind.expected_value)}",
    "format": lambda error: f"{_show(error.instance)} is not a {error.kind.format}",
    "pattern": lambda error: (
        f"{_show(error.instance)} does not match the pattern {error.kind.pattern}"
    ),
    "minimum": lambda error: f"{_show(error.instance)} is less than {error.kind.limit}",
    "maximum": lambda error: f"{_show(error.instance)} is more than {error.kind.limit}",
    "minLength": lambda error: (
        f"{_show(error.instance)} is shorter than {error.kind.limit} characters"
    ),
    "maxLength": lambda error: (
        f"{_show(error.instance)} is longer than {error.kind.limit} characters"
    ),
    "minItems": lambda error: f"it needs {error.kind.limit} or more items",
    "maxItems": lambda error: f"it takes {error.kind.limit} or fewer items",
    "not": lambda error: f"{_show(error.instance)} is what the schema excludes",
    "falseSchema": lambda error: "nothing may stand here",
}


def _property(error: Any) -> str:
    return str(error.kind.property)


def _pointer(path: Iterable[str | int]) -> str:
    return "".join(f"/{_escape(str(part))}" for part in path)


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _show(value: Any) -> str:
    return _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."


def _first_line(error: BaseException) -> str:
    return str(getattr(error, "message", error)).split("\n", maxsplit=1)[0]
