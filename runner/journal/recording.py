"""A run's journal and the ledger, kept in the order that a crash cannot confuse.

Start: line 0 of the journal, then the ledger's line, then the first effect. End: `run.finished`,
then the ledger's line. What a crash leaves between two of them, `reconciling.reconcile` completes.
"""

from collections.abc import Callable, Sequence

from runner.domain.errors import StateError
from runner.domain.events import Event, RunFinished, RunResumed, RunStarted
from runner.journal.ledger import Ledger
from runner.journal.writer import FileJournal


class RecordedRun:
    """The Journal that `execute` is given for a live state directory."""

    def __init__(
        self,
        ledger: Ledger,
        open_journal: Callable[[], FileJournal],
        *,
        keyed: bool = True,
        journal: FileJournal | None = None,
    ) -> None:
        """Begin a new run, whose `run.started` calls `open_journal`; or go on with `journal`."""
        self._ledger = ledger
        self._open_journal = open_journal
        self._keyed = keyed
        self.journal = journal

    def append(self, event: Event) -> None:
        """Write one event, and the ledger's line where it begins or ends the run.

        Raises:
            JobKnownError: the job of this `run.started` was started before.
            StateError: a line could not be written.
        """
        if isinstance(event, RunStarted):
            self.journal = self._ledger.start(event, self._open_journal, keyed=self._keyed)
            return
        if self.journal is None:
            raise StateError("the run has no journal: `run.started` was not written")
        if isinstance(event, RunResumed):
            self._ledger.ensure_told(self.journal)
        self.journal.append(event)
        if isinstance(event, RunFinished):
            self._ledger.end(event, self.journal)

    def recorded(self, step: str) -> Sequence[Event]:
        """Return the events that earlier processes wrote for a step, in order."""
        return self.journal.recorded(step) if self.journal else ()

    def close(self) -> None:
        """Give the run up. Harmless when done twice."""
        if self.journal:
            self.journal.close()

    def __enter__(self) -> "RecordedRun":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()
