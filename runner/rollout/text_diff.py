"""A file before and after, line by line as a unified diff, with marks inside changed lines."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from runner.rollout.changes_text import close_together, mark
from runner.rollout.sequences import Stretch, stretches
from runner.rollout.words import Hunk, Token, hunk_of, lines_of

CONTEXT = 3
LEAST_KEPT = 0.3
"""Of fewer words kept, marks would hide what is there: both versions are shown whole."""


class Line(NamedTuple):
    """One line of a text diff; `sign` is `@`, a space, `-`, `+`, or `~` for one with marks."""

    sign: str
    text: str


def text_diff(before: bytes | None, after: bytes | None) -> list[Line]:
    """Return the lines of a file's diff; None stands for a file that is not there."""
    try:
        old, new = (before or b"").decode(), (after or b"").decode()
    except UnicodeDecodeError:
        return [Line("@", f"no text: {len(before or b''):,} → {len(after or b''):,} bytes")]
    was, now = lines_of(old), lines_of(new)
    return list(_lines(was, now, stretches(was, now)))


def _lines(was: list[str], now: list[str], parts: Sequence[Stretch]) -> Iterator[Line]:
    for index, part in enumerate(parts):
        if part.same:
            continue
        previous = parts[index - 1] if index else None
        following = parts[index + 1] if index + 1 < len(parts) else None
        lead = list(previous.before)[-CONTEXT:] if previous else []
        joined = index >= 2 and previous is not None and len(previous.before) <= 2 * CONTEXT
        if not joined:
            yield _head(part, len(lead))
            yield from (Line(" ", was[at].rstrip("\n")) for at in lead)
        yield from _changed(was, now, part)
        if following is None:
            continue
        last = index + 2 >= len(parts)
        whole = not last and len(following.before) <= 2 * CONTEXT
        shown = list(following.before) if whole else list(following.before)[:CONTEXT]
        yield from (Line(" ", was[at].rstrip("\n")) for at in shown)


def _head(part: Stretch, lead: int) -> Line:
    before, after = part.before.start - lead + 1, part.after.start - lead + 1
    return Line("@", f"line {before}" + (f" → {after}" if after != before else ""))


def _changed(was: list[str], now: list[str], part: Stretch) -> Iterator[Line]:
    hunk = hunk_of(was, now, part)
    if len(part.before) and len(part.after) and _much_kept(hunk):
        yield from (Line("~", text) for text in marked_lines(hunk.tokens))
        return
    yield from (Line("-", was[at].rstrip("\n")) for at in part.before)
    yield from (Line("+", now[at].rstrip("\n")) for at in part.after)


def _much_kept(hunk: Hunk) -> bool:
    kept, all_words = hunk.count("kept"), sum(token.words for token in hunk.tokens)
    return all_words > 0 and kept / all_words >= LEAST_KEPT


def marked_lines(tokens: Sequence[Token]) -> list[str]:
    """Return tokens as lines with the marks `[-removed-]` and `{+added+}`, closed in each line."""
    parts = [
        "\n".join(mark(Token(token.kind, piece)) for piece in token.text.split("\n"))
        for token in close_together(tokens)
    ]
    return "".join(parts).removesuffix("\n").split("\n")
