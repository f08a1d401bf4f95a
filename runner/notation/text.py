"""Bytes to text under one rule for every file of an agent: UTF-8, `\\n`, no hidden characters.

The rule is narrow so that one file has one reading: on every system, in every editor and in the
digest. U+0085, U+2028 and U+2029 are refused because YAML 1.1 breaks lines there and 1.2 does not.
"""

import re

from runner.notation.problems import NotationError, Problem

MEBIBYTE = 1 << 20
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
MAX_PROBLEMS = 20


def decode(data: bytes, *, limit: int = MEBIBYTE) -> str:
    """Return the text of a file of at most `limit` bytes.

    Raises:
        NotationError: too long, not UTF-8, a byte order mark, CR, or control characters.
    """
    if len(data) > limit:
        raise NotationError([_too_long(len(data), limit)])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotationError([_not_utf8(data, error)]) from None
    if problems := [_hidden(text, match) for match in _first_matches(text)]:
        raise NotationError(problems)
    return text


def position(text: str, index: int) -> tuple[int, int]:
    """Return line and column, both from 1, of a character."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _too_long(size: int, limit: int) -> Problem:
    return Problem(
        "AC001",
        f"{size:,} bytes; at most {limit:,}",
        help="keep data out of the agent's config, and let a tool read it",
    )


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> Problem:
    before = data[: error.start].decode("utf-8")
    line, column = position(before, len(before))
    return Problem(
        "AC002",
        f"byte 0x{data[error.start]:02x} at offset {error.start} is not UTF-8",
        line,
        column,
        help="save the file as UTF-8",
    )


def _first_matches(text: str) -> list[re.Match[str]]:
    """One match for each kind of character: a file with CRLF has one problem, not one a line."""
    kinds: dict[str, re.Match[str]] = {}
    for match in HIDDEN.finditer(text):
        kinds.setdefault(match[0], match)
        if len(kinds) == MAX_PROBLEMS:
            break
    return list(kinds.values())


def _hidden(text: str, match: re.Match[str]) -> Problem:
    line, column = position(text, match.start())
    if match[0] == "\ufeff":
        return Problem(
            "AC003",
            "the file has a byte order mark (BOM)",
            line,
            column,
            help="save the file as UTF-8 without BOM",
        )
    if match[0] == "\r":
        return Problem(
            "AC004",
            "the file has a carriage return (CR, as in Windows line ends)",
            line,
            column,
            help="save the file with LF line ends; in git, `*.yaml text eol=lf` in .gitattributes",
        )
    return Problem(
        "AC005",
        f"the file has the hidden character U+{ord(match[0]):04X}",
        line,
        column,
        help="delete it, or write it as an escape inside double quotes",
    )
