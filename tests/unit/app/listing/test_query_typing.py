import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.app.listing.query import parse_query
from runner.app.listing.query_typing import (
    shown_problem,
    suggestion,
    terms_in,
    value_of,
    with_term,
    without,
)
from runner.domain.errors import UsageError

KNOWN = {"agent": ("kb-sync", "invoice-triage"), "env": ("prod", "dev")}


def test_terms_are_told_apart_by_the_blanks_between_them() -> None:
    query = 'agent:a  -status:failed subject:"two words" "a \\" b"'
    assert terms_in(query) == ["agent:a", "-status:failed", 'subject:"two words"', '"a \\" b"']


@pytest.mark.parametrize(
    ("query", "term", "made"),
    [
        ("", "env:prod", "env:prod"),
        ("agent:a", "env:prod", "agent:a env:prod"),
        ("env:dev agent:a", "env:prod", "env:prod agent:a"),
        ("env:dev agent:a -env:x", "env:prod", "env:prod agent:a"),
        ('"env:dev"', "env:prod", '"env:dev" env:prod'),
        ("status!=failed", "status:failed", "status:failed"),
    ],
)
def test_a_term_takes_the_place_of_those_on_the_same_field(
    query: str, term: str, made: str
) -> None:
    assert with_term(query, term) == made


def test_a_term_is_taken_out_and_the_others_stay() -> None:
    assert without("a status:failed b", "status:failed") == "a b"
    assert without("a b", "status:failed") == "a b"


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("env:prod agent:a", "prod"),
        ("agent:a", None),
        ("-env:prod", None),
        ("env:prod,dev", None),
        ("env:p*", None),
        ("env:a env:b", None),
    ],
)
def test_the_one_value_that_a_query_allows_is_found(query: str, value: str | None) -> None:
    assert value_of(query, "env") == value


@pytest.mark.parametrize(
    ("query", "whole"),
    [
        ("st", "status:"),
        ("status:f", "status:failed"),
        ("-status:succ", "-status:succeeded"),
        ("env:prod status:failed,st", "env:prod status:failed,stopped"),
        ("agent:inv", "agent:invoice-triage"),
        ("env:", "env:prod"),
        ("co", "cost>"),
        ("Sta", "Status:"),
        ("cost>", None),
        ("status:failed", None),
        ("status:failed ", None),
        ("zzz", None),
        ("", None),
        ('"sta', None),
        ("nofield:x", None),
    ],
)
def test_the_last_word_is_completed(query: str, whole: str | None) -> None:
    found = suggestion(query, KNOWN)
    assert (found.lower() if found else None) == (whole.lower() if whole else None)
    assert found is None or found.startswith(query)


@given(st.text(max_size=30))
def test_what_is_suggested_begins_with_what_was_typed(query: str) -> None:
    found = suggestion(query, KNOWN)
    assert found is None or (found.startswith(query) and len(found) > len(query))


@given(st.text(alphabet='abenv:-", \\*', max_size=20))
def test_a_query_that_can_be_read_can_be_read_with_another_term(query: str) -> None:
    try:
        parse_query(query)
    except UsageError:
        return
    terms = parse_query(with_term(query, "env:prod")).terms
    assert any(term.field and term.field.name == "env" for term in terms)


def test_a_problem_is_shown_on_one_line() -> None:
    with pytest.raises(UsageError) as told:
        parse_query("statsu:failed")
    assert shown_problem(told.value) == "column 1: no field `statsu`; did you mean `status`?"
