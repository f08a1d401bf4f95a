"""What the fuzz tests share: hostile bytes, changes of good ones, the command in this process.

`AGENTCTL_FUZZ=1000` asks for so many examples of each test; unsaid, it is a few, always the same.
"""

import copy
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from click import ClickException
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from runner.cli.main import cli
from runner.domain.errors import AgentctlError

LONG = int(os.environ.get("AGENTCTL_FUZZ", "0"))
LONGEST_S = 20.0
WORDS = [
    b"", b" ", b"\n", b"\n\n", b"\t", b"\r\n", b"\0", b"\xff", b"\xc3", b"\xef\xbb\xbf",
    b"\x1b[2J", b"\xe2\x80\xa8", b"\xed\xa0\x80", b"\xc3\xa9", b"\xf0\x9d\x95\x8a", b"e\xcc\x81",
    b"'", b'"', b"`", b":", b": ", b"- ", b"? ", b"| ", b"> ", b"#", b"&a ", b"*a", b"!!x ",
    b"<<: ", b"---\n", b"...\n", b"%YAML 1.1\n", b"{", b"}", b"[", b"]", b",", b"{{ ", b" }}",
    b"{% for x in ", b"null", b"true", b"yes", b"~", b"0", b"-1", b"1e999", b".inf", b"0x1F",
    b"007", b"1_000", b"12:30", b"2026-13-45", b"9" * 25, b"9" * 5000, b"NaN", b"Infinity",
    b"-0", b"\\u0000", b"\\ud800", b"\\", b"/", b"../", b"..", b"~/x", b"file://", b"http://[::1",
    b"http://a:b@c/", b"$ref", b"{env: A}", b"[" * 60, b"{a: " * 60, b"- " * 60, b"(" * 300,
    b"a" * 5000, b"$payload", b"[redacted:X]",
]  # fmt: skip
ODD: list[Any] = [
    None, True, -1, 10**30, 0.5, "", "x", "\0", "../../../etc/passwd", "a" * 5000, "t1.c1", [], {},
    ["x"], {"$payload": "sha256:" + "0" * 64, "bytes": 1}, {"$payload": 7}, {"$$payload": "x"},
    "2026-13-45T00:00:00Z", "9999-12-31T23:59:59.999999+14:00", "\x1b[2J", "succeeded", "running",
    "in_doubt", "run.finished", "tool.started", "01ARZ3NDEKTSV4RRFFQ69G5FAV", 1e308, [[[[[[1]]]]]],
]  # fmt: skip
NAMES = ["x", "type", "step", "reconciled", "head_seq", "error", "tool_calls", "refusal"]
HOWS = ["insert", "cut", "drop line", "repeat line", "swap lines", "word", "flip", "end"]
Change = tuple[str, float, float, bytes]
CHANGE = st.tuples(
    st.sampled_from(HOWS),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from(WORDS) | st.binary(max_size=8),
)
CHANGES = st.lists(CHANGE, min_size=1, max_size=4)


def profile(few: int) -> settings:
    """So many examples, or AGENTCTL_FUZZ of them."""
    return settings(
        max_examples=LONG or few,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=not LONG,
        database=None,
        phases=(Phase.explicit, Phase.generate),  # a change is small, so shrinking gains little
    )


def changed(data: bytes, changes: list[Change]) -> bytes:
    """Return bytes with changes at places that are given as fractions."""
    for how, here, there, word in changes:
        data = _changed(data, how, here, there, word)
    return data


def _changed(data: bytes, how: str, here: float, there: float, word: bytes) -> bytes:
    first, last = sorted((int(here * len(data)), int(there * len(data))))
    if how == "insert":
        return data[:first] + word + data[first:]
    if how == "cut":
        return data[:first] + data[last:]
    if how == "end":
        return data[:first]
    if how == "flip" and data:
        first = min(first, len(data) - 1)
        return data[:first] + bytes([data[first] ^ (1 << int(there * 7))]) + data[first + 1 :]
    if how == "word":
        return data[:first] + word + data[min(first + len(word), len(data)) :]
    return b"".join(_changed_lines(data.splitlines(keepends=True), how, here, there))


def _changed_lines(lines: list[bytes], how: str, here: float, there: float) -> list[bytes]:
    if not lines:
        return lines
    a, b = (min(int(at * len(lines)), len(lines) - 1) for at in (here, there))
    if how == "drop line":
        return lines[:a] + lines[a + 1 :]
    if how == "repeat line":
        return [*lines[:b], lines[a], *lines[b:]]
    lines = list(lines)
    lines[a], lines[b] = lines[b], lines[a]
    return lines


def forge(node: Any, draw: Callable[..., Any]) -> None:
    """Change, remove or add one value anywhere in JSON data."""
    while True:
        places = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not places:
            return
        place = draw(st.sampled_from(places))
        if not isinstance(node[place], dict | list) or not node[place] or draw(st.booleans()):
            break
        node = node[place]
    how = draw(st.sampled_from(["change", "remove", "add"]))
    odd = copy.deepcopy(draw(st.sampled_from(ODD)))
    if how == "change":
        node[place] = odd
    elif how == "remove":
        del node[place]
    elif isinstance(node, dict):
        node[draw(st.sampled_from(NAMES))] = odd


class TooLong(BaseException):
    """Not an Exception, so that nothing on the way takes it for one of its own."""


@contextmanager
def in_time(seconds: float = LONGEST_S) -> Iterator[None]:
    """Raise TooLong in the block when it hangs."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TooLong(f"longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def agentctl(root: Path, *args: str) -> tuple[int, str, str]:
    """Run a command in this process; what is no error of ours is raised and not told."""
    with in_time():
        done = CliRunner().invoke(cli, ["-C", str(root), *args], standalone_mode=False)
    if done.exception is None:
        return done.return_value or 0, done.stdout, done.stderr
    if not isinstance(done.exception, AgentctlError | ClickException):
        raise done.exception
    return done.exception.exit_code, done.stdout, done.exception.message
