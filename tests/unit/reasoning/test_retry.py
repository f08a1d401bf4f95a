"""When a failed model request is made again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.domain.failure import Failure, FailureKind
from runner.reasoning.retry import wait_before_retry


def upper(bound: float) -> float:
    return bound


def lower(bound: float) -> float:
    return 0.0


OVERLOAD = Failure(kind="overload", message="busy", status=503)


def test_the_upper_bound_doubles_and_is_jittered_in_full() -> None:
    waits = [wait_before_retry(OVERLOAD, attempt, upper, 1000) for attempt in range(1, 5)]
    assert waits == [1.0, 2.0, 4.0, 8.0]
    assert wait_before_retry(OVERLOAD, 4, lower, 1000) == 0.0


def test_five_attempts_are_all() -> None:
    assert wait_before_retry(OVERLOAD, 4, upper, 1000) is not None
    assert wait_before_retry(OVERLOAD, 5, upper, 1000) is None


def test_a_malformed_answer_is_asked_for_again_at_most_twice() -> None:
    malformed = Failure(kind="malformed_answer", message="?", status=200)
    assert wait_before_retry(malformed, 2, upper, 1000) is not None
    assert wait_before_retry(malformed, 3, upper, 1000) is None


def test_what_the_provider_asks_for_is_the_least() -> None:
    limited = Failure(kind="rate_limit", message="slow", status=429, retry_after_s=20)
    assert wait_before_retry(limited, 1, upper, 1000) == 20
    small = limited.model_copy(update={"retry_after_s": 0.5})
    assert wait_before_retry(small, 3, upper, 1000) == 4


def test_more_than_two_minutes_are_never_waited() -> None:
    limited = Failure(kind="rate_limit", message="slow", status=429, retry_after_s=86400)
    assert wait_before_retry(limited, 1, lower, 1000) == 120


def test_a_wait_that_does_not_fit_is_not_begun() -> None:
    limited = Failure(kind="rate_limit", message="slow", status=429, retry_after_s=20)
    assert wait_before_retry(limited, 1, upper, 20) is None
    assert wait_before_retry(limited, 1, upper, 20.1) == 20


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_some_statuses_are_never_retried(status: int) -> None:
    assert (
        wait_before_retry(Failure(kind="overload", message="", status=status), 1, lower, 9) is None
    )


@pytest.mark.parametrize(
    "kind",
    ["authentication", "bad_request", "context_overflow", "cassette_mismatch", "config", "bug"],
)
def test_failures_that_stay_are_not_retried(kind: FailureKind) -> None:
    assert wait_before_retry(Failure(kind=kind, message=""), 1, lower, 1000) is None


@settings(max_examples=100)
@given(
    st.integers(1, 2000),
    st.none() | st.floats(0, 1e12),
    st.floats(0, 1),
    st.floats(0.01, 1e6),
)
def test_a_wait_is_never_longer_than_two_minutes_or_the_time_that_is_left(
    attempt: int, asked: float | None, share: float, left_s: float
) -> None:
    failure = Failure(kind="rate_limit", message="", retry_after_s=asked)
    wait = wait_before_retry(failure, attempt, lambda bound: share * bound, left_s)
    assert wait is None or (0 <= wait <= 120 and wait < left_s)
