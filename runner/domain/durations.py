"""Durations as people write and read them; plain Python, so that lists need no pydantic."""

import re

DURATION = re.compile(r"(?P<amount>[0-9]+(?:\.[0-9]+)?)(?P<unit>ms|s|m|h|d)")
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def parse_duration(text: object) -> float:
    """Return a duration such as `1.5h` in seconds.

    Raises:
        ValueError: the text is not a number with one of the units ms, s, m, h, d, or it is zero.
    """
    match = DURATION.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(
            f"{text!r} is not a duration; write a number and a unit, such as 30s or 5m"
        )
    seconds = float(match["amount"]) * SECONDS[match["unit"]]
    if seconds <= 0:
        raise ValueError("a duration must be longer than zero")
    return seconds


def show_duration(seconds: float) -> str:
    """Return seconds the way people write them: `30ms`, `1.5s`, `42s`, `5m`, `1h30m`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f}ms"
    if seconds < 10:
        return f"{seconds:.1f}s".replace(".0s", "s")
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "m"), (rest, "s"))
    return "".join(f"{amount}{unit}" for amount, unit in parts if amount)


def show_age(seconds: float) -> str:
    """Return how long ago something was, in its largest unit: `12s`, `5m`, `3h`, `20d`."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f}{unit}"
    return f"{max(seconds, 0):.0f}s"


def write_duration(seconds: float) -> str:
    """Return seconds so that `parse_duration` gives them back, to the microsecond: `600s`."""
    return f"{seconds:.6f}".rstrip("0").rstrip(".") + "s"
