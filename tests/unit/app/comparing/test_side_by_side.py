"""A file before and after: every line of both, aligned, with marks inside, and folded."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from runner.app.comparing.line_pairs import Row, Side
from runner.app.comparing.side_by_side import (
    CONTEXT,
    HIDDEN_ALONE,
    FileDiff,
    Gap,
    UnifiedLine,
    file_diff,
    file_diffs,
    folded,
    unified,
)

WORDS = st.sampled_from(["a", "b", "cc", "the", "", "  x"])
LINES = st.lists(st.lists(WORDS, max_size=5).map(" ".join), max_size=12)
PROMPT = "You are the agent.\nAlways ask before sending a receipt.\nBe kind.\n"


def as_it_is(text: str) -> str:
    return text


def compared(before: str | None, after: str | None) -> FileDiff:
    data = (None if text is None else text.encode() for text in (before, after))
    return file_diff("prompt.md", *data, as_it_is)


def marked(side: Side | None) -> str | None:
    if side is None:
        return None
    signs = {"kept": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}
    return "".join(signs[s.kind][0] + s.text + signs[s.kind][1] for s in side.spans)


def rows(before: str, after: str) -> list[tuple[str | None, str | None]]:
    return [(marked(r.before), marked(r.after)) for r in compared(before, after).rows]


def lines(found: Sequence[Row | Gap]) -> list[str]:
    return [
        f"({line.lines})"
        if isinstance(line, Gap)
        else line.sign + "".join(s.text for s in line.spans)
        for line in unified(found)
    ]


def test_a_line_stands_beside_what_it_became_with_marks_on_both_sides() -> None:
    after = PROMPT.replace("ask before", "consider")
    assert rows(PROMPT, after)[1] == (
        "Always [-ask before-] sending a receipt.",
        "Always {+consider+} sending a receipt.",
    )


def test_lines_keep_their_numbers_on_both_sides() -> None:
    found = compared("a\nb\nc\n", "a\nx y\nnew\nb\nc\n").rows
    numbers = [(r.before and r.before.number, r.after and r.after.number) for r in found]
    assert numbers == [(1, 1), (None, 2), (None, 3), (2, 4), (3, 5)]


def test_a_line_that_was_put_in_between_does_not_shift_its_neighbours() -> None:
    before = "one two three four\nfive six seven eight\n"
    after = "one two 3 four\nquite another line here\nfive six seven 8\n"
    assert rows(before, after) == [
        ("one two [-three-] four", "one two {+3+} four"),
        (None, "quite another line here"),
        ("five six seven [-eight-]", "five six seven {+8+}"),
    ]


def test_lines_that_share_too_little_are_shown_whole() -> None:
    assert rows("alpha beta gamma\n", "delta epsilon\n") == [("alpha beta gamma", "delta epsilon")]


def test_unified_gives_what_was_before_what_is() -> None:
    after = PROMPT.replace("ask before", "consider").replace("kind", "brief")
    assert lines(compared(PROMPT, after).rows) == [
        " You are the agent.",
        "-Always ask before sending a receipt.",
        "-Be kind.",
        "+Always consider sending a receipt.",
        "+Be brief.",
    ]


def test_lines_that_are_alike_are_folded_but_for_the_context() -> None:
    old = [f"line {n}" for n in range(30)]
    new = [*old[:10], "new", *old[10:20], *old[21:]]
    found = compared("\n".join(old), "\n".join(new)).rows
    assert lines(folded(found, 1)) == [
        *("(9)", " line 9", "+new", " line 10", "(8)"),
        *(" line 19", "-line 20", " line 21", "(8)"),
    ]
    assert [each.lines for each in folded(found, 0) if isinstance(each, Gap)] == [10, 10, 9]
    assert folded(found, None) == list(found)
    assert len(folded(found, CONTEXT)) == 2 * (1 + 2 * CONTEXT) + 3
    assert not any(isinstance(each, Gap) for each in folded(found, 20))


def test_a_file_that_came_or_went_says_so() -> None:
    came, gone = compared(None, "a\nb\n"), compared("a\n", None)
    assert (came.note, came.added, came.removed) == ("new file", 2, 0)
    assert (gone.note, gone.added, gone.removed) == ("removed", 0, 1)
    assert (compared(None, "").rows, compared(None, "").note) == ((), "new file")


def test_a_line_end_that_is_missing_is_said() -> None:
    assert compared("a\n", "a").note == "no newline at the end after"
    assert compared("a", "b\n").note == "no newline at the end before"


def test_what_is_no_text_says_its_sizes() -> None:
    found = file_diff("x.bin", b"\xff\xfe", None, as_it_is)
    assert (found.note, found.rows) == ("no text: 2 → 0 bytes", ())


def test_what_is_hidden_is_hidden_before_it_is_compared() -> None:
    def hide(text: str) -> str:
        return text.replace("s3cret", "[redacted]").replace("s4cret", "[redacted]")

    found = file_diff("a", b"key: s3cret\n", b"key: s4cret\n", hide)
    assert (found.rows, found.note) == ((), HIDDEN_ALONE)
    shown = file_diff("s3cret.md", b"s3cret and more\n", b"s3cret and less\n", hide)
    assert "s3cret" not in repr(shown)


def test_only_files_that_differ_are_compared_in_order() -> None:
    before = {"b": b"1", "a": b"1", "same": b"1"}
    after = {"b": b"2", "c": b"2", "same": b"1"}
    found = file_diffs(before, after, as_it_is)
    assert [each.path for each in found] == ["a", "b", "c"]


def test_a_paragraph_that_was_wrapped_anew_has_no_marks() -> None:
    words = [f"word{n}" for n in range(40)]
    wide = "\n".join(" ".join(words[n : n + 10]) for n in range(0, 40, 10)) + "\n"
    thin = "\n".join(" ".join(words[n : n + 8]) for n in range(0, 40, 8)) + "\n"
    assert not any("[-" in (left or "") for left, _right in rows(wide, thin))


@settings(max_examples=150, deadline=None)
@given(LINES, LINES, st.booleans(), st.booleans())
def test_both_sides_hold_every_line_in_order(
    old: list[str], new: list[str], ends: bool, other: bool
) -> None:
    before, after = "\n".join(old) + "\n" * ends, "\n".join(new) + "\n" * other
    found = compared(before, after).rows
    if before == after:
        assert found == ()
        return
    for text, sides in (
        (before, [row.before for row in found]),
        (after, [row.after for row in found]),
    ):
        kept = [side for side in sides if side is not None]
        assert [side.number for side in kept] == list(range(1, len(kept) + 1))
        assert "\n".join(side.text for side in kept) == text.removesuffix("\n")
    assert all(row.before and row.after for row in found if row.same)


@settings(max_examples=60, deadline=None)
@given(LINES, LINES, st.integers(0, 4))
def test_folding_hides_no_change_and_loses_no_line(
    old: list[str], new: list[str], context: int
) -> None:
    found = compared("\n".join(old), "\n".join(new)).rows
    shown = folded(found, context)
    gaps = sum(each.lines for each in shown if isinstance(each, Gap))
    kept = [each for each in shown if isinstance(each, Row)]
    assert gaps + len(kept) == len(found)
    assert [row for row in kept if not row.same] == [row for row in found if not row.same]
    signs = [line.sign for line in unified(shown) if isinstance(line, UnifiedLine)]
    assert signs.count("-") == sum(not r.same and r.before is not None for r in found)
