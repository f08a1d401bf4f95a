"""Where two sequences agree: difflib where it is quick, unique elements as anchors where not.

difflib takes quadratic time and more when few elements repeat often, as words of a long text do. A
stretch with more pairs of equal elements than PAIRS is first cut at the elements that stand once
on either side (the idea of Bram Cohen's patience diff); one without such an anchor counts as
replaced.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

PAIRS = 20_000
LONGEST = 2_000
"""Elements that difflib is given before anchors are looked for: it reads all for each match."""


class Stretch(NamedTuple):
    """A part of both sequences, by index, that agrees or does not."""

    same: bool
    before: range
    after: range


def stretches(before: Sequence[str], after: Sequence[str]) -> list[Stretch]:
    """Return the parts in order; together they cover both sequences, and no two alike touch."""
    whole = Stretch(False, range(len(before)), range(len(after)))
    joined: list[Stretch] = []
    for part in _parts(before, after, whole):
        if not (len(part.before) or len(part.after)):
            continue
        if joined and joined[-1].same == part.same:
            joined.append(_together(joined.pop(), part))
        else:
            joined.append(part)
    return joined


def _together(one: Stretch, following: Stretch) -> Stretch:
    return Stretch(
        one.same,
        range(one.before.start, following.before.stop),
        range(one.after.start, following.after.stop),
    )


def _parts(before: Sequence[str], after: Sequence[str], inside: Stretch) -> Iterator[Stretch]:
    """Work off a stack instead of calling itself: anchors may nest deeply."""
    open_parts = [inside]
    while open_parts:
        part = open_parts.pop()
        if part.same or not (len(part.before) and len(part.after)):
            yield part
            continue
        head, middle, tail = _trimmed(before, after, part)
        if middle != part:
            open_parts += [tail, middle, head]
            continue
        few = _pairs(before, after, part) <= PAIRS
        if few and len(part.before) <= LONGEST:
            yield from _matched(before, after, part)
        elif anchored := _anchored(before, after, part):
            open_parts += reversed(anchored)
        elif few:
            yield from _matched(before, after, part)
        else:
            yield part


def _trimmed(
    before: Sequence[str], after: Sequence[str], part: Stretch
) -> tuple[Stretch, Stretch, Stretch]:
    """Split off what agrees at the start and at the end."""
    first, last = part.before.start, part.before.stop
    other, end = part.after.start, part.after.stop
    while first < last and other < end and before[first] == after[other]:
        first, other = first + 1, other + 1
    while last > first and end > other and before[last - 1] == after[end - 1]:
        last, end = last - 1, end - 1
    return (
        Stretch(True, range(part.before.start, first), range(part.after.start, other)),
        Stretch(False, range(first, last), range(other, end)),
        Stretch(True, range(last, part.before.stop), range(end, part.after.stop)),
    )


def _pairs(before: Sequence[str], after: Sequence[str], part: Stretch) -> int:
    counts = Counter(before[at] for at in part.before)
    return sum(counts[after[at]] for at in part.after)


def _matched(before: Sequence[str], after: Sequence[str], part: Stretch) -> Iterator[Stretch]:
    old = [before[at] for at in part.before]
    new = [after[at] for at in part.after]
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        start, other = part.before.start, part.after.start
        yield Stretch(tag == "equal", range(start + i, start + j), range(other + k, other + m))


def _anchored(before: Sequence[str], after: Sequence[str], part: Stretch) -> list[Stretch]:
    """Cut a part at the elements that stand once on either side; empty when there are none."""
    places = _once(after, part.after)
    mine = _once(before, part.before)
    pairs = [(at, places[text]) for text, at in mine.items() if text in places]
    cut: list[Stretch] = []
    at, other = part.before.start, part.after.start
    for here, there in _rising(pairs):
        cut.append(Stretch(False, range(at, here), range(other, there)))
        cut.append(Stretch(True, range(here, here + 1), range(there, there + 1)))
        at, other = here + 1, there + 1
    if cut:
        cut.append(Stretch(False, range(at, part.before.stop), range(other, part.after.stop)))
    return cut


def _once(elements: Sequence[str], where: range) -> dict[str, int]:
    counts = Counter(elements[at] for at in where)
    return {elements[at]: at for at in where if counts[elements[at]] == 1}


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of the pairs, in order of the first, whose seconds rise."""
    tops: list[int] = []
    chains: list[tuple[tuple[int, int], int]] = []
    last: list[int] = []
    for pair in pairs:
        size = bisect_left(tops, pair[1])
        chains.append((pair, last[size - 1] if size else -1))
        tops[size : size + 1] = [pair[1]]
        last[size : size + 1] = [len(chains) - 1]
    found: list[tuple[int, int]] = []
    at = last[-1] if last else -1
    while at >= 0:
        pair, at = chains[at]
        found.append(pair)
    return found[::-1]
