"""The language that picks runs: `agent:invoice-* -status:succeeded cost>0.10 age<2d "free text"`.

One parser for `agentctl runs --query`, `agentctl cost --query` and every other filter on runs.
Terms are joined by a space and all must hold; `-` negates one, `,` means or, `*` and `?` are globs.
Texts are compared in any case.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import cached_property
from typing import Any

from runner.app.listing.query_fields import FIELDS, FREE, GONE, QueryField, number, shown_status
from runner.domain.errors import UsageError

Row = Mapping[str, Any]
TERM = re.compile(r"(?P<name>[A-Za-z_]+)(?P<op>:?(?:>=|<=|!=|>|<)|==?|:)")
VALUE = re.compile(r'"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s,"]+)')
JOINING = {"AND": "a space", "OR": "`,` between values", "NOT": "`-` before a term"}
NONE = "none"
SAFE = re.compile(r"[A-Za-z0-9._-]+")
COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": lambda found, wanted: found > wanted,
    ">=": lambda found, wanted: found >= wanted,
    "<": lambda found, wanted: found < wanted,
    "<=": lambda found, wanted: found <= wanted,
    ":": lambda found, wanted: found == wanted,
}


@dataclass(frozen=True)
class Term:
    """One condition: it holds when any of its values does, or none of them when negated."""

    field: QueryField | None
    op: str
    values: tuple[str, ...]
    negated: bool = False

    @cached_property
    def test(self) -> Callable[[Row], bool]:
        """Whether a row fulfils the condition."""
        holds = _any_of([_one(self.field, self.op, value) for value in self.values])
        return (lambda row: not holds(row)) if self.negated else holds

    @property
    def age_s(self) -> tuple[float, ...]:
        """The greatest age in seconds that it allows; empty where it sets no bound."""
        field = self.field
        if field is None or field.name != "age" or self.negated or self.op not in {"<", "<="}:
            return ()
        return (number(field, self.values[0]),)

    def needles(self, line: str) -> tuple[bytes, ...]:
        """Return lower-case bytes of which a `started` or `ended` ledger line must hold one.

        Empty where nothing can be said without reading the line.
        """
        field = self.field
        if self.negated or self.op != ":" or not all(map(SAFE.fullmatch, self.values)):
            return ()
        if field is None:
            return tuple(v.lower().encode() for v in self.values) if line == "started" else ()
        if (
            field.line != line
            or not field.key
            or {value.lower() for value in self.values} & field.said_by_absence
        ):
            return ()
        return tuple(f'"{field.key}":"{value}"'.lower().encode() for value in self.values)


@dataclass(frozen=True)
class Query:
    """Conditions on a run that must all hold; none holds for every run."""

    terms: tuple[Term, ...] = ()

    def matches(self, row: Row) -> bool:
        """Return whether a run, as plain data, is one of those asked for."""
        return all(term.test(row) for term in self.terms)

    def of_start(self) -> "Query":
        """Return the conditions that a run's start alone can answer."""
        terms = (t for t in self.terms if t.field is None or t.field.line == "started")
        return Query(tuple(terms))

    def needles(self, line: str) -> list[tuple[bytes, ...]]:
        """Return for each condition the bytes of which a ledger line must hold one."""
        return [found for term in self.terms if (found := term.needles(line))]

    @property
    def oldest_s(self) -> float | None:
        """The age in seconds beyond which no run can match, or None."""
        return min((bound for term in self.terms for bound in term.age_s), default=None)


def parse_query(text: str) -> Query:
    """Return the query of an expression.

    Raises:
        UsageError: the expression is none; it names the column.
    """
    return Query(tuple(_Reader(text).terms()))


def field_is(name: str, values: Sequence[str]) -> Term:
    """Return the condition that a field is one of these texts, with globs."""
    return Term(FIELDS[name], ":", tuple(values))


