"""Processes that go on by themselves, for real."""

import sys
import time

import pytest

from runner.boundary.detached import Detached, start_detached


def ended(child: Detached, within_s: float = 20) -> int | None:
    end = time.monotonic() + within_s
    while child.code is None and time.monotonic() < end:
        time.sleep(0.01)
    return child.code


def python(text: str, stdin: bytes = b"") -> Detached:
    return start_detached([sys.executable, "-S", "-c", text], stdin)


def test_it_reads_what_it_was_given_and_what_it_says_is_kept() -> None:
    child = python("import sys; sys.stderr.write(sys.stdin.read().upper()); sys.exit(3)", b"abc")
    assert ended(child) == 3
    assert child.said() == "ABC"


def test_its_stdout_goes_nowhere_and_of_its_stderr_the_end_is_kept() -> None:
    child = python("import sys; print('x' * 10**6); sys.stderr.write('y' * 10**5 + 'end')")
    assert ended(child) == 0
    assert child.said().endswith("yend")
    assert len(child.said()) < 10_000


def test_it_has_a_session_of_its_own() -> None:
    child = python("import os, sys; sys.exit(0 if os.getsid(0) == os.getpid() else 1)")
    assert ended(child) == 0


def test_it_can_be_interrupted_and_that_twice() -> None:
    child = python(
        "import sys, time\n"
        "try: sys.stderr.write('here'); sys.stderr.flush(); time.sleep(30)\n"
        "except KeyboardInterrupt: sys.exit(7)\n"
    )
    end = time.monotonic() + 20
    while child.said() != "here" and time.monotonic() < end:
        time.sleep(0.01)
    child.interrupt()
    assert ended(child) == 7
    child.interrupt()


def test_a_program_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        start_detached(["/nowhere/at/all"], b"")
