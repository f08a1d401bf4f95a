"""What can be checked of a run, and what the check said.

`proofs_of` says what reading the journal already showed, and what the ledger tells of its start
and its end. `verify_proofs` looks at everything: the whole ledger, every text beside the journal,
the release with its signature.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from runner.app.project import Project, open_project
from runner.app.released.verifying import VerifyOptions, verify
from runner.app.story.config import release_of
from runner.app.story.history import open_ledger
from runner.app.story.payloads import shortened
from runner.app.story.reading import JournalReader
from runner.app.story.steps import RunSteps, Step
from runner.domain.errors import AgentctlError, IntegrityError
from runner.domain.events import RunStarted, ToolStarted
from runner.domain.release import WORKTREE
from runner.journal.audit import Finding, verify_run
from runner.journal.entries import RunEnded, RunOpened
from runner.journal.paths import LEDGER

Verdict = Literal["ok", "not ok", "cannot tell"]
EFFECTS: dict[str, tuple[Verdict, str]] = {
    "done": ("ok", "done, as the service answered"),
    "simulated": ("ok", "simulated: nothing was done"),
    "failed": ("ok", "it is known that it was not done: the call failed"),
    "in_doubt": ("cannot tell", "in doubt: nobody knows whether it was done, a person must look"),
    "running": ("cannot tell", "it goes on"),
    "interrupted": ("cannot tell", "its process ended before it did"),
}


READ_WHOLE = frozenset({"journal", "ledger"})
"""What a verification reads from its first byte to its last."""
MOST = 500
"""So many calls are looked at for their effects; of more the last ones."""


@dataclass(frozen=True)
class Proof:
    """One thing that can be checked."""

    what: str
    verdict: Verdict
    detail: str
    step: str = ""
    """Key of the step that it is about; empty for the run as a whole."""


def proofs_of(
    root: Path | None, state: Path | None, reader: JournalReader, run: RunSteps
) -> tuple[Proof, ...]:
    """Return what is known without reading everything again."""
    return (
        _chain(run),
        *_ledger(root, state, reader, run),
        *_release(root, state, run.start),
        *_effects(reader, run),
        _outcome(run),
    )


def verify_proofs(
    root: Path | None, state: Path | None, reader: JournalReader, run: RunSteps
) -> tuple[Proof, ...]:
    """Return what a full verification says of the run, and of its release."""
    return (
        *_verified(root, state, run),
        *_release(root, state, run.start),
        *_signature(root, state, run.start),
        *_effects(reader, run),
        _outcome(run),
    )


def verdict_of(proofs: Sequence[Proof]) -> tuple[str, bool]:
    """Return what a verification comes to in a sentence, and whether something is wrong.

    What was achieved, and who signed, is often not known; that a file could not be read is said.
    """
    wrong = sum(1 for proof in proofs if proof.verdict == "not ok")
    if wrong:
        return f"{wrong} not ok", True
    unread = [p.what for p in proofs if p.verdict == "cannot tell" and p.what in READ_WHOLE]
    if unread:
        return f"not verified: nobody can tell about {' and '.join(unread)}", True
    return "verified: nothing is not ok", False


def _chain(run: RunSteps) -> Proof:
    what = "journal"
    notices = {notice.kind: notice for notice in run.notices}
    if "broken" in notices:
        return Proof(what, "not ok", notices["broken"].sentence)
    if lost := notices.get("deleted") or notices.get("replaced"):
        return Proof(what, "not ok", lost.sentence)
    if run.read_bytes < run.size:
        return Proof(what, "cannot tell", f"{run.lines:,} lines read so far")
    text = f"{run.lines:,} lines, each as it was written; head {run.head[:16]}"
    if "torn" in notices:
        return Proof(what, "cannot tell", f"{text}; {notices['torn'].sentence}")
    return Proof(what, "ok", f"{text}; `V` reads the texts beside it too")


def _ledger(
    root: Path | None, state: Path | None, reader: JournalReader, run: RunSteps
) -> Iterator[Proof]:
    """Compare what the ledger tells of a run with the journal's hashes."""
    try:
        project = open_project(root, state)
        told = [*open_ledger(project).entries_of(run.run)]
    except AgentctlError as error:
        yield Proof("ledger", "cannot tell", error.message)
        return
    opened = next((entry for entry in told if isinstance(entry, RunOpened)), None)
    ended = next((entry for entry in told if isinstance(entry, RunEnded)), None)
    if opened is None:
        yield Proof("ledger", "not ok", "it does not tell this run")
        return
    yield _agrees("ledger, start", reader, 0, opened.head)
    if ended is not None:
        yield _agrees("ledger, end", reader, ended.head_seq, ended.head)
    elif run.status == "running":
        yield Proof("ledger, end", "cannot tell", "the run has not ended")
    else:
        yield Proof("ledger, end", "cannot tell", "not told yet; the next start completes it")


