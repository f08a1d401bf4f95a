"""What a comparison of two JSON Schemas finds, before anybody says how bad it is."""

import json
from typing import Any, NamedTuple


class Finding(NamedTuple):
    """One difference between two schemas.

    It narrows when a value may have fitted before that fits no longer, and widens when one may fit
    now that did not. What cannot be decided does both; what does neither are words for the model.
    """

    rule: str
    path: str
    """JSON pointer into the schema, to where the difference is."""
    text: str
    narrows: bool = False
    widens: bool = False
    before: Any = None
    after: Any = None


def canonical(value: Any) -> str:
    """Return a JSON value as text that is the same for values that JSON Schema calls equal."""
    return json.dumps(_whole(value), sort_keys=True, ensure_ascii=False)


def written(value: Any) -> str:
    """Return a JSON value as text in the order of the author's, which the model reads."""
    return json.dumps(value, ensure_ascii=False)


def shown(value: Any, width: int = 60) -> str:
    """Return a JSON value for a line of text, cut visibly."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= width else text[: width - 1] + "…"


def place(path: str) -> str:
    """Return what a pointer into a schema is about, as people name it: `items[].sku`."""
    names: list[str] = []
    steps = iter(path.split("/")[1:])
    for step in steps:
        if step in {"properties", "patternProperties"}:
            names.append("." + next(steps, "").replace("~1", "/").replace("~0", "~"))
        elif step == "items":
            names.append("[]")
        elif step == "prefixItems":
            names.append(f"[{next(steps, '')}]")
        elif step == "additionalProperties":
            names.append(".*")
    return "".join(names).removeprefix(".")


def at(path: str, *tokens: str) -> str:
    """Return a pointer that leads further."""
    return path + "".join("/" + t.replace("~", "~0").replace("/", "~1") for t in tokens)


def _whole(value: Any) -> Any:
    """1.0 is 1 in JSON Schema; True is not."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    return [_whole(inner) for inner in value] if isinstance(value, list) else value
