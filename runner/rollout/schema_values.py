"""Keywords that hold for single values: types, lists of values, bounds, patterns, formats.

Each pair of rules is one comparison read in two directions, so that what narrows one way widens the
other way.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from runner.rollout.findings import Finding, at, canonical, place, shown

Schema = dict[str, Any]
TYPES = {
    "null": {"null"},
    "boolean": {"boolean"},
    "object": {"object"},
    "array": {"array"},
    "string": {"string"},
    "integer": {"integer"},
    "number": {"integer", "fraction"},
}
EVERY_TYPE = frozenset(kind for kinds in TYPES.values() for kind in kinds)
LOWER = (
    ("minLength", "min-length", "characters at the least"),
    ("minItems", "min-items", "items at the least"),
    ("minProperties", "min-properties", "properties at the least"),
)
UPPER = (
    ("maxLength", "max-length", "characters at the most"),
    ("maxItems", "max-items", "items at the most"),
    ("maxProperties", "max-properties", "properties at the most"),
)
SWITCHES = (("pattern", "pattern"), ("format", "format"))
VALUE_KEYWORDS = frozenset(
    {"type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
    | {"multipleOf", "uniqueItems"}
    | {keyword for keyword, _, _ in (*LOWER, *UPPER)}
    | {keyword for keyword, _ in SWITCHES}
)


def value_findings(before: Schema, after: Schema, path: str) -> Iterator[Finding]:
    """Yield how the keywords for single values differ."""
    yield from _types(before, after, path)
    yield from _options(before, after, path)
    yield from _numbers(before, after, path)
    yield from _sizes(before, after, path)
    yield from _multiples(before, after, path)
    for keyword, rule in SWITCHES:
        yield from _switch(before, after, at(path, keyword), keyword, rule)
    yield from _unique(before, after, path)


def types_of(schema: Schema) -> frozenset[str]:
    """Return the types that a schema lets pass; `fraction` is a number that is no integer."""
    said = schema.get("type")
    if said is None:
        return EVERY_TYPE
    names = said if isinstance(said, list) else [said]
    return frozenset(kind for name in names for kind in TYPES.get(str(name), {str(name)}))


def options_of(schema: Schema) -> dict[str, Any] | None:
    """Return the values that enum and const leave, by canonical text; None when all are left."""
    options: dict[str, Any] | None = None
    if isinstance(schema.get("enum"), list):
        options = {canonical(value): value for value in schema["enum"]}
    if "const" in schema:
        text = canonical(schema["const"])
        fits = options is None or text in options
        options = {text: schema["const"]} if fits else {}
    return options


def _named(path: str) -> str:
    return f"`{name}`" if (name := place(path)) else "the value"


def _types(before: Schema, after: Schema, path: str) -> Iterator[Finding]:
    old, new = types_of(before), types_of(after)
    if old == new:
        return
    lost, gained = bool(old - new), bool(new - old)
    word = "changed" if lost and gained else "narrowed" if lost else "widened"
    was, now = before.get("type"), after.get("type")
    text = f"{_named(path)} is {_type_words(now)} (was {_type_words(was)})"
    yield Finding(f"type-{word}", at(path, "type"), text, lost, gained, was, now)


def _type_words(said: Any) -> str:
    if said is None:
        return "of any type"
    return " or ".join(map(str, said)) if isinstance(said, list) else str(said)


def _options(before: Schema, after: Schema, path: str) -> Iterator[Finding]:
    old, new = options_of(before), options_of(after)
    here, name = at(path, "enum"), _named(path)
    if old is None and new is not None:
        text = f"{name} takes only {shown([*new.values()])}"
        yield Finding("enum-added", here, text, narrows=True, after=[*new.values()])
    elif old is not None and new is None:
        text = f"{name} takes more than {shown([*old.values()])}"
        yield Finding("enum-removed", here, text, widens=True, before=[*old.values()])
    elif old is not None and new is not None:
        was, now = [*old.values()], [*new.values()]
        if lost := [value for key, value in old.items() if key not in new]:
            text = f"{name} takes {_values(lost)} no longer"
            yield Finding("enum-value-removed", here, text, narrows=True, before=was, after=now)
        if gained := [value for key, value in new.items() if key not in old]:
            text = f"{name} takes {_values(gained)} too"
            yield Finding("enum-value-added", here, text, widens=True, before=was, after=now)


def _values(values: list[Any]) -> str:
    return ", ".join(shown(value, 30) for value in values[:5]) + (", …" if len(values) > 5 else "")


def _numbers(before: Schema, after: Schema, path: str) -> Iterator[Finding]:
    """Bounds of numbers, inclusive and exclusive ones as one; -1 turns an upper into a lower."""
    for keyword, exclusive, sign in (
        ("minimum", "exclusiveMinimum", 1),
        ("maximum", "exclusiveMaximum", -1),
    ):
        old, new = _bound(before, keyword, exclusive, sign), _bound(after, keyword, exclusive, sign)
        if old == new:
            continue
        narrows = old is None or (new is not None and new > old)
        word = "raised" if narrows == (sign > 0) else "lowered"
        was, now = _said(before, keyword, exclusive), _said(after, keyword, exclusive)
        text = f"the {keyword} of {_named(path)} is {_or_none(now)} (was {_or_none(was)})"
        rule, here = f"{keyword}-{word}", at(path, keyword)
        yield Finding(rule, here, text, narrows, not narrows, was, now)


def _bound(schema: Schema, keyword: str, exclusive: str, sign: int) -> tuple[Fraction, int] | None:
    """The tightest bound; the second number says that the bound itself is out."""
    bounds = []
    for name, excluded in ((keyword, 0), (exclusive, 1)):
        if (value := number(schema.get(name))) is not None:
            bounds.append((value * sign, excluded))
    return max(bounds, default=None)


def _said(schema: Schema, keyword: str, exclusive: str) -> Any:
    if exclusive in schema and keyword in schema:
        return {keyword: schema[keyword], exclusive: schema[exclusive]}
    if exclusive in schema:
        return {exclusive: schema[exclusive]}
    return schema.get(keyword)


def _or_none(value: Any) -> str:
    if isinstance(value, dict):
        return " and ".join(f"{'beyond ' if 'ex' in k else ''}{v}" for k, v in value.items())
    return "open" if value is None else str(value)


def number(value: Any) -> Fraction | None:
    """Return a JSON number exactly as it is written, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return Fraction(Decimal(str(value)))
    except (InvalidOperation, ValueError, OverflowError):
        return None


