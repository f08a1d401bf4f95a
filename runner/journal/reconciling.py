"""What a crash left between a journal and the ledger, completed."""

import os
from collections.abc import Iterator
from pathlib import Path

from runner.boundary.files import alive
from runner.domain.errors import IntegrityError
from runner.domain.events import Event, RunFinished, RunStarted
from runner.journal.entries import RunEnded, RunOpened, RunRecord
from runner.journal.ledger import Ledger, ended_entry, opened_entry
from runner.journal.reader import Header, journals, read_events

BEFORE_LEDGER = frozenset({"run.started", "journal.recovered"})
"""All that a journal can hold before the ledger tells its run; another one is no crash's trace."""


def reconcile(state_root: Path, ledger: Ledger, newest: int | None = None) -> list[Path]:
    """Append what is missing in the ledger, marked `reconciled`; return the journals concerned.

    Only for runs that nobody executes, and whose journal is whole: damage is `audit.verify_all`'s
    to tell. `newest` looks at so many runs only, as a start does that must not take long.
    """
    mended: list[Path] = []
    known: dict[str, int | None] = {}
    oldest: RunRecord | None = None
    for count, record in enumerate(ledger.runs()):
        if newest is not None and count >= newest:
            oldest = record
            break
        known[record.run] = None if record.ended is None else record.ended.head_seq
        if record.alive or record.final:
            continue
        mended += _complete(ledger, state_root / record.started.journal, known)
    for path in _since(state_root, oldest):
        if path.stem not in known and not alive(path):
            mended += _complete(ledger, path, known)
    return mended


def _since(state_root: Path, oldest: RunRecord | None) -> Iterator[Path]:
    """Yield the journals of runs after `oldest`; an earlier start reconciled those before."""
    if oldest is None:
        return journals(state_root)
    day = Path(oldest.started.journal).parent.name
    return (path for path in journals(state_root, day) if path.stem > oldest.run)


def _complete(ledger: Ledger, path: Path, known: dict[str, int | None]) -> list[Path]:
    try:
        events = read_events(path) if os.access(path, os.R_OK) else []
    except IntegrityError:
        return []
    missing = list(_missing(ledger, path, events, known)) if events else []
    # A run may have ended between the look at the ledger and the look at its journal.
    completed = [ledger.complete(entry) for entry in missing]
    return [path] if any(completed) else []


def _missing(
    ledger: Ledger, path: Path, events: list[tuple[Header, Event]], known: dict[str, int | None]
) -> Iterator[RunOpened | RunEnded]:
    (first, started), (last, finished) = events[0], events[-1]
    run = first.run
    begun = all(event.type in BEFORE_LEDGER for _header, event in events)
    if isinstance(started, RunStarted) and begun and run not in known and not ledger.tells(run):
        where = path.relative_to(ledger.root).as_posix()
        yield opened_entry(started, run, where, first.hash, reconciled=True)
    if isinstance(finished, RunFinished) and run in known and known.get(run) != last.seq:
        yield ended_entry(finished, run, last.hash, last.seq, reconciled=True)
