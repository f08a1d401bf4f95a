"""Which parts of its data a JMESPath expression reads: for checks before anything runs."""

from collections.abc import Callable, Sequence
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

Path = tuple[str, ...]
"""Names from the root on. `[]` stands for whichever items of a list."""
Read = tuple[Path | None, set[Path]]
"""Where the value of a part of an expression stands, if anywhere, and what else was read."""
ITEMS = "[]"
CHAINS = frozenset({"subexpression", "pipe", "index_expression"})
PROJECTIONS = frozenset({"projection", "value_projection", "filter_projection", "flatten"})
ITSELF = frozenset({"current", "identity"})
NOTHING = frozenset({"literal", "expref"})


def paths_read(expression: str) -> frozenset[Path]:
    """Return the paths that an expression reads; `()` is the whole of its data.

    `join(' ', [steps.a.id, input.b])` reads `steps.a.id` and `input.b`. An expression that cannot
    be read gives none: `selection.check` tells its problem.
    """
    try:
        tree = jmespath.compile(expression).parsed
        place, read = _read(tree, ())
    except (JMESPathError, RecursionError):
        return frozenset()
    return frozenset(read if place is None else {*read, place})


def _read(node: Any, base: Path | None) -> Read:
    """Return what a node reads when it is evaluated at `base`; None is a value made on the way."""
    kind = node["type"]
    if kind in NOTHING:
        return None, set()
    if kind in ITSELF:
        return base, set()
    walk = _WALKS.get(kind, _apart)
    return walk(node, base)


def _field(node: Any, base: Path | None) -> Read:
    return (None if base is None else (*base, node["value"])), set()


def _index(_node: Any, base: Path | None) -> Read:
    return (None if base is None else (*base, ITEMS)), set()


def _chain(node: Any, base: Path | None) -> Read:
    """Each part is evaluated at the value of the part before it."""
    read: set[Path] = set()
    for child in node["children"]:
        base, more = _read(child, base)
        read |= more
    return base, read


def _projection(node: Any, base: Path | None) -> Read:
    """All parts but the first are evaluated at each item of the first."""
    first, *rest = node["children"]
    whole, read = _read(first, base)
    items = None if whole is None else (*whole, ITEMS)
    place = items
    for position, child in enumerate(rest):
        value, more = _read(child, items)
        read |= more
        if position == 0:
            place = value
        elif value is not None:
            read.add(value)
    return place, read if whole is None else {*read, whole}


def _apart(node: Any, base: Path | None) -> Read:
    """Each part is evaluated at the same place, and a new value is made of them."""
    children: Sequence[Any] = node["children"]
    read: set[Path] = set()
    for child in children:
        place, more = _read(child, base)
        read |= more if place is None else {*more, place}
    return None, read


_WALKS: dict[str, Callable[[Any, Path | None], Read]] = {
    "field": _field,
    "index": _index,
    "slice": _index,
    **dict.fromkeys(CHAINS, _chain),
    **dict.fromkeys(PROJECTIONS, _projection),
}
