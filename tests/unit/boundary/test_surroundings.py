"""What the process was born into."""

import io
import os
import subprocess
import sys
import time
from pathlib import Path

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


@pytest.mark.parametrize(("refused", "loaded"), [("", True), ("refuse_plugins()", False)])
def test_no_other_package_plugs_into_our_models(tmp_path: Path, refused: str, loaded: bool) -> None:
    (tmp_path / "stranger.py").write_text("print('loaded')\nplugin = None\n")
    told = tmp_path / "stranger-1.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1\n")
    (told / "entry_points.txt").write_text("[pydantic]\nstranger = stranger:missing\n")
    code = f"""
from runner.boundary.surroundings import refuse_plugins
{refused}
from runner.domain.environment import ProjectSettings
ProjectSettings()
"""
    root = Path(__file__).parents[3]
    env = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{tmp_path}"}
    env.pop("PYDANTIC_DISABLE_PLUGINS", None)
    command = [sys.executable, "-W", "ignore", "-c", code]
    said = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert ("loaded" in said.stdout) is loaded
