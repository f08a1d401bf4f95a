"""The first difference of two JSON values, for people."""

import json
from collections.abc import Iterator
from typing import Any

SHOWN = 200
BEFORE = 40


def first_difference(recorded: Any, now: Any) -> str:
    """Return the JSON path, what was recorded and what is there now; empty when they are equal."""
    found = next(_differences(recorded, now, ""), None)
    if found is None:
        return ""
    path, then, today = found
    start = max(_common(then, today) - BEFORE, 0)
    return f"{path}: recorded {_cut(then, start)}, now {_cut(today, start)}"


def _differences(recorded: Any, now: Any, path: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(recorded, dict) and isinstance(now, dict):
        then, today, step = recorded, now, ".{}"
    elif isinstance(recorded, list) and isinstance(now, list):
        then, today, step = dict(enumerate(recorded)), dict(enumerate(now)), "[{}]"
    else:
        if recorded != now:
            yield path, _show(recorded), _show(now)
        return
    for key in dict.fromkeys([*then, *today]):
        at = (path + step.format(key)).lstrip(".")
        if key not in then:
            yield at, "nothing", _show(today[key])
        elif key not in today:
            yield at, _show(then[key]), "nothing"
        else:
            yield from _differences(then[key], today[key], at)


def _show(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _common(first: str, second: str) -> int:
    """Return how many characters two texts have in common at their start."""
    pairs = enumerate(zip(first, second, strict=False))
    shorter = min(len(first), len(second))
    return next((at for at, (one, other) in pairs if one != other), shorter)


def _cut(text: str, start: int) -> str:
    shown = text[start : start + SHOWN]
    end = "..." if start + SHOWN < len(text) else ""
    return ("..." if start else "") + shown + end
