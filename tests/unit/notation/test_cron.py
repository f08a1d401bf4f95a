"""Cron expressions and time zones."""

from datetime import UTC, datetime

import pytest
from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.notation.cron import FIELDS, check_cron, check_timezone


@pytest.mark.parametrize(
    "text",
    [
        "* * * * *",
        "0 2 * * *",
        "*/5 * * * *",
        "0-30/10 8-17 * * 1-5",
        "0 0 1,15 jan,JUL sun",
        "0 0 29 2 *",
        "0 0 30 2 1",
        "0 0 * * 7",
    ],
)
def test_debian_s_cron_is_accepted(text: str) -> None:
    assert check_cron(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "five fields"),
        ("* * * *", "not 4"),
        ("0 * * * * *", "not 6"),
        ("@hourly", "five fields"),
        ("0 0 L * *", "`L` cannot stand in the field day of month"),
        ("0 0 * * 1#2", "day of week"),
        ("0 0 ? * *", "day of month"),
        ("60 * * * *", "0 to 59"),
        ("* 24 * * *", "0 to 23"),
        ("* * 0 * *", "1 to 31"),
        ("* * * 13 *", "1 to 12"),
        ("* * * * 8", "0 to 7"),
        ("30-10 * * * *", "range"),
        ("*/0 * * * *", "step"),
        ("5/10 * * * *", "step"),
        ("0 0 30 2 *", "never happens"),
        ("0 0 31 4,6,9,11 *", "never happens"),
        ("0 0 31-31 2 *", "never happens"),
        ("mon * * * *", "minute"),
        ("- * * * *", "minute"),
    ],
)
def test_what_is_wrong_is_said(text: str, words: str) -> None:
    assert words in (check_cron(text) or "")


def _parts(low: int, high: int, names: tuple[str, ...]) -> st.SearchStrategy[str]:
    numbers = st.integers(low, high)
    ranges = st.tuples(numbers, numbers).map(sorted).map(lambda ends: f"{ends[0]}-{ends[1]}")
    wide = st.one_of(st.just("*"), ranges)
    stepped = st.tuples(wide, st.integers(1, high)).map(lambda both: f"{both[0]}/{both[1]}")
    one = st.one_of(wide, stepped, numbers.map(str), *([st.sampled_from(names)] if names else []))
    return st.lists(one, min_size=1, max_size=3).map(",".join)


@settings(max_examples=100)
@given(st.tuples(*(_parts(low, high, names) for _, low, high, names in FIELDS)).map(" ".join))
def test_what_is_accepted_has_a_next_time(text: str) -> None:
    if check_cron(text) is None:
        start = datetime(2025, 1, 1, tzinfo=UTC)
        assert croniter(text, start).get_next(datetime) > start


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Ushuaia"])
def test_iana_names_are_known(name: str) -> None:
    assert check_timezone(name) is None


@pytest.mark.parametrize(
    "name", ["", "CESTX", "Europe/Brlin", "../etc/passwd", "/etc/passwd", "Europe", "a\0b"]
)
def test_other_names_are_not(name: str) -> None:
    assert "not an IANA time zone" in (check_timezone(name) or "")


@pytest.mark.parametrize("name", ["localtime", "posixrules", "right/UTC", "posix/Europe/Berlin"])
def test_a_file_of_the_machine_is_no_zone(name: str) -> None:
    assert "on another machine" in (check_timezone(name) or "")


def test_a_range_of_names_says_what_to_write() -> None:
    told = check_cron("0 9 * * MON-FRI")
    assert told == "`MON-FRI`: names stand alone or in a list; write a range in numbers: 1-5"
