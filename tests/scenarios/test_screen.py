"""What a person at a terminal sees: colours, tables that fit, and a pager for what does not."""

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest

ESC = "\x1b"


@pytest.fixture
def screen(project: Any, tmp_path: Path) -> Any:
    """Runs the command on a terminal of 80 columns; the pager writes down what it is given."""
    paged = tmp_path / "paged"
    pager = tmp_path / "pager"
    pager.write_text(f'#!/bin/sh\ncat > "{paged}"\n')
    pager.chmod(0o755)

    class Screen:
        def __init__(self) -> None:
            self.env = {"AGENTCTL_PAGER": str(pager), "TERM": "xterm", "PAGER": "cat"}
            self.lines, self.columns = 12, 80

        def __call__(self, *args: str) -> str:
            paged.unlink(missing_ok=True)
            main, end = pty.openpty()
            fcntl.ioctl(
                end, termios.TIOCSWINSZ, struct.pack("HHHH", self.lines, self.columns, 0, 0)
            )
            child = subprocess.Popen(
                [sys.executable, "-m", "runner", *args],
                cwd=project.root,
                env={**project.environment, **self.env},
                stdin=end,
                stdout=end,
                stderr=end,
            )
            os.close(end)
            seen = b""
            while chunk := _read(main):
                seen += chunk
            os.close(main)
            self.code = child.wait(timeout=30)
            return seen.decode().replace("\r\n", "\n")

        @property
        def paged(self) -> str | None:
            return paged.read_text() if paged.exists() else None

    return Screen()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:
        return b""


@pytest.fixture
def ran(project: Any, provider: Any, model_opens: Any) -> Any:
    provider.answer = model_opens(*(f"ticket {number}" for number in range(8)))
    assert project.agentctl("run", "opener").code == 0
    return project


def test_a_long_timeline_opens_in_the_pager_with_its_colours(ran: Any, screen: Any) -> None:
    assert screen("show", "last") == ""
    assert f"{ESC}[32msucceeded{ESC}[0m" in screen.paged
    assert f"{ESC}[32mdone{ESC}[0m" in screen.paged
    assert screen.code == 0


def test_a_text_that_fits_does_not(ran: Any, screen: Any) -> None:
    screen.lines = 60
    assert "ticket 7" in screen("show", "last")
    assert screen.paged is None


@pytest.mark.parametrize("args", [["--no-pager"], ["-o", "json"]])
def test_nor_does_one_that_is_asked_for_without(ran: Any, screen: Any, args: list[str]) -> None:
    assert "ticket 7" in screen("show", "last", *args)
    assert screen.paged is None


@pytest.mark.parametrize(
    "env",
    [{"TERM": "dumb"}, {"AGENTCTL_PAGER": ""}, {"AGENTCTL_PAGER": "cat"}],
    ids=str,
)
def test_a_person_can_do_without_a_pager(ran: Any, screen: Any, env: dict[str, str]) -> None:
    screen.env = {**screen.env, **env}
    assert "ticket 7" in screen("show", "last")
    assert screen.paged is None


def test_a_pager_that_is_not_there_is_passed_over(ran: Any, screen: Any, tmp_path: Path) -> None:
    screen.env = {**screen.env, "AGENTCTL_PAGER": "/no/such/pager", "PATH": str(tmp_path)}
    assert "ticket 7" in screen("show", "last")


def test_help_and_explanations_are_paged_too(ran: Any, screen: Any) -> None:
    screen.lines = 6
    assert screen("help", "query") == ""
    assert "agent:invoice-*" in screen.paged
    assert screen("explain", "AC115") == ""
    assert "unknown field" in screen.paged


def test_colours_stand_on_a_terminal_and_not_where_they_are_unwanted(ran: Any, screen: Any) -> None:
    assert f"{ESC}[32msucceeded{ESC}[0m" in screen("runs")
    assert f"{ESC}[31merror:{ESC}[0m" in screen("show", "nothing-like-it")
    assert ESC not in screen("--color", "never", "runs")
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        screen.env = env
        assert ESC not in screen("runs") + screen("show", "nothing-like-it")


def test_a_table_fits_the_screen_and_says_what_it_leaves_out(ran: Any, screen: Any) -> None:
    wide = screen("runs")
    assert all(len(line) <= 80 + len(f"{ESC}[32m{ESC}[0m") for line in wide.splitlines())
    screen.columns = 50
    narrow = screen("--color", "never", "runs")
    assert narrow.splitlines()[0] == "RUN       AGE  AGENT   VERSION   STATUS     MODE"
    assert "note: no room for TOOK, COST, SUBJECT; -o json has all" in narrow


def test_a_pipe_gets_no_pager_no_colour_and_every_column(ran: Any, screen: Any) -> None:
    ran.environment.update(screen.env)
    told = ran.agentctl("show", "last").out + ran.agentctl("runs").out
    assert ESC not in told
    assert "SUBJECT" in told
    assert screen.paged is None


def test_json_on_a_terminal_has_no_colour(ran: Any, screen: Any) -> None:
    assert json.loads(screen("runs", "-o", "json"))["kind"] == "RunList"


def test_redact_patterns_hide_on_screens_and_exports_and_the_journal_keeps(
    project: Any, provider: Any
) -> None:
    project.write("agentctl.yaml", "redact: ['card [0-9-]+']\n")
    provider.answer = lambda _request: {"content": "paid with card 1234-5678"}
    assert project.agentctl("run", "opener", "--set", "tickets_url=http://127.0.0.1:9/").code == 0
    for args in (("show", "last"), ("show", "last", "-o", "json"), ("runs", "-o", "json")):
        assert "1234-5678" not in project.agentctl(*args).out
    assert "paid with [redacted]" in project.agentctl("show", "last").out
    assert "1234-5678" in project.agentctl("logs", "last").out
    assert project.agentctl("audit", "verify").code == 0


def test_redact_patterns_hide_in_a_version_and_in_why_a_run_failed(
    project: Any, provider: Any
) -> None:
    project.write("agentctl.yaml", "redact: ['card [0-9-]+']\n")
    agent = project.agent / "agent.yaml"
    agent.write_text(agent.read_text().replace("Open tickets.", "Use card 1234-5678.", 1))
    for form in ("table", "json"):
        assert "Use [redacted]" in project.agentctl("show", "opener@worktree", "-o", form).out
    provider.answer = lambda _request: b'{"error": {"message": "no card 1234-5678", "code": 401}}'
    failed = project.agentctl("run", "opener", "--set", "tickets_url=http://127.0.0.1:9/")
    assert failed.code == 1
    assert "no [redacted]" in failed.err
