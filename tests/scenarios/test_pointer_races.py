"""Two processes that move pointers at the same moment: both land, or one lands and one says why.

AGENTCTL_RACE_ROUNDS sets how often each race is run; a few times are enough for every day.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.pointer_world import World, content, git, make_world

ROOT = Path(__file__).parents[2]
ROUNDS = int(os.environ.get("AGENTCTL_RACE_ROUNDS", "6"))
PROMOTER = """
import json, sys
from pathlib import Path
from runner.boundary.clock import SystemClock
from runner.config.project import read_pointer
from runner.domain.errors import AgentctlError
from runner.domain.pointing import WriteOptions
from runner.releases.file_pointers import FilePointers
from runner.releases.git_pointers import GitPointers
from runner.releases.git_repository import GitRepository
from tests.pointer_world import content

root, kind, name = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
repository = GitRepository(root) if kind != "files" else None

def book():
    if repository is None:
        return FilePointers(root, read_pointer, SystemClock(), lambda: name)
    return GitPointers(repository, read_pointer, SystemClock())

for line in sys.stdin:
    agent, version, expected = json.loads(line)
    options = WriteOptions(push=kind == "push")
    try:
        change = (expected, content(version), f"{name}: {version}")
        written = book().replace("prod", agent, *change, options)
        answer = {"code": 0, "commit": written.commit, "note": written.note}
    except AgentctlError as error:
        answer = {"code": error.exit_code, "message": error.message, "help": error.help}
    print(json.dumps(answer), flush=True)
if repository is not None:
    repository.close()
"""


Order = tuple[str, str, str | None]
"""The agent, the version that its pointer is to name, the token that it must have."""


class Promoter:
    """A process that waits for orders."""

    def __init__(self, root: Path, kind: str, name: str) -> None:
        env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROMOTER, str(root), kind, name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**env, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
        )

    def start(self, agent: str, version: str, expected: str | None) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps([agent, version, expected]) + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def end(self) -> None:
        self.process.communicate(timeout=30)


@contextmanager
def promoters(kind: str, *roots: Path) -> Iterator[list[Promoter]]:
    found = [Promoter(root, kind, f"promoter{n}") for n, root in enumerate(roots)]
    try:
        yield found
    finally:
        for promoter in found:
            promoter.end()


def race(
    runners: list[Promoter], orders: list[tuple[str, str, str | None]]
) -> list[dict[str, Any]]:
    for runner, order in zip(runners, orders, strict=True):
        runner.start(*order)
    return [runner.answer() for runner in runners]


def token(repository: Path, agent: str) -> str:
    return git(repository, "rev-parse", f"main:agent-configs/environments/prod/{agent}.yaml")


def version_at(repository: Path, agent: str) -> bytes:
    path = f"main:agent-configs/environments/prod/{agent}.yaml"
    return git(repository, "show", path).encode() + b"\n"


def version(turn: int, offset: int) -> str:
    """Another one than the turn before, and than the other promoter's."""
    return f"v1.{(2 * turn + offset) % 8 + 1}.0"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def test_two_agents_promoted_and_pushed_at_the_same_moment_both_land(world: World) -> None:
    other = world.clone("other")
    before = int(git(world.bare, "rev-list", "--count", "main"))
    with promoters("push", world.root, other.root) as runners:
        for turn in range(ROUNDS):
            orders = [
                (agent, version(turn, offset), token(world.bare, agent))
                for offset, agent in enumerate(("triage", "digest"))
            ]
            answers = race(runners, orders)
            assert [answer["code"] for answer in answers] == [0, 0], answers
            for agent, told, _token in orders:
                assert version_at(world.bare, agent) == content(told)
    assert int(git(world.bare, "rev-list", "--count", "main")) == before + 2 * ROUNDS
    assert git(world.bare, "rev-list", "--merges", "main") == ""
    for clone in (world, other):
        assert clone.git("status", "--porcelain") == ""


