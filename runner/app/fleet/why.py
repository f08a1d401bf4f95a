"""Why one agent is as it is, what is wrong first, and since when it runs what it runs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from runner.app.fleet.figures import spoken
from runner.app.fleet.last_failure import last_failure
from runner.app.fleet.row import NO_POINTER, Row
from runner.app.fleet.seen_runs import SeenRuns, is_of
from runner.app.listing.run_list import short_id
from runner.domain.durations import show_age
from runner.domain.environment import Pointer
from runner.domain.plan import Evidence
from runner.domain.pointing import Move
from runner.domain.quantities import VERSION
from runner.domain.release import Version
from runner.journal.entries import RunRecord
from runner.releases.ordering import precedence
from runner.rollout.good import Stretch, previous, stretches
from runner.rollout.sync import Sync

Action = Literal["rollback", "diff", "promote", "dry_run", "runs"]
LOOKED_AT = 10
"""Runs that the sentence about failures counts."""
ACTION_TRAILER = "Agentctl-Action: "
VERBS = {"promote": "promoted", "rollback": "rolled back to"}
BAD_SYNC = ("tampered", "unknown")


@dataclass(frozen=True)
class Finding:
    """One thing to say, with what mends it."""

    word: str
    """One of sync or health, for its badge."""
    text: str
    mend: str = ""
    """The command; empty where none does."""
    actions: tuple[Action, ...] = ()
    """What a screen offers beside it, the first the one to take."""


@dataclass(frozen=True)
class Since:
    """Since when what is live is live, and how the version before it did."""

    at: datetime
    by: str
    verb: str
    version: str
    before: str | None = None
    """The version that was live before it."""
    before_runs: Evidence | None = None
    """Its live runs here."""

    def sentence(self, now: datetime) -> str:
        """Return it for people."""
        age = show_age((now - self.at).total_seconds())
        told = f"{self.version} {self.verb} {age} ago by {self.by}"
        return f"{told} ({self.before}: {_share(self.before_runs)})" if self.before else told


@dataclass(frozen=True)
class Why:
    """What is to be said of one agent in one environment."""

    row: Row
    findings: tuple[Finding, ...]
    """What is wrong first; there is always one."""
    since: Since | None
    """None where nobody knows."""
    back: str | None
    """The good version that a rollback would go to, as far as the pointer's history tells."""
    failed: str | None
    """The newest run of what is live that did not succeed."""
    offer: str | None
    """The newest release that a promotion would bring here; None where there is none."""


@dataclass(frozen=True)
class Known:
    """What is known of a row's agent beyond the row."""

    moves: Sequence[Move]
    """Of its pointer here, newest first."""
    versions: Sequence[Version]
    """Its releases in SemVer order."""
    runs: SeenRuns
    state: Path
    """The directory that journals lie in."""


def why_of(row: Row, known: Known) -> Why:
    """Return why a row is as it is. One journal is read, of the newest run that failed."""
    moves, runs = known.moves, known.runs
    standing = row.cell.standing if row.cell else None
    pointer = standing.pointer if standing else None
    ran = spoken(_own(row, pointer, runs))[:LOOKED_AT]
    bad = [run for run in ran if run.status != "succeeded"]
    past = previous(moves, row.digest)
    back = past.pointer.version if past and past.pointer and row.digest else None
    since = _since(row, stretches(moves), runs)
    findings = tuple(_findings(row, (ran, bad), back, known.state))
    return Why(row, findings, since, back, bad[0].run if bad else None, _offer(row, known))


def _offer(row: Row, known: Known) -> str | None:
    """The newest release above what is live that no hold blocks."""
    live = row.version if row.sync and VERSION.fullmatch(row.version or "") else None
    free = [
        each.version
        for each in known.versions
        if each.version not in row.held
        and ("-" not in each.version or (live is not None and "-" in live))
        and (live is None or precedence(each.version) > precedence(live))
    ]
    return free[-1] if free else None


def _own(row: Row, pointer: Pointer | None, runs: SeenRuns) -> Sequence[RunRecord]:
    """Return the runs of what is live, newest first."""
    ran = runs.places.get((row.agent, row.environment), ())
    return [run for run in ran if is_of(run, pointer)] if pointer else ran


