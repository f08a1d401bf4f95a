"""The ledger: one chained file of everything above a run, shared by all processes.

Every append happens under the file's exclusive lock and reads no more than its last line, so it
costs the same at a hundred thousand runs as at one.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.boundary.files import (
    PRIVATE_FILE,
    alive,
    append_line,
    fsync_dir,
    lock_exclusive,
    make_private,
    reported,
    truncate,
)
from runner.domain.errors import IntegrityError, RefusedError
from runner.domain.events import RunFinished, RunStarted
from runner.domain.ports import Clock
from runner.journal.chain import ChainError, Tip, cut_short, read_line, without_surrogates
from runner.journal.entries import ENTRIES, Entry, LedgerRecovered, RunEnded, RunOpened, RunRecord
from runner.journal.lines import lines_backwards
from runner.journal.moments import read_moment, write_moment
from runner.journal.paths import ledger_path
from runner.journal.writer import FileJournal, Redact

CHAIN_FIELDS = frozenset({"ledger", "seq", "ts"})


class JobKnownError(RefusedError):
    """The job was started before; `run` is the run that executes or executed it."""

    def __init__(self, job: str, run: str) -> None:
        super().__init__(
            f"job {job!r} was started before, as run {run}", help=f"agentctl show {run}"
        )
        self.job = job
        self.run = run


class Ledger:
    """`<state>/ledger.jsonl`."""

    def __init__(
        self, state_root: Path, clock: Clock, new_id: Callable[[], str], redact: Redact
    ) -> None:
        self.root = state_root
        self.path = ledger_path(state_root)
        self._clock = clock
        self._new_id = new_id
        self._redact = redact

    def start(
        self, started: RunStarted, open_journal: Callable[[], FileJournal], *, keyed: bool = True
    ) -> FileJournal:
        """Start a run: its journal with line 0, on disk, then the ledger's line, on disk.

        `keyed` says that the job's id was given by somebody and may be known already; an id just
        made cannot be, and needs no look through the whole ledger.

        Raises:
            JobKnownError: the job was started before; nothing was written.
            StateError: a line could not be written; nothing may be done.
        """
        with self._held() as fd:
            if keyed and (run := self.find_job(started.job)):
                raise JobKnownError(started.job, run)
            journal = open_journal()
            try:
                journal.append(started)
                self._append(fd, self._opened(started, journal))
            except BaseException:
                journal.give_up()
                raise
            return journal

    def end(self, finished: RunFinished, journal: FileJournal) -> None:
        """Record the end of a run whose last line was just written; call it before `close`."""
        self.record(ended_entry(finished, journal.run_id, journal.head, journal.seq))

    def record(self, *entries: Entry) -> None:
        """Append lines, on disk when this returns.

        Raises:
            StateError: they could not be written.
            IntegrityError: the ledger's last line is damaged.
        """
        with self._held() as fd:
            for entry in entries:
                self._append(fd, entry)

    def complete(self, entry: RunOpened | RunEnded) -> bool:
        """Append a line that a crash left out, unless the ledger has it by now.

        Looked up under the lock: whoever read the ledger before may have read it too early.
        """
        with self._held() as fd:
            known = self.entries_of(entry.run)
            if any(type(line) is type(entry) and line.head == entry.head for line in known):
                return False
            self._append(fd, entry)
            return True

    def runs(self) -> Iterator[RunRecord]:
        """Yield the runs, newest first, reading the file from its end as far as asked."""
        ended: dict[str, tuple[RunEnded, str]] = {}
        for ts, entry in self._entries_backwards():
            if isinstance(entry, RunEnded):
                ended.setdefault(entry.run, (entry, ts))
            elif isinstance(entry, RunOpened):
                yield self._record(entry, ts, ended.pop(entry.run, None))

    def ensure_told(self, journal: FileJournal) -> None:
        """Tell the start of a resumed run, where a crash came before the ledger's line."""
        started = journal.events[0]
        if isinstance(started, RunStarted) and not self.tells(journal.run_id):
            self.complete(self._opened(started, journal, reconciled=True))

    def entries_of(self, run: str) -> Iterator[RunOpened | RunEnded]:
        """Yield the lines of one run, newest first, reading no further than its start."""
        for _ts, entry in self._entries_backwards():
            if isinstance(entry, RunOpened | RunEnded) and entry.run == run:
                yield entry
                if isinstance(entry, RunOpened):
                    return

    def find_job(self, job: str) -> str | None:
        """Return the id of the run that executes or executed a job, or None."""
        opened = told_run(self.path, "job", self._redact(job))
        return opened.run if opened else None

    def tells(self, run: str) -> bool:
        """Return whether the ledger has the start of a run."""
        return told_run(self.path, "run", run) is not None

    def _record(self, opened: RunOpened, ts: str, end: tuple[RunEnded, str] | None) -> RunRecord:
        record = RunRecord(
            started=opened,
            started_at=read_moment(ts),
            ended=end[0] if end else None,
            ended_at=read_moment(end[1]) if end else None,
            alive=False,
        )
        if record.final or not alive(self.root / opened.journal):
            return record
        return RunRecord(opened, record.started_at, record.ended, record.ended_at, alive=True)

    def _opened(
        self, started: RunStarted, journal: FileJournal, *, reconciled: bool = False
    ) -> RunOpened:
        path = journal.path.relative_to(self.root).as_posix()
        return opened_entry(
            started, journal.run_id, path, journal.first_hash, reconciled=reconciled
        )

    def _entries_backwards(self) -> Iterator[tuple[str, Entry]]:
        if not self.path.is_file():
            return
        with reported("read", self.path), self.path.open("rb") as file:
            for _offset, line in lines_backwards(file.fileno(), os.fstat(file.fileno()).st_size):
                if found := entry_of(line):
                    yield found

    @contextmanager
    def _held(self) -> Iterator[int]:
        make_private(self.root)
        new = not self.path.exists()
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        with reported("open the ledger", self.path):
            fd = os.open(self.path, flags, PRIVATE_FILE)
        try:
            lock_exclusive(fd, self.path)
            if new:
                fsync_dir(self.root)
            yield fd
        finally:
            os.close(fd)

    def _append(self, fd: int, entry: Entry) -> None:
        tip, end, torn = self._tip(fd)
        if torn:
            truncate(fd, end, self.path)
            digest = hashlib.sha256(torn).hexdigest()
            recovered = LedgerRecovered(cut_bytes=len(torn), cut_sha256=digest)
            tip = self._write(fd, tip, recovered)
        self._write(fd, tip, entry)

    def _write(self, fd: int, tip: Tip, entry: Entry) -> Tip:
        fields = self._redact(entry.model_dump(mode="json"))
        line, after = tip.seal(write_moment(self._clock.now()), fields)
        append_line(fd, line, self.path)
        return after

    def _tip(self, fd: int) -> tuple[Tip, int, bytes]:
        """Return where the chain stands, the end of its last whole line, and a torn line."""
        torn = b""
        for offset, line in lines_backwards(fd, os.fstat(fd).st_size):
            if not torn and cut_short(line):
                torn = line
                continue
            try:
                return _tip_after(line), offset + len(line), torn
            except ChainError as error:
                raise IntegrityError(
                    f"{self.path}: the last line is damaged: {error.reason} (byte {offset})",
                    help="`agentctl audit verify` says more; nothing was started",
                ) from error
        return Tip.start("ledger", self._new_id()), 0, torn


