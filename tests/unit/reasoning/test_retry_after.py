"""The Retry-After header, right and wrong."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.reasoning.retry_after import parse_retry_after

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("-30", 0.0),
        ("120", 120.0),
        ("86400", 120.0),
        ("9" * 300, 120.0),
        ("Sun, 01 Mar 2026 12:00:45 GMT", 45.0),
        ("Sun, 01 Mar 2026 13:00:45 +0100", 45.0),
        ("Sunday, 01-Mar-26 12:00:45 GMT", 45.0),
        ("Sun Mar  1 12:00:45 2026", 45.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 120.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("1e3", None),
        ("0x10", None),
        ("7 seconds", None),
        ("\u0667", None),
        ("9" * 5000, None),
        ("Sun, 99 Mar 2026 12:00:45 GMT", None),
        ("2026-03-01T12:00:45Z", None),
    ],
)
def test_each_value_means_seconds_or_nothing(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == seconds


@settings(max_examples=200)
@given(st.text(max_size=60) | st.from_regex(r"[-+0-9eE.,: A-Za-z]{0,40}", fullmatch=True))
def test_no_text_crashes_it_or_makes_it_wait_long(value: str) -> None:
    seconds = parse_retry_after(value, NOW)
    assert seconds is None or 0 <= seconds <= 120
