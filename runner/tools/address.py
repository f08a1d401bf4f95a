"""The address of an HTTP tool: arguments in its path and query, and those that are left over."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, quote, urlencode, urlsplit, urlunsplit

from runner.domain.tool import WRITING_BODY, HttpCall
from runner.tools.answer import failed

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.-]*)\}")
LEADING_ELSEWHERE = re.compile(r"[/\\\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Address:
    """Where a request goes, and the arguments that are its body."""

    url: str
    rest: dict[str, Any]


def address(template: str, call: HttpCall, arguments: Mapping[str, Any]) -> Address:
    """Return the address of one call.

    `{name}` in the path takes an argument, as one segment or a part of one. The arguments of
    `call.query`, and all that are left of a GET or DELETE, are appended to the query: a list as
    one pair for each item, null not at all, an object as JSON.

    Raises:
        FailureError: `tool_failed`, an argument is missing or could lead to another path.
    """
    parts = _parts(template)
    names = PLACEHOLDER.findall(parts.path)
    path = PLACEHOLDER.sub(lambda match: _segment(match[1], arguments), parts.path)
    if any(segment in {".", ".."} for segment in path.split("/")):
        raise failed("the arguments make a `.` or `..` in the address; use a real name")
    rest = {name: value for name, value in arguments.items() if name not in names}
    asked = call.query if call.method in WRITING_BODY else tuple(rest)
    query = urlencode(list(_pairs({name: rest[name] for name in asked if name in rest})))
    joined = "&".join(part for part in (parts.query, query) if part)
    url = urlunsplit((parts.scheme, parts.netloc, path, joined, ""))
    return Address(url, {name: value for name, value in rest.items() if name not in asked})


def _parts(template: str) -> SplitResult:
    try:
        parts = urlsplit(template)
    except ValueError:
        raise failed("the tool's address cannot be read") from None
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise failed("the tool's address must start with http:// or https:// and a host")
    if "{" in parts.netloc + parts.query:
        raise failed("the tool's address takes arguments in its path only")
    return parts


def _segment(name: str, arguments: Mapping[str, Any]) -> str:
    value = arguments.get(name)
    if value is None or isinstance(value, dict | list):
        raise failed(f"the argument `{name}` is needed for the address, as one text or number")
    text = _text(value)
    if not text or LEADING_ELSEWHERE.search(text):
        raise failed(f"the argument `{name}` may not be empty or hold a `/` or `\\`")
    return quote(text, safe="")


def _pairs(arguments: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in arguments.items():
        for item in value if isinstance(value, list) else [value]:
            if item is not None:
                yield name, _text(item)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