def _agrees(what: str, reader: JournalReader, number: int, head: str) -> Proof:
    if number >= len(reader):
        text = f"it says the journal has {number + 1:,} lines, and {len(reader):,} were read"
        return Proof(what, "not ok", text)
    try:
        found = reader.fields(number).get("hash")
    except AgentctlError as error:
        return Proof(what, "cannot tell", error.message)
    if found != head:
        return Proof(what, "not ok", f"it says {head[:16]} of line {number + 1}, found {found}")
    return Proof(what, "ok", f"line {number + 1} hashes to {head[:16]}, as it says")


def _verified(root: Path | None, state: Path | None, run: RunSteps) -> Iterator[Proof]:
    """Yield what `agentctl audit verify RUN` says, of the ledger and of the journal."""
    try:
        project = open_project(root, state)
        found = verify_run(project.state, run.run)
    except AgentctlError as error:
        yield Proof("journal", "cannot tell", error.message)
        return
    of_ledger = [each for each in found if each.file.endswith(LEDGER)]
    rest = [each for each in found if each not in of_ledger]
    journal = f"{run.lines:,} lines and every text beside them as they were written"
    yield _said_of("journal", rest, project, f"{journal}; head {run.head[:16]}")
    ledger = "every line as it was written, and it tells this run's start and end as they are"
    yield _said_of("ledger", of_ledger, project, ledger)


def _said_of(what: str, found: Sequence[Finding], project: Project, good: str) -> Proof:
    damage = [each for each in found if each.severity == "error"]
    first = next(iter([*damage, *found]), None)
    if first is None:
        return Proof(what, "ok", good)
    place = "" if first.line is None else f"line {first.line}: "
    offset = "" if first.offset is None else f" (byte {first.offset})"
    text = f"{project.shown(Path(first.file))}: {place}{first.message}{offset}"
    return Proof(what, "not ok" if damage else "cannot tell", text)


def _release(root: Path | None, state: Path | None, start: RunStarted | None) -> Iterator[Proof]:
    if start is None:
        return
    what = f"digest of {start.agent}@{start.version}"
    try:
        release_of(open_project(root, state), start)
    except IntegrityError as error:
        yield Proof(what, "not ok", error.message)
        return
    except AgentctlError as error:
        yield Proof(what, "cannot tell", error.message)
        return
    yield Proof(what, "ok", f"the release here has the run's digest {start.digest}")


def _signature(root: Path | None, state: Path | None, start: RunStarted | None) -> Iterator[Proof]:
    if start is None or start.version == WORKTREE:
        return
    try:
        found = verify(root, state, VerifyOptions(target=f"{start.agent}@{start.version}"))
    except AgentctlError as error:
        yield Proof("release", "cannot tell", error.message)
        return
    for each in found:
        problems = "; ".join(problem.message for problem in each.problems)
        agreeing = ", ".join(each.agreeing) or "nothing else knows its digest"
        verdict: Verdict = "not ok" if each.broken else "cannot tell" if problems else "ok"
        yield Proof("release", verdict, problems or f"agreeing: {agreeing}")
        signed = {"good": "ok", "unknown": "not ok"}
        word: Verdict = signed.get(each.signature.state, "cannot tell")  # type: ignore[assignment]
        yield Proof("signature", word, each.signature.said)


def _effects(reader: JournalReader, run: RunSteps) -> Iterator[Proof]:
    settled = _settled(run.steps)
    calls = [step for step in run.steps if step.kind == "tool"]
    if len(calls) > MOST:
        text = f"{len(calls) - MOST:,} earlier calls are not listed here"
        yield Proof("effects", "cannot tell", text)
    for step in calls[-MOST:]:
        begun = next(_beginnings(reader, step), None)
        if begun is None or begun.effect not in {"write", "simulated"}:
            continue
        verdict, text = EFFECTS.get(step.word, ("cannot tell", step.word))
        if step.word == "in_doubt" and step.place in settled:
            verdict, text = "ok", f"a person said: {settled[step.place]}"
        yield Proof(
            f"effect {step.place} {step.name}", verdict, f"{text}; key {begun.key}", step.key
        )


def _beginnings(reader: JournalReader, step: Step) -> Iterator[ToolStarted]:
    for number in step.lines:
        try:
            event = reader.event(number, shortened)
        except AgentctlError:
            return
        if isinstance(event, ToolStarted):
            yield event


def _settled(steps: Iterable[Step]) -> dict[str, str]:
    """Return by place what a person said of a call in doubt."""
    told = (step.text.partition(" was ") for step in steps if step.kind == "settled")
    return {place: how for place, _was, how in told}


def _outcome(run: RunSteps) -> Proof:
    words: dict[str, tuple[Verdict, str]] = {
        "none": ("cannot tell", "the run says nothing of what it achieved"),
        "reported_success": ("cannot tell", "the run itself says that it succeeded"),
        "reported_failure": ("cannot tell", "the run itself says that it did not"),
        "verified_success": ("ok", "others found it so"),
        "verification_failed": ("not ok", "others did not find it so"),
    }
    verdict, text = words.get(run.outcome, ("cannot tell", "nobody has looked yet"))
    return Proof(f"outcome {run.outcome.replace('_', ' ')}", verdict, text)
