"""The Retry-After header: seconds or a date (RFC 9110, section 10.2.3), and what servers send."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from runner.reasoning.retry import RETRY_AFTER_CAP_S

SECONDS = re.compile(r"[+-]?[0-9]{1,300}(\.[0-9]{0,300})?")


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Return seconds between 0 and 120, or None when the header is absent or cannot be read.

    A negative number and a date in the past mean now; more than the cap means the cap.
    """
    text = (value or "").strip()
    seconds = float(text) if SECONDS.fullmatch(text) else _until(text, now)
    return None if seconds is None else min(max(seconds, 0.0), RETRY_AFTER_CAP_S)


def _until(text: str, now: datetime) -> float | None:
    """Return seconds until an HTTP date; one without a zone is in UTC, as HTTP dates are."""
    try:
        date = parsedate_to_datetime(text)
        aware = date if date.tzinfo else date.replace(tzinfo=UTC)
        return (aware - now).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
