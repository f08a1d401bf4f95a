"""Times of lines: RFC 3339 in UTC with microseconds and `Z`."""

from datetime import UTC, datetime


def write_moment(moment: datetime) -> str:
    """Return an aware time as `2026-01-01T00:00:00.000000Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_moment(text: object) -> datetime:
    """Return the time of a line.

    Raises:
        ValueError: the text is no RFC 3339 time with an offset, or none that UTC has.
    """
    moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    if moment is None or moment.tzinfo is None:
        raise ValueError(f"{text!r} is no RFC 3339 time in UTC")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} is before the first year, or after the last") from error
