"""SIGKILL at every journal step in turn, then resume, and what a real service has seen."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from runner.journal.audit import verify_all

TITLES = ("one", "two")
EVENTS_OF_A_WHOLE_RUN = 2 + len(TITLES) * 4 + 3
KILLED_AT = """
import os, signal, sys
from pathlib import Path
from runner.app.executing.running import RunOptions, run_agent

seen = 0
def observe(event):
    global seen
    seen += 1
    if seen == int(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)

options = RunOptions(agent="opener", input=lambda spec: {})
run_agent(Path("."), None, options, observe, lambda text: None)
"""


def killed_after(project: Any, line: int) -> int:
    """Run in a process that is killed right after its journal has so many lines."""
    child = subprocess.run(
        [sys.executable, "-c", KILLED_AT, str(line)],
        cwd=project.root,
        env=project.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return child.returncode


def not_idempotent(project: Any) -> None:
    tools = project.agent / "tools.yaml"
    tools.write_text(tools.read_text().replace("idempotentHint: true", "idempotentHint: false"))


def titles(tickets: Any) -> list[str]:
    return [effect["title"] for effect in tickets.effects]


@pytest.mark.parametrize("line", range(1, EVENTS_OF_A_WHOLE_RUN + 1))
def test_killed_at_any_step_an_idempotent_tool_acts_exactly_once(
    project: Any, provider: Any, tickets: Any, model_opens: Callable[..., Any], line: int
) -> None:
    provider.answer = model_opens(*TITLES)
    assert killed_after(project, line) == -signal.SIGKILL
    assert len(project.events()) == line
    resumed = project.agentctl("resume", "last")
    whole = line == EVENTS_OF_A_WHOLE_RUN
    assert resumed.code == (2 if whole else 0), resumed.err
    assert titles(tickets) == list(TITLES)
    assert project.events()[-1]["status"] == "succeeded"
    assert verify_all(project.state).errors == ()


@pytest.mark.parametrize("line", range(1, EVENTS_OF_A_WHOLE_RUN + 1))
def test_killed_at_any_step_another_tool_acts_at_most_once_and_doubt_is_said(
    project: Any, provider: Any, tickets: Any, model_opens: Callable[..., Any], line: int
) -> None:
    not_idempotent(project)
    tickets.idempotent = False
    provider.answer = model_opens(*TITLES)
    assert killed_after(project, line) == -signal.SIGKILL
    started = project.events()[-1]["type"] == "tool.started"
    resumed = project.agentctl("resume", "last")
    last = project.events()[-1]
    assert titles(tickets) == list(TITLES)[: len(titles(tickets))]
    if started:
        assert (resumed.code, last["status"]) == (6, "in_doubt")
        assert last["in_doubt"] == [project.events()[line - 1]["step"]]
    else:
        assert last["status"] == "succeeded"
        assert titles(tickets) == list(TITLES)


@pytest.mark.parametrize("idempotent", [True, False])
def test_killed_between_effect_and_answer_nothing_is_done_twice(
    project: Any, provider: Any, tickets: Any, model_opens: Callable[..., Any], idempotent: bool
) -> None:
    provider.answer = model_opens(*TITLES)
    if not idempotent:
        not_idempotent(project)
        tickets.idempotent = False
    child = project.start("run", "opener")
    tickets.after_effect = child.kill
    child.communicate(timeout=60)
    tickets.after_effect = None
    assert project.events()[-1]["type"] == "tool.started"
    resumed = project.agentctl("resume", "last")
    if idempotent:
        assert resumed.code == 0
        assert titles(tickets) == list(TITLES)
        return
    assert resumed.code == 6
    assert titles(tickets) == ["one"]
    settled = project.agentctl("resume", "last", "--settle", "t1.c1=done", "--reason", "seen there")
    assert settled.code == 0, settled.err
    assert titles(tickets) == list(TITLES)
    assert project.agentctl("audit", "verify").code == 0


def test_two_processes_on_one_run_the_second_is_refused(
    project: Any, provider: Any, tickets: Any, model_opens: Callable[..., Any]
) -> None:
    provider.answer = model_opens(*TITLES)
    refused = []
    child = project.start("run", "opener")
    tickets.after_effect = lambda: refused.append(project.agentctl("resume", "last"))
    child.communicate(timeout=60)
    assert [done.code for done in refused] == [5, 5]
    assert "another process" in refused[0].err
    assert titles(tickets) == list(TITLES)


SLOW = """\
#!/usr/bin/env python3
import pathlib, sys, time
log = pathlib.Path(sys.argv[1])
with log.open("a") as file: file.write("began\\n")
time.sleep(float(log.with_suffix(".wait").read_text()))
with log.open("a") as file: file.write("ended\\n")
print("{}")
"""
SLOW_TOOL = """\
- name: slow
  description: Take a while.
  inputSchema: {type: object, additionalProperties: false, properties: {}}
  annotations: {readOnlyHint: false, destructiveHint: false, idempotentHint: true}
  call: {kind: command, argv: [tools/slow.py, LOG], timeout: 20s}
"""


def test_what_a_killed_process_left_alive_is_ended_before_the_call_is_made_again(
    project: Any, provider: Any, model_calls: Callable[..., Any]
) -> None:
    log = project.write("slow.log", "")
    project.write("slow.wait", "1.5")
    project.write("agent-configs/opener/tools/slow.py", SLOW)
    tools = project.agent / "tools.yaml"
    tools.write_text(tools.read_text() + SLOW_TOOL.replace("LOG", str(log)))
    provider.answer = lambda request: (
        {"content": "done"}
        if any(message["role"] == "tool" for message in request["messages"])
        else model_calls("slow", {})
    )
    child = project.start("run", "opener")
    while not log.read_text():
        assert child.poll() is None, child.communicate()
        time.sleep(0.02)
    child.kill()
    child.communicate(timeout=20)
    project.write("slow.wait", "0")
    assert project.agentctl("resume", "last").code == 0
    time.sleep(1.6)
    assert log.read_text().splitlines() == ["began", "began", "ended"]
