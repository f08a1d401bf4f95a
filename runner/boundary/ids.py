"""Everything that is random: names of runs, and waits that spread callers."""

from runner.domain.ports import Clock


def new_run_id(clock: Clock) -> str:
    """Return a ULID, 26 characters: names of later milliseconds sort after earlier ones."""
    from ulid import ULID  # noqa: PLC0415  18 ms that a command which starts no run need not pay

    return str(ULID.from_datetime(clock.now()))


def jitter(upper_s: float) -> float:
    """Return seconds drawn evenly from 0 to `upper_s`."""
    from secrets import SystemRandom  # noqa: PLC0415  the same

    return SystemRandom().uniform(0.0, upper_s)