def told_run(ledger: Path, name: str, value: str) -> RunOpened | None:
    """Return the newest `run.started` that has this value of `run` or `job`."""
    if not ledger.is_file():
        return None
    needle = f'"{name}":{without_surrogates(json.dumps(value, ensure_ascii=False))}'.encode()
    with reported("read", ledger), ledger.open("rb") as file:
        for _offset, line in lines_backwards(file.fileno(), os.fstat(file.fileno()).st_size):
            if needle in line and (found := entry_of(line)) and isinstance(found[1], RunOpened):
                return found[1]
    return None


def opened_entry(
    started: RunStarted, run: str, journal: str, head: str, *, reconciled: bool = False
) -> RunOpened:
    """Return the ledger's line for a run that began."""
    return RunOpened(
        run=run,
        job=started.job,
        agent=started.agent,
        version=started.version,
        digest=started.digest,
        environment=started.environment,
        mode=started.mode,
        journal=journal,
        head=head,
        subject=started.subject,
        reconciled=reconciled,
    )


def ended_entry(
    finished: RunFinished, run: str, head: str, seq: int, *, reconciled: bool = False
) -> RunEnded:
    """Return the ledger's line for a run that ended."""
    return RunEnded(
        run=run,
        status=finished.status,
        outcome=finished.outcome,
        head=head,
        head_seq=seq,
        cost_usd=finished.cost_usd,
        tokens=finished.tokens,
        duration_s=finished.duration_s,
        iterations=finished.iterations,
        tool_calls=finished.tool_calls,
        reconciled=reconciled,
    )


def read_entry(fields: dict[str, object]) -> Entry:
    """Return the entry of a checked line.

    Raises:
        ValueError: it is none that this version knows.
    """
    own = {name: value for name, value in fields.items() if name not in CHAIN_FIELDS}
    return ENTRIES.validate_python(own)


def entry_of(line: bytes) -> tuple[str, Entry] | None:
    """Return time and entry of a line, or None for one that cannot be read: lists go on.

    The time is the text of the line, RFC 3339; whether the chain holds is not looked at.
    """
    try:
        fields = json.loads(line)
        ts = fields["ts"]
        del fields["prev"], fields["hash"]
        read_moment(ts)
        return ts, read_entry(fields)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _tip_after(line: bytes) -> Tip:
    sealed = read_line(line)
    seq, ledger = sealed.fields.get("seq"), sealed.fields.get("ledger")
    if not isinstance(seq, int) or not isinstance(ledger, str):
        raise ChainError(1, "the line is none of a ledger")
    return Tip("ledger", ledger, seq + 1, sealed.hash)
