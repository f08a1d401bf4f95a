"""Bytes to text: one reading on every system."""

import time

import pytest

from runner.notation.problems import NotationError
from runner.notation.text import decode


def problems(data: bytes) -> list[tuple[str, int, int]]:
    with pytest.raises(NotationError) as raised:
        decode(data)
    return [(problem.code, problem.line, problem.column) for problem in raised.value.problems]


def test_plain_text_is_returned_as_it_is() -> None:
    assert decode("é: 日本\n\tx\n".encode()) == "é: 日本\n\tx\n"


def test_the_first_wrong_byte_is_placed_by_characters() -> None:
    assert problems("a\nbé".encode() + b"\xff") == [("AC002", 2, 3)]


def test_a_cut_character_at_the_end_is_placed() -> None:
    assert problems("ab\n日".encode()[:-1]) == [("AC002", 2, 1)]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"\xef\xbb\xbfa: 1\n", ("AC003", 1, 1)),
        (b"a: 1\r\nb: 2\r\n", ("AC004", 1, 5)),
        (b"a: 1\rb: 2", ("AC004", 1, 5)),
        (b"a\nb\x00c", ("AC005", 2, 2)),
        (b"a\x1b[31m", ("AC005", 1, 2)),
        ("a\u2028b".encode(), ("AC005", 1, 2)),
        ("a\u0085b".encode(), ("AC005", 1, 2)),
    ],
)
def test_what_a_reviewer_cannot_see_is_refused_once(
    data: bytes, place: tuple[str, int, int]
) -> None:
    assert problems(data) == [place]


def test_bom_and_crlf_are_two_problems() -> None:
    assert [code for code, _, _ in problems(b"\xef\xbb\xbfa\r\nb\r\n")] == ["AC003", "AC004"]


def test_100_megabytes_are_refused_by_their_length() -> None:
    data = bytes(100 * 1000 * 1000)
    start = time.process_time()
    assert problems(data) == [("AC001", 1, 1)]
    assert time.process_time() - start < 0.05
    with pytest.raises(NotationError, match="100,000,000 bytes; at most 1,048,576"):
        decode(data)
