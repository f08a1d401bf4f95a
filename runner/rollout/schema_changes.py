"""How two JSON Schemas differ, in both directions: what fits no longer, and what fits now.

Sound, and careful: where a value may fit before and not after, something is found that narrows,
and the other way round something that widens; what no rule understands does both. A finding may be
overcautious, where two keywords together say more than each alone. Source of the keywords: JSON
Schema 2020-12; an older `items` with a list is read as `prefixItems`.
"""

from collections.abc import Callable, Iterator
from typing import Any

from runner.notation.schema import compile_schema
from runner.rollout.findings import Finding, at, canonical, place, written
from runner.rollout.schema_branches import branch_findings
from runner.rollout.schema_members import member_findings
from runner.rollout.schema_references import (
    MAX_DEPTH,
    MAX_STEPS,
    WORDS,
    Pair,
    Schema,
    followed,
    mapping,
    understood,
)
from runner.rollout.schema_rest import rest_findings
from runner.rollout.schema_values import options_of, value_findings

Compare = Callable[[Any, Any, str], Iterator[Finding]]


def schema_findings(before: Schema, after: Schema) -> list[Finding]:
    """Return how two schemas differ; empty only when they are the same JSON in the same order."""
    if canonical(before) == canonical(after):
        text = "is written in another order, which the model reads"
        same = written(before) == written(after)
        return [] if same else [Finding("schema-rewritten", "", text)]
    if not (understood(before) and understood(after)):
        return [unknown("", "its references cannot be followed")]
    found = list(_Comparison(Pair(before, after)).compare(before, after, ""))
    unique = {(finding.rule, finding.path): finding for finding in reversed(found)}
    return [*reversed(unique.values())] or [
        Finding("schema-rewritten", "", "is written otherwise and takes the same values")
    ]


def unknown(path: str, why: str) -> Finding:
    """Return the finding for a change that no rule understands."""
    name = f"`{place(path)}`" if place(path) else "the schema"
    return Finding("schema-changed", path, f"{name} changed: {why}", True, True)


class _Comparison:
    """One walk through both schemas at the same time."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair

    def compare(self, before: Any, after: Any, path: str) -> Iterator[Finding]:
        """Yield what differs at one place and below it."""
        if self._pair.equal(before, after) or not self._pair.entered(before, after):
            return
        if path.count("/") > 2 * MAX_DEPTH or self._pair.steps > MAX_STEPS:
            yield unknown(path, "it is too large to compare")
            return
        old = followed(self._pair.before, before)
        new = followed(self._pair.after, after)
        if old is None or new is None:
            yield unknown(path, "a reference in it cannot be followed")
            return
        yield from _words(old, new, path)
        yield from _really(old, new, list(self._constraints(old, new, path)))

    def _constraints(self, old: Schema, new: Schema, path: str) -> Iterator[Finding]:
        yield from value_findings(old, new, path)
        yield from member_findings(old, new, path, self.compare)
        yield from branch_findings(self._pair, old, new, path, self.compare)
        yield from rest_findings(self._pair, old, new, path)


def _words(before: Schema, after: Schema, path: str) -> Iterator[Finding]:
    for word in sorted(WORDS):
        was, now = before.get(word), after.get(word)
        if canonical(was) != canonical(now):
            name = f" of `{place(path)}`" if place(path) else ""
            rule = "comment-changed" if word == "$comment" else "words-changed"
            text = f"the {word.removeprefix('$')}{name} changed"
            yield Finding(rule, at(path, word), text, before=was, after=now)


def _really(before: Schema, after: Schema, found: list[Finding]) -> list[Finding]:
    """Drop the directions that a list of values disproves: each of them can be tried."""
    narrows = any(f.narrows for f in found) and not _all_fit(before, after)
    widens = any(f.widens for f in found) and not _all_fit(after, before)
    kept = [f for f in found if (f.narrows and narrows) or (f.widens and widens)]
    said_nothing = [f for f in found if not (f.narrows or f.widens)]
    return [*said_nothing, *(_told(f, narrows=narrows, widens=widens) for f in kept)]


def _told(finding: Finding, *, narrows: bool, widens: bool) -> Finding:
    return Finding(
        finding.rule,
        finding.path,
        finding.text,
        finding.narrows and narrows,
        finding.widens and widens,
        finding.before,
        finding.after,
    )


def _all_fit(one: Schema, other: Schema) -> bool:
    """Return whether one schema has a list of values, all of which fit the other."""
    options = options_of(one)
    if options is None or "$ref" in canonical(mapping(one)) + canonical(mapping(other)):
        return False
    try:
        mine, others = compile_schema(one), compile_schema(other)
    except ValueError:
        return False
    return all(bool(mine.problems(v)) or not others.problems(v) for v in options.values())
