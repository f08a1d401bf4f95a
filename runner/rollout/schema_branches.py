"""Keywords that combine schemas: allOf, anyOf, oneOf."""

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

from runner.rollout.findings import Finding, at, place, shown
from runner.rollout.schema_references import Pair, Schema, followed, mapping
from runner.rollout.schema_values import options_of, types_of

Compare = Callable[[Any, Any, str], Iterator[Finding]]
BRANCH_KEYWORDS = frozenset({"allOf", "anyOf", "oneOf"})


def branch_findings(
    pair: Pair, before: Schema, after: Schema, path: str, compare: Compare
) -> Iterator[Finding]:
    """Yield how the combinations differ."""
    for keyword in ("allOf", "anyOf", "oneOf"):
        old, new = before.get(keyword), after.get(keyword)
        here = at(path, keyword)
        if old is None and new is None:
            continue
        if old is None or new is None:
            yield _all_of_it(old, new, here)
            continue
        lost, gained = _without_common(pair, old, new)
        if keyword == "oneOf" and not (_apart(pair.before, old) and _apart(pair.after, new)):
            yield from _overlapping(lost, gained, here)
        elif len(lost) == len(gained):
            for number, (was, now) in enumerate(zip(lost, gained, strict=True)):
                yield from compare(was, now, at(here, str(number)))
        else:
            # To leave out a condition lets more pass; to leave out an alternative less.
            yield from _counted(lost, gained, here, conditions=keyword == "allOf")


def _all_of_it(old: Any, new: Any, path: str) -> Finding:
    keyword, name = path.rpartition("/")[2], place(path)
    whose = f" of `{name}`" if name else ""
    if old is None:
        text = f"a condition{whose} is new: {keyword}"
        return Finding("condition-added", path, text, narrows=True, after=new)
    text = f"a condition{whose} is gone: {keyword}"
    return Finding("condition-removed", path, text, widens=True, before=old)


def _without_common(pair: Pair, old: list[Any], new: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return the branches of either side that the other side does not have just so."""
    gained = list(new)
    lost = []
    for branch in old:
        same = next((at for at, other in enumerate(gained) if pair.equal(branch, other)), None)
        if same is None:
            lost.append(branch)
        else:
            del gained[same]
    return lost, gained


def _overlapping(lost: list[Any], gained: list[Any], path: str) -> Iterator[Finding]:
    """One more alternative of `oneOf` may also make a value fit two, and so none."""
    if lost or gained:
        name = place(path)
        whose = f" of `{name}`" if name else ""
        text = f"the alternatives{whose} changed, which are not clearly apart"
        yield Finding("alternatives-changed", path, text, True, True, lost, gained)


def _counted(
    lost: list[Any], gained: list[Any], path: str, *, conditions: bool
) -> Iterator[Finding]:
    noun = "condition" if conditions else "alternative"
    whose = f" of `{place(path)}`" if place(path) else ""
    if lost:
        text = f"{len(lost)} {noun}(s){whose} gone: {shown(lost)}"
        yield Finding(f"{noun}-removed", path, text, not conditions, conditions, before=lost)
    if gained:
        text = f"{len(gained)} {noun}(s){whose} new: {shown(gained)}"
        yield Finding(f"{noun}-added", path, text, conditions, not conditions, after=gained)


def _apart(root: Schema, branches: list[Any]) -> bool:
    """Return whether no value can fit two of the branches, as far as that is plain to see."""
    nodes = [followed(root, branch) for branch in branches]
    return all(
        one is not None and other is not None and _disjoint(one, other)
        for one, other in combinations(nodes, 2)
    )


def _disjoint(one: Schema, other: Schema) -> bool:
    if not types_of(one) & types_of(other):
        return True
    mine, others = options_of(one), options_of(other)
    if mine is not None and others is not None and not set(mine) & set(others):
        return True
    return _told_apart_by_a_property(one, other)


def _told_apart_by_a_property(one: Schema, other: Schema) -> bool:
    """A property that both objects must have, with values that the other never has."""
    if types_of(one) != {"object"} or types_of(other) != {"object"}:
        return False
    for name in set(one.get("required") or []) & set(other.get("required") or []):
        mine = options_of(mapping((one.get("properties") or {}).get(name, True)))
        others = options_of(mapping((other.get("properties") or {}).get(name, True)))
        if mine is not None and others is not None and not set(mine) & set(others):
            return True
    return False
