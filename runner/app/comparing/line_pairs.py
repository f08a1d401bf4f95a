"""Lines before beside the lines that they became, with marks on the words that changed. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from runner.rollout.sequences import Stretch, stretches
from runner.rollout.text_diff import LEAST_KEPT
from runner.rollout.words import WORD, Hunk, Kind, Token, hunk_of

ALIKE = 0.5
"""Share of words that two lines need to have in common to stand beside each other."""


@dataclass(frozen=True)
class Span:
    """Words of a line in a row that were kept, removed or added."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Side:
    """A line on one side; numbers count from 1."""

    number: int
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The line without marks, as it stands in the file."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True)
class Row:
    """A line before beside what it became; None where there is nothing on that side."""

    same: bool
    before: Side | None
    after: Side | None


def paired(was: list[str], now: list[str]) -> Iterator[Row]:
    """Yield every line of both, in order; lines keep their ends, as `lines_of` gives them."""
    for part in stretches(was, now):
        if part.same:
            yield from _same(was, part)
        elif len(part.before) and len(part.after):
            yield from _changed(was, now, part)
        else:
            lefts = [_whole(at, was[at]) for at in part.before]
            yield from _beside(lefts, [_whole(at, now[at]) for at in part.after])


def _same(was: list[str], part: Stretch) -> Iterator[Row]:
    for at, other in zip(part.before, part.after, strict=True):
        before = _whole(at, was[at])
        yield Row(True, before, Side(other + 1, before.spans))


def _whole(at: int, line: str) -> Side:
    return Side(at + 1, (Span("kept", line.removesuffix("\n")),))


def _beside(lefts: Sequence[Side], rights: Sequence[Side]) -> Iterator[Row]:
    for before, after in zip_longest(lefts, rights):
        yield Row(False, before, after)


def _changed(was: list[str], now: list[str], part: Stretch) -> Iterator[Row]:
    """Yield lines that changed with their marks, or whole where marks would hide what is there."""
    hunk = hunk_of(was, now, part)
    lefts = [_whole(at, was[at]) for at in part.before]
    rights = [_whole(at, now[at]) for at in part.after]
    if not _much_kept(hunk):
        yield from _beside(lefts, rights)
        return
    marking = _Marking(len(lefts), len(rights))
    for token in hunk.tokens:
        marking.add(token)
    lefts = [_marked(side, marking.left[at]) for at, side in enumerate(lefts)]
    rights = [_marked(side, marking.right[at]) for at, side in enumerate(rights)]
    left, right = 0, 0
    for here, there in [*_partners(marking), (len(lefts), len(rights))]:
        yield from _beside(lefts[left:here], rights[right:there])
        if here < len(lefts):
            yield Row(False, lefts[here], rights[there])
        left, right = here + 1, there + 1


def _much_kept(hunk: Hunk) -> bool:
    words = sum(token.words for token in hunk.tokens)
    return words > 0 and hunk.count("kept") / words >= LEAST_KEPT


def _marked(side: Side, spans: Sequence[Span]) -> Side:
    """Return a line with its marks; a line that shares nothing is clearer without."""
    if not any(span.kind == "kept" and span.text.strip() for span in spans):
        return side
    return Side(side.number, tuple(spans))


class _Marking:
    """Deals the words of a hunk to the lines that they stand in, on both sides."""

    def __init__(self, lefts: int, rights: int) -> None:
        self.left: list[list[Span]] = [[] for _ in range(lefts + 1)]  # after the last line's end
        self.right: list[list[Span]] = [[] for _ in range(rights + 1)]
        self.here, self.there = 0, 0
        self.shared: dict[tuple[int, int], int] = {}
        """How many words a line before and a line after have in common, in their order."""

    def add(self, token: Token) -> None:
        """Deal the words of one token."""
        if token.kind == "removed":
            self.here = _deal(self.left, self.here, token)
        elif token.kind == "added":
            self.there = _deal(self.right, self.there, token)
        else:
            self._keep(token)

    def _keep(self, token: Token) -> None:
        for old, new in zip(WORD.findall(token.old), WORD.findall(token.text), strict=True):
            if not old.isspace():
                both = self.here, self.there
                self.shared[both] = self.shared.get(both, 0) + 1
            self.here = _deal(self.left, self.here, Token("kept", old))
            self.there = _deal(self.right, self.there, Token("kept", new))


def _deal(lines: list[list[Span]], at: int, token: Token) -> int:
    """Add a token's text to its lines; return the line that the next one begins in."""
    for number, piece in enumerate(token.text.split("\n")):
        at += number > 0
        core = piece.strip()
        if token.kind == "kept" or not core:
            _join(lines[at], "kept", piece)
            continue
        start = piece.index(core)
        _join(lines[at], "kept", piece[:start])
        _join(lines[at], token.kind, core)
        _join(lines[at], "kept", piece[start + len(core) :])
    return at


def _join(spans: list[Span], kind: Kind, text: str) -> None:
    if not text:
        return
    if spans and spans[-1].kind == kind:
        text = spans.pop().text + text
    spans.append(Span(kind, text))


def _partners(marking: _Marking) -> list[tuple[int, int]]:
    """Return the lines that stand beside each other, by index; both rise."""
    found: list[tuple[int, int]] = []
    for pair, shared in marking.shared.items():
        words = _words(marking.left[pair[0]]) + _words(marking.right[pair[1]])
        if 2 * shared < ALIKE * words:
            continue
        if found and (pair[0] == found[-1][0] or pair[1] == found[-1][1]):
            if shared <= marking.shared[found[-1]]:
                continue
            found.pop()
        found.append(pair)
    return found


def _words(spans: Sequence[Span]) -> int:
    return sum(len(span.text.split()) for span in spans)
