"""A recorded run that somebody watches."""

from collections.abc import Callable

from runner.domain.events import Event
from runner.journal.ledger import Ledger
from runner.journal.recording import RecordedRun
from runner.journal.writer import FileJournal

Observe = Callable[[Event], None]


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
        super().__init__(ledger, open_journal, keyed=keyed)
        self.journal = journal
        self._observe = observe

    def append(self, event: Event) -> None:
        """Write one event, then tell it."""
        super().append(event)
        self._observe(event)

    def __enter__(self) -> "WatchedRun":
        return self
