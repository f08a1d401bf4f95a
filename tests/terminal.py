"""A command on a terminal of its own, where somebody types."""

import os
import pty
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


def on_terminal(root: Path, words: Sequence[str], env: Mapping[str, str], typed: str) -> int:
    """How `agentctl` ended that was asked and answered on a terminal."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "runner", *words],
        cwd=root,
        env={**env, "TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    os.write(ours, typed.encode())
    while child.poll() is None:
        if select.select([ours], [], [], 0.05)[0]:
            try:
                os.read(ours, 1 << 16)
            except OSError:  # the other end is closed
                break
    code = child.wait(30)
    os.close(ours)
    return code
