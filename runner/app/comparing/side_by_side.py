"""A file before and after as pairs of lines, with marks inside them: what a screen is drawn from.

Pure: no width, no colour. `unified` and the pairs themselves are two ways to show the same rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from runner.app.comparing.line_pairs import Row, Side, Span, paired
from runner.rollout.words import lines_of

CONTEXT = 3
"""Lines around a change, where nothing else is said."""
HIDDEN_ALONE = "differs only in what the project's `redact` patterns hide"
Sign = Literal[" ", "-", "+"]
Bytes = bytes | None
"""A file's content; None where there is no such file."""


@dataclass(frozen=True)
class Gap:
    """Lines that are alike and not shown."""

    lines: int


@dataclass(frozen=True)
class UnifiedLine:
    """One line of a unified diff: its sign, its numbers before and after, its words."""

    sign: Sign
    before: int | None
    after: int | None
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class FileDiff:
    """A file that differs."""

    path: str
    rows: tuple[Row, ...] = ()
    """Every line of both; empty of what is no text."""
    note: str = ""
    """What the rows do not say."""

    @property
    def added(self) -> int:
        """Lines that are new, or were changed."""
        return sum(not row.same and row.after is not None for row in self.rows)

    @property
    def removed(self) -> int:
        """Lines that are gone, or were changed."""
        return sum(not row.same and row.before is not None for row in self.rows)


def file_diffs(
    before: Mapping[str, bytes], after: Mapping[str, bytes], hide: Callable[[str], str]
) -> tuple[FileDiff, ...]:
    """Return the files that differ, by path; everything in them went through `hide`."""
    paths = sorted({*before, *after})
    unlike = (path for path in paths if before.get(path) != after.get(path))
    return tuple(file_diff(path, before.get(path), after.get(path), hide) for path in unlike)


def file_diff(path: str, before: Bytes, after: Bytes, hide: Callable[[str], str]) -> FileDiff:
    """Return how one file differs; None stands for a file that is not there."""
    try:
        old, new = hide((before or b"").decode()), hide((after or b"").decode())
    except UnicodeDecodeError:
        sizes = f"no text: {len(before or b''):,} → {len(after or b''):,} bytes"
        return FileDiff(hide(path), note=sizes)
    note = _note(before, after)
    if old == new and before is not None and after is not None:
        return FileDiff(hide(path), note=HIDDEN_ALONE)
    return FileDiff(hide(path), tuple(paired(lines_of(old), lines_of(new))), note)


def folded(rows: Sequence[Row], context: int | None) -> list[Row | Gap]:
    """Return the rows near a change, and a gap for those left out; None keeps all."""
    if context is None:
        return list(rows)
    shown: list[Row | Gap] = []
    groups = [(same, list(group)) for same, group in groupby(rows, key=lambda row: row.same)]
    for at, (same, group) in enumerate(groups):
        if not same:
            shown += group
            continue
        head = context if at else 0
        tail = context if at + 1 < len(groups) else 0
        if len(group) <= head + tail:
            shown += group
            continue
        shown += group[:head]
        shown.append(Gap(len(group) - head - tail))
        shown += group[len(group) - tail :]
    return shown


def unified(rows: Iterable[Row | Gap]) -> Iterator[UnifiedLine | Gap]:
    """Yield rows one line each: of lines that changed, first those before, then those after."""
    for kind, group in groupby(rows, key=_kind):
        items = list(group)
        if kind == "changed":
            changed = [row for row in items if isinstance(row, Row)]
            yield from (
                UnifiedLine("-", s.number, None, s.spans) for s in _sides(changed, "before")
            )
            yield from (UnifiedLine("+", None, s.number, s.spans) for s in _sides(changed, "after"))
            continue
        for item in items:
            yield item if isinstance(item, Gap) else _kept_line(item)


def _kind(item: Row | Gap) -> str:
    if isinstance(item, Gap):
        return "gap"
    return "same" if item.same else "changed"


def _sides(rows: Iterable[Row], which: Literal["before", "after"]) -> Iterator[Side]:
    sides = (row.before if which == "before" else row.after for row in rows)
    return (side for side in sides if side is not None)


def _kept_line(row: Row) -> UnifiedLine:
    assert row.before is not None
    assert row.after is not None, "both sides have a line that is the same"
    return UnifiedLine(" ", row.before.number, row.after.number, row.after.spans)


def _note(before: Bytes, after: Bytes) -> str:
    if before is None or after is None:
        return "new file" if before is None else "removed"
    ends = [not data or data.endswith(b"\n") for data in (before, after)]
    if ends[0] == ends[1]:
        return ""
    return f"no newline at the end {'after' if ends[0] else 'before'}"
