"""Which release is good, which was before it, which was live when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.domain.environment import BlockedRelease, Hold, Pointer
from runner.domain.pointing import Move
from runner.rollout.good import blocked, good, previous, stretches, was_live

START = datetime(2026, 11, 1, tzinfo=UTC)


def digest(number: int) -> str:
    return "h1:" + "ABCDEFGH"[number] * 43 + "="


def pointer(number: int, *held: int) -> Pointer:
    hold = None
    if held:
        releases = [BlockedRelease(version=f"v1.{n}.0", digest=digest(n)) for n in held]
        hold = Hold(blocked=tuple(releases), reason="bad", by="ann", at=START)
    return Pointer(version=f"v1.{number}.0", digest=digest(number), hold=hold)


def moves(*pointers: Pointer | None) -> list[Move]:
    """Moves newest first, of pointers oldest first, a day apart."""
    return [
        Move(START + timedelta(days=day), "ann", f"move {day}", None, each)
        for day, each in enumerate(pointers)
    ][::-1]


def test_the_last_different_good_release_is_the_previous_one() -> None:
    told = moves(pointer(0), pointer(1), pointer(2))
    found = previous(told, digest(2))
    assert found is not None
    assert found.pointer == pointer(1)
    assert (found.since, found.until) == (START + timedelta(days=1), START + timedelta(days=2))


def test_a_release_that_was_held_is_never_the_previous_one() -> None:
    told = moves(pointer(0), pointer(1), pointer(0, 1), pointer(2, 1))
    found = previous(told, digest(2))
    assert found is not None
    assert found.pointer == pointer(0, 1)
    assert (good(told, digest(0)), good(told, digest(1))) == (True, False)
    assert stretches(told)[2].blocked_by == told[1]


def test_a_release_that_was_held_and_promoted_on_purpose_is_good_again() -> None:
    told = moves(pointer(0), pointer(1), pointer(0, 1), pointer(1), pointer(2))
    found = previous(told, digest(2))
    assert found is not None
    assert found.pointer == pointer(1)


def test_a_hold_that_somebody_just_removed_leaves_the_release_held() -> None:
    told = moves(pointer(0), pointer(1), pointer(0, 1), pointer(0), pointer(2))
    assert not good(told, digest(1))


def test_a_change_of_values_is_no_other_release() -> None:
    changed = pointer(1).model_copy(update={"values": {"url": "x"}})
    told = moves(pointer(0), pointer(1), changed)
    assert [len(each.moves) for each in stretches(told)] == [2, 1]
    assert stretches(told)[0].began == told[1]
    found = previous(told, digest(1))
    assert found is not None
    assert found.pointer == pointer(0)


def test_a_new_version_number_over_the_same_files_is_the_same_release() -> None:
    renamed = pointer(1).model_copy(update={"version": "v2.0.0"})
    told = moves(pointer(0), pointer(1), renamed)
    found = previous(told, digest(1))
    assert found is not None
    assert found.pointer == pointer(0)


def test_the_worktree_and_a_pointer_that_cannot_be_read_are_no_releases() -> None:
    told = moves(pointer(0), Pointer(version="worktree"), None, pointer(2))
    assert [each.good for each in stretches(told)] == [True, False, False, True]
    found = previous(told, digest(2))
    assert found is not None
    assert found.pointer == pointer(0)


def test_without_a_good_release_before_there_is_none() -> None:
    assert previous([], None) is None
    assert previous(moves(pointer(1)), digest(1)) is None
    assert previous(moves(pointer(1), pointer(0, 1)), digest(0)) is None


def test_a_release_was_live_once_a_pointer_named_it() -> None:
    told = moves(pointer(0), None, pointer(1))
    assert (was_live(told, digest(1)), was_live(told, digest(2))) == (True, False)


def test_a_clock_that_was_wrong_does_not_change_the_order() -> None:
    newest, middle, oldest = moves(pointer(0), pointer(1), pointer(2))
    told = [newest, replace(middle, at=START - timedelta(days=400)), oldest]
    assert [each.since for each in stretches(told)] == [newest.at, START, START]


# Laws, over any history of promotions and rollbacks

ACTIONS = st.lists(
    st.tuples(st.sampled_from(["promote", "lift", "rollback", "remove"]), st.integers(0, 4)),
    max_size=14,
)


def simulated(actions: list[tuple[str, int]]) -> list[Move]:
    """What a planner does that refuses held releases and rolls back to `previous`."""
    told: list[Move] = []
    held: frozenset[int] = frozenset()
    for action, number in actions:
        now = told[0].pointer if told else None
        target: Pointer | None = None
        if action == "rollback":
            before = previous(told, now.digest if now else None)
            if now is None or now.digest is None or before is None or before.pointer is None:
                continue
            held |= {int(now.version.split(".")[1])}
            target = pointer(int(before.pointer.version.split(".")[1]), *held)
        elif action != "remove":
            if action == "lift":
                held -= {number}
            if number in held:
                continue
            target = pointer(number, *held)
        at = START + timedelta(hours=len(told))
        told.insert(0, Move(at, "ann", action, None, target))
    return told


@given(ACTIONS)
def test_the_pointer_never_names_a_blocked_release(actions: list[tuple[str, int]]) -> None:
    for move in simulated(actions):
        assert move.pointer is None or not blocked(move.pointer, move.pointer.digest or "")


@given(ACTIONS, st.integers(0, 4))
def test_previous_is_never_the_current_one_and_never_blocked(
    actions: list[tuple[str, int]], current: int
) -> None:
    told = simulated(actions)
    found = previous(told, digest(current))
    if found is not None:
        assert found.pointer is not None
        named = found.pointer.digest
        assert named is not None
        assert named != digest(current)
        assert not blocked(told[0].pointer, named)
        assert good(told, named)


@given(ACTIONS)
def test_stretches_cover_the_whole_time_without_a_gap(actions: list[tuple[str, int]]) -> None:
    told = simulated(actions)
    found = stretches(told)
    assert [move for each in found for move in each.moves] == told
    for newer, older in pairwise(found):
        assert older.until == newer.since


@pytest.mark.parametrize("number", [0, 1])
def test_a_hold_names_releases_by_digest(number: int) -> None:
    assert blocked(pointer(2, 0, 1), digest(number))
    assert not blocked(pointer(2, 0, 1), digest(2))
    assert not blocked(None, digest(2))
