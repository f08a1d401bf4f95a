"""JSON Schemas as rows of a table: each field by its full path, with type, default and words."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.domain.durations import parse_duration, show_duration

Schema = dict[str, Any]
NAMES = {"string": "text", "object": "mapping", "array": "list"}
UNITS = (
    (r"price\.|prices\.|^(input|cached_input|output)$", "USD per million tokens"),
    (r"_usd$", "USD"),
    (r"max_bytes$", "bytes"),
    (r"max_(chars|text)$", "characters"),
    (r"max_items$", "items"),
    (r"_tokens$|^usage\.|tokens\.", "tokens"),
    (r"max_iterations$", "turns"),
    (r"max_(tool|identical)_calls$", "calls"),
    (r"max_output_retries$", "answers"),
    (r"ok$", "HTTP statuses"),
)


@dataclass(frozen=True)
class Row:
    """One field."""

    path: str
    type: str
    default: str
    words: str


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a Markdown table as lines; a `|` in a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


class Fields:
    """The fields of one schema. Models of `shared` are not unfolded, but linked by their word."""

    def __init__(self, definitions: Mapping[str, Schema], shared: Mapping[str, str]) -> None:
        self._definitions = definitions
        self._shared = shared

    def of(self, schema: Schema, prefix: str = "") -> Iterator[Row]:
        """Yield the fields of an object in order, each followed by those inside it."""
        required = schema.get("required", [])
        for name, field in schema.get("properties", {}).items():
            path = prefix + name
            none = " or `null`" if name in required and _nullable(field) else ""
            yield Row(
                f"`{path}`",
                self._type(path, field) + none,
                _default(field, required=name in required),
                field.get("description", ""),
            )
            for inner, below in self._inside(path, field):
                yield from self.of(inner, below)

    def _inside(self, path: str, field: Schema) -> Iterator[tuple[Schema, str]]:
        """Yield the objects within a field, and what their own fields' paths begin with."""
        if "discriminator" in field:
            return
        for choice in _choices(field):
            if model := self._unfolded(choice):
                yield model, f"{path}."
            for item in _choices(choice.get("items", {})):
                if model := self._unfolded(item):
                    yield model, f"{path}[]."
            values = choice.get("additionalProperties")
            if isinstance(values, dict) and (model := self._unfolded(values)):
                yield model, f"{path}.NAME."

    def _unfolded(self, schema: Schema) -> Schema | None:
        name = reference(schema)
        if name is None or name in self._shared:
            return None
        model = self._definitions[name]
        return model if "properties" in model else None

    def _type(self, path: str, field: Schema) -> str:
        words = dict.fromkeys(self._word(choice) for choice in _choices(field))
        unit = next((word for pattern, word in UNITS if re.search(pattern, path)), "")
        counts = any({"integer", "number"} & _kinds(choice) for choice in _choices(field))
        return " or ".join(words) + (f" ({unit})" if unit and counts else "")

    def _word(self, schema: Schema) -> str:
        if name := reference(schema):
            if name in self._shared:
                return f"[{self._shared[name]}](#{self._shared[name].replace(' ', '-')})"
            return self._word(self._definitions[name]) if name in self._definitions else "mapping"
        if "const" in schema:
            return f"`{schema['const']}`"
        if "enum" in schema:
            return ", ".join(f"`{word}`" for word in schema["enum"])
        if "ms|s|m|h|d" in schema.get("pattern", ""):
            return "duration"
        if schema.get("format") in {"date", "date-time"}:
            return {"date": "date", "date-time": "time (RFC 3339)"}[schema["format"]]
        return self._plain(schema)

    def _plain(self, schema: Schema) -> str:
        kind = schema.get("type")
        if kind == "array":
            inner = dict.fromkeys(self._word(choice) for choice in _choices(schema["items"]))
            return f"list of {' or '.join(inner)}"
        if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
            values = _choices(schema["additionalProperties"])
            inner = dict.fromkeys(self._word(choice) for choice in values)
            return f"name: {' or '.join(inner)}"
        return NAMES.get(str(kind), str(kind or "anything")) + _bounds(schema)


def reference(schema: Schema) -> str | None:
    """Return the name of the definition that a schema refers to."""
    return str(schema["$ref"]).rsplit("/", 1)[1] if "$ref" in schema else None


def _choices(field: Schema) -> list[Schema]:
    """Return the forms that a value may have, without null."""
    options = field.get("anyOf") or field.get("oneOf") or [field]
    return [option for option in options if option.get("type") != "null"]


def _nullable(field: Schema) -> bool:
    return any(option.get("type") == "null" for option in field.get("anyOf", []))


def _kinds(schema: Schema) -> set[str]:
    return {str(schema.get("type")), str(schema.get("items", {}).get("type"))}


def _bounds(schema: Schema) -> str:
    least, more = schema.get("minimum"), schema.get("exclusiveMinimum")
    most = schema.get("maximum")
    words = []
    if least is not None and least == most:
        words.append(f"{least:g}")
    elif least is not None and most is not None:
        words.append(f"{least:g} to {most:g}")
    elif least is not None:
        words.append(f"{least:g} or more")
    if more is not None:
        words.append(f"more than {more:g}")
    if least is None and most is not None:
        words.append(f"at most {most:g}")
    return "".join(f", {word}" for word in words)


def _default(field: Schema, *, required: bool) -> str:
    if required:
        return "**required**"
    value = field.get("default")
    if value in (None, "", [], {}):
        return ""
    if any("ms|s|m|h|d" in choice.get("pattern", "") for choice in _choices(field)):
        seconds = value if isinstance(value, float) else parse_duration(value)
        return f"`{show_duration(seconds)}`"
    return f"`{json.dumps(value) if not isinstance(value, str) else value}`"
