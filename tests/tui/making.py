"""Making a world: commits, releases, moves and runs at given times, by the product's own parts."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from runner.app.moves.moving import Wish, plan_move
from runner.app.project import open_project
from runner.app.released.versions import load_release
from runner.app.releasing.releasing import make_release, plan_release
from runner.app.releasing.version import Wish as ReleaseWish
from runner.config.project import read_pointer
from runner.domain.errors import InterruptedRunError
from runner.domain.job import Job, Mode
from runner.domain.plan import Action, Plan
from runner.domain.ports import Toolbox
from runner.domain.release import Release
from runner.journal.ledger import Ledger
from runner.journal.recording import RecordedRun
from runner.journal.writer import FileJournal
from runner.orchestration.parts import Parts
from runner.orchestration.run import execute
from runner.releases.git_pointers import GitPointers
from runner.releases.git_repository import GitRepository
from runner.rollout.planning import Ask, move_message
from runner.testing import START, NeverInterrupted, NoSecrets, TableToolbox, TickingClock
from runner.tools.toolbox import DryRunToolbox
from tests.tui.plays import Given, Play, PlayedModel, ProcessGone

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
IDENTITY = {"user.name": "Ann Ops", "user.email": "ann@example.com"}
QUIET = {"commit.gpgsign": "false", "tag.gpgSign": "false", "core.autocrlf": "false"}


def clock_at(moment: datetime) -> TickingClock:
    """A clock that stands at a moment."""
    return TickingClock((moment - START).total_seconds())


@dataclass
class Maker:
    """Makes what the world consists of, at the time of its clock."""

    root: Path
    clock: TickingClock
    ids: list[str] = field(default_factory=list)
    loaded: dict[tuple[str, str | None], Release] = field(default_factory=dict)
    """What the environments point at, since the last move."""

    @property
    def state(self) -> Path:
        return self.root / ".agentctl"

    def git(self, *words: str) -> str:
        """What git says; what it writes is dated by the clock."""
        with self._dated():
            return git(self.root, *words)

    def begin(self, files: dict[str, str]) -> None:
        """Make the repository with its first commit."""
        git(self.root.parent, "init", "--quiet", "-b", "main", str(self.root))
        for name, value in {**IDENTITY, **QUIET}.items():
            git(self.root, "config", name, value)
        self.commit(files, "Begin")

    def write(self, files: dict[str, str]) -> None:
        for path, text in files.items():
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())

    def commit(self, files: dict[str, str], message: str) -> None:
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", message)

    def release(self, agent: str, version: str, files: dict[str, str]) -> None:
        """Commit an agent's files and release them as the command does."""
        self.commit(
            {f"agent-configs/{agent}/{path}": text for path, text in files.items()},
            f"Write {agent} {version}",
        )
        wish = ReleaseWish(agent, version=version)
        with self._dated():
            make_release(plan_release(self.root, None, wish, self.clock), self.clock)

    def move(self, action: Action, agent: str, ref: str | None, to: str, why: str = "") -> None:
        """Promote or roll back as the planner decides, committed at the time of the clock."""
        values = () if action == "rollback" else ("service_url=http://127.0.0.1:8931/",)
        wish = Wish(action, agent, to, ref, reason=why, values=values)
        self.loaded.clear()
        with self._dated():
            self._land(plan_move(self.root, None, wish, self.clock))

    def _land(self, plan: Plan) -> None:
        ask = Ask(plan.action, plan.agent, plan.environment, reason=plan.reason)
        with GitRepository(self.root) as repository:
            book = GitPointers(repository, read_pointer, self.clock, None)
            placed = book.read(plan.environment, plan.agent)
            after = read_pointer(plan.content.encode(), "plan")
            message = move_message(ask, placed.pointer if placed else None, after)
            content = plan.content.encode()
            book.replace(plan.environment, plan.agent, plan.token, content, message)

    def run(
        self,
        play: Play,
        agent: str,
        environment: str | None,
        given: Given,
        mode: Mode = "live",
        trigger: str = "schedule",
    ) -> str:
        """Run what an environment points at, and return the run's id."""
        release = self._release(agent, environment)
        run = self._new_id()
        self.ids.append(run)
        job = Job(id=run, run=run, mode=mode, input=given, trigger=trigger)
        ledger = self._ledger()
        journal = lambda: FileJournal.create(  # noqa: E731
            self.state, run, agent, self.clock, unchanged
        )
        with RecordedRun(ledger, journal, keyed=False) as recorded:
            self._execute(job, release, play, recorded)
        return run

    def resume(self, run: str, play: Play, agent: str, environment: str) -> None:
        """Go on with a run that was interrupted."""
        release = self._release(agent, environment)
        path = next(self.state.glob(f"journal/*/*/{run}.jsonl"))
        journal = FileJournal.resume(path, self.clock, unchanged)
        job = Job(id=run, run=run, input={})
        with RecordedRun(self._ledger(), lambda: journal, journal=journal) as recorded:
            self._execute(job, release, play, recorded, after_s=journal.active_s())

    def _release(self, agent: str, environment: str | None) -> Release:
        place = (agent, environment)
        if place not in self.loaded:
            name = agent if environment else f"{agent}@worktree"
            values = {} if environment else {"service_url": "http://127.0.0.1:8931/"}
            project = open_project(self.root, None)
            self.loaded[place] = load_release(project, name, values, environment)
        return self.loaded[place]

    def _execute(
        self,
        job: Job,
        release: Release,
        play: Play,
        recorded: RecordedRun,
        after_s: float | None = None,
    ) -> None:
        tools = {name: self._ticking(function) for name, function in play.tools.items()}
        table: Toolbox = TableToolbox(release.spec.tools, tools)
        parts = Parts(
            model=PlayedModel(play.beats, self.clock),
            toolbox=DryRunToolbox(table) if job.mode == "dry_run" else table,
            journal=recorded,
            clock=self.clock,
            redactor=NoSecrets(),
            interrupts=NeverInterrupted(),
            jitter=lambda upper: upper,
            on_ask="simulate" if job.mode == "dry_run" else "deny",
            resumed_after_s=after_s,
            runner="0.1.0",
        )
        with suppress(ProcessGone, InterruptedRunError):
            execute(job, release, parts)

    def _ticking(self, function):  # type: ignore[no-untyped-def]
        def ticking(given: Given) -> object:
            self.clock.tick(0.35)
            return function(given)

        return ticking

    def _ledger(self) -> Ledger:
        return Ledger(self.state, self.clock, lambda: "01KA00000000000000000000AA", unchanged)

    def _new_id(self) -> str:
        """A ULID of the clock's moment, whose random half is that of a count."""
        moment = int(self.clock.now().timestamp() * 1000)
        seed = hashlib.sha256(str(len(self.ids)).encode()).digest()[:10]
        number = (moment << 80) | int.from_bytes(seed, "big")
        return "".join(CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))

    @contextmanager
    def _dated(self) -> Iterator[None]:
        """Let git date by the clock what it writes; the product sets no date on a tag."""
        names = ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE")
        before = {name: os.environ.get(name) for name in names}
        os.environ.update(dict.fromkeys(names, f"@{int(self.clock.now().timestamp())} +0000"))
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value


def unchanged(data: object) -> object:
    """The redactor of a world without secrets."""
    return data


def git(directory: Path, *words: str) -> str:
    """What git says, in an environment without settings of the machine's; dates stay."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.endswith("_DATE")
    }
    done = subprocess.run(
        ["git", "-C", str(directory), *words],
        capture_output=True,
        check=False,
        env={**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8", "replace").strip()
