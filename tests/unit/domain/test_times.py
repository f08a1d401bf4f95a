from datetime import UTC, datetime, timedelta, timezone

from runner.domain.times import utc_text


def test_a_time_is_told_in_utc_to_the_second() -> None:
    here = datetime(2026, 3, 1, 0, 30, 5, 999_999, timezone(timedelta(hours=2)))
    assert utc_text(here) == "2026-02-28T22:30:05Z"
    assert utc_text(datetime(2026, 3, 1, tzinfo=UTC)) == "2026-03-01T00:00:00Z"