def test_one_agent_promoted_twice_at_the_same_moment_lands_once_and_says_why(world: World) -> None:
    other = world.clone("other")
    before = int(git(world.bare, "rev-list", "--count", "main"))
    with promoters("push", world.root, other.root) as runners:
        for turn in range(ROUNDS):
            expected = token(world.bare, "triage")
            orders = [("triage", version(turn, offset), expected) for offset in range(2)]
            answers = race(runners, orders)
            assert sorted(answer["code"] for answer in answers) == [0, 7], answers
            [late] = [answer for answer in answers if answer["code"]]
            winner = next(n for n, answer in enumerate(answers) if not answer["code"])
            assert f"promoter{winner}: " in late["message"]
            assert version_at(world.bare, "triage") == content(orders[winner][1])
    assert int(git(world.bare, "rev-list", "--count", "main")) == before + ROUNDS


def test_two_processes_in_one_working_tree_wait_for_each_other(world: World) -> None:
    world.write("notes.txt", "mine, not committed\n")
    with promoters("here", world.root, world.root) as runners:
        for turn in range(ROUNDS):
            orders = [
                (agent, version(turn, offset), token(world.root, agent))
                for offset, agent in enumerate(("triage", "digest"))
            ]
            answers = race(runners, orders)
            assert [answer["code"] for answer in answers] == [0, 0], answers
    assert int(world.git("rev-list", "--count", "main")) == 1 + 2 * ROUNDS
    assert world.git("status", "--porcelain") == "M notes.txt"


def test_two_processes_in_one_bare_repository_both_land(world: World) -> None:
    for name, value in (("user.name", "Ann"), ("user.email", "ann@example.com")):
        git(world.bare, "config", name, value)
    with promoters("here", world.bare, world.bare) as runners:
        for turn in range(ROUNDS):
            orders = [
                (agent, version(turn, offset), token(world.bare, agent))
                for offset, agent in enumerate(("triage", "digest"))
            ]
            answers = race(runners, orders)
            assert [answer["code"] for answer in answers] == [0, 0], answers
    assert int(git(world.bare, "rev-list", "--count", "main")) == 1 + 2 * ROUNDS


def test_without_git_one_of_two_lands_and_the_history_has_every_move(tmp_path: Path) -> None:
    history = tmp_path / "agent-configs/environments/prod/history.jsonl"
    expected = None
    with promoters("files", tmp_path, tmp_path) as runners:
        for turn in range(ROUNDS):
            orders = [("triage", version(turn, offset), expected) for offset in range(2)]
            answers = race(runners, orders)
            assert sorted(answer["code"] for answer in answers) == [0, 7], answers
            expected = json.loads(history.read_text().splitlines()[-1])["token"]
    assert len(history.read_text().splitlines()) == ROUNDS


def test_killed_right_after_the_branch_moved_git_commits_nothing_that_undoes_it(
    world: World,
) -> None:
    hook = world.root / ".git" / "hooks" / "reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    kill = 'kill -KILL "$(ps -o ppid= -p $PPID | tr -d " ")"'
    hook.write_text(f'#!/bin/sh\n[ "$1" != committed ] || {kill}\n')
    hook.chmod(0o755)
    world.write("notes.txt", "mine\n")
    with promoters("here", world.root) as [promoter]:
        promoter.start("triage", "v1.1.0", token(world.root, "triage"))
        assert promoter.process.wait(30) == -signal.SIGKILL
    hook.unlink()
    assert version_at(world.root, "triage") == content("v1.1.0")
    git(world.root, "commit", "--quiet", "-a", "-m", "Mine", check=False)
    assert version_at(world.root, "triage") == content("v1.1.0")
    assert world.git("log", "-1", "--format=%s") == "promoter0: v1.1.0"
    (world.root / ".git" / "index.lock").unlink()
    world.git("commit", "--quiet", "-a", "-m", "Mine")
    assert version_at(world.root, "triage") == content("v1.1.0")
    assert world.git("status", "--porcelain") == ""
