"""Levels and the step of the version that they ask for."""

import pytest

from runner.domain.change import BUMPS, LEVELS, Change, Comparison, Level, Side, highest

SIDE = Side(agent="a", version="v1.0.0", digest="h1:x", origin="a/v1.0.0")


def changed(*levels: Level) -> Comparison:
    changes = tuple(Change(rule="x", level=level, area="other", text="x") for level in levels)
    return Comparison(before=SIDE, after=SIDE, changes=changes)


def test_the_highest_level_counts() -> None:
    assert changed("note", "widening", "behaviour").level == "widening"
    assert changed().level is None
    assert highest(changed("note").changes) == "note"


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_is_reached_by_itself_and_those_above(level: Level) -> None:
    assert changed("note", level).reaches(level)
    assert changed("breaking").reaches(level)
    assert not changed().reaches(level)


def test_every_level_asks_for_a_step() -> None:
    assert set(BUMPS) == {None, *LEVELS}
