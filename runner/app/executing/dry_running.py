"""Starting a dry run from a screen: what it can begin with, and the process that carries it out.

The run is a process of its own, the same `agentctl run --dry-run` that a person would type. So it
goes on when the screen is closed, and nothing that it does can hold the screen up. It is dry by
its command line: there is no way to a live run here.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from shlex import join
from typing import Any

from runner.app.executing.first_request import example_input
from runner.app.listing.run_list import short_id
from runner.app.pointers import standing
from runner.app.project import Project, open_project
from runner.app.released.versions import load_version
from runner.app.repository import held_open
from runner.app.story.history import open_ledger
from runner.boundary.clock import SystemClock
from runner.boundary.detached import Detached, start_detached
from runner.boundary.ids import new_run_id
from runner.config.values import check_input
from runner.domain.agent import AgentSpec
from runner.domain.durations import show_age
from runner.domain.errors import AgentctlError, TransientError, UsageError
from runner.domain.events import RunStarted
from runner.domain.ports import Clock
from runner.domain.release import Release
from runner.journal.entries import RunRecord
from runner.journal.ledger import told_run
from runner.journal.lines import ChainFile
from runner.journal.paths import ledger_path
from runner.journal.reader import typed_lines
from runner.notation.filling import expression_of
from runner.notation.text import decode
from runner.notation.yamlish import read_yaml

LOOK_BACK_RUNS = 200
MOST_PAST = 5
STARTS_WITHIN_S = 30.0
POLL_S = 0.05
KEY = "ui-"


@dataclass(frozen=True)
class Example:
    """An input to begin with, and where it comes from."""

    name: str
    input: dict[str, Any]

    @property
    def text(self) -> str:
        """The input as a person reads and changes it."""
        return json.dumps(self.input, indent=2, ensure_ascii=False)


@dataclass(frozen=True)
class Offer:
    """What a dry run of one version can begin with."""

    name: str
    """`AGENT@REF`, as `agentctl run` takes it."""
    release: Release
    examples: tuple[Example, ...]
    """At least one."""
    values: tuple[str, ...] = ()
    """`NAME=VALUE` of an environment, where the REF is a version that needs them."""

    def fitting(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return an input when it fits.

        Raises:
            UsageError: it does not; every problem is named.
        """
        return check_input(self.release.spec, given)

    def typed(self, text: str) -> dict[str, Any]:
        """Return the input that a person typed as JSON or YAML.

        Raises:
            UsageError: it is no object, or does not fit; where, and every problem.
        """
        return read_typed(self.release.spec, text)

    @property
    def command(self) -> str:
        """The command line that does the same; the input is left to `-i` or `--input`."""
        return join(["agentctl", *_words(self), "--input", "FILE"])


def offer_dry_run(
    root: Path | None,
    state: Path | None,
    name: str,
    environment: str | None = None,
    clock: Clock | None = None,
) -> Offer:
    """Return what a dry run of `AGENT[@REF]` can begin with: inputs of runs, schedules, the schema.

    `environment` is where the values of a bare version come from, as far as it declares them.

    Raises:
        UsageError, ConfigError, IntegrityError, RefusedError: the version cannot be read.
    """
    project = open_project(root, state)
    with held_open(project):
        release = load_version(project, name)
        values = _values(project, release, environment)
    now = (clock or SystemClock()).now()
    return Offer(name, release, tuple(_examples(project, release, now)), values)


def read_typed(spec: AgentSpec, text: str) -> dict[str, Any]:
    """Return the input that a person typed as JSON or YAML.

    Raises:
        UsageError: it is no object, or does not fit input_schema; where, and every problem.
    """
    data = read_yaml(decode(text.encode("utf-8", "replace"))).data if text.strip() else {}
    if not isinstance(data, dict):
        raise UsageError("the input is one object", help='write it as {"key": value}')
    return check_input(spec, data)


def start_dry_run(
    root: Path | None, state: Path | None, offer: Offer, given: Mapping[str, Any]
) -> "DryRun":
    """Start a dry run in a process of its own.

    Raises:
        UsageError: the input does not fit; nothing was started.
        TransientError: the system starts no process.
    """
    project = open_project(root, state)
    text = json.dumps(check_input(offer.release.spec, given)).encode()
    key = KEY + new_run_id(SystemClock())
    place = ["-C", str(project.root), "--state-dir", str(project.state), "--quiet"]
    # -P: a directory called `runner` where the person happens to be is not this program.
    program = [sys.executable, "-P", "-m", "runner"]
    try:
        process = start_detached(
            [*program, *place, *_words(offer), "--input", "-", "--key", key], text
        )
    except OSError as error:
        raise TransientError(
            f"no dry run was started: {error.strerror}", help="look at the limits of this user"
        ) from error
    return DryRun(key, project, process)


