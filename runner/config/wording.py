"""The sentences for pydantic's kinds of error."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from runner.config.advice import near

TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "tuple_type": "a list",
    "list_type": "a list",
}
ARMS = {
    "str": "text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "function-after[check_version(), str]": "`vX.Y.Z`",
    "VariableRef": "`{var: NAME}`",
    "SecretRef": "`{env: NAME}` or `{file: PATH}`",
    "FileRef": "`{file: PATH}`",
}
PATTERNS = {
    r"^[^/\s]+/\S+$": "must be `provider/name`",
    r"^https?://": "must begin with http:// or https://",
    "^/": "must be a JSON pointer: it begins with `/`",
    "^(string|integer|number|boolean)$": "must be `string`, `integer`, `number` or `boolean`",
    "^jinja$": "must be `jinja`",
    r"^[A-Za-z0-9_./-]{1,128}$": "must be 1 to 128 of A-Z, a-z, 0-9, `_`, `.`, `/` and `-`",
    "^[a-z0-9][a-z0-9-]*$": "must be a-z, 0-9 and `-`, with no `-` at the start",
    "^h1:[A-Za-z0-9+/]{43}=$": "must be a digest: `h1:` and 44 characters of base64",
}


def sentence(
    kind: str, context: Mapping[str, Any], message: str, value: Any
) -> tuple[str, str, str]:
    """Return code, words to follow the field's name, and help for one of pydantic's errors."""
    if kind in TYPES:
        return "AC101", f"must be {TYPES[kind]}", ""
    if kind == "value_error" and "is not a duration" in str(context["error"]):
        return "AC102", "must be a duration: a number and a unit, such as 30s or 5m", ""
    if kind == "value_error":
        return "AC102", f"is wrong: {context['error']}", ""
    if kind in {"literal_error", "union_tag_invalid"}:
        return _choice(kind, context, value)
    if kind == "union_tag_not_found":
        name = str(context["discriminator"]).strip("'").removesuffix("()")
        return "AC103", f"lacks the field `{name}` that says which kind it is", ""
    words = _VALUES.get(kind)
    return "AC102", words(context) if words else _plain(message), ""


def alternatives(tags: tuple[str, ...]) -> str:
    """Return what a union takes, in words, for tags that pydantic gave its arms."""
    words = dict.fromkeys(_arm(tag) for tag in tags)
    return " or ".join(words)


def arm_name(tag: str) -> str:
    """Return the name of a model in a tag such as `function-after[_one_source(), SecretRef]`."""
    return re.sub(r"^function-\w+\[.*?, (\w+Ref)\]$", r"\1", tag)


def _arm(tag: str) -> str:
    if tag in ARMS:
        return ARMS[tag]
    if tag.startswith("literal["):
        return " or ".join(f"`{word}`" for word in re.findall(r"'([^']*)'", tag))
    if tag.startswith("dict["):
        return "a mapping"
    return "a list" if tag.startswith("tuple[") else "text of its form"


def _choice(kind: str, context: Mapping[str, Any], value: Any) -> tuple[str, str, str]:
    tagged = kind == "union_tag_invalid"
    allowed = str(context["expected_tags" if tagged else "expected"])
    words = re.findall(r"'([^']*)'", allowed) or [allowed]
    given = str(context["tag"]) if tagged else value
    advice = near(given, words) if isinstance(given, str) else ""
    text = ", ".join(f"`{word}`" for word in words)
    one_of = f"must be one of {text}" if len(words) > 1 else f"must be {text}"
    return ("AC116" if tagged else "AC102"), one_of, advice


def _plain(message: str) -> str:
    return "is wrong: " + message[0].lower() + message[1:]


def _length(context: Mapping[str, Any]) -> str:
    return f"needs {context['min_length']} or more entries"


def _text_length(context: Mapping[str, Any]) -> str:
    least = context["min_length"]
    return "must not be empty" if least == 1 else f"needs {least} or more characters"


_VALUES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "greater_than_equal": lambda context: f"must be {context['ge']} or more",
    "greater_than": lambda context: f"must be more than {context['gt']}",
    "less_than_equal": lambda context: f"must be {context['le']} or less",
    "less_than": lambda context: f"must be less than {context['lt']}",
    "string_pattern_mismatch": lambda context: PATTERNS.get(
        context["pattern"], f"does not match the pattern {context['pattern']}"
    ),
    "string_too_short": _text_length,
    "too_short": _length,
    "timezone_aware": lambda context: "must be an RFC 3339 time with an offset, such as `Z`",
    "datetime_parsing": lambda context: "must be an RFC 3339 time: 2026-12-01T09:00:00+01:00",
    "datetime_from_date_parsing": lambda context: (
        "must be an RFC 3339 time: 2026-12-01T09:00:00+01:00"
    ),
    "datetime_type": lambda context: "must be an RFC 3339 time: 2026-12-01T09:00:00+01:00",
    "missing": lambda context: "is missing",
}
