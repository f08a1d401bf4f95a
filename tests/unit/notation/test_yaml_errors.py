"""A text that is not YAML: the place is where a person mends it, and the help says how."""

import pytest

from runner.notation.problems import NotationError, Problem
from runner.notation.yamlish import read_yaml

QUOTE = 'put the value in quotes: `{}: "..."`'


def problem(text: str) -> Problem:
    with pytest.raises(NotationError) as raised:
        read_yaml(text)
    (found,) = raised.value.problems
    return found


@pytest.mark.parametrize(
    ("text", "place", "key"),
    [
        ("cron: */5 * * * *\nb: 1\n", (1, 7), "cron"),
        ("- name: a\n  deny: [*]\n", (2, 10), "deny"),
        ("deny: [a, *]\n", (1, 11), "deny"),
        ("a: & b\n", (1, 4), "a"),
        ("a: &b/c d\n", (1, 4), "a"),
        ("a: %x\n", (1, 4), "a"),
        ("a: @x\n", (1, 4), "a"),
        ("a: `x`\n", (1, 4), "a"),
        ("text: {{ input.text }}\nb: 1\n", (1, 7), "text"),
        ("text: {{ input.text }} and more\n", (1, 7), "text"),
        ("x: 1\nd: Note: read only\n", (2, 8), "d"),
        ("- d: Note: read only\n", (1, 10), "d"),
    ],
)
def test_a_value_that_needs_quotes_is_told_so(text: str, place: tuple[int, int], key: str) -> None:
    found = problem(text)
    assert (found.code, found.line, found.column) == ("AC018", *place)
    assert found.help == QUOTE.format(key)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("name:hello\nb: 1\n", 1, 1),
        ("a: 1\nname:hello\nb: 1\n", 2, 1),
        ("a: 1\nname:hello\n", 2, 1),
        ("a: 1\nname = hello\nb: 1\n", 2, 1),
        ("name = hello\n# note\n\nb: 1\n", 1, 1),
        ("m:\n  x: 1\n  name:hello\nb: 1\n", 3, 3),
        ("m:\n  name:hello\n  x: 1\n", 2, 3),
        ("- name:hello\n  x: 1\n", 1, 3),
    ],
)
def test_a_key_without_colon_and_space_is_placed_on_its_line(
    text: str, line: int, column: int
) -> None:
    found = problem(text)
    assert (found.code, found.line, found.column) == ("AC018", line, column)
    assert found.help == "write `name: ...`"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("x: 1\na: 'x\nb: 1\nc: 2\n", (2, 4), "add a `'`"),
        ('a: "x\nb: 1\n', (1, 4), 'add a `"`'),
        ('a: "x\nb: "y"\n', (1, 4), "close it where the text ends"),
        ('a: "x\nb: 1\nc: "y"\nd: 1\n', (1, 4), "close it where the text ends"),
        ("a: 'it's'\nb: 1\n", (1, 8), "`'it''s'`"),
        ("a: [1, 2\nb: 1\n", (2, 2), "it opens on line 1, column 4"),
        ("a: - b\n", (1, 4), "on a line of its own"),
        ('a: "\\d"\n', (1, 5), "single quotes"),
        ("a: |x\n  b\n", (1, 5), "on the next line"),
        ("a: 1\n  b: 2\n", (2, 4), "the indent of the line before"),
        ("a: 1\nsome text\nb: 1\n", (2, 1), "write `key: value`"),
        ("a:\n  b: 1\n c: 2\n", (3, 2), "the indent of its neighbours"),
        ("- a\nb: 1\n", (2, 1), "begin the line with `- `"),
    ],
)
def test_other_mistakes_are_placed_with_what_to_do(
    text: str, place: tuple[int, int], words: str
) -> None:
    found = problem(text)
    assert (found.code, found.line, found.column) == ("AC018", *place)
    assert words in found.help


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("m:\n\u00a0\u00a0id: 1\n", (2, 1)),
        ("m:\n  x: 1\n \u00a0id: 1\n", (3, 2)),
        ("m:\n  -\u00a0id: 1\n", (2, 4)),
        ("name:\u00a0hello\nb: 1\n", (1, 6)),
        ("a: 1\nname:\u3000hello\nb: 1\n", (2, 6)),
    ],
)
def test_a_space_that_is_no_ordinary_one_is_named(text: str, place: tuple[int, int]) -> None:
    found = problem(text)
    assert (found.code, found.line, found.column) == ("AC005", *place)
    assert found.help == "replace it by an ordinary space"


def test_such_a_space_within_a_text_is_fine() -> None:
    text = "a: 10\u00a0km\nb: |\n  \u00a0x\n'\u00a0c': 1\n"
    assert read_yaml(text).data == {"a": "10\u00a0km", "b": "\u00a0x\n", "\u00a0c": 1}


@pytest.mark.parametrize(
    "text", ["api_key: @abcdefgh", "api_key:abcdefgh\nb: 1", "a: 'abcdefgh\n", "a: b: abcdefgh"]
)
def test_no_message_repeats_a_value(text: str) -> None:
    found = problem(text)
    assert "abcdefgh" not in found.message + found.help
