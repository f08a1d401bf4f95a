"""What changed in a text: lines first, then words inside the lines that changed.

White space is no word: it is kept with the word before it, so that a text wrapped anew has no
changed words, and what is shown can be put together again exactly.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from runner.rollout.sequences import Stretch, stretches

WORD = re.compile(r"\S+\s*|\s+")
HEADING = re.compile(r"#{1,6}\s+(.*)")
TOP = "(top)"
Kind = Literal["kept", "removed", "added"]


class Token(NamedTuple):
    """Words in a row that were kept, removed or added, with the white space after each."""

    kind: Kind
    text: str
    """As it stands after; of removed words as it stood before."""
    old: str = ""
    """Of kept words: as they stood before; only white space may differ from `text`."""
    words: int = 0


class Hunk(NamedTuple):
    """Lines in a row that changed. Line numbers count from 1."""

    before_line: int
    after_line: int
    tokens: tuple[Token, ...]

    @property
    def before(self) -> str:
        """The lines as they were."""
        return "".join(t.old if t.kind == "kept" else t.text for t in self.tokens if _was(t))

    @property
    def after(self) -> str:
        """The lines as they are."""
        return "".join(token.text for token in self.tokens if token.kind != "removed")

    def count(self, kind: Kind) -> int:
        """Return how many words were kept, removed or added."""
        return sum(token.words for token in self.tokens if token.kind == kind)


def words_changed(before: str, after: str) -> list[Hunk]:
    """Return the hunks of lines in which two texts differ, in order; empty when they are equal."""
    old, new = lines_of(before), lines_of(after)
    return [hunk_of(old, new, part) for part in stretches(old, new) if not part.same]


def lines_of(text: str) -> list[str]:
    """Return the lines of a text with their ends; nothing but a newline ends one."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def sections_changed(before: str, after: str, hunks: Iterable[Hunk]) -> list[str]:
    """Return the Markdown headings that the hunks stand under, each once, in order."""
    names: dict[str, None] = {}
    old, new = headings(lines_of(before)), headings(lines_of(after))
    for hunk in hunks:
        lines = hunk.after.count("\n") or 1
        found = _under(new, hunk.after_line, lines) if hunk.after else []
        names |= dict.fromkeys(found or _under(old, hunk.before_line, 1))
    return list(names)


def headings(lines: Sequence[str]) -> list[tuple[int, str]]:
    """Return the line number and the text of each Markdown heading."""
    matches = ((number, HEADING.match(line)) for number, line in enumerate(lines, start=1))
    named = ((number, match[1].rstrip(" \t\r#")) for number, match in matches if match)
    return [(number, name) for number, name in named if name]


def _under(found: list[tuple[int, str]], line: int, lines: int) -> list[str]:
    first = bisect_right(found, line, key=_number)
    last = bisect_left(found, line + lines, key=_number)
    return [found[first - 1][1] if first else TOP, *(name for _, name in found[first:last])]


def _number(heading: tuple[int, str]) -> int:
    return heading[0]


def _was(token: Token) -> bool:
    return token.kind != "added"


def hunk_of(old: list[str], new: list[str], part: Stretch) -> Hunk:
    """Return the hunk of one stretch of lines, which keep their line ends."""
    before = WORD.findall("".join(old[part.before.start : part.before.stop]))
    after = WORD.findall("".join(new[part.after.start : part.after.stop]))
    tokens = tuple(_tokens(before, after))
    return Hunk(part.before.start + 1, part.after.start + 1, tokens)


def _tokens(before: list[str], after: list[str]) -> Iterator[Token]:
    old, new = [word.rstrip() for word in before], [word.rstrip() for word in after]
    for part in stretches(old, new):
        was = before[part.before.start : part.before.stop]
        now = after[part.after.start : part.after.stop]
        if part.same:
            yield Token("kept", "".join(now), "".join(was), _count(now))
            continue
        if was:
            yield Token("removed", "".join(was), words=_count(was))
        if now:
            yield Token("added", "".join(now), words=_count(now))


def _count(words: list[str]) -> int:
    return sum(1 for word in words if not word.isspace())
