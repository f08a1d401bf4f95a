from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.app.listing.query import Query, field_is, parse_query
from runner.app.listing.query_fields import FIELDS, MODES, OUTCOMES, STATUSES
from runner.domain.errors import UsageError
from runner.domain.job import Mode, OutcomeWord, Status

ROW: dict[str, Any] = {
    "run": "01M7Z49H75TSJNV8TVYBZKVYY2",
    "job": "nightly-7",
    "agent": "invoice-triage",
    "version": "v1.1.0",
    "environment": None,
    "mode": "live",
    "subject": "INV-7, the big one",
    "age_s": 7200,
    "status": "failed",
    "alive": False,
    "outcome": "none",
    "cost_usd": 0.25,
    "tokens": {"input": 900, "cached_input": 100, "output": 200},
    "iterations": 4,
    "tool_calls": 0,
    "duration_s": 90.0,
}


def row(**changes: Any) -> dict[str, Any]:
    return {**ROW, **changes}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "agent:invoice-triage",
        "agent:invoice-*",
        "AGENT:Invoice-Triage",
        "agent:hello,invoice-triage",
        "status:failed,stopped",
        "-status:succeeded",
        "status!=succeeded",
        "agent=invoice-triage",
        "agent==invoice-triage",
        "run:ybzk",
        "version:v1.?.0",
        "env:none",
        "outcome:none",
        'subject:"INV-7, the big one"',
        "subject:inv-7*",
        "cost>0.10",
        "cost>$0.10",
        "cost:>=.25",
        "cost:0.25",
        "tokens>1k",
        "tokens:1100",
        "duration>=1.5m",
        "age<3h",
        "age>0s",
        "turns:4",
        "calls:0",
        "nightly",
        '"the big"',
        "-refund",
        "agent:inv* status:failed cost<1 big",
    ],
)
def test_a_run_that_fulfils_every_condition_matches(text: str) -> None:
    assert parse_query(text).matches(ROW)


@pytest.mark.parametrize(
    "text",
    [
        "agent:invoice",
        "agent:[i]nvoice-triage",
        "-status:failed",
        "status!=failed,stopped",
        "env:prod",
        "env:*",
        "subject:INV",
        "cost>0.25",
        "cost:none",
        "turns>4",
        "age<2h",
        "-nightly",
        "status:failed agent:hello",
    ],
)
def test_a_run_that_misses_one_condition_does_not(text: str) -> None:
    assert not parse_query(text).matches(ROW)


def test_a_value_that_is_not_known_fulfils_no_comparison() -> None:
    unknown = row(cost_usd=None, tokens=None)
    assert not parse_query("cost>0").matches(unknown)
    assert not parse_query("tokens<5").matches(unknown)
    assert parse_query("cost:none tokens:none").matches(unknown)


def test_running_includes_runs_whose_process_is_gone() -> None:
    gone, alive = row(status="running"), row(status="running", alive=True)
    assert parse_query("status:running").matches(gone)
    assert parse_query("status:running").matches(alive)
    assert parse_query("status:gone").matches(gone)
    assert not parse_query("status:gone").matches(alive)
    assert not parse_query("status:gone").matches(ROW)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("agnt:x", 1, "did you mean `agent`?"),
        ("cost>1 sttus:failed", 8, "did you mean `status`?"),
        ("status:faild", 8, "did you mean `failed`?"),
        ("mode:xyz", 6, "one of: live, dry_run"),
        ("cost>cheap", 6, "for instance cost>0.10"),
        ("duration>5", 10, "for instance duration>5m"),
        ("age:2d", 5, "for instance age<2d"),
        ("agent>x", 7, "for instance agent:"),
        ("agent:", 7, "for instance agent:"),
        ('agent:"x', 7, "for instance agent:"),
        ("cost>1,2", 1, "leave out the others"),
        ("a OR b", 3, "write `,` between values"),
        ("(status:failed)", 1, "status:failed,stopped"),
        ("-", 2, "write a word"),
        ('agent:"a"b', 1, "put a space between terms"),
        ("http://x", 1, "quote a text that holds `:`"),
    ],
)
def test_a_mistake_is_told_with_its_column_a_caret_and_help(
    text: str, column: int, words: str
) -> None:
    with pytest.raises(UsageError) as told:
        parse_query(text)
    first, line, caret = told.value.message.split("\n")
    assert first.startswith(f"query, column {column}: ")
    assert line == f"  {text}"
    assert caret.index("^") == column + 1
    assert words in told.value.help
    assert "agentctl help query" in told.value.help


@given(st.text(max_size=40))
def test_any_text_is_a_query_or_a_told_mistake(text: str) -> None:
    try:
        parse_query(text).matches(ROW)
    except UsageError as error:
        told = error.help
    else:
        told = "a query"
    assert told


@given(st.lists(st.sampled_from(["agent:a", "cost>1", "big", "-status:failed"]), max_size=4))
def test_a_query_is_narrower_than_each_of_its_terms(terms: list[str]) -> None:
    whole = parse_query(" ".join(terms))
    for candidate in (ROW, row(agent="a", cost_usd=2.0), row(status="succeeded")):
        each = all(parse_query(term).matches(candidate) for term in terms)
        assert whole.matches(candidate) == each


def test_every_example_of_the_help_is_a_query() -> None:
    assert [name for name, field in FIELDS.items() if not parse_query(field.example).terms] == []


def test_the_words_are_those_of_the_nouns() -> None:
    assert get_args(Status) == STATUSES
    assert get_args(Mode) == MODES
    assert get_args(OutcomeWord) == OUTCOMES


def test_an_upper_bound_of_age_is_known_beforehand() -> None:
    assert parse_query("age<2d agent:x age<=1d").oldest_s == 86400
    assert parse_query("age>2d -age<1d").oldest_s is None


def test_an_option_takes_its_text_as_one_value() -> None:
    query = Query((field_is("subject", ("INV-7, the big *",)),))
    assert query.matches(ROW)
