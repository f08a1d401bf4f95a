"""The time of this machine."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The real Clock: UTC, seconds that never go back, and waiting."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251  boundary is the home of time

    def monotonic(self) -> float:
        return time.monotonic()  # noqa: TID251  boundary is the home of time

    def sleep(self, seconds: float) -> None:
        time.sleep(max(seconds, 0.0))  # noqa: TID251  boundary is the home of time
