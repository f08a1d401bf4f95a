"""From a JSON result to what of it the model sees: renamed, counted, cut. Nothing is lost silently.

A list that was counted or cut becomes `{"items": [...], "total": 134, "shown": 20, "counts":
{"status": {"open": 100, "paid": 34}}}`; every other value keeps its form.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from runner.domain.tool import ResultShape

MAX_VALUES = 20
"""Values of one field that are counted by name; the rest are one number."""
MAX_LABEL = 80
REST = "other"
ABSENT = "absent"


def shaped(data: Any, wanted: ResultShape, redact: Callable[[str], str]) -> Any:
    """Return a JSON value renamed, counted and cut.

    Texts are redacted before anything cuts them: the beginning of a secret is no longer found.
    """
    if wanted.count_by or wanted.max_text:
        data = _texts(data, redact)
    data = _summary(renamed(data, wanted.rename), wanted)
    return data if wanted.max_text is None else _texts(data, cut_to(wanted.max_text))


def renamed(data: Any, names: Mapping[str, str]) -> Any:
    """Return an object, or each object of a list, with new names for its fields, in their order.

    All fields are renamed at once, so that two may swap their names. A field whose new name is
    taken keeps its old one: no value is lost.
    """
    if not names:
        return data
    if isinstance(data, list):
        return [_renamed(item, names) for item in data]
    return _renamed(data, names)


def counts(items: Sequence[Any], field: str) -> dict[str, int]:
    """Return how often each value of a field stands in the items, the most frequent first.

    The numbers add up to the number of items: rare values together are `other`, items without the
    field `absent`, lists and objects `array` and `object`.
    """
    found = Counter(_label(item, field) for item in items)
    # Sorted, not most_common: its order among equals is not promised for a limited number.
    ranked = sorted(found.items(), key=lambda entry: -entry[1])
    told = dict(ranked[:MAX_VALUES])
    if rest := sum(number for _label, number in ranked[MAX_VALUES:]):
        told[REST] = told.get(REST, 0) + rest
    return told


def cut_to(max_text: int) -> Callable[[str], str]:
    """Return what cuts a text to so many characters and says how long it was."""

    def cut(text: str) -> str:
        if len(text) <= max_text:
            return text
        return f"{text[:max_text]}… [cut: {max_text:,} of {len(text):,} characters]"

    return cut


def _renamed(item: Any, names: Mapping[str, str]) -> Any:
    if not isinstance(item, dict):
        return item
    kept = {field for field in item if field not in names}
    while clashing := _clashing(item, names, kept):
        kept |= clashing
    return {field if field in kept else names[field]: value for field, value in item.items()}


def _clashing(item: Mapping[str, Any], names: Mapping[str, str], kept: set[str]) -> set[str]:
    """Return the fields whose new name is the name of another field, or of one before them."""
    taken, clashing = set(kept), set()
    for field in item:
        if field in kept:
            continue
        if names[field] in taken:
            clashing.add(field)
        taken.add(names[field])
    return clashing


def _summary(data: Any, wanted: ResultShape) -> Any:
    if not isinstance(data, list):
        return data
    limit = wanted.max_items or len(data)
    if not wanted.count_by and len(data) <= limit:
        return data
    summary = {"items": data[:limit], "total": len(data), "shown": min(limit, len(data))}
    if wanted.count_by:
        summary["counts"] = {field: counts(data, field) for field in wanted.count_by}
    return summary


def _label(item: Any, field: str) -> str:
    if not isinstance(item, dict) or field not in item:
        return ABSENT
    value = item[field]
    if isinstance(value, dict | list):
        return "object" if isinstance(value, dict) else "array"
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= MAX_LABEL else text[:MAX_LABEL] + "…"


def _texts(data: Any, change: Callable[[str], str]) -> Any:
    """Return the value with every text in it changed; names of fields stay."""
    if isinstance(data, str):
        return change(data)
    if isinstance(data, list):
        return [_texts(item, change) for item in data]
    if isinstance(data, dict):
        return {name: _texts(item, change) for name, item in data.items()}
    return data
