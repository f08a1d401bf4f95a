import errno

import click
import pytest

from runner.cli.failing import report
from runner.domain.errors import IntegrityError, InterruptedRunError, StateError, UsageError


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (UsageError("no agent", help="did you mean"), 2, "help: did you mean"),
        (StateError("disk full"), 3, "error: disk full"),
        (IntegrityError("changed"), 4, "error: changed"),
        (InterruptedRunError("stopped", signal_number=15), 143, "stopped"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), 3, "/x cannot be used"),
        (OSError(errno.ENOSPC, "No space left"), 3, "the output cannot be used"),
        (click.UsageError("bad flag"), 2, "see `agentctl --help`"),
        (ZeroDivisionError("x"), 70, "a bug in agentctl"),
    ],
)
def test_each_error_has_its_exit_code_and_says_what_to_do(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int, words: str
) -> None:
    assert report(error) == code
    told = capsys.readouterr()
    assert words in told.err
    assert told.out == ""
    assert "Traceback" not in told.err


def test_a_traceback_comes_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    report(ZeroDivisionError("x"), ["--debug"])
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_what_an_error_says_cannot_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    report(UsageError("no agent \x1b[31m"))
    assert "\x1b" not in capsys.readouterr().err


def test_nor_can_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    report(ValueError("\x1b[31m\u202e"), ["--debug"])
    assert not {"\x1b", "\u202e"} & set(capsys.readouterr().err)
