"""Nouns as plain data, and the words that lines about changes are made of."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runner.domain.change import Area, Change, Level
from runner.domain.noun import Noun
from runner.rollout.findings import shown

Row = tuple[str, Any, Any]
MOST = 80
"""Characters of a value in a line."""
CONTEXT = 20
"""Of them before the place where two long values begin to differ."""


def differing(before: Noun | None, after: Noun | None) -> Iterator[Row]:
    """Yield each field of two nouns whose values differ, as JSON data."""
    yield from unlike(dumped(before), dumped(after))


def dumped(noun: Noun | None) -> dict[str, Any]:
    """Return a noun as JSON data, names as authors write them."""
    return {} if noun is None else noun.model_dump(mode="json", by_alias=True)


def unlike(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Row]:
    """Yield each name whose values differ, with both; None where there is none.

    Values are compared as JSON: to Python `true` is 1.
    """
    for name in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(name), after.get(name)
        if as_json(old) != as_json(new):
            yield name, old, new


def as_json(value: object) -> str:
    """Return JSON data as text that is equal for equal data alone."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def percent(before: float | None, after: float | None) -> str:
    """Return by how much a number grew: ` (+140 %)`; empty where that says nothing."""
    if not before or after is None:
        return ""
    return f" ({(after - before) / before * 100:+,.0f} %)"


def moved(before: object, after: object) -> str:
    """Return two values as `5 → 7`; of long ones, where they begin to differ."""
    old, new = said(before), said(after)
    if old == new:
        old, new = _from_where_they_differ(_whole(before), _whole(after))
    return f"{old} → {new}"


def _from_where_they_differ(before: str, after: str) -> tuple[str, str]:
    pairs = enumerate(zip(before, after, strict=False))
    same = next((at for at, (old, new) in pairs if old != new), min(len(before), len(after)))
    start = max(same - CONTEXT, 0)
    return "…" + before[start : start + MOST], "…" + after[start : start + MOST]


def _whole(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def flat(text: str) -> str:
    """Return text without line ends: names may hold anything."""
    return " ".join(text.splitlines())


def said(value: object) -> str:
    """Return a value for a line: texts bare, nothing as `none`, the rest as JSON."""
    if value is None:
        return "none"
    if isinstance(value, str) and value and "\n" not in value:
        return value if len(value) <= MOST else value[: MOST - 1] + "…"
    return shown(value)


def listed(names: Sequence[str], most: int = 4) -> str:
    """Return names in one line; how many are left out is said."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


class Told:
    """Changes of one area, written down shortly."""

    def __init__(self, area: Area, name: str = "") -> None:
        self._area, self._name = area, name

    def change(self, rule: str, level: Level, text: str, row: Row | None = None) -> Change:
        """Return a change; `row` gives the name where there is none yet, before and after."""
        name, before, after = row or ("", None, None)
        return Change(
            rule=rule,
            level=level,
            area=self._area,
            name=self._name or name,
            text=flat(text),
            before=before,
            after=after,
        )
