"""Which rows of a fleet are shown, and in what order.

The filter is written as runs are asked for (`runner.app.listing.query`):
`sync:behind,held -health:healthy ok<90 cost>1 invoice`. Terms are joined by a space and all must
hold; `-` negates one, `,` means or, `*` and `?` are globs, and a bare word is a part of the agent's
name or of its version.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any, Literal

from runner.app.fleet.figures import word_of
from runner.app.fleet.matrix import Line
from runner.app.fleet.row import NO_POINTER, Row
from runner.app.listing.query import TERM, VALUE, Term
from runner.app.listing.query_fields import GONE, STATUSES, QueryField
from runner.domain.errors import UsageError

SYNC_WORDS = ("synced", "behind", "held", "drifted", "tampered", "unknown", "none")
LAST_WORDS = (*STATUSES, GONE, "none")
HEALTH_WORDS = ("healthy", "running", "late", "failing", "breaker", "paused", "unknown")


def _get(name: str) -> Callable[[Any], Any]:
    return lambda row: row[name]


_ALL = (
    QueryField("agent", "text", _get("agent"), "the agent's name", "agent:invoice-*"),
    QueryField("version", "text", _get("version"), "what is live", "version:v1.*"),
    QueryField("sync", "text", _get("sync"), "as in SYNC", "sync:behind,held", SYNC_WORDS),
    QueryField("health", "text", _get("health"), "as in HEALTH", "-health:healthy", HEALTH_WORDS),
    QueryField("last", "text", _get("last"), "how the last run stands", "last:failed", LAST_WORDS),
    QueryField("ok", "count", _get("ok"), "percent of the last 20 runs", "ok<90"),
    QueryField("cost", "money", _get("cost"), "USD in 24 hours", "cost>1"),
    QueryField("runs", "count", _get("runs"), "runs in 24 hours", "runs:0"),
)
FIELDS = {field.name: field for field in _ALL}
FREE = QueryField("text", "text", _get("text"), "agent and version", "invoice", by_part=True)

Order = Literal["trouble", "agent", "next", "ok", "cost"]
ORDERS: tuple[Order, ...] = ("trouble", "agent", "next", "ok", "cost")
WORST_FIRST = ("tampered", "failing", "breaker", "unreadable", "late", "drifted", "held", "behind")


@dataclass(frozen=True)
class Filter:
    """Conditions on a row that must all hold."""

    terms: tuple[Term, ...] = ()
    troubled: bool = False
    """Only rows in which something asks for a person."""

    def matches(self, row: Row) -> bool:
        """Return whether a row is shown."""
        if self.troubled and not row.troubled:
            return False
        told = _told(row) if self.terms else {}
        return all(term.test(told) for term in self.terms)


def parse_filter(text: str) -> tuple[Term, ...]:
    """Return the conditions that a filter line writes.

    Raises:
        UsageError: a word in it is no condition; it says which.
    """
    return tuple(_terms(text))


def arranged(rows: Iterable[Row], which: Filter, order: Order = "trouble") -> list[Row]:
    """Return the rows that are shown, in an order; those that are equal in it by name."""
    shown = [row for row in rows if which.matches(row)]
    return sorted(shown, key=lambda row: (*_rank(row, order), row.agent))


def arranged_lines(lines: Iterable[Line], which: Filter) -> list[Line]:
    """Return the lines of a matrix of which a cell is shown, the worst of any environment first."""
    shown = [line for line in lines if not line.cells or any(map(which.matches, line.cells))]
    return sorted(shown, key=lambda line: (min(map(trouble, line.cells), default=0), line.agent))


def _terms(text: str) -> Iterable[Term]:
    at = 0
    while rest := text[at:].lstrip():
        at = len(text) - len(rest)
        negated = rest.startswith("-")
        term, at = _term(text, at + negated, negated=negated)
        yield term


def _term(text: str, at: int, *, negated: bool) -> tuple[Term, int]:
    head = TERM.match(text, at)
    if head is None:
        value, end = _value(text, at, FREE)
        return Term(FREE, ":", (value,), negated), end
    field = FIELDS.get(head["name"].lower())
    if field is None:
        close = get_close_matches(head["name"].lower(), FIELDS, n=1)
        known = f"did you mean `{close[0]}`?" if close else f"fields: {', '.join(FIELDS)}"
        raise UsageError(f"no field `{head['name']}`", help=known)
    op = head["op"].lstrip(":") or ":"
    op = ":" if op in {"=", "=="} else op
    values, end = _values(text, head.end(), field, op)
    if op == "!=":
        return Term(field, ":", values, not negated), end
    return Term(field, op, values, negated), end


def _values(text: str, at: int, field: QueryField, op: str) -> tuple[tuple[str, ...], int]:
    values, comma = [], True
    while comma:
        value, at = _value(text, at, field)
        if problem := field.problem(op, value):
            raise UsageError(problem[0], help=problem[1])
        values.append(value)
        comma = text[at : at + 1] == ","
        at += comma
    return tuple(values), at


def _value(text: str, at: int, field: QueryField) -> tuple[str, int]:
    found = VALUE.match(text, at)
    if found is None:
        raise UsageError(f"`{field.name}` has no value", help=f"for instance {field.example}")
    return (found["bare"] if found["quoted"] is None else found["quoted"]), found.end()


def _told(row: Row) -> dict[str, Any]:
    """Return what conditions are about."""
    ok, last = row.figures.ok, row.last
    return {
        "agent": row.agent,
        "version": row.version,
        "sync": row.sync.word if row.sync else "none",
        "health": row.health.word,
        "last": word_of(last) if last else "none",
        "ok": None if ok is None else round(100 * ok),
        "cost": row.figures.day_usd,
        "runs": row.figures.day_runs,
        "text": f"{row.agent} {row.version or ''}",
    }


def _rank(row: Row, order: Order) -> tuple[Any, ...]:
    if order == "trouble":
        return (trouble(row),)
    if order == "next":
        fire = row.next_fire
        return (fire.at if fire else datetime.max.replace(tzinfo=UTC),)
    if order == "ok":
        return (2.0 if row.figures.ok is None else row.figures.ok,)
    return (-(row.figures.day_usd or 0.0),) if order == "cost" else ()


def trouble(row: Row) -> int:
    """Return how far down a row stands when the worst comes first."""
    if row.sync_word == NO_POINTER:
        return len(WORST_FIRST) + 1
    sync = "unreadable" if row.sync_word == "unknown" else row.sync_word
    words = {sync, row.health.word}
    return next((at for at, word in enumerate(WORST_FIRST) if word in words), len(WORST_FIRST))
