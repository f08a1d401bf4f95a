"""Whatever stands on the command line, a command ends in order, and nothing hostile is echoed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzzing import agentctl, profile

HOSTILE = [
    "", " ", ".", "..", "/", "//", "~", "-", "--", "@", "@@", "a@", "@b", "opener@", "opener@@dev",
    "opener@v1", "opener@v1.0.0", "opener@v99999999999999999999.0.0", "opener@../../etc", "opener/",
    "../opener", "opener\n", "Opener", "opener@DEV", "opener@previous", "current", "environments",
    "v1.0.0", "last", "LAST", "%00", "%s%n", "$(id)", "`id`", "'", '"', "\\", "*", "?", "[", "{",
    "\xe9", "\u202e", "\x1b[2J", "\x1b]0;x\x07", "a" * 5000, "/dev/null", "/proc/self/mem",
    "0", "-1",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV", "NaN", "1e999", "=", "x=", "=x", "x:=", "x:={", "x:=1", "a=b=c",
    ":=1", "x:=" + "[" * 300, "x:=" + "9" * 5000, "x:=NaN", '{"a":1}', "[redacted:X]", "{{ x }}",
    "AC115", "AC000", "t1.c1=done", "t1.c1=maybe", "=done", "2d", "2026-13-45", "cost>", "status:",
]  # fmt: skip
WORDS = st.sampled_from(HOSTILE) | st.text(
    st.characters(codec="utf-8", exclude_characters="\0/"), max_size=12
)
SHAPES = [
    ("run", "WORD"), ("run", "opener", "-i", "WORD"), ("run", "opener", "--set", "WORD"),
    ("run", "opener", "--key", "WORD"), ("run", "opener", "--input", "WORD"),
    ("run", "opener", "--cassette", "WORD"), ("run", "opener", "--record", "WORD"),
    ("show", "WORD"), ("logs", "WORD"), ("resume", "WORD"), ("audit", "verify", "WORD"),
    ("resume", "last", "--settle", "WORD", "--reason", "WORD"),
    ("audit", "verify", "--anchor", "WORD"), ("validate", "WORD"), ("explain", "WORD"),
    ("runs", "--limit", "WORD"), ("runs", "--agent", "WORD"), ("runs", "--since", "WORD"),
    ("runs", "--query", "WORD"), ("runs", "--subject", "WORD"), ("help", "WORD"),
    ("WORD",), ("WORD", "WORD"), ("show", "opener", "-o", "WORD"), ("doctor", "WORD"),
]  # fmt: skip


@profile(150)
@given(st.sampled_from(SHAPES), st.lists(WORDS, min_size=2, max_size=2))
def test_a_hostile_word_ends_a_command_in_order(
    shop: Any, shape: tuple[str, ...], words: list[str]
) -> None:
    given_words = iter(words)
    args = [next(given_words) if part == "WORD" else part for part in shape]
    code, out, err = agentctl(shop.root, *args)
    assert code in {0, 1, 2, 3, 4, 5, 6}, (args, err)
    assert "\x1b" not in out


@pytest.fixture
def shop(project: Any, provider: Any, model_opens: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A project with a run, which is the working directory too."""
    provider.answer = model_opens("one")
    assert agentctl(project.root, "run", "opener")[0] == 0
    monkeypatch.chdir(project.root)
    return project
