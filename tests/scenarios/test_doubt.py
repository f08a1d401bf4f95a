"""What is in doubt stays in doubt until it is known, and an ended run stays ended."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

Opens = Callable[..., Any]
KILL_INSIDE = """
from pathlib import Path
from runner.app.executing.running import RunOptions, run_agent
from runner.domain.events import ToolStarted

def observe(event):
    if isinstance(event, ToolStarted):
        EXIT

run_agent(Path("."), None, RunOptions(agent="opener", input=lambda s: {}), observe, print)
"""


def once_only(project: Any, tickets: Any) -> None:
    tickets.idempotent = False
    tools = project.agent / "tools.yaml"
    tools.write_text(tools.read_text().replace("idempotentHint: true", "idempotentHint: false"))


def killed_at_its_effect(project: Any, tickets: Any, *args: str) -> None:
    child = project.start(*args)
    tickets.after_effect = child.kill
    child.communicate(timeout=60)
    tickets.after_effect = None


def test_a_settled_step_that_crashes_again_is_in_doubt_again(
    project: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    once_only(project, tickets)
    provider.answer = model_opens("one")
    killed_at_its_effect(project, tickets, "run", "opener")
    assert project.agentctl("resume", "last").code == 6
    settle = ("resume", "last", "--settle", "t1.c1=not-done", "--reason", "it was rolled back")
    killed_at_its_effect(project, tickets, *settle)
    assert len(tickets.effects) == 2
    assert project.agentctl("resume", "last").code == 6
    assert len(tickets.effects) == 2


@pytest.mark.parametrize("later", [503, 400])
def test_a_retry_that_fails_says_nothing_about_the_attempt_in_doubt(
    project: Any, provider: Any, tickets: Any, model_opens: Opens, later: int
) -> None:
    provider.answer = model_opens("one")
    tickets.statuses = [504, later, later]
    done = project.agentctl("run", "opener")
    assert done.code == 6
    assert "an earlier attempt may have been done" in done.err
    assert len({key for key, _body in tickets.posts}) == 1


def test_a_service_that_is_gone_at_resume_leaves_the_doubt(
    project: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens("one")
    killed_at_its_effect(project, tickets, "run", "opener")
    tickets.statuses = [403] * 3
    assert project.agentctl("resume", "last").code == 6
    settled = project.agentctl("resume", "last", "--settle", "t1.c1=done", "--reason", "seen")
    assert settled.code == 0
    assert len(tickets.effects) == 1


def test_a_journal_that_was_cut_after_its_end_is_not_resumed(
    project: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    once_only(project, tickets)
    provider.answer = model_opens("one")
    assert project.agentctl("run", "opener").code == 0
    journal = project.journals()[-1]
    cut = b"".join(journal.read_bytes().splitlines(keepends=True)[:4])
    journal.write_bytes(cut)
    done = project.agentctl("resume", "last")
    assert done.code == 4
    assert "the ledger says that this run" in done.err
    assert journal.read_bytes() == cut
    assert len(tickets.effects) == 1


def test_an_ended_run_with_a_torn_line_is_refused_and_left_alone(
    project: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens("one")
    assert project.agentctl("run", "opener").code == 0
    journal = project.journals()[-1]
    journal.write_bytes(journal.read_bytes() + b'{"run":"x"')
    before = journal.read_bytes()
    assert project.agentctl("resume", "last").code == 2
    assert journal.read_bytes() == before


def test_of_two_resumes_at_once_one_goes_on(
    project: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens("one", "two")
    killed_at_its_effect(project, tickets, "run", "opener")
    children = [project.start("resume", "last") for _ in range(2)]
    for child in children:
        child.communicate(timeout=60)
    codes = sorted(child.returncode for child in children)
    assert codes[0] == 0
    assert codes[1] in {2, 5}
    ends = [event for event in project.events() if event["type"] == "run.finished"]
    assert len(ends) == 1
    assert [effect["title"] for effect in tickets.effects] == ["one", "two"]


def test_one_key_is_one_job(project: Any, provider: Any, tickets: Any, model_opens: Opens) -> None:
    provider.answer = model_opens("one")
    assert project.agentctl("run", "opener", "--key", "k", "--dry-run").code == 0
    done = project.agentctl("run", "opener", "--key", "k")
    assert done.code == 2
    assert "belongs to another job" in done.err
    assert tickets.posts == []


@pytest.mark.parametrize("number", [1, 2])
def test_a_closed_stream_does_not_break_a_run(
    project: Any, provider: Any, tickets: Any, model_opens: Opens, number: int
) -> None:
    provider.answer = model_opens("one")
    child = project.start("run", "opener", preexec_fn=lambda: os.close(number))
    child.communicate(timeout=60)
    assert child.returncode == 0
    assert len(tickets.effects) == 1
    assert project.agentctl("audit", "verify").code == 0


def test_a_reader_that_goes_away_is_no_bug(project: Any, provider: Any) -> None:
    assert project.agentctl("run", "opener").code == 0
    child = project.start("logs", "last")
    child.stdout.close()
    assert child.wait(timeout=60) in {0, 141}
    assert "bug" not in child.stderr.read()
    child.stderr.close()


def test_a_damaged_last_line_is_damage_and_not_torn(
    project: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    once_only(project, tickets)
    provider.answer = model_opens("one")
    killed_at_its_effect(project, tickets, "run", "opener")
    journal = project.journals()[-1]
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[-1] = lines[-1].replace(b'"type"', b'"type!', 1)
    journal.write_bytes(b"".join(lines))
    assert project.agentctl("audit", "verify").code == 4
    assert project.agentctl("resume", "last").code == 4
    assert len(tickets.effects) == 1


def test_a_damaged_ledger_line_is_not_replaced(
    project: Any, provider: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens("one")
    assert project.agentctl("run", "opener").code == 0
    ledger = project.state / "ledger.jsonl"
    lines = ledger.read_bytes().splitlines(keepends=True)
    damaged = b"".join([*lines[:-1], lines[-1].replace(b'"type"', b'"type!', 1)])
    ledger.write_bytes(damaged)
    assert project.agentctl("audit", "verify").code == 4
    assert ledger.read_bytes() == damaged


def test_a_journal_written_anew_is_not_resumed(
    project: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens("one")
    killed_at_its_effect(project, tickets, "run", "opener")
    journal = project.journals()[-1]
    prev, anew = hashlib.sha256(journal.stem.encode()).hexdigest(), b""
    for line in journal.read_bytes().splitlines():
        event = json.loads(line) | {"prev": prev}
        event = {**event, "job": "another"} if "job" in event else event
        del event["hash"]
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":"))[:-1].encode()
        prev = hashlib.sha256(body).hexdigest()
        anew += body + f',"hash":"{prev}"}}\n'.encode()
    journal.write_bytes(anew)
    done = project.agentctl("resume", "last")
    assert done.code == 4
    assert "the ledger says that this run began" in done.err
    assert len(tickets.effects) == 1


@pytest.mark.parametrize("broken", ["/dev/full", "pipe"])
def test_a_stream_that_breaks_ends_no_run(
    project: Any, provider: Any, tickets: Any, model_opens: Opens, broken: str
) -> None:
    provider.answer = model_opens("one")
    if broken == "pipe":
        reader, writer = os.pipe()
        os.close(reader)
    else:
        writer = os.open(broken, os.O_WRONLY)
    child = subprocess.run(
        [sys.executable, "-m", "runner", "run", "opener"],
        cwd=project.root,
        env=project.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=writer,
        timeout=60,
        check=False,
    )
    os.close(writer)
    assert child.returncode in {0, 3, 141}
    assert project.events()[-1]["status"] == "succeeded"
    assert len(tickets.effects) == 1


def test_a_bug_after_an_effect_leaves_it_in_doubt(
    project: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    once_only(project, tickets)
    provider.answer = model_opens("one")
    code = KILL_INSIDE.replace("EXIT", 'raise ZeroDivisionError("a bug")')
    child = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project.root,
        env=project.environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert child.returncode != 0
    last = project.events()[-1]
    assert (last["status"], last["in_doubt"]) == ("in_doubt", ["t1.c1"])


def test_a_settlement_that_was_written_is_not_asked_for_again(
    project: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    once_only(project, tickets)
    provider.answer = model_opens("one")
    killed_at_its_effect(project, tickets, "run", "opener")
    assert project.agentctl("resume", "last").code == 6
    bad = project.write("bad.jsonl", "no cassette")
    settle = ("resume", "last", "--settle", "t1.c1=done", "--reason", "seen")
    before = project.journals()[-1].read_bytes()
    assert project.agentctl(*settle, "--cassette", str(bad)).code == 2
    assert project.journals()[-1].read_bytes() == before
    assert project.agentctl(*settle).code == 0
    assert len(tickets.effects) == 1
