"""A full disk, a state directory that cannot be written, no more files, a clock that steps back.

Each in a real process. Nothing is lost, nothing is done twice, the end is clear; once the world is
mended, `resume`, `audit verify` and `runs` work.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fuzzing import agentctl

TITLES = ("one", "two")
EVENTS = 2 + len(TITLES) * 4 + 3
DRIVER = """
import os, resource, sys
from datetime import timedelta
from pathlib import Path
import runner.app.executing.composing as composing
from runner.app.executing.running import RunOptions, run_agent
from runner.boundary.clock import SystemClock
from runner.cli.failing import report

kind, at, room = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
seen = 0

def limited(kind, most):
    resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))

def full_disk():
    # A file that has reached the limit cannot grow, as on a full disk; Python ignores the signal.
    sizes = [path.stat().st_size for path in Path(".agentctl").rglob("*.jsonl")]
    limit = max(sizes, default=0) + room
    limited(resource.RLIMIT_FSIZE, limit)

def no_files():
    limited(resource.RLIMIT_NOFILE, 100)
    held = []
    try:
        while True:
            held.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        for fd in held[len(held) - room:]:
            os.close(fd)

def no_ledger():
    Path(".agentctl/ledger.jsonl").rename(".agentctl/ledger.away")
    Path(".agentctl/ledger.jsonl").mkdir()

def back_in_time():
    Stepping.back = timedelta(hours=26)

class Stepping(SystemClock):
    back = timedelta()
    def now(self):
        return super().now() - self.back

composing.SystemClock = Stepping
breaks = {"disk": full_disk, "files": no_files, "ledger": no_ledger, "clock": back_in_time}[kind]

def observe(event):
    global seen
    seen += 1
    if seen == at:
        try:
            breaks()
        except Exception:
            os._exit(99)  # an observer's error is told to nobody

if at == 0:
    breaks()
try:
    view = run_agent(Path("."), None, RunOptions("opener", lambda spec: {}), observe, print)
    print(view.status)
except BaseException as error:
    sys.exit(report(error))
"""


def broken_at(project: Any, kind: str, line: int, room: int = 0) -> tuple[int, str]:
    """Run in a process whose world breaks right after its journal has so many lines."""
    child = subprocess.run(
        [sys.executable, "-c", DRIVER, kind, str(line), str(room)],
        cwd=project.root,
        env=project.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in child.stderr
    assert "a bug in agentctl" not in child.stderr
    return child.returncode, child.stdout + child.stderr


def titles(tickets: Any) -> list[str]:
    return [effect["title"] for effect in tickets.effects]


def works_again(project: Any) -> None:
    """The world is mended: every list and every check works, and nothing is damaged."""
    code, out, err = agentctl(project.root, "audit", "verify")
    assert code == 0, out + err
    assert agentctl(project.root, "runs", "-o", "json")[0] == 0
    assert not list((project.state / "scratch").glob("*"))


def listed(project: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(agentctl(project.root, "runs", "-o", "json")[1])[
        "items"
    ]
    return items


def resumed(project: Any, tickets: Any) -> None:
    """Going on with the run does the rest, and nothing of it a second time."""
    code, out, err = agentctl(project.root, "resume", "last")
    assert code == 0, out + err
    assert titles(tickets) == list(TITLES)
    assert project.events()[-1]["status"] == "succeeded"
    works_again(project)


@pytest.mark.parametrize("line", [1, 2, 3, 4, 5, 6, 7, 10, EVENTS - 1])
def test_a_disk_that_is_full_at_any_line_loses_nothing_and_repeats_nothing(
    project: Any, provider: Any, tickets: Any, model_opens: Callable[..., Any], line: int
) -> None:
    provider.answer = model_opens(*TITLES)
    torn = 40 * (line % 2)
    code, told = broken_at(project, "disk", line, torn)
    assert code == 3, told
    assert "cannot append: File too large" in told
    assert "help: " in told
    assert len(project.events_whole()) == line
    assert titles(tickets) == list(TITLES)[: len(titles(tickets))]
    resumed(project, tickets)


def test_a_disk_that_is_full_before_the_first_line_begins_nothing(
    project: Any, provider: Any, tickets: Any
) -> None:
    code, told = broken_at(project, "disk", 0)
    assert (code, provider.requests, tickets.posts) == (3, [], []), told
    assert "File too large" in told
    assert "help: " in told
    works_again(project)
    assert agentctl(project.root, "run", "opener")[0] == 0


@pytest.mark.parametrize("line", [1, EVENTS - 1])
def test_a_ledger_that_cannot_be_written_at_the_end_is_completed_later(
    project: Any, provider: Any, tickets: Any, model_opens: Callable[..., Any], line: int
) -> None:
    provider.answer = model_opens(*TITLES)
    code, told = broken_at(project, "ledger", line)
    assert code == 3, told
    assert "ledger.jsonl" in told
    assert "help: " in told
    assert titles(tickets) == list(TITLES)
    assert project.events()[-1]["status"] == "succeeded"
    (project.state / "ledger.jsonl").rmdir()
    (project.state / "ledger.away").rename(project.state / "ledger.jsonl")
    works_again(project)
    assert listed(project)[0]["status"] == "succeeded"
    assert agentctl(project.root, "resume", "last")[0] == 2
    assert titles(tickets) == list(TITLES)


@pytest.mark.parametrize("path", ["", "journal", "journal/opener", "cache", "scratch", "ledger"])
def test_a_state_directory_that_cannot_be_written_stops_the_run_before_it_begins(
    project: Any, provider: Any, tickets: Any, model_opens: Callable[..., Any], path: str
) -> None:
    """A file in the place of a directory refuses root as well, whom permissions do not stop."""
    provider.answer = model_opens(*TITLES)
    at = project.state / path if path != "ledger" else project.state / "ledger.jsonl"
    at.parent.mkdir(parents=True, exist_ok=True)
    at.mkdir() if path == "ledger" else at.write_text("in the way")
    done = project.agentctl("run", "opener")
    if path != "scratch":  # only a tool that is a child process needs it
        assert done.code == 3, done.err
        assert "help: " in done.err
        assert (provider.requests, tickets.posts) == ([], [])
    at.rmdir() if path == "ledger" else at.unlink()
    works_again(project)
    assert agentctl(project.root, "run", "opener")[0] == 0
    assert titles(tickets)[:2] == list(TITLES)


@pytest.mark.parametrize("line", [0, 2, 4, EVENTS - 1])
@pytest.mark.parametrize("room", [0, 1])
def test_without_another_file_the_run_ends_in_order(
    project: Any,
    provider: Any,
    tickets: Any,
    model_opens: Callable[..., Any],
    line: int,
    room: int,
) -> None:
    provider.answer = model_opens(*TITLES)
    agent = project.agent / "agent.yaml"
    agent.write_text(agent.read_text().replace("timeout: 30s}", "timeout: 1s}"))
    code, told = broken_at(project, "files", line, room)
    assert code in {0, 1, 3, 5, 6}, told
    made = titles(tickets)
    assert made == list(TITLES)[: len(made)]
    assert code != 3 or "help: too many files are open" in told, told
    works_again(project)
    if project.journals() and project.events()[-1]["type"] != "run.finished":
        agent.write_text(agent.read_text().replace("timeout: 1s}", "timeout: 30s}"))
        resumed(project, tickets)


NOTE = """\
#!/bin/sh
cat > /dev/null
echo noted >> LOG
echo '{}'
"""
NOTE_TOOL = """\
- name: note
  description: Note something.
  inputSchema: {type: object, additionalProperties: false, properties: {}}
  annotations: {readOnlyHint: false, destructiveHint: false}
  call: {kind: command, argv: [tools/note.sh], timeout: 5s}
