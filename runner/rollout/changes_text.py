"""Texts for the model: counted in words, placed by sections, shown in small."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from runner.domain.change import Area, Change
from runner.rollout.plain import listed
from runner.rollout.words import TOP, Hunk, Token, sections_changed, words_changed

AROUND = 5
"""Words of context on each side of a change."""
MAX_HUNKS = 20
MAX_SHOWN = 160
MAX_MARKED = 20


def text_change(
    rule: str, area: Area, name: str, before: str, after: str, more: dict[str, Any] | None = None
) -> Change:
    """Return the change of a text; `after` of it holds the counts and the small hunks."""
    hunks = words_changed(before, after)
    added = sum(hunk.count("added") for hunk in hunks)
    removed = sum(hunk.count("removed") for hunk in hunks)
    sections = sections_changed(before, after, hunks)
    told: dict[str, Any] = {
        "words": len(after.split()),
        "added": added,
        "removed": removed,
        "sections": sections,
        "hunks": [*islice(chain.from_iterable(map(marked, hunks)), MAX_HUNKS)],
        **(more or {}),
    }
    what = "description: " if area == "tools" else ""
    return Change(
        rule=rule,
        level="behaviour",
        area=area,
        name=name,
        text=what + _counts(added, removed) + _where(sections),
        before={"words": len(before.split())},
        after=told,
    )


def marked(hunk: Hunk) -> Iterator[str]:
    """Yield the changes of a hunk in small, as `reply within [-2-]{+4+} sentences`."""
    groups: list[list[int]] = []
    for index, token in enumerate(hunk.tokens):
        if token.kind == "kept":
            continue
        if groups and _near(hunk.tokens, groups[-1][-1], index):
            groups[-1].append(index)
        else:
            groups.append([index])
    lines = (_line(hunk.tokens, group[0], group[-1]) for group in groups)
    yield from (line for line in lines if line)


def mark(token: Token, most: int | None = None) -> str:
    """Return words with the mark that says what became of them; white space stays outside."""
    core = token.text.strip()
    if token.kind == "kept" or not core:
        return token.text
    start = token.text[: len(token.text) - len(token.text.lstrip())]
    end = token.text[len(token.text.rstrip()) :]
    if most is not None and token.words > most:
        core = f"{' '.join(core.split()[:most])} …{token.words - most} more words"
    signs = ("[-", "-]") if token.kind == "removed" else ("{+", "+}")
    return start + signs[0] + core + signs[1] + end


def close_together(tokens: Sequence[Token]) -> Iterator[Token]:
    """Leave out the white space after removed words whose replacement brings its own."""
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.kind == "removed" and following is not None and following.kind == "added":
            yield Token("removed", token.text.rstrip(), words=token.words)
        else:
            yield token


def _counts(added: int, removed: int) -> str:
    if not added and not removed:
        return "other white space only"
    return f"+{added:,} -{removed:,} words"


def _where(sections: Sequence[str]) -> str:
    if not sections or list(sections) == [TOP]:
        return ""
    noun = "section" if len(sections) == 1 else "sections"
    return f", {len(sections)} {noun}: {listed(list(sections))}"


def _near(tokens: Sequence[Token], last: int, here: int) -> bool:
    """Two changes with few words between them stand in one line."""
    between = tokens[last + 1 : here]
    return sum(token.words for token in between) <= 2 * AROUND and not any(
        "\n\n" in token.text for token in between
    )


def _line(tokens: Sequence[Token], first: int, last: int) -> str:
    before = tokens[first - 1].text if first else ""
    after = tokens[last + 1].text if last + 1 < len(tokens) else ""
    parts = [_tail(before)]
    parts += [mark(token, MAX_MARKED) for token in close_together(tokens[first : last + 1])]
    parts.append(_head(after))
    return " ".join("".join(parts).split())[: 4 * MAX_SHOWN]


def _tail(text: str) -> str:
    """The last words of a text, of its last paragraph."""
    words = re.findall(r"\S+\s*", text.rpartition("\n\n")[2])
    return ("… " if len(words) > AROUND else "") + "".join(words[-AROUND:])


def _head(text: str) -> str:
    words = re.findall(r"\S+\s*", text.partition("\n\n")[0])
    return "".join(words[:AROUND]) + (" …" if len(words) > AROUND else "")
