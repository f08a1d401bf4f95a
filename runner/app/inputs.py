"""The input of a run, from flags, a file or standard input."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from runner.domain.agent import AgentSpec
from runner.domain.errors import UsageError
from runner.notation.jsonish import strict_json
from runner.notation.text import decode
from runner.notation.yamlish import read_yaml

MAX_BYTES = 1 << 20


def read_input(spec: AgentSpec, pairs: Sequence[str], source: str | None) -> dict[str, Any]:
    """Return the input of a run: the file's object, then `-i` pairs over it.

    `key=value` is typed by input_schema, `key:=JSON` is literal.

    Raises:
        UsageError: a pair or the file cannot be read as input.
    """
    data = _from_source(source) if source else {}
    for pair in pairs:
        key, value = _parse_pair(spec, pair)
        data[key] = value
    return data


def parse_pairs(pairs: Sequence[str], flag: str) -> dict[str, str]:
    """Return `NAME=VALUE` pairs as a dict of texts.

    Raises:
        UsageError: a pair has no `=` or no name.
    """
    parsed = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise UsageError(f"{flag} {pair!r} is not NAME=VALUE")
        parsed[name] = value
    return parsed


def typed(text: str, kind: object) -> Any:
    """Return text as the JSON Schema type that is wanted; the schema check says the rest."""
    if kind in {"integer", "number", "boolean", "array", "object", "null"}:
        try:
            return strict_json(text)
        except ValueError:
            return text
    return text


def _parse_pair(spec: AgentSpec, pair: str) -> tuple[str, Any]:
    name, equals, text = pair.partition("=")
    if not equals or not name.rstrip(":"):
        raise UsageError(f"-i {pair!r} is not KEY=VALUE or KEY:=JSON")
    if name.endswith(":"):
        try:
            return name[:-1], strict_json(text)
        except ValueError as error:
            raise UsageError(f"-i {pair!r}: {error}") from error
    properties = (spec.input_schema or {}).get("properties", {})
    schema = properties.get(name, {})
    return name, typed(text, schema.get("type") if isinstance(schema, dict) else None)


def _from_source(source: str) -> dict[str, Any]:
    try:
        data = sys.stdin.buffer.read(MAX_BYTES + 1) if source == "-" else _read(Path(source))
    except OSError as error:
        raise UsageError(f"--input {source}: {error.strerror}") from error
    document = read_yaml(decode(data)).data
    if not isinstance(document, dict):
        raise UsageError(f"--input {source}: the input is one object, not a list or a value")
    return document


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