def _sizes(before: Schema, after: Schema, path: str) -> Iterator[Finding]:
    for table, sign in ((LOWER, 1), (UPPER, -1)):
        for keyword, rule, words in table:
            old, new = number(before.get(keyword)), number(after.get(keyword))
            if sign > 0:
                old, new = old or Fraction(0), new or Fraction(0)
            if old == new:
                continue
            narrows = old is None or (new is not None and (new - old) * sign > 0)
            word = "raised" if narrows == (sign > 0) else "lowered"
            was, now = before.get(keyword), after.get(keyword)
            text = f"{_named(path)} has {_or_none(now)} {words} (was {_or_none(was)})"
            yield Finding(f"{rule}-{word}", at(path, keyword), text, narrows, not narrows, was, now)


def _multiples(before: Schema, after: Schema, path: str) -> Iterator[Finding]:
    was, now = before.get("multipleOf"), after.get("multipleOf")
    old, new = number(was), number(now)
    if old == new:
        return
    narrows = new is not None and (old is None or (old / new).denominator != 1)
    widens = old is not None and (new is None or (new / old).denominator != 1)
    word = "changed" if narrows and widens else "narrowed" if narrows else "widened"
    text = f"{_named(path)} is a multiple of {_or_none(now)} (was {_or_none(was)})"
    yield Finding(f"multiple-of-{word}", at(path, "multipleOf"), text, narrows, widens, was, now)


def _switch(before: Schema, after: Schema, here: str, keyword: str, rule: str) -> Iterator[Finding]:
    """A keyword of which two values cannot be compared: added, removed, or changed."""
    was, now = before.get(keyword), after.get(keyword)
    if was == now:
        return
    name = _named(here.rpartition("/")[0])
    if was is None:
        text = f"{name} must fit the {keyword} {now}"
        yield Finding(f"{rule}-added", here, text, narrows=True, after=now)
    elif now is None:
        text = f"{name} need not fit the {keyword} {was} any longer"
        yield Finding(f"{rule}-removed", here, text, widens=True, before=was)
    else:
        text = f"the {keyword} of {name} is {now} (was {was}); which of them takes more is not told"
        yield Finding(f"{rule}-changed", here, text, True, True, was, now)


def _unique(before: Schema, after: Schema, path: str) -> Iterator[Finding]:
    was, now = before.get("uniqueItems") is True, after.get("uniqueItems") is True
    if was == now:
        return
    rule = "unique-items-added" if now else "unique-items-removed"
    words = "must all differ" if now else "may repeat"
    text = f"the items of {_named(path)} {words}"
    yield Finding(rule, at(path, "uniqueItems"), text, now, was, was, now)