"""


@pytest.mark.parametrize("room", [0, 1, 5, 8])
def test_a_child_without_another_file_acts_once_or_not_at_all_and_it_is_said(
    project: Any, provider: Any, model_calls: Callable[..., Any], room: int
) -> None:
    log = project.write("note.log", "")
    project.write("agent-configs/opener/tools/note.sh", NOTE.replace("LOG", str(log)))
    tools = project.agent / "tools.yaml"
    tools.write_text(tools.read_text() + NOTE_TOOL)
    agent = project.agent / "agent.yaml"
    agent.write_text(agent.read_text().replace("timeout: 30s}", "timeout: 1s}"))
    provider.answer = lambda request: (
        {"content": "done"}
        if any(message["role"] == "tool" for message in request["messages"])
        else model_calls("note", {})
    )
    code, told = broken_at(project, "files", 3, room)
    assert code in {0, 1, 3, 5, 6}, told
    noted = log.read_text().splitlines()
    outcomes = [e["outcome"] for e in project.events() if e["type"] == "tool.finished"]
    assert noted in ([], ["noted"])
    if noted:
        assert outcomes in (["done"], ["in_doubt"]), told
    elif code != 6:
        assert outcomes in ([], ["failed"]), told
    works_again(project)


@pytest.mark.parametrize("line", [0, 5])
def test_a_clock_that_steps_back_changes_nothing_but_times(
    project: Any, provider: Any, tickets: Any, model_opens: Callable[..., Any], line: int
) -> None:
    provider.answer = model_opens(*TITLES)
    assert agentctl(project.root, "run", "opener", "--dry-run")[0] == 0
    code, told = broken_at(project, "clock", line)
    assert (code, told.split()[-1]) == (0, "succeeded"), told
    assert titles(tickets) == list(TITLES)
    works_again(project)
    newest, _first = listed(project)
    assert newest["mode"] == "live"
    assert newest["status"] == "succeeded"
    assert 0 <= newest["duration_s"] < 30
    shown = json.loads(agentctl(project.root, "show", "last", "-o", "json")[1])
    assert all(moment["at_s"] >= 0 for moment in shown["timeline"])
    assert agentctl(project.root, "resume", "last")[0] == 2


def test_a_run_that_a_full_disk_cut_off_goes_on_under_an_earlier_clock(
    project: Any, provider: Any, tickets: Any, model_opens: Callable[..., Any]
) -> None:
    provider.answer = model_opens(*TITLES)
    assert broken_at(project, "disk", 4)[0] == 3
    lines = project.journals()[-1].read_bytes()
    assert broken_at(project, "clock", 0)[0] == 0
    late = Path(project.journals()[-1])
    assert late.read_bytes() == lines
    assert agentctl(project.root, "resume", late.stem)[0] == 0
    works_again(project)
