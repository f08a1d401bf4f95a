"""Times in what a command prints as data."""

from datetime import UTC, datetime


def utc_text(moment: datetime) -> str:
    """Return an aware time as RFC 3339 in UTC, to the second: `2026-01-01T00:00:00Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
