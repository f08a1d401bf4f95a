"""The composition root: every concrete part of a run, chosen once, and given back at its end."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from runner.app.executing.hosts import model_hosts, tool_hosts
from runner.app.executing.narrating import Narrate, quietly
from runner.app.executing.secrecy import (
    check_identity,
    model_secrets,
    open_book,
    secret_of,
    tool_secrets,
)
from runner.app.executing.watching import Observe, WatchedRun
from runner.app.project import Project
from runner.boundary.clock import SystemClock
from runner.boundary.egress import Egress
from runner.boundary.http import HttpClient
from runner.boundary.ids import jitter, new_run_id
from runner.boundary.interrupts import SignalInterrupts
from runner.boundary.process import end_process_group
from runner.boundary.secrets import SecretBook
from runner.boundary.surroundings import environment
from runner.domain.events import ToolSettled
from runner.domain.job import Job
from runner.domain.ports import ModelClient, Toolbox
from runner.domain.references import SecretRef
from runner.domain.release import Release
from runner.journal.ledger import Ledger
from runner.journal.reconciling import reconcile
from runner.journal.writer import FileJournal
from runner.orchestration.parts import Parts
from runner.reasoning.cassette import CassetteModel, RecordingModel
from runner.reasoning.chat_completions import ChatCompletions
from runner.releases.materialise import materialise
from runner.tools.context import ToolContext
from runner.tools.toolbox import DryRunToolbox, LiveToolbox

LOOK_BACK_RUNS = 20
"""How many of the newest runs a start looks at for what a crash left."""


@dataclass(frozen=True)
class Composition:
    """What decides which parts a run gets."""

    project: Project
    release: Release
    job: Job
    cassette: Path | None = None
    record: Path | None = None
    resume: Path | None = None
    """The journal to go on with; None for a new run."""
    admit: Callable[[Path, Ledger], ToolSettled | None] = lambda _path, _ledger: None
    """Asked once the journal is held: raises when the run may not go on, and returns what a person
    says of a step in doubt."""

    @property
    def keyed(self) -> bool:
        """Whether somebody gave the job its id, so that it may be known already."""
        return self.job.id != self.job.run

    @property
    def dry(self) -> bool:
        """Whether effects are simulated."""
        return self.job.mode == "dry_run"


@contextmanager
def composed(
    composition: Composition, observe: Observe, narrate: Narrate
) -> Iterator[tuple[Parts, WatchedRun]]:
    """Yield the parts of a run and its recorded journal; close everything at the end.

    Raises:
        UsageError: a secret is missing.
        IntegrityError, StateError: the cache or the journal cannot be used.
    """
    project, job = composition.project, composition.job
    clock = SystemClock()
    book = open_book(composition.release, _needed(composition), project.root)
    check_identity(composition.release, job, book)
    ledger = Ledger(project.state, clock, lambda: new_run_id(clock), book.redact_json)
    with ExitStack() as stack:
        scratch = project.state / "scratch" / job.run
        toolbox = _toolbox(composition, scratch, book, stack)
        model = _model(composition, book, stack)
        recorded = stack.enter_context(_recorded(composition, ledger, clock, book, observe))
        # Only who holds the journal may take its scratch directory away.
        stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        past = recorded.journal
        reconcile(project.state, ledger, newest=LOOK_BACK_RUNS)
        yield (
            Parts(
                model=model,
                toolbox=toolbox,
                journal=recorded,
                clock=clock,
                redactor=book,
                interrupts=stack.enter_context(SignalInterrupts(quietly(narrate))),
                jitter=jitter,
                end_group=lambda group: end_process_group(group, job.run),
                on_ask="simulate" if composition.dry else "deny",
                resumed_after_s=past.active_s() if past else None,
                runner=version("agentctl"),
            ),
            recorded,
        )


def _recorded(
    composition: Composition,
    ledger: Ledger,
    clock: SystemClock,
    book: SecretBook,
    observe: Observe,
) -> WatchedRun:
    if composition.resume is not None:
        journal = _admitted(composition, composition.resume, ledger, clock, book)
        return WatchedRun(observe, ledger, lambda: journal, journal=journal)
    job, state = composition.job, composition.project.state
    agent = composition.release.agent
    return WatchedRun(
        observe,
        ledger,
        lambda: FileJournal.create(state, job.run, agent, clock, book.redact_json),
        keyed=composition.keyed,
    )


def _admitted(
    composition: Composition, path: Path, ledger: Ledger, clock: SystemClock, book: SecretBook
) -> FileJournal:
    """Return the held journal of a run that may go on; what a person settled is its last line."""
    journal = FileJournal.resume(path, clock, book.redact_json)
    try:
        settled = composition.admit(path, ledger)
        if settled is not None:
            journal.append(settled)
            journal.remember([*journal.events, settled])
    except BaseException:
        journal.close()
        raise
    return journal


def _model(composition: Composition, book: SecretBook, stack: ExitStack) -> ModelClient:
    if composition.cassette is not None:
        return CassetteModel(composition.cassette)
    spec = composition.release.spec.agent.model
    http = HttpClient(Egress(model_hosts(composition.release)))
    stack.callback(http.close)
    root = composition.project.root
    key = secret_of(composition.release, spec.api_key, root) if spec.api_key else None
    client = ChatCompletions(spec, http, key)
    if composition.record is None:
        return client
    return RecordingModel(client, composition.record, spec, SystemClock(), book.redact_json)


def _toolbox(
    composition: Composition, scratch: Path, book: SecretBook, stack: ExitStack
) -> Toolbox:
    release, project = composition.release, composition.project
    http = HttpClient(Egress(tool_hosts(release)))
    stack.callback(http.close)
    context = ToolContext(
        release_dir=materialise(release.snapshot, project.state / "cache"),
        scratch=scratch,
        mode=composition.job.mode,
        values=release.values,
        environment=environment(),
        secret=lambda ref: secret_of(release, ref, project.root),
        http=http,
        run=composition.job.run,
        redact=book.redact,
    )
    live = LiveToolbox(release.spec.tools, context)
    return DryRunToolbox(live) if composition.dry else live


def _needed(composition: Composition) -> list[SecretRef]:
    """Return the secrets that must be there: a cassette needs no key, a dry run no effects."""
    release = composition.release
    needed = [] if composition.cassette else list(model_secrets(release))
    for tool in release.spec.tools:
        if tool.reads_only or not composition.dry:
            needed += tool_secrets(tool)
    return needed
