"""Where two sequences agree, also where difflib would take for ever."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from runner.rollout.sequences import PAIRS, stretches

FEW = st.lists(st.sampled_from("abcd"), max_size=12)


def check(before: list[str], after: list[str]) -> int:
    """Check that the parts cover both, and return how many elements agree."""
    parts = stretches(before, after)
    assert [at for part in parts for at in part.before] == list(range(len(before)))
    assert [at for part in parts for at in part.after] == list(range(len(after)))
    for part in parts:
        old, new = [before[at] for at in part.before], [after[at] for at in part.after]
        assert (old == new) if part.same else (not old or not new or old != new)
    assert all(one.same != other.same for one, other in pairwise(parts))
    return sum(len(part.before) for part in parts if part.same)


@given(FEW, FEW)
def test_the_parts_cover_both_sequences_in_order(before: list[str], after: list[str]) -> None:
    check(before, after)


def test_a_long_sequence_is_cut_at_what_stands_there_once() -> None:
    size = int(PAIRS**0.5) + 50
    before = ["the"] * size + ["once"] + ["a"] * size
    after = ["a", *["the"] * size, "once", *["a"] * (size - 1), "end"]
    assert check(before, after) == 2 * size


def test_repeats_without_an_anchor_count_as_replaced() -> None:
    size = int(PAIRS**0.5)
    before, after = ["x", *["a", "b"] * size], ["y", *["b", "a", "a"] * size, "z"]
    assert check(before, after) == 0


def test_anchors_keep_their_order() -> None:
    repeated = ["the"] * int(PAIRS**0.5 * 0.75)
    before = ["x", *repeated, "one", "two", "three", *repeated, "x2"]
    after = ["y", *repeated, "two", "three", "one", *repeated, "y2"]
    assert check(before, after) == 2 * len(repeated) + 2
