"""Secrets: from a reference to its value, and out of every text again.

A value is found plain, JSON-escaped, URL-encoded, in any mix of these, and in base64 (RFC 4648,
both alphabets) at all three alignments. All values together are one regular expression.
"""

import base64
import itertools
import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from errno import EFBIG, EINVAL
from pathlib import Path
from typing import Any

from runner.domain.errors import UsageError
from runner.domain.references import SecretRef

MIN_LENGTH = 8
"""A shorter value would be found everywhere, and guessed anyway."""
LARGEST_FILE = 64 << 10
MARK = "[redacted:"
SHORT_ESCAPES = {"\b": "b", "\t": "t", "\n": "n", "\f": "f", "\r": "r"}
LINE_BREAK = r"(?:[\r\n]|\\[rn])*"
"""MIME breaks base64 into lines of 76."""


def resolve(ref: SecretRef, environment: Mapping[str, str], root: Path) -> str:
    """Return the value of a secret without its prefix; `root` is where a relative path starts.

    Raises:
        UsageError: it is missing, unreadable, or shorter than 8 characters. Never shows it.
    """
    value, source = _from_file(root / ref.file) if ref.file else _from_env(ref, environment)
    if len(value) < MIN_LENGTH:
        raise UsageError(
            f"the secret in {source} is shorter than {MIN_LENGTH} characters",
            help="it could not be told from ordinary text to keep it out of journals; "
            "use a longer one",
        )
    return value


def with_prefix(ref: SecretRef, value: str) -> str:
    """Return a secret's value as its user sends it, for instance after `Bearer `."""
    return ref.prefix + value


class SecretBook:
    """`domain.ports.Redactor`: knows the secrets of a run by their labels."""

    def __init__(self, values: Mapping[str, str] | Sequence[tuple[str, str]]) -> None:
        """`values` are labels with their secrets; as pairs, a label may stand for several."""
        pairs = values.items() if isinstance(values, Mapping) else values
        longest_first = sorted(pairs, key=lambda item: -len(item[1]))
        self._labels = [label for label, _ in longest_first]
        self._pattern = _one_of([value for _, value in longest_first]) if values else None

    def redact(self, text: str) -> str:
        """Return the text with every known secret replaced by `[redacted:LABEL]`."""
        return self._pattern.sub(self._mark, text) if self._pattern else text

    def marked(self, text: str) -> bool:
        """Return whether the text contains a redaction mark."""
        return MARK in text

    def redact_json(self, value: Any) -> Any:
        """Return a JSON value with every known secret replaced, in names too.

        A number whose digits are a secret becomes the mark.
        """
        if self._pattern is None or isinstance(value, bool) or value is None:
            return value
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, dict):
            return {self.redact(key): self.redact_json(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.redact_json(item) for item in value]
        text = self.redact(str(value))
        return text if self.marked(text) else value

    def _mark(self, match: re.Match[str]) -> str:
        assert match.lastindex
        return f"{MARK}{self._labels[match.lastindex - 1]}]"


def _from_file(path: Path) -> tuple[str, str]:
    try:
        text = _contents(path).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(
            f"the secret in the file {path} cannot be read: {reason}",
            help="write the secret into that file, readable by this user alone (chmod 600)",
        ) from None
    return text.removesuffix("\n").removesuffix("\r"), f"the file {path}"


def _contents(path: Path) -> bytes:
    """Nothing waits for a pipe that nobody fills, or reads a device that never ends."""
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(EINVAL, "it is no regular file")
        data = os.read(fd, LARGEST_FILE + 1)
    finally:
        os.close(fd)
    if len(data) > LARGEST_FILE:
        raise OSError(EFBIG, f"it is larger than {LARGEST_FILE:,} bytes")
    return data.replace(b"\r\n", b"\n")


def _from_env(ref: SecretRef, environment: Mapping[str, str]) -> tuple[str, str]:
    assert ref.env
    value = environment.get(ref.env, "")
    if not value:
        raise UsageError(
            f"the environment variable {ref.env} is not set; it holds a secret of this agent",
            help=f"set it for this process: export {ref.env}=...",
        )
    return value, f"the environment variable {ref.env}"


def _one_of(values: list[str]) -> re.Pattern[str]:
    """One group for each value. The look-ahead lets the search skip most positions cheaply."""
    groups = [f"({'|'.join([_readable(value), *_base64s(value)])})" for value in values]
    starts = {value[0] for value in values} | {core[0] for v in values for core in _cores(v)}
    first = re.escape("".join(sorted(starts | set("%\\+-_/"))))
    return re.compile(f"(?=[{first}])(?:{'|'.join(groups)})")


def _readable(value: str) -> str:
    """The value with each character plain, JSON-escaped or URL-encoded."""
    runs = ["".join(run) for _, run in itertools.groupby(value, "\\".__eq__)]
    return "".join(_backslashes(len(run)) if "\\" in run else _characters(run) for run in runs)


def _backslashes(count: int) -> str:
    """A run as one repetition, so that three levels of escaping cost no backtracking."""
    encoded = _encodings("\\")
    return rf"(?:\\{{{count},{8 * count}}}|(?:{encoded}){{{count}}})"


def _characters(text: str) -> str:
    return "".join(f"(?:{_plain(character)}|{_encodings(character)})" for character in text)


def _plain(character: str) -> str:
    if character in '"/':
        return rf"\\{{0,7}}{character}"
    if character in SHORT_ESCAPES:
        return rf"\\{{1,4}}{SHORT_ESCAPES[character]}|{re.escape(character)}"
    if character == " ":
        return r"[ +]"
    return re.escape(character)


def _encodings(character: str) -> str:
    """Percent-encoded UTF-8 and \\u escapes of UTF-16, hex digits in either case."""
    percent = "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))
    units = character.encode("utf-16-be", "surrogatepass").hex()
    escapes = "".join(rf"\\{{1,4}}u{units[at : at + 4]}" for at in range(0, len(units), 4))
    return f"(?i:{percent})|{_any_case(escapes)}"


def _any_case(escapes: str) -> str:
    """Hex digits in either case; the `u` itself has only one."""
    return re.sub(r"[a-f]", lambda match: f"[{match[0]}{match[0].upper()}]", escapes)


def _base64s(value: str) -> Iterator[str]:
    special: dict[str, str] = {"+": r"(?:[+-]|%2[bB])", "/": r"(?:\\?/|_|%2[fF])"}
    for core in _cores(value):
        yield LINE_BREAK.join(special.get(character, character) for character in core)


def _cores(value: str) -> Iterator[str]:
    """The base64 characters that the value alone decides, at each of the three alignments."""
    data = value.encode("utf-8", "surrogatepass")
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data).decode("ascii")
        yield encoded[-(-8 * before // 6) : 8 * (before + len(data)) // 6]
