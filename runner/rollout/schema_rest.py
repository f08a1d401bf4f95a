"""Keywords that no other rule reads: they are told, never dropped."""

from collections.abc import Iterator

from runner.rollout.findings import Finding, at, place, shown
from runner.rollout.schema_branches import BRANCH_KEYWORDS
from runner.rollout.schema_members import MEMBER_KEYWORDS
from runner.rollout.schema_references import WORDS, Pair, Schema
from runner.rollout.schema_values import VALUE_KEYWORDS

CONDITIONS = ("not", "contains", "dependentRequired", "dependentSchemas")
"""Each is a condition of its own: added it narrows, removed it widens."""
TOGETHER = (("if", "then", "else"), ("minContains", "maxContains"))
"""Keywords that mean something only side by side."""
STRUCTURE = frozenset({"$schema", "$id", "$defs", "definitions", "$vocabulary"})
TOLD = frozenset(VALUE_KEYWORDS | MEMBER_KEYWORDS | BRANCH_KEYWORDS | WORDS | STRUCTURE | {"$ref"})


def rest_findings(pair: Pair, before: Schema, after: Schema, path: str) -> Iterator[Finding]:
    """Yield how all other keywords differ."""
    for keyword in CONDITIONS:
        if keyword in before and keyword in after:
            yield from _unlike(pair, before, after, path, (keyword,))
        elif keyword in before or keyword in after:
            yield _one_sided(before, after, path, keyword)
    for group in TOGETHER:
        yield from _unlike(pair, before, after, path, group)
    known = TOLD | {*CONDITIONS, *(word for group in TOGETHER for word in group)}
    for keyword in sorted((set(before) | set(after)) - known):
        yield from _unlike(pair, before, after, path, (keyword,))
    if before.get("$schema") != after.get("$schema"):
        yield _changed(path, ("$schema",), before, after)


def _one_sided(before: Schema, after: Schema, path: str, keyword: str) -> Finding:
    whose = f" of `{place(path)}`" if place(path) else ""
    was, now = before.get(keyword), after.get(keyword)
    added = keyword in after
    rule = "condition-added" if added else "condition-removed"
    word, value = ("new", now) if added else ("gone", was)
    text = f"a condition{whose} is {word}: {keyword} {shown(value, 40)}"
    return Finding(rule, at(path, keyword), text, added, not added, was, now)


def _unlike(
    pair: Pair, before: Schema, after: Schema, path: str, keywords: tuple[str, ...]
) -> Iterator[Finding]:
    old = {word: before[word] for word in keywords if word in before}
    new = {word: after[word] for word in keywords if word in after}
    if not pair.equal(old, new):
        yield _changed(path, keywords, before, after)


def _changed(path: str, keywords: tuple[str, ...], before: Schema, after: Schema) -> Finding:
    name = f"`{place(path)}`" if place(path) else "the schema"
    old = {word: before[word] for word in keywords if word in before}
    new = {word: after[word] for word in keywords if word in after}
    text = f"{name}: {', '.join(keywords)} changed, which no rule compares"
    return Finding("schema-changed", at(path, keywords[0]), text, True, True, old, new)
