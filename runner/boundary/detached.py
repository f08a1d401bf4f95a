"""A process that goes on by itself: it needs nothing of the one that started it.

It has a session of its own, so no Ctrl-C of a terminal reaches it, and its streams are files, so
none of them breaks when whoever started it is gone.
"""

import os
import signal
import subprocess  # noqa: TID251  boundary is the home of processes
from collections.abc import Sequence
from contextlib import suppress
from tempfile import TemporaryFile
from threading import Thread
from weakref import finalize

from runner.boundary.surroundings import environment

STDERR_TAIL = 1 << 13


def start_detached(argv: Sequence[str], stdin: bytes) -> "Detached":
    """Start a program with this process's own environment and working directory.

    Its stdout is read by nobody; the end of its stderr is kept for as long as this process lives.

    Raises:
        OSError: the system started nothing.
        ValueError: a NUL character in an argument.
    """
    with TemporaryFile() as given, TemporaryFile() as said:
        given.write(stdin)
        given.seek(0)
        process = subprocess.Popen(  # noqa: S603  a list of words; no shell reads them
            list(argv),
            env=dict(environment()),
            stdin=given,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )
        return Detached(process, os.dup(said.fileno()))


class Detached:
    """What was started. It goes on when this is forgotten."""

    def __init__(self, process: subprocess.Popen[bytes], said: int) -> None:
        self._process = process
        self._said = said
        self.pid = process.pid
        finalize(self, os.close, said)
        # Somebody has to wait for it, or it stays a zombie for as long as this process lives.
        Thread(target=process.wait, daemon=True).start()

    @property
    def code(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""
        return self._process.poll()

    def said(self) -> str:
        """Return the end of what it wrote to stderr so far."""
        size = os.fstat(self._said).st_size
        start = max(size - STDERR_TAIL, 0)
        return os.pread(self._said, STDERR_TAIL, start).decode("utf-8", "replace")

    def interrupt(self) -> None:
        """Ask it to end as Ctrl-C does; harmless when it has ended."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGINT)