def _findings(
    row: Row, ran: tuple[Sequence[RunRecord], Sequence[RunRecord]], back: str | None, state: Path
) -> Iterator[Finding]:
    every, bad = ran
    if row.sync is None:
        yield _no_pointer(row)
        return
    sync = _of_sync(row, row.sync)
    if row.sync.word in BAD_SYNC:
        yield sync
    if row.health.word == "failing":
        yield _failing(row, every, bad, back, state)
    if row.sync.word not in {"synced", *BAD_SYNC}:
        yield sync
    if row.health.word != "failing" and row.sync.word not in BAD_SYNC:
        yield _well(row, every, bad)


def _no_pointer(row: Row) -> Finding:
    if row.environment is None:
        return Finding(NO_POINTER, "it is live in no environment", actions=("dry_run",))
    where = f"; it is live in {', '.join(row.elsewhere)}" if row.elsewhere else ""
    mend = f"agentctl promote {row.agent} REF --to {row.environment}"
    text = f"no pointer in {row.environment}: nothing of it is live there{where}"
    return Finding(NO_POINTER, text, mend, ("promote", "dry_run"))


def _of_sync(row: Row, sync: Sync) -> Finding:
    """What helps where something cannot be read is a sentence, and no command."""
    if sync.word != "unknown":
        return Finding(sync.word, sync.why, sync.mend, _for_sync(row))
    return Finding(sync.word, "; ".join(filter(None, (sync.why, sync.mend))))


def _for_sync(row: Row) -> tuple[Action, ...]:
    word = row.sync_word
    return ("promote",) if word == "behind" else ("diff",) if word == "held" else ()


def _failing(
    row: Row,
    every: Sequence[RunRecord],
    bad: Sequence[RunRecord],
    back: str | None,
    state: Path,
) -> Finding:
    if not bad:
        return Finding("failing", row.health.why, row.health.mend, ("runs",))
    newest = bad[0]
    reason = last_failure(state / newest.started.journal) or _ended(newest)
    told = f": {reason}" if reason else ""
    many = f"{len(bad)} of the last {len(every)} runs" if len(every) > 1 else "the only run"
    verb = "failed" if all(run.status == "failed" for run in bad) else "did not succeed"
    text = f"{many} {verb}{told} (newest {short_id(newest.run)})"
    actions: tuple[Action, ...] = ("rollback", "diff") if back else ("runs",)
    return Finding("failing", text, row.health.mend, actions)


def _ended(run: RunRecord) -> str:
    """Return how a run ended whose journal does not tell why; that it failed is said already."""
    known = {"running": "its process is gone", "failed": ""}
    return known.get(run.status, run.status.replace("_", " "))


def _well(row: Row, every: Sequence[RunRecord], bad: Sequence[RunRecord]) -> Finding:
    if row.health.word == "unknown" or not every:
        return Finding(row.health.word, row.health.why or "its first run is under way")
    good, many = len(every) - len(bad), f"the last {len(every)} runs"
    which = f"{good} of {many}" if bad else many if good > 1 else "the only run"
    text = f"{which} of {row.version} succeeded"
    return Finding(row.health.word, text, actions=("runs",) if bad else ())


def _since(row: Row, past: Sequence[Stretch], runs: SeenRuns) -> Since | None:
    overridden = row.cell and row.cell.standing and row.cell.standing.override
    if not past or overridden or not past[0].pointer or past[0].pointer.version != row.version:
        return None
    began = past[0].began
    before = past[1].pointer if len(past) > 1 else None
    return Since(
        at=past[0].since,
        by=began.by.partition(" <")[0],
        verb=_verb(began),
        version=past[0].pointer.version,
        before=before.version if before else None,
        before_runs=_evidence(row, before, runs) if before else None,
    )


def _verb(move: Move) -> str:
    lines = move.reason.split("\n")
    said = (line for line in lines if line.startswith(ACTION_TRAILER))
    return VERBS.get(next(said, "").removeprefix(ACTION_TRAILER), "set")


def _evidence(row: Row, pointer: Pointer, runs: SeenRuns) -> Evidence | None:
    told = spoken(_own(row, pointer, runs))
    good = sum(run.status == "succeeded" for run in told)
    return Evidence(runs=len(told), succeeded=good) if told else None


def _share(seen: Evidence | None) -> str:
    if seen is None or not seen.runs:
        return "no run known"
    plural = "" if seen.runs == 1 else "s"
    return f"{100 * seen.succeeded // seen.runs}% of {seen.runs} run{plural}"
