"""Verification: are the ledger and the journals what they were when they were written?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from runner.boundary.files import alive
from runner.domain.errors import IntegrityError, StateError, UsageError
from runner.journal.entries import RESUMABLE, Entry, RunEnded, RunOpened
from runner.journal.ledger import read_entry, told_run
from runner.journal.lines import BrokenChainError, ChainFile, RawLine
from runner.journal.paths import ledger_path
from runner.journal.payloads import named_payloads, payload_directory, read_payload
from runner.journal.reader import journals
from runner.journal.reconciling import BEFORE_LEDGER


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was written. A `note` is the trace of a crash, no damage."""

    file: str
    message: str
    line: int | None = None
    offset: int | None = None
    severity: Literal["error", "note"] = "error"

    @property
    def sentence(self) -> str:
        """The finding in one line for a person."""
        line = "" if self.line is None else f":{self.line}"
        offset = "" if self.offset is None else f" (byte {self.offset})"
        return f"{self.file}{line}: {self.message}{offset}"


@dataclass(frozen=True)
class Report:
    """What was verified and what was found, the ledger's findings first."""

    runs: int
    findings: tuple[Finding, ...]
    anchor: str
    """`<seq>:<hash>` of the ledger's last line; empty when there is no ledger."""

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that are damage."""
        return tuple(found for found in self.findings if found.severity == "error")


@dataclass
class Told:
    """What the ledger says of one run, with the numbers of its lines."""

    opened: RunOpened
    opened_line: int
    ends: list[tuple[int, RunEnded]] = field(default_factory=list)


@dataclass
class LedgerRead:
    """The whole ledger, checked."""

    runs: dict[str, Told] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    anchor: str = ""


@dataclass
class JournalRead:
    """What verifying one journal needs to remember of it."""

    hashes: list[str] = field(default_factory=list)
    places: list[RawLine] = field(default_factory=list)
    types: list[str] = field(default_factory=list)


def verify_run(state_root: Path, run: str) -> list[Finding]:
    """Verify one run, by its whole id, and the ledger that vouches for it."""
    ledger = _read_ledger(state_root, None)
    told = ledger.runs.get(run)
    if told is not None:
        return [*ledger.findings, *_verify_told(state_root, told)]
    strays = [path for path in journals(state_root) if path.stem == run]
    if not strays:
        raise UsageError(f"no run {run}", help="`agentctl runs` lists the runs")
    return [*ledger.findings, *(found for path in strays for found in _stray(state_root, path))]


def verify_all(state_root: Path, anchor: str | None = None) -> Report:
    """Verify the ledger and every journal, against an anchor kept elsewhere where one is given.

    Raises:
        UsageError: the anchor is not one.
    """
    present = sorted(journals(state_root))  # before the ledger: a run that starts now is in both
    ledger = _read_ledger(state_root, anchor)
    findings = list(ledger.findings)
    named = set()
    for told in ledger.runs.values():
        named.add(told.opened.journal)
        findings += _verify_told(state_root, told)
    strays = [p for p in present if p.relative_to(state_root).as_posix() not in named]
    for path in strays:
        findings += _stray(state_root, path)
    return Report(len(ledger.runs), tuple(findings), ledger.anchor)


def anchor(state_root: Path) -> str:
    """Return `<seq>:<hash>` of the ledger's last line, for keeping where nobody here can write.

    Raises:
        UsageError: there is no ledger yet.
        IntegrityError: the ledger is damaged.
    """
    ledger = _read_ledger(state_root, None)
    if any(found.severity == "error" for found in ledger.findings):
        raise IntegrityError(ledger.findings[0].sentence, help="`agentctl audit verify` says more")
    if not ledger.anchor:
        raise UsageError(f"no ledger in {state_root}", help="it begins with the first run")
    return ledger.anchor


def _read_ledger(state_root: Path, wanted: str | None) -> LedgerRead:
    path = ledger_path(state_root)
    read = LedgerRead()
    expected = None if wanted is None else _parsed_anchor(wanted)
    chain = ChainFile(path, "ledger")
    for raw, entry in _entries(chain, read):
        _note(read, raw, entry)
        if expected and chain.tip and chain.tip.seq - 1 == expected[0]:
            expected = None if chain.tip.prev == expected[1] else expected
    if chain.tip is not None:
        read.anchor = f"{chain.tip.seq - 1}:{chain.tip.prev}"
    if chain.torn is not None:
        read.findings.append(_torn(str(path), chain.torn, "note"))
    if expected is not None:
        text = f"expected line {expected[0] + 1} with hash {expected[1]}, as the anchor says"
        read.findings.append(Finding(str(path), text, line=expected[0] + 1))
    return read


def _entries(chain: ChainFile, read: LedgerRead) -> Iterator[tuple[RawLine, Entry]]:
    if not chain.path.is_file():
        return
    try:
        for raw, sealed in chain:
            try:
                yield raw, read_entry(sealed.fields)
            except ValueError as error:
                raise BrokenChainError(chain.path, raw, f"unknown entry: {error}") from error
    except BrokenChainError as error:
        read.findings.append(_broken(error))


def _note(read: LedgerRead, raw: RawLine, entry: Entry) -> None:
    if isinstance(entry, RunOpened):
        read.runs.setdefault(entry.run, Told(entry, raw.number))
    elif isinstance(entry, RunEnded) and entry.run in read.runs:
        read.runs[entry.run].ends.append((raw.number, entry))


def _parsed_anchor(text: str) -> tuple[int, str]:
    seq, _, digest = text.strip().partition(":")
    if not seq.isdecimal() or len(digest) != 64:
        raise UsageError(f"{text!r} is no anchor", help="`agentctl audit anchor` prints one")
    return int(seq), digest


def _verify_told(state_root: Path, told: Told) -> list[Finding]:
    path = state_root / told.opened.journal
    if not path.is_file():
        text = f"the journal is missing; line {told.opened_line} of the ledger tells its run"
        return [Finding(str(path), text)]
    chain, read = ChainFile(path, "run", told.opened.run), JournalRead()
    findings = _read_journal(chain, read)
    if any(found.severity == "error" for found in findings):
        return findings
    broken = [*_against_ledger(told, chain, read)]
    return [*findings, *(broken or _ending(path, told, chain, read))]


def _read_journal(chain: ChainFile, read: JournalRead) -> list[Finding]:
    """Check chain and payloads of a journal, and remember its lines; return the first damage."""
    try:
        for raw, sealed in chain:
            read.hashes.append(sealed.hash)
            read.places.append(raw)
            read.types.append(str(sealed.fields.get("type")))
            for named in named_payloads(sealed.fields):
                read_payload(named, payload_directory(chain.path))
    except BrokenChainError as error:
        return [_broken(error)]
    except (IntegrityError, StateError) as error:
        place = read.places[-1]
        return [Finding(str(chain.path), error.message, place.number, place.offset)]
    return []


def _against_ledger(told: Told, chain: ChainFile, read: JournalRead) -> Iterator[Finding]:
    file = str(chain.path)
    promises = [(0, told.opened.head, told.opened_line)]
    promises += [(end.head_seq, end.head, line) for line, end in told.ends]
    for seq, head, ledger_line in promises:
        if seq >= len(read.hashes):
            text = f"the journal was cut: line {ledger_line} of the ledger says it has {seq + 1}"
            found = f"{text} lines, found {len(read.hashes)} whole ones"
            offset = chain.torn.offset if chain.torn else None
            yield Finding(file, found, len(read.hashes) + 1, offset)
            return
        if read.hashes[seq] != head:
            place = read.places[seq]
            text = f"expected hash {head}, as line {ledger_line} of the ledger says"
            found = f"{text}, found {read.hashes[seq]}"
            yield Finding(file, found, place.number, place.offset)
            return


def _ending(path: Path, told: Told, chain: ChainFile, read: JournalRead) -> Iterator[Finding]:
    if told.ends and told.ends[-1][1].status not in RESUMABLE:
        seq = told.ends[-1][1].head_seq
        for extra in [*read.places[seq + 1 :], *([chain.torn] if chain.torn else [])][:1]:
            text = f"the run ended with line {seq + 1}; this line was added"
            yield Finding(str(path), text, extra.number, extra.offset)
        return
    if alive(path):
        return
    if chain.torn is not None:
        yield _torn(str(path), chain.torn, "note")
    if read.types[-1:] == ["run.finished"] and not _ended_at(told, len(read.hashes) - 1):
        text = "the run finished, but the ledger does not tell its end; the next start completes it"
        yield Finding(str(path), text, severity="note")


def _ended_at(told: Told, seq: int) -> bool:
    return bool(told.ends) and told.ends[-1][1].head_seq == seq


def _stray(state_root: Path, path: Path) -> list[Finding]:
    if alive(path) or _told_at(state_root, path):
        return []  # just begun: its ledger line comes next, or came since the ledger was read
    chain, read = ChainFile(path, "run", path.stem), JournalRead()
    if found := _read_journal(chain, read):
        return found
    if not read.hashes:
        text = "a crash came before the first line; nothing was done, the file may be deleted"
        return [Finding(str(path), text, severity="note")]
    if set(read.types) <= BEFORE_LEDGER:
        text = "the run began, but the ledger does not tell it; the next start completes it"
        return [Finding(str(path), text, severity="note")]
    return [Finding(str(path), "the ledger does not tell this run", 1, 0)]


def _told_at(state_root: Path, path: Path) -> bool:
    """Return whether the ledger tells this very journal by now."""
    opened = told_run(ledger_path(state_root), "run", path.stem)
    return opened is not None and opened.journal == path.relative_to(state_root).as_posix()


def _broken(error: BrokenChainError) -> Finding:
    return Finding(str(error.path), error.reason, error.raw.number, error.raw.offset)


def _torn(file: str, torn: RawLine, severity: Literal["error", "note"]) -> Finding:
    text = f"the last line is torn after {len(torn.data)} bytes, as a crash leaves it"
    return Finding(file, text, torn.number, torn.offset, severity)
