"""What changed in a text, in words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.rollout.changes_text import marked, text_change
from runner.rollout.text_diff import Line, text_diff
from runner.rollout.words import Hunk, headings, lines_of, sections_changed, words_changed


def small(before: str, after: str) -> list[str]:
    return [line for hunk in words_changed(before, after) for line in marked(hunk)]


def test_a_changed_word_is_shown_with_the_words_around_it() -> None:
    before = "Always reply within 2 sentences. Never promise refunds.\n"
    after = "Always reply within 4 sentences. Never promise or imply refunds.\n"
    assert small(before, after) == [
        "Always reply within [-2-]{+4+} sentences. Never promise {+or imply+} refunds."
    ]


def test_changes_that_are_far_apart_stand_in_lines_of_their_own() -> None:
    between = " ".join(f"w{number}" for number in range(30))
    assert small(f"a {between} b\n", f"x {between} y\n") == [
        "[-a-]{+x+} w0 w1 w2 w3 w4 …",
        "… w25 w26 w27 w28 w29 [-b-]{+y+}",
    ]


def test_a_text_that_is_wrapped_anew_has_no_changed_words() -> None:
    hunks = words_changed("one two\nthree four\n", "one\ntwo three\nfour\n")
    assert [(hunk.count("added"), hunk.count("removed")) for hunk in hunks] == [(0, 0)]
    change = text_change("task-changed", "task", "", "one two\n", "one\ntwo\n")
    assert change.text == "other white space only"


def test_the_sections_of_a_change_are_its_headings() -> None:
    before = "intro\n# Tone\nBe kind.\n## Refunds\nNever.\n# End\nBye.\n"
    after = "intro!\n# Tone\nBe kind.\n## Refunds\nSometimes.\n# End\nBye.\n# New\nMore.\n"
    hunks = words_changed(before, after)
    assert sections_changed(before, after, hunks) == ["(top)", "Refunds", "New"]


def test_a_change_of_a_text_says_words_and_sections() -> None:
    change = text_change("task-changed", "task", "", "# A\none two\n", "# A\none three four\n")
    assert change.text == "+2 -1 words, 1 section: A"
    assert change.after == {
        "words": 5,
        "added": 2,
        "removed": 1,
        "sections": ["A"],
        "hunks": ["one [-two-]{+three four+}"],
    }


TEXTS = st.lists(st.sampled_from(["a", "b", "c ", " ", "\n", "\n\n", "# d\n", "e\t", "\u2028"]))


@given(TEXTS.map("".join), TEXTS.map("".join))
def test_hunks_hold_every_changed_line_of_both_texts(before: str, after: str) -> None:
    hunks = words_changed(before, after)
    assert (hunks == []) == (before == after)
    assert _put_together(before, hunks, new=True) == after
    assert _put_together(after, hunks, new=False) == before


def _put_together(text: str, hunks: list[Hunk], *, new: bool) -> str:
    """Replace the hunks of one text by those of the other."""
    lines = lines_of(text)
    done: list[str] = []
    at = 0
    for hunk in hunks:
        start = (hunk.before_line if new else hunk.after_line) - 1
        here, there = (hunk.before, hunk.after) if new else (hunk.after, hunk.before)
        done += [*lines[at:start], there]
        assert "".join(lines[start:]).startswith(here)
        at = start + len(lines_of(here))
    return "".join([*done, *lines[at:]])


@given(TEXTS.map("".join), TEXTS.map("".join))
def test_a_text_diff_shows_each_line_that_is_gone_or_new(before: str, after: str) -> None:
    lines = text_diff(before.encode(), after.encode())
    assert (lines == []) == (before == after)
    assert all(line.sign in "@ -+~" and "\n" not in line.text for line in lines)


def test_a_text_diff_marks_words_and_keeps_three_lines_around() -> None:
    before = "".join(f"line {number}\n" for number in range(1, 11))
    after = before.replace("line 6\n", "line six\n").replace("line 9\n", "")
    assert text_diff(before.encode(), after.encode()) == [
        Line("@", "line 3"),
        Line(" ", "line 3"),
        Line(" ", "line 4"),
        Line(" ", "line 5"),
        Line("~", "line [-6-]{+six+}"),
        Line(" ", "line 7"),
        Line(" ", "line 8"),
        Line("-", "line 9"),
        Line(" ", "line 10"),
    ]


def test_marks_are_closed_in_each_line() -> None:
    (_, *lines) = text_diff(b"keep this one here\nkeep\n", b"keep this one there\nand now\nkeep\n")
    assert lines[:2] == [Line("~", "keep this one [-here-]{+there+}"), Line("~", "{+and now+}")]


@pytest.mark.parametrize(("before", "after"), [(b"\xff\x00", b"a"), (None, b"\xff")])
def test_what_is_no_text_is_told_by_its_size(before: bytes | None, after: bytes) -> None:
    (line,) = text_diff(before, after)
    assert line.text == f"no text: {len(before or b'')} → {len(after)} bytes"


def test_a_file_that_is_new_or_gone_is_shown_whole() -> None:
    assert text_diff(None, b"a\nb\n")[1:] == [Line("+", "a"), Line("+", "b")]
    assert text_diff(b"a\n", None)[1:] == [Line("-", "a")]


def test_headings_of_a_hostile_text_take_no_longer_than_others() -> None:
    hostile = "# a" + " #" * 200_000 + "a\n"
    begun = time.process_time()
    assert len(headings([hostile])) == 1
    assert headings(["## Tone ##\n", "###\n", "# # #\n"]) == [(1, "Tone")]
    old = [f"# h{n}\n{'a' if n % 2 else 'b'}\n" for n in range(20_000)]
    new = [f"# h{n}\na\n" for n in range(20_000)]
    hunks = words_changed("".join(old), "".join(new))
    assert len(sections_changed("".join(old), "".join(new), hunks)) == 10_000
    assert time.process_time() - begun < 5
