"""A recorded run that somebody watches."""

from collections.abc import Callable

from runner.domain.events import Event
from runner.journal.ledger import Ledger
from runner.journal.recording import RecordedRun
from runner.journal.writer import FileJournal

Observe = Callable[[Event], None]


def _nobody(_event: Event) -> None:
    return


class WatchedRun(RecordedRun):
    """Tells an observer each event once it is on disk."""

    def __init__(
        self,
        observe: Observe,
        ledger: Ledger,
        open_journal: Callable[[], FileJournal],
        *,
        keyed: bool = True,
        journal: FileJournal | None = None,
    ) -> None:
        super().__init__(ledger, open_journal, keyed=keyed, journal=journal)
        self._observe = observe

    def append(self, event: Event) -> None:
        """Write one event, then tell it. An observer that fails is told no more."""
        super().append(event)
        try:
            self._observe(event)
        except (OSError, ValueError):
            self._observe = _nobody

    def __enter__(self) -> "WatchedRun":
        return self