class _Reader:
    """Reads terms from left to right; `at` is the place of the next character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def terms(self) -> list[Term]:
        found = []
        while self._skip_space():
            start = self.at
            negated = self.text[start] == "-"
            self.at += negated
            found.append(self._term(start, negated=negated))
        return found

    def _skip_space(self) -> bool:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.at < len(self.text)

    def _term(self, start: int, *, negated: bool) -> Term:
        head = TERM.match(self.text, self.at)
        if head is None:
            return self._free(start, negated=negated)
        field = self._field(head)
        op = head["op"].lstrip(":") or ":"
        op = ":" if op in {"=", "=="} else op
        self.at = head.end()
        values = self._values(field, op, start)
        if op == "!=":
            return Term(field, ":", values, negated=not negated)
        return Term(field, op, values, negated)

    def _field(self, head: re.Match[str]) -> QueryField:
        name = head["name"].lower()
        if name in FIELDS:
            return FIELDS[name]
        advice = _near(name, FIELDS) or f"fields: {', '.join(FIELDS)}; quote a text that holds `:`"
        raise self._error(head.start(), head.end("name"), f"no field `{head['name']}`", advice)

    def _values(self, field: QueryField, op: str, start: int) -> tuple[str, ...]:
        values = [self._value(field, op)]
        while self.text[self.at : self.at + 1] == ",":
            self.at += 1
            values.append(self._value(field, op))
        if op not in {":", "!="} and len(values) > 1:
            raise self._error(
                start, self.at, f"`{op}` compares with one value", "leave out the others"
            )
        self._must_end(start)
        return tuple(values)

    def _value(self, field: QueryField, op: str) -> str:
        match = VALUE.match(self.text, self.at)
        if match is None:
            unclosed = self.text[self.at : self.at + 1] == '"'
            what = "a quote that nothing closes" if unclosed else f"`{field.name}` has no value"
            raise self._error(self.at, self.at + 1, what, f"for instance {field.example}")
        self.at = match.end()
        value = _unquoted(match)
        problem = field.problem(op, value)
        if problem:
            message, advice = problem
            raise self._error(match.start(), match.end(), message, advice)
        return value

    def _free(self, start: int, *, negated: bool) -> Term:
        match = VALUE.match(self.text, self.at)
        if match is None:
            advice = "write a word, a field such as status:failed, or a quoted text"
            raise self._error(self.at, self.at + 1, "here a term should begin", advice)
        self.at = match.end()
        word = match["bare"]
        if word in JOINING:
            raise self._error(start, self.at, f"there is no word {word}", f"write {JOINING[word]}")
        if word and word[0] in "()":
            raise self._error(
                start, self.at, "there are no parentheses", "write status:failed,stopped"
            )
        self._must_end(start)
        return Term(None, ":", (_unquoted(match),), negated)

    def _must_end(self, start: int) -> None:
        rest = self.text[self.at : self.at + 1]
        if rest and not rest.isspace():
            advice = "put a space between terms, and a text with quotes in it into quotes"
            raise self._error(start, self.at + 1, "the term goes on after its end", advice)

    def _error(self, start: int, end: int, message: str, advice: str) -> UsageError:
        line = "".join(c if c.isprintable() else "·" for c in self.text)
        caret = " " * start + "^" * max(end - start, 1)
        return UsageError(
            f"query, column {start + 1}: {message}\n  {line}\n  {caret}",
            help=f"{advice} (`agentctl help query`)",
        )


def _unquoted(match: re.Match[str]) -> str:
    quoted = match["quoted"]
    return match["bare"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)


def _near(name: str, known: Mapping[str, object]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  only for a mistyped name

    close = get_close_matches(name, known, n=1)
    return f"did you mean `{close[0]}`?" if close else ""


def _any_of(tests: Sequence[Callable[[Row], bool]]) -> Callable[[Row], bool]:
    return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)


def _one(field: QueryField | None, op: str, value: str) -> Callable[[Row], bool]:
    if field is None:
        return _says(value)
    if value == NONE and not field.has_none:
        return lambda row: field.of(row) is None
    if field.name == "status" and value.lower() == GONE:
        return lambda row: shown_status(row) == GONE
    if field.kind == "text":
        return _text(field, value)
    wanted, compare = number(field, value), COMPARE[op]
    return lambda row: (found := field.of(row)) is not None and compare(found, wanted)


def _says(value: str) -> Callable[[Row], bool]:
    """Free text: a part of any text field."""
    pattern = _glob(f"*{value}*")
    return lambda row: any(pattern(text.lower()) for of in FREE if (text := of(row)))


def _text(field: QueryField, value: str) -> Callable[[Row], bool]:
    pattern = _glob(f"*{value}*" if field.by_part else value)
    return lambda row: (text := field.of(row)) is not None and bool(pattern(text.lower()))


def _glob(text: str) -> Callable[[str], Any]:
    folded = text.lower()
    if not set("*?") & set(folded):
        return folded.__eq__
    bare = folded.strip("*")
    if folded == f"*{bare}*" and not set("*?") & set(bare):
        return lambda found: bare in found
    return re.compile(translate(folded.replace("[", "[[]"))).match
