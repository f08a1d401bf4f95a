import os
import sys
from pathlib import Path

import pytest

from runner.boundary.pager import run_pager


def writes(path: Path, then: str = "") -> list[str]:
    code = f"import os, sys; open({str(path)!r}, 'w').write(sys.stdin.read()); {then}"
    return [sys.executable, "-c", code]


def test_a_pager_is_given_the_text(tmp_path: Path) -> None:
    assert run_pager(writes(tmp_path / "shown"), "ünï\n", {})
    assert (tmp_path / "shown").read_text() == "ünï\n"


def test_a_default_is_added_where_the_person_says_nothing(tmp_path: Path) -> None:
    shell = ["sh", "-c", f'printf "$NOT_SAID_BEFORE $PATH" > {tmp_path / "env"}']
    assert run_pager(shell, "", {"NOT_SAID_BEFORE": "FRX", "PATH": "nowhere"})
    assert (tmp_path / "env").read_text() == f"FRX {os.environ['PATH']}"


@pytest.mark.parametrize("argv", [["no-such-pager"], ["sh", "-c", "exit 127"], ["a\0b"]])
def test_a_pager_that_is_not_there_is_told(argv: list[str]) -> None:
    assert not run_pager(argv, "text", {})


def test_a_pager_that_is_left_early_is_no_error() -> None:
    assert run_pager(["true"], "a long text\n" * 100_000, {})


def test_ctrl_c_is_the_pagers(tmp_path: Path) -> None:
    interrupt = "import signal; os.kill(os.getppid(), signal.SIGINT)"
    assert run_pager(writes(tmp_path / "shown", interrupt), "text", {})
    assert (tmp_path / "shown").read_text() == "text"