@dataclass(frozen=True)
class DryRun:
    """A dry run that was started."""

    key: str
    """The id of its job."""
    project: Project
    process: Detached

    def found(self) -> str | None:
        """Return the id of its run; None before its journal begins."""
        opened = told_run(ledger_path(self.project.state), "job", self.key)
        return opened.run if opened else None

    def begun(self, within_s: float = STARTS_WITHIN_S) -> str:
        """Return the id of its run as soon as it is known. For a worker: it waits, as a process
        takes its time whatever clock a screen has.

        Raises:
            UsageError: it ended before it began; with what it said.
            TransientError: it did not begin in time; it was asked to end.
        """
        clock = SystemClock()
        end = clock.monotonic() + within_s
        while clock.monotonic() < end:
            over = self.process.code is not None
            if run := self.found():
                return run
            if over:
                raise _said(self.process.said())
            clock.sleep(POLL_S)
        self.cancel()
        raise TransientError(
            f"the dry run did not begin within {within_s:.0f} s, and was asked to end",
            help="try again; the machine may be busy",
        )

    def cancel(self) -> None:
        """Ask it to end as Ctrl-C does: its journal says so. Harmless when it has ended."""
        self.process.interrupt()


def _values(project: Project, release: Release, environment: str | None) -> tuple[str, ...]:
    """Return the values that an environment has for what a bare version declares."""
    declared = release.spec.agent.variables
    if not declared or release.environment or environment is None:
        return ()
    found = standing(project, environment, release.agent)
    values = found.pointer.values if found else {}
    return tuple(
        f"{name}={value if isinstance(value, str) else json.dumps(value)}"
        for name, value in values.items()
        if name in declared
    )


def _examples(project: Project, release: Release, now: datetime) -> Iterator[Example]:
    """Yield inputs that fit, each once; at the end one that is made up, whether it fits or not."""
    spec, seen = release.spec, set[str]()
    for example in (*_past(project, release.agent, now), *_scheduled(spec, now)):
        key = json.dumps(example.input, sort_keys=True)
        with suppress(UsageError):
            check_input(spec, example.input)
            if key not in seen:
                yield example
            seen.add(key)
    yield Example("made up from input_schema", example_input(spec.input_schema))


def _past(project: Project, agent: str, now: datetime) -> Iterator[Example]:
    """Yield the inputs of the newest runs."""
    ran = (run for run in open_ledger(project).runs() if run.started.agent == agent)
    seen: list[dict[str, Any]] = []
    for run in islice(ran, LOOK_BACK_RUNS):
        given = _input_of(project, run)
        if given is None or given in seen:
            continue
        seen.append(given)
        ago = show_age((now - run.started_at).total_seconds())
        yield Example(f"run {short_id(run.run)}: {run.status}, {ago} ago", given)
        if len(seen) == MOST_PAST:
            return


def _input_of(project: Project, run: RunRecord) -> dict[str, Any] | None:
    path = project.state / run.started.journal
    with suppress(AgentctlError, OSError):
        for _header, event in typed_lines(ChainFile(path, "run", path.stem)):
            return event.input if isinstance(event, RunStarted) else None
    return None


def _scheduled(spec: AgentSpec, now: datetime) -> Iterator[Example]:
    for schedule in spec.schedules:
        given = {name: _filled(value, now) for name, value in schedule.input.items()}
        yield Example(f"schedule {schedule.name}", given)


def _filled(value: Any, now: datetime) -> Any:
    """`{from: ...}` of a schedule is a time: its default, else now."""
    if isinstance(value, dict) and (set(value) == {"from", "default"} or expression_of(value)):
        return value.get("default", f"{now:%Y-%m-%dT%H:%M:%SZ}")
    return value


def _words(offer: Offer) -> list[str]:
    return ["run", offer.name, "--dry-run", *(w for each in offer.values for w in ("--set", each))]


def _said(text: str) -> UsageError:
    """Return what a process said of why it ended, as the error that it was there."""
    message, _, advice = text.strip().partition("\nhelp: ")
    message = message.removeprefix("error: ") or "the dry run ended before it began"
    return UsageError(message, help=advice)
