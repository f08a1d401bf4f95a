"""The one process launcher. A child waits behind a gate until it is told to go.

The journal line that names a child's process group must be on disk before the child does anything.
So a shell is started that first reads one line from its stdin and then becomes the program. The
line is the gate: when this process dies before it writes it, the shell reads the end of the file
and exits without having done anything. The gate is stdin, not another descriptor, because dash
takes no descriptor above 9 in a redirection. `read` takes no byte beyond its line from a pipe
(POSIX, `read`), so what follows in stdin is the program's.
"""

import os
import selectors
import subprocess  # noqa: TID251  boundary is the home of processes
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from runner.boundary.groups import RUN_MARKER, end_group, end_process_group, lives
from runner.boundary.surroundings import countdown, environment

__all__ = ["RUN_MARKER", "Finished", "GatedChild", "end_process_group", "launch"]

GATE = 'read -r _ || exit 125; unset _ PWD OLDPWD SHLVL; exec "$@"'
"""`unset` takes back what shells add to the environment of their own accord."""
OVERFLOW_GRACE_S = 0.5
"""How long a child that wrote too much may take to exit by itself."""
CHUNK = 1 << 16
STDERR_TAIL = 1 << 13


@dataclass(frozen=True)
class Finished:
    """How a child ended."""

    returncode: int | None
    """Its exit status, negative for a signal; None when it had to be ended from here."""
    stdout: bytes
    stderr_tail: str
    """The end of stderr, some kilobytes at the most."""
    truncated: bool
    """It wrote more than `max_bytes`; `stdout` holds the first of them."""


def launch(
    argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdin: bytes, max_bytes: int
) -> "GatedChild":
    """Start a program behind its gate, in a session and process group of its own.

    Its environment is `env`, and PATH, LANG=C.UTF-8, HOME and TMPDIR (both `cwd`) where `env` has
    none; nothing else is inherited.

    Raises:
        OSError: the system started nothing, for instance because `cwd` is missing.
        ValueError: a NUL character in an argument or a variable.
    """
    base = {
        "PATH": environment().get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(cwd),
        "TMPDIR": str(cwd),
    }
    process = subprocess.Popen(  # noqa: S603  the shell text is fixed; argv is never parsed by it
        ["/bin/sh", "-c", GATE, "sh", *argv],
        cwd=cwd,
        env={**base, **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        start_new_session=True,
    )
    return GatedChild(process, b"\n" + stdin, max_bytes)


class GatedChild:
    """A child that waits. `run` opens the gate; `abandon` ends it without any effect."""

    def __init__(self, process: subprocess.Popen[bytes], stdin: bytes, max_bytes: int) -> None:
        self.process_group = process.pid
        self._process = process
        self._stdin = stdin
        self._max_bytes = max_bytes
        self._over = False

    def run(self, within_s: float) -> Finished:
        """Open the gate and return how the child ended, after so many seconds at the most.

        It has ended when it exited and nobody holds its stdout and stderr any more. However this
        returns or raises, the whole process group is gone then.
        """
        try:
            return _Talk(self._process, self._stdin, self._max_bytes).finish(within_s)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """End the process group, once; harmless when it is gone."""
        if self._over:  # the number may be another group's by now
            return
        process = self._process
        _close(process)
        if process.returncode is None or lives(process.pid):
            end_group(process.pid, lambda: process.poll() is not None and not lives(process.pid))
        self._over = True


class _Talk:
    """Feeds stdin and reads stdout and stderr side by side, so that no pipe blocks another."""

    def __init__(self, process: subprocess.Popen[bytes], stdin: bytes, max_bytes: int) -> None:
        self._process = process
        self._unsent = memoryview(stdin)
        self._max_bytes = max_bytes
        self._stdout = bytearray()
        self._stderr = bytearray()

    def finish(self, within_s: float) -> Finished:
        """Return how the child ended, whether by itself or not."""
        left_s = countdown(within_s)
        over = self._exchange(left_s)
        returncode = self._exit_status(left_s) if over else None
        return Finished(
            returncode=returncode,
            stdout=bytes(self._stdout[: self._max_bytes]),
            stderr_tail=self._stderr.decode("utf-8", "replace"),
            truncated=self._too_much(),
        )

    def _exchange(self, left_s: Callable[[], float]) -> bool:
        """Move bytes until both outputs are closed; False when the time was up before."""
        after_overflow: Callable[[], float] | None = None
        with selectors.DefaultSelector() as selector:
            self._register(selector)
            while self._outputs_open(selector):
                wait_s = min(left_s(), after_overflow()) if after_overflow else left_s()
                if wait_s <= 0:
                    return False
                for key, _events in selector.select(wait_s):
                    key.data(selector)
                if self._too_much() and after_overflow is None:
                    # A child that is about to exit may: a writing call is not left in doubt then.
                    after_overflow = countdown(OVERFLOW_GRACE_S)
        return True

    def _register(self, selector: selectors.BaseSelector) -> None:
        process = self._process
        assert process.stdin
        assert process.stdout
        assert process.stderr
        for stream in (process.stdin, process.stdout, process.stderr):
            os.set_blocking(stream.fileno(), False)
        selector.register(process.stdin, selectors.EVENT_WRITE, self._feed)
        selector.register(process.stdout, selectors.EVENT_READ, self._read_stdout)
        selector.register(process.stderr, selectors.EVENT_READ, self._read_stderr)

    def _outputs_open(self, selector: selectors.BaseSelector) -> bool:
        return any(key.events & selectors.EVENT_READ for key in selector.get_map().values())

    def _feed(self, selector: selectors.BaseSelector) -> None:
        assert self._process.stdin
        try:
            sent = os.write(self._process.stdin.fileno(), self._unsent[:CHUNK])
        except BlockingIOError:
            return
        except BrokenPipeError:
            sent = len(self._unsent)  # it does not read its arguments, as it may
        self._unsent = self._unsent[sent:]
        if not self._unsent:
            selector.unregister(self._process.stdin)
            self._process.stdin.close()

    def _read_stdout(self, selector: selectors.BaseSelector) -> None:
        data = _read(self._process.stdout, selector)
        room = self._max_bytes + 1 - len(self._stdout)
        self._stdout += data[:room]

    def _read_stderr(self, selector: selectors.BaseSelector) -> None:
        self._stderr += _read(self._process.stderr, selector)
        del self._stderr[:-STDERR_TAIL]

    def _too_much(self) -> bool:
        return len(self._stdout) > self._max_bytes

    def _exit_status(self, left_s: Callable[[], float]) -> int | None:
        try:
            return self._process.wait(left_s())
        except subprocess.TimeoutExpired:
            return None


def _close(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with suppress(OSError):
                stream.close()


def _read(stream: object, selector: selectors.BaseSelector) -> bytes:
    descriptor: int = stream.fileno()  # type: ignore[attr-defined]
    try:
        data = os.read(descriptor, CHUNK)
    except BlockingIOError:
        return b""
    if not data:
        selector.unregister(descriptor)
    return data
