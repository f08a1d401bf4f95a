"""A query while it is typed: its terms as text, one more or one less, and how a word goes on."""

import re
from collections.abc import Iterator, Mapping, Sequence

from runner.app.listing.query import TERM
from runner.app.listing.query_fields import FIELDS
from runner.domain.errors import UsageError

WORD = re.compile(r'(?:"(?:[^"\\]|\\.)*"?|[^\s"])+')
PROBLEM = re.compile(r"query, (column [0-9]+: .*)")
HELP_WORDS = " (`agentctl help query`)"


def terms_in(query: str) -> list[str]:
    """Return the terms of a query as they are written."""
    return WORD.findall(query)


def with_term(query: str, term: str) -> str:
    """Return a query with a term; it stands where another one on the same field stood first."""
    name = field_of(term)
    kept: list[str] = []
    for each in terms_in(query):
        if field_of(each) != name:
            kept.append(each)
        elif term not in kept:
            kept.append(term)
    return " ".join(kept if term in kept else [*kept, term])


def without(query: str, term: str) -> str:
    """Return a query without a term."""
    return " ".join(each for each in terms_in(query) if each != term)


def value_of(query: str, name: str) -> str | None:
    """Return what a query says with `name:value`, where it says that once; None otherwise."""
    said = [each for each in terms_in(query) if field_of(each) == name]
    one = len(said) == 1 and re.fullmatch(rf"{name}:([^\s,\"*?]+)", said[0])
    return one[1] if one else None


def field_of(term: str) -> str | None:
    """Return the name of the field that a term is about; None for a free text."""
    head = TERM.match(term.removeprefix("-"))
    return head["name"].lower() if head else None


def suggestion(query: str, known: Mapping[str, Sequence[str]]) -> str | None:
    """Return a query with its last word completed: the name of a field, or one of its values.

    `known` has the values of fields whose words are not always the same.
    """
    words = list(WORD.finditer(query))
    if not words or words[-1].end() != len(query):
        return None
    last = words[-1][0]
    for whole in _offers(last.removeprefix("-"), known):
        if whole.lower().startswith(last.removeprefix("-").lower()) and len(whole) > len(last):
            return query + whole[len(last.removeprefix("-")) :]
    return None


def _offers(word: str, known: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield what a word may come to, completed."""
    head = TERM.match(word)
    field = FIELDS.get(head["name"].lower()) if head else None
    if head is None or field is None:
        yield from (f"{each.name}{':' if each.kind == 'text' else '>'}" for each in FIELDS.values())
        return
    begun = word[: word.rfind(",") + 1] or word[: head.end()]
    yield from (begun + value for value in (*field.words, *known.get(field.name, ())))


def shown_problem(error: UsageError) -> str:
    """Return what is wrong with a query, and what to do, on one line."""
    first = error.message.splitlines()[0]
    found = PROBLEM.fullmatch(first)
    advice = (error.help or "").removesuffix(HELP_WORDS)
    return f"{found[1] if found else first}{'; ' + advice if advice else ''}"
