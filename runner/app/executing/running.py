"""Running an agent: from what a person asked for to how the run ended."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runner.app.bundled import open_with
from runner.app.executing.composing import Composition, composed
from runner.app.executing.inputs import parse_pairs
from runner.app.executing.narrating import Narrate
from runner.app.executing.watching import Observe
from runner.app.listing.run_list import short_id
from runner.app.released.versions import load_release
from runner.app.story.history import read_view
from runner.app.story.view import RunView, open_writes, totals
from runner.boundary.clock import SystemClock
from runner.boundary.ids import new_run_id
from runner.config.values import check_input
from runner.domain.agent import AgentSpec
from runner.domain.errors import (
    AgentctlError,
    IntegrityError,
    InterruptedRunError,
    UsageError,
)
from runner.domain.failure import Failure
from runner.domain.job import Job, Mode, Status
from runner.domain.release import Release
from runner.domain.tool import UnboundCall
from runner.journal.ledger import JobKnownError
from runner.journal.reader import find_run, read_events
from runner.journal.recording import RecordedRun
from runner.orchestration.ending import last_event
from runner.orchestration.parts import Ended, Talk
from runner.orchestration.run import execute

KEY = re.compile(r"[A-Za-z0-9._:/-]{1,200}")


@dataclass(frozen=True)
class RunOptions:
    """What a person asked for."""

    agent: str
    input: Callable[[AgentSpec], dict[str, Any]]
    dry_run: bool = False
    values: Sequence[str] = ()
    key: str | None = None
    cassette: Path | None = None
    record: Path | None = None
    environment: str | None = None
    """The environment that `--env` named."""
    bundle: Path | None = None
    """Where releases, pointers and rules come from, in place of the project."""

    @property
    def mode(self) -> Mode:
        """The job's mode."""
        return "dry_run" if self.dry_run else "live"


def run_agent(
    root: Path | None,
    state: Path | None,
    options: RunOptions,
    observe: Observe,
    narrate: Narrate,
) -> RunView:
    """Run an agent once and return how it ended; with a known key, the first run.

    Raises:
        UsageError, ConfigError, IntegrityError, RefusedError: nothing was run.
        StateError: the state directory cannot be written; the run stopped before the next effect.
        InterruptedRunError: the run can be resumed.
    """
    project = open_with(root, state, options.bundle)
    given = parse_pairs(options.values, "--set")
    release = load_release(project, options.agent, given, options.environment, narrate)
    if options.key is not None and not KEY.fullmatch(options.key):
        raise UsageError(
            f"--key {options.key!r}: use 1 to 200 letters, digits and . _ : / -",
            help="it becomes part of idempotency keys, which travel in HTTP headers",
        )
    if not options.dry_run:
        refuse_unbound(release)
    run_id = new_run_id(SystemClock())
    job = Job(
        id=options.key or run_id,
        run=run_id,
        mode=options.mode,
        input=check_input(release.spec, options.input(release.spec)),
    )
    composition = Composition(
        project, release, job, cassette=options.cassette, record=options.record
    )
    try:
        return carry_out(composition, observe, narrate)
    except JobKnownError as known:
        return _first_run(_view_of(project.state, known.run), job, release)


def refuse_unbound(release: Release) -> None:
    """Raise UsageError when nothing is behind a tool: a live run could not do its work."""
    unbound = [tool.name for tool in release.spec.tools if isinstance(tool.call, UnboundCall)]
    if unbound:
        where = " of a new version" if release.released else ""
        raise UsageError(
            f"{release.agent}@{release.version} cannot run live: nothing is behind "
            + ", ".join(f"`{name}`" for name in unbound),
            help=f"nothing was run; give each a `call` in the tools file{where}, or add --dry-run, "
            "which simulates them",
        )


def _view_of(state: Path, run: str) -> RunView:
    try:
        return read_view(find_run(state, run))
    except UsageError as error:
        raise IntegrityError(
            f"the ledger tells run {run}, and its journal is missing",
            help="nothing was done; `agentctl audit verify` says more",
        ) from error


def _first_run(first: RunView, job: Job, release: Release) -> RunView:
    """Return the run that a known key stands for, if it was the same job.

    Raises:
        UsageError: the key was given to another job: nothing would be run, and nobody told.
    """
    given = (release.agent, job.mode, job.input)
    if (first.start.agent, first.start.mode, first.start.input) == given:
        return replace(first, repeated=True)
    raise UsageError(
        f"--key {job.id!r} belongs to another job: run {short_id(first.id)}, "
        f"{first.start.agent} {first.start.mode}, input {json.dumps(first.start.input)}",
        help="one key stands for one agent, mode and input; put what differs into the key",
    )


def carry_out(composition: Composition, observe: Observe, narrate: Narrate) -> RunView:
    """Execute a composed run and return what its journal says about it.

    Raises:
        AgentctlError: as `run_agent`; anything else is a bug, and journaled as one.
    """
    with composed(composition, observe, narrate) as (parts, recorded):
        try:
            execute(composition.job, composition.release, parts)
        except InterruptedRunError as interrupt:
            interrupt.help = f"agentctl resume {short_id(composition.job.run)}"
            raise
        except AgentctlError:
            raise
        except Exception as bug:
            # The one broad catch: whatever it was, the journal says that the run has ended.
            _journal_bug(bug, composition, recorded)
            told = parts.redactor.redact(_with_causes(bug))
            if told == _with_causes(bug):
                raise
            raise RuntimeError(told).with_traceback(bug.__traceback__) from None
        assert recorded.journal is not None
        path = recorded.journal.path
    return read_view(path)


def _with_causes(bug: BaseException) -> str:
    """Return all that a traceback would tell of an exception: its own text, and its causes'."""
    text, cause = f"{type(bug).__name__}: {bug}", bug.__cause__ or bug.__context__
    return f"{text} (from {_with_causes(cause)})" if cause else text


def _journal_bug(bug: Exception, composition: Composition, recorded: RecordedRun) -> None:
    if recorded.journal is None:
        return
    events = [event for _header, event in read_events(recorded.journal.path)]
    failure = Failure(kind="bug", message=f"{type(bug).__name__}: {bug}")
    doubted = tuple(sorted(open_writes(events)))
    status: Status = "in_doubt" if doubted else "failed"
    ended = Ended(Talk(messages=()), status, failure=failure, in_doubt=doubted)
    recorded.append(last_event(composition.job, composition.release, ended, totals(events)))
