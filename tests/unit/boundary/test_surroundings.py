"""What the process was born into."""

import io
import os
import time

import pytest

from runner.boundary.surroundings import (
    countdown,
    environment,
    forget_foreign_git,
    is_terminal,
)


def test_the_environment_is_read_now_and_cannot_be_changed() -> None:
    seen = environment()
    assert seen["PATH"] == os.environ["PATH"]
    with pytest.raises(TypeError):
        seen["PATH"] = "elsewhere"  # type: ignore[index]


def test_a_pipe_and_a_closed_stream_are_no_terminals() -> None:
    closed = io.StringIO()
    closed.close()
    assert not is_terminal(io.StringIO())
    assert not is_terminal(closed)


def test_a_pseudo_terminal_is_one() -> None:
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w") as stream:
        assert is_terminal(stream)
    os.close(ours)


def test_a_countdown_ends_at_zero() -> None:
    left_s = countdown(0.02)
    assert 0 < left_s() <= 0.02
    time.sleep(0.03)
    assert left_s() == 0


def test_git_is_led_nowhere_and_still_knows_who_the_user_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    foreign = ("GIT_DIR", "GIT_CONFIG", "GIT_CONFIG_COUNT", "GIT_EXEC_PATH", "GIT_PYTHON_TRACE")
    own = ("GIT_AUTHOR_NAME", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_CONFIG_GLOBAL")
    for name in (*foreign, *own):
        monkeypatch.setenv(name, "x")
    forget_foreign_git()
    assert [name for name in (*foreign, *own) if name in os.environ] == list(own)
    assert os.environ["GIT_PYTHON_REFRESH"] == "quiet"
