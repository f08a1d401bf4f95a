"""The input of a run, from flags, a file or standard input."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from runner.domain.agent import AgentSpec
from runner.domain.errors import UsageError
from runner.domain.permissions import at
from runner.notation.jsonish import strict_json
from runner.notation.problems import NotationError
from runner.notation.text import decode
from runner.notation.yamlish import read_yaml

MAX_BYTES = 1 << 20
NOT_TEXT = frozenset({"integer", "number", "boolean", "array", "object", "null"})


def read_input(spec: AgentSpec, pairs: Sequence[str], source: str | None) -> dict[str, Any]:
    """Return the input of a run: the file's object, then `-i` pairs over it.

    `key=value` is typed by input_schema, `key:=JSON` is literal.

    Raises:
        UsageError: a pair or the file cannot be read as input.
    """
    data = _from_source(source) if source else {}
    said: set[str] = set()
    for pair in pairs:
        key, value = _parse_pair(spec, pair)
        if key in said:
            raise UsageError(f"-i {key} is said twice", help="say it once")
        said.add(key)
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
            raise UsageError(f"{flag} {pair!r} is not NAME=VALUE", help=f"as in {flag} limit=5")
        if name in parsed:
            raise UsageError(f"{flag} {name} is said twice", help="say it once")
        parsed[name] = value
    return parsed


def check_text(text: str, flag: str) -> None:
    """Raise UsageError for bytes that the terminal's encoding does not know: no journal holds them.

    Python passes them on as single surrogates (PEP 383).
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError(
            f"{flag}: the value is not UTF-8 text", help="look at the terminal's locale (LC_ALL)"
        ) from None


def typed(text: str, kind: object) -> Any:
    """Return text as the JSON Schema type, or list of types, that is wanted.

    What cannot be read as one stays text: the check against the schema says what is wrong.
    """
    kinds = set(kind if isinstance(kind, list) else [kind])
    if not kinds & NOT_TEXT:
        return text
    try:
        value = strict_json(text)
    except ValueError:
        return text
    return text if isinstance(value, str) else value


def _parse_pair(spec: AgentSpec, pair: str) -> tuple[str, Any]:
    check_text(pair, "-i")
    name, equals, text = pair.partition("=")
    if not equals or not name.rstrip(":"):
        raise UsageError(
            f"-i {pair!r} is not KEY=VALUE or KEY:=JSON",
            help="for instance -i since=2026-11-01, or -i 'ids:=[1, 2]'",
        )
    if name.endswith(":"):
        try:
            return name[:-1], strict_json(text)
        except ValueError as error:
            raise UsageError(
                f"-i {pair!r}: {error}", help="after := stands JSON; a text is said with ="
            ) from error
    root = spec.input_schema or {}
    schema = _resolved(root, at(root, f"/properties/{name}"))
    return name, typed(text, schema.get("type") if isinstance(schema, dict) else None)


def _resolved(root: dict[str, Any], schema: Any) -> Any:
    """Follow one reference inside the schema; validation allows no others."""
    reference = schema.get("$ref") if isinstance(schema, dict) else None
    local = isinstance(reference, str) and reference.startswith("#/")
    return at(root, str(reference)[1:]) if local else schema


def _from_source(source: str) -> dict[str, Any]:
    try:
        data = sys.stdin.buffer.read(MAX_BYTES + 1) if source == "-" else _read(Path(source))
        document = read_yaml(decode(data)).data
    except OSError as error:
        raise UsageError(
            f"--input {source}: {error.strerror}", help="name a JSON or YAML file, or - for stdin"
        ) from error
    except NotationError as error:
        raise UsageError(f"--input {source}: {error.message}", help=error.help) from error
    if not isinstance(document, dict):
        raise UsageError(
            f"--input {source}: the input is one object, not a list or a value",
            help='write it as {"key": value}',
        )
    return document


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
