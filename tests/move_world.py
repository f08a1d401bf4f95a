"""A project with releases and environments, in a repository or without one, for tests of moves."""

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from runner.app.moves.ground import pointer_book
from runner.app.moves.moving import Applied, Wish, apply_move, plan_move
from runner.app.project import Project
from runner.boundary.clock import SystemClock
from runner.domain.environment import Pointer
from runner.domain.plan import Plan
from runner.domain.pointing import NOT_PUSHED, Move, WriteOptions
from runner.journal.entries import RunEnded, RunOpened
from runner.journal.ledger import Ledger
from tests.pointer_world import git
from tests.release_world import ReleaseWorld, make_release_world

RULES = """\
environments:
  dev: {}
  staging: {}
  prod: {protected: true}
"""
TOKENS = {"input": 1, "cached_input": 0, "output": 1}


@dataclass(frozen=True)
class MoveWorld:
    """`hello` in versions v0.1.0 and v0.2.0, pointed at by nobody."""

    root: Path

    @property
    def project(self) -> Project:
        return Project(self.root, self.root / ".agentctl")

    def git(self, *words: str) -> str:
        return git(self.root, *words)

    def plan(self, action: Any, ref: str | None, environment: str = "prod", **more: Any) -> Plan:
        more.setdefault("reason", "why" if action == "rollback" else "")
        return plan_move(self.root, None, Wish(action, "hello", environment, ref, **more))

    def apply(self, plan: Plan, options: WriteOptions = NOT_PUSHED) -> Applied:
        return apply_move(self.root, None, plan, options)

    def promote(self, ref: str, environment: str = "prod", **more: Any) -> Applied:
        return self.apply(self.plan("promote", ref, environment, **more))

    def rollback(self, ref: str | None = None, environment: str = "prod", **more: Any) -> Applied:
        return self.apply(self.plan("rollback", ref, environment, **more))

    def glass(self, hours: float = 2) -> Applied:
        return self.rollback(local_for=timedelta(hours=hours))

    def pointer(self, environment: str = "prod") -> Pointer:
        with pointer_book(self.project, SystemClock()) as book:
            placed = book.read(environment, "hello")
        assert placed is not None
        return placed.pointer

    def moves(self, environment: str = "prod") -> list[Move]:
        with pointer_book(self.project, SystemClock()) as book:
            return book.moves(environment, "hello")

    def ran(self, digest: str, *statuses: str, environment: str = "staging") -> None:
        """Tell the ledger of runs, oldest first; `running` never ended."""
        ids = iter(f"01RUN{len(self.journals()):09d}{n:012d}" for n in range(len(statuses)))
        ledger = Ledger(self.project.state, SystemClock(), lambda: "01LEDGER", lambda data: data)
        for run, status in zip(ids, statuses, strict=True):
            opened = RunOpened(
                run=run,
                job=run,
                agent="hello",
                version="v0.1.0",
                digest=digest,
                environment=environment,
                mode="live",
                journal=f"journal/hello/2026-11-21/{run}.jsonl",
                head="0" * 64,
            )
            ledger.record(opened)
            if status != "running":
                ended = {"outcome": "none", "head": "0" * 64, "head_seq": 1, "tokens": TOKENS}
                counts = {"duration_s": 1.0, "iterations": 1, "tool_calls": 0}
                fields = {"run": run, "status": status, **ended, **counts}
                ledger.record(RunEnded.model_validate(fields))

    def journals(self) -> list[str]:
        path = self.project.state / "ledger.jsonl"
        return path.read_text().splitlines() if path.is_file() else []


def make_move_world(root: Path, kind: str) -> MoveWorld:
    """With `git` the releases are tags; with `files` they are directories, and nothing is git's."""
    shutil.copytree(_made_once(kind), root, symlinks=True)
    return MoveWorld(root)


@cache
def _made_once(kind: str) -> Path:
    scratch = Path(tempfile.mkdtemp(prefix="agentctl-moves-"))
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    world = make_release_world(scratch / "world")
    world.write("agentctl.yaml", RULES)
    world.commit("Say the environments")
    _release(world, "v0.1.0", kind)
    world.change("minor")
    _release(world, "v0.2.0", kind)
    if kind == "files":
        shutil.rmtree(world.root / ".git")
    return world.root


def _release(world: ReleaseWorld, version: str, kind: str) -> None:
    if kind == "git":
        world.release(version)
    else:
        agent = world.root / "agent-configs/hello"
        shutil.copytree(agent, agent / version, ignore=shutil.ignore_patterns("v0*"))
