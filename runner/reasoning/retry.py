"""When a failed model request is made again: a pure rule; the loop waits and journals."""

from collections.abc import Callable

from runner.domain.failure import Failure, FailureKind

BASE_S = 1.0
CAP_S = 30.0
RETRY_AFTER_CAP_S = 120.0
MAX_ATTEMPTS = 5
FEWER_ATTEMPTS: dict[FailureKind, int] = {"malformed_answer": 3}
NEVER = frozenset({400, 401, 403, 404, 422})


def wait_before_retry(
    failure: Failure, attempt: int, jitter: Callable[[float], float], left_s: float
) -> float | None:
    """Return the seconds to wait before the next attempt, or None to give up.

    Full jitter: drawn evenly from 0 to an upper bound that doubles with each attempt. What the
    provider asks for in Retry-After is the least that is waited, up to 120 s.

    Args:
        failure: why the attempt failed.
        attempt: which attempt failed, counted from 1.
        jitter: draws evenly from 0 to its argument, in seconds.
        left_s: seconds that the run has left; a wait that does not fit is not begun.
    """
    if failure.recovery != "retry_now" or failure.status in NEVER:
        return None
    if attempt >= FEWER_ATTEMPTS.get(failure.kind, MAX_ATTEMPTS):
        return None
    drawn = jitter(min(CAP_S, BASE_S * 2.0 ** (attempt - 1)))
    asked = min(failure.retry_after_s or 0.0, RETRY_AFTER_CAP_S)
    wait = max(drawn, asked)
    return wait if wait < left_s else None
