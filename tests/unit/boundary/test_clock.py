"""The time of this machine."""

from datetime import UTC, timedelta

from runner.boundary.clock import SystemClock


def test_the_clock_tells_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_sleeping_takes_the_time_that_was_asked_for() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    clock.sleep(0.02)
    assert 0.02 <= clock.monotonic() - before < 0.5


def test_sleeping_for_less_than_nothing_returns_at_once() -> None:
    SystemClock().sleep(-5)
