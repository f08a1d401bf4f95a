"""Everything that is random: names of runs, and waits that spread callers."""

from secrets import SystemRandom

from ulid import ULID

from runner.domain.ports import Clock


def new_run_id(clock: Clock) -> str:
    """Return a ULID, 26 characters: names of later milliseconds sort after earlier ones."""
    return str(ULID.from_datetime(clock.now()))


def jitter(upper_s: float) -> float:
    """Return seconds drawn evenly from 0 to `upper_s`."""
    return SystemRandom().uniform(0.0, upper_s)
