"""How long a run was worked on: the time between its lines, without the time nobody had it."""

from collections.abc import Iterable
from datetime import datetime

from runner.domain.events import Event

BEGINS = frozenset({"run.started", "run.resumed", "journal.recovered", "tool.settled"})
"""A new process wrote these: nobody worked on the run in the time before them."""
ENDS = frozenset({"run.finished", "run.interrupted"})


def active_seconds(lines: Iterable[tuple[datetime, Event]]) -> float:
    """Return the active seconds of the processes that wrote these lines.

    A clock that stepped back adds nothing; what a process itself said it had used counts at least.
    """
    total = 0.0
    before: datetime | None = None
    for moment, event in lines:
        if before is not None and event.type not in BEGINS:
            total += max((moment - before).total_seconds(), 0.0)
        total = max(total, getattr(event, "active_s", 0.0))
        before = None if event.type in ENDS else moment
    return round(total, 6)
