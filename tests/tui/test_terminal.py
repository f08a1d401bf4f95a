"""The whole story in a real terminal: what fails, why, what changed, back, and it runs again."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

STORY = Path(__file__).resolve().parents[2] / "docs" / "demo" / "terminal.py"


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed; CI has it")
def test_a_failing_release_is_found_read_compared_and_rolled_back() -> None:
    done = subprocess.run(
        [sys.executable, str(STORY), "--check"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
