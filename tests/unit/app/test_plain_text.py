from hypothesis import given
from hypothesis import strategies as st

from runner.app.plain_text import one_line, plain


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    shown = plain(text)
    assert all(
        character == "\n" or character.isprintable() or ord(character) > 0x9F for character in shown
    )
    assert "\x1b" not in shown
    assert not set("\u202e\u2066\u200f") & set(shown)


@given(st.text(), st.integers(5, 50))
def test_one_line_is_one_line_within_its_width(text: str, width: int) -> None:
    line = one_line(text, width)
    assert "\n" not in line
    assert len(line) <= width


def test_a_cut_is_visible() -> None:
    assert one_line("a long line", 7) == "a long…"
