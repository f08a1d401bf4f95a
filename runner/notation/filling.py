"""Arguments with gaps: a value is meant as it stands, or is `{from: JMESPath}` over some data."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from runner.notation.tree import Loc

FROM = "from"
ABSENT = object()


def gaps(arguments: Mapping[str, Any]) -> Iterator[tuple[Loc, str]]:
    """Yield the expressions in arguments, each with the path of its text."""
    for name, value in arguments.items():
        for loc, inner in parts_of(value, (name,)):
            if (expression := expression_of(inner)) is not None:
                yield (*loc, FROM), expression


def parts_of(value: Any, loc: Loc) -> Iterator[tuple[Loc, Any]]:
    """Yield a value and everything inside it, each with its path."""
    yield loc, value
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from parts_of(inner, (*loc, key))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from parts_of(inner, (*loc, index))


def expression_of(value: Any) -> str | None:
    """Return the expression of `{from: ...}`, a mapping with this key alone; else None."""
    if isinstance(value, Mapping) and set(value) == {FROM} and isinstance(value[FROM], str):
        return str(value[FROM])
    return None


def filled(arguments: Mapping[str, Any], data: Mapping[str, Any], optional: str) -> dict[str, Any]:
    """Return arguments with every gap filled.

    What an expression does not find is null; where it reads nothing but `data[optional]`, the name
    is left out instead, as a caller who has nothing to say would leave it out.

    Raises:
        ValueError: an expression does not fit the data, or gives what is not JSON.
    """
    made = {name: _filled(value, data, optional) for name, value in arguments.items()}
    present = {name: value for name, value in made.items() if value is not ABSENT}
    try:
        json.dumps(present, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise ValueError("an expression gives what is not JSON") from None
    return present


def _filled(value: Any, data: Mapping[str, Any], optional: str) -> Any:
    if (expression := expression_of(value)) is not None:
        from runner.notation.selection import select  # noqa: PLC0415  JMESPath, where a gap is

        found = select(expression, data)
        return ABSENT if found is None and _reads_only(expression, optional) else found
    if isinstance(value, Mapping):
        made = {key: _filled(inner, data, optional) for key, inner in value.items()}
        return {key: inner for key, inner in made.items() if inner is not ABSENT}
    if isinstance(value, list | tuple):
        items = [_filled(inner, data, optional) for inner in value]
        return [None if item is ABSENT else item for item in items]
    return value


def _reads_only(expression: str, root: str) -> bool:
    from runner.notation.selection_paths import paths_read  # noqa: PLC0415  as above

    read = paths_read(expression)
    return bool(read) and all(path[:1] == (root,) for path in read)
