"""Looking up what an earlier process of the same run recorded."""

from collections.abc import Sequence
from typing import TypeVar

from runner.domain.events import Event
from runner.domain.noun import Noun

E = TypeVar("E", bound=Noun)


def last(events: Sequence[Event], kind: type[E]) -> E | None:
    """Return the last event of a kind, or None."""
    return next((event for event in reversed(events) if isinstance(event, kind)), None)
