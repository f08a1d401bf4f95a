"""Text in cells: plain, of the width that was asked for, cut where one sees it."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from runner.app.plain_text import plain
from runner.tui.widgets.cells import (
    DISAGREED,
    LONG,
    breaks,
    clean,
    fitted,
    part,
    shortened,
    taken,
    wrapped,
)
from tests.tui.bare import HOSTILE

PARTS = st.lists(
    st.tuples(st.text(max_size=30) | st.sampled_from(HOSTILE), st.sampled_from(["plain", "bad"])),
    max_size=4,
).map(tuple)


def text_of(parts) -> str:
    return "".join(text for text, _ in parts)


@settings(max_examples=200, deadline=None)
@given(cell=PARTS, room=st.integers(0, 40), right=st.booleans(), simple=st.booleans())
def test_a_cell_is_exactly_as_wide_as_asked_whatever_is_in_it(cell, room, right, simple):
    made, _ = fitted(cell, room, right=right, simple=simple)
    assert cell_len(text_of(made)) == room


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=60) | st.sampled_from(HOSTILE))
def test_a_clean_text_has_nothing_that_steers_a_terminal(text):
    made = clean(text)
    assert "\n" not in made
    assert made == plain(made)
    assert not DISAGREED.search(made)
    made.encode("utf-8")


@pytest.mark.parametrize("text", HOSTILE)
def test_with_ascii_what_stands_for_hostile_characters_is_ascii(text):
    given = {character for character in text if not character.isascii()}
    assert {character for character in clean(text, ascii=True) if not character.isascii()} <= (
        given | {"\ufffd"}
    )


def test_emoji_lose_what_terminals_disagree_about_and_keep_their_width():
    assert clean("👨\u200d👩\u200d👧") == "👨👩👧"
    assert clean("⚠\ufe0f") == "⚠"
    assert clean("👍🏽") == "👍"
    assert taken("👨\u200d👩\u200d👧", 10) == ("👨👩👧", 6, False)


def test_invisible_characters_that_could_hide_a_message_become_dots():
    assert clean("a\U000e0041\u2060b") == "a··b"


def test_marks_do_not_climb_over_other_lines():
    assert clean("e" + "\u0301" * 100) == "e\u0301\u0301"
    assert clean("\u0301x") == "x"


def test_a_cell_that_is_too_long_ends_in_a_mark_and_keeps_its_tones():
    made, cut = fitted((("agent ", "plain"), ("failed", "bad")), 9)
    assert (text_of(made), made[-1], cut) == ("agent fa…", ("…", "bad"), True)
    assert text_of(fitted("abcdef", 4, simple=True)[0]) == "abc~"
    assert fitted("abcd", 4) == ([("abcd", "plain")], False)


def test_a_wide_character_that_does_not_fit_leaves_a_blank():
    assert text_of(fitted("漢字漢字", 4)[0]) == "漢… "
    assert text_of(fitted("漢字", 4)[0]) == "漢字"
    assert text_of(fitted("漢字", 1)[0]) == "…"


def test_numbers_stand_at_the_right():
    assert text_of(fitted("12", 5, right=True)[0]) == "   12"


def test_of_a_megabyte_only_what_is_shown_is_looked_at():
    long = "\x1b" * 1_000_000
    before = process_time()
    for _ in range(100):
        fitted(long, 40)
    assert process_time() - before < 0.2
    assert text_of(fitted(long, 5)[0]) == "␛␛␛␛…"


def test_a_very_long_line_shows_its_beginning_how_much_is_left_out_and_its_end():
    made = shortened("a" * 50 + "b" * LONG + "z" * 50)
    assert made[0][0].startswith("a" * 50)
    assert made[1] == (" … 60,516 characters not shown … ", "dim")
    assert made[2][0].endswith("z" * 50)
    assert shortened("short") == (("short", "plain"),)


def test_a_part_of_pieces_keeps_their_tones():
    assert part((("abc", "good"), ("def", "bad")), 2, 4) == (("c", "good"), ("d", "bad"))


@settings(max_examples=200, deadline=None)
@given(cell=PARTS, room=st.integers(2, 40))
def test_wrapped_rows_fit_and_lose_nothing_but_blanks(cell, room):
    made = wrapped(cell, room)
    assert all(cell_len(text_of(row)) <= room for row in made)
    whole = "".join(clean(text) for text, _ in cell)
    assert "".join(text_of(row) for row in made).replace(" ", "") == whole.replace(" ", "")


def test_a_line_is_broken_between_words_and_where_there_are_none_anywhere():
    assert [text_of(row) for row in wrapped("one two three", 8)] == ["one two", "three"]
    assert [text_of(row) for row in wrapped("abcdefghij", 4)] == ["abcd", "efgh", "ij"]
    assert [text_of(row) for row in wrapped("漢字漢字", 4)] == ["漢字", "漢字"]
    assert [text_of(row) for row in wrapped("", 4)] == [""]
    assert breaks("    indented", 6) == [(0, 6), (6, 12)]
