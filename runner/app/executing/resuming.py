"""Going on with a run: what its journal allows, and what a person has to settle first.

A hold that was set since does not stop it: what a hold forbids is a new attempt, and this one has
begun, maybe with half its effects made. It ends with the release it began with.
"""

from dataclasses import dataclass
from pathlib import Path

from runner.app.executing.composing import Composition
from runner.app.executing.inputs import check_text
from runner.app.executing.narrating import Narrate
from runner.app.executing.recorded import recorded_release
from runner.app.executing.running import carry_out
from runner.app.executing.watching import Observe
from runner.app.listing.run_list import short_id
from runner.app.project import Project, open_project
from runner.app.released.versions import store_of
from runner.app.story.history import open_ledger, read_view, run_path
from runner.app.story.view import RunView
from runner.boundary.files import alive
from runner.domain.errors import IntegrityError, RefusedError, UsageError, WaitingError
from runner.domain.events import ToolSettled
from runner.domain.job import Job
from runner.domain.snapshot import Snapshot
from runner.journal.entries import RunOpened
from runner.journal.ledger import Ledger
from runner.journal.reader import read_events
from runner.releases.bundle import BUNDLED
from runner.releases.materialise import materialised


@dataclass(frozen=True)
class ResumeOptions:
    """What a person asked for."""

    run: str
    settle: str | None = None
    reason: str | None = None
    cassette: Path | None = None


def resume_run(
    root: Path | None,
    state: Path | None,
    options: ResumeOptions,
    observe: Observe,
    narrate: Narrate,
) -> RunView:
    """Go on with a run and return how it ended.

    Raises:
        RefusedError: another process executes it.
        UsageError: it has ended, or `--settle` names no step in doubt.
        WaitingError: a person has to settle a step first.
        IntegrityError: its journal is damaged, or its release's files are not the same any more.
    """
    project = open_project(root, state)
    path = run_path(project, options.run)
    if alive(path):
        raise RefusedError(
            f"{path.stem}: another process executes this run",
            help=f"follow it with `agentctl logs -f {short_id(path.stem)}`",
        )

    def admit(journal: Path, ledger: Ledger) -> ToolSettled | None:
        _check_against_ledger(journal, ledger)
        return _settled(read_view(journal), options)

    admit(path, open_ledger(project))  # before anything is touched; again once it is held
    run = read_view(path)
    composition = Composition(
        project=project,
        release=recorded_release(project, run.start, _snapshot(project, run)),
        job=_job(run),
        cassette=options.cassette,
        resume=path,
        admit=admit,
    )
    return carry_out(composition, observe, narrate)


def _check_against_ledger(path: Path, ledger: Ledger) -> None:
    """Raise IntegrityError when the journal is not what the ledger says it began and ended with."""
    hashes = [header.hash for header, _event in read_events(path)]
    for entry in ledger.entries_of(path.stem):
        began = isinstance(entry, RunOpened)
        seq = 0 if isinstance(entry, RunOpened) else entry.head_seq
        if seq >= len(hashes) or hashes[seq] != entry.head:
            what = "began" if began else "ended"
            raise IntegrityError(
                f"{path}: the ledger says that this run {what} with another line {seq + 1}, "
                f"of hash {entry.head}",
                help="nothing was done; `agentctl audit verify` says more",
            )


def _settled(run: RunView, options: ResumeOptions) -> ToolSettled | None:
    """Return what the person settles, or raise what stands in the way of going on."""
    short = short_id(run.id)
    if run.status not in {"running", "in_doubt"}:
        raise UsageError(
            f"run {short} has ended: {run.status}", help=f"agentctl run {run.start.agent}"
        )
    if options.settle is None and run.status == "in_doubt":
        step = run.in_doubt[0]
        raise WaitingError(
            f"run {short} is in doubt: nobody knows whether {step} happened",
            help=f"find out, then: agentctl resume {short} --settle {step}=done|not-done "
            "--reason TEXT",
        )
    if options.settle is None:
        return None
    step, _, word = options.settle.partition("=")
    if word not in {"done", "not-done"} or not options.reason:
        raise UsageError(
            "--settle takes STEP=done or STEP=not-done, and --reason TEXT with it",
            help=f"agentctl resume {short} --settle STEP=done --reason TEXT",
        )
    check_text(options.reason, "--reason")
    if step not in run.in_doubt:
        doubted = ", ".join(run.in_doubt) or "none"
        raise UsageError(f"{step!r} is not in doubt", help=f"steps in doubt: {doubted}")
    return ToolSettled(step=step, done=word == "done", reason=options.reason)


def _job(run: RunView) -> Job:
    return Job(
        id=run.start.job,
        run=run.id,
        mode=run.start.mode,
        input=run.start.input,
        trigger=run.start.trigger,
        attempt=run.start.attempt,
        attended=run.start.attended,
    )


def _snapshot(project: Project, run: RunView) -> Snapshot:
    """Return the very files that the run began with: from the cache, else from their store."""
    start = run.start
    cached = materialised(start.digest, project.state / "cache")
    if cached is not None:
        return cached
    if start.origin.startswith(BUNDLED):
        raise UsageError(
            f"the files of {start.agent}@{start.version} are not in the cache any more: "
            f"{start.digest}",
            help=f"the run began from {start.origin}; start a new one with --bundle",
        )
    snapshot = store_of(project, start.version).load(start.agent, start.version)
    if snapshot.digest != start.digest:
        raise IntegrityError(
            f"{start.agent}@{start.version} changed since run {short_id(run.id)} began\n"
            f"  the run: {start.digest}\n  {start.origin}: {snapshot.digest}",
            help="put the files back, or start a new run",
        )
    return snapshot
