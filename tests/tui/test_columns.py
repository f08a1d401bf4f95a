"""Which columns a terminal has room for."""

from hypothesis import given, settings
from hypothesis import strategies as st

from runner.tui.widgets.columns import Column, fit

AGENT = Column("AGENT", 14)
VERSION = Column("VERSION", 8)
COST = Column("COST", 6, right=True, rank=1)
STEPS = Column("STEPS", 5, right=True, rank=2)
WHY = Column("WHY", 10, grow=True, rank=1)


def test_the_highest_rank_goes_first_and_rank_nought_never():
    columns = [AGENT, VERSION, COST, STEPS]
    assert fit(columns, 40).shown == (0, 1, 2, 3)
    assert fit(columns, 35).shown == (0, 1, 2)
    assert fit(columns, 25).shown == (0, 1)
    assert fit(columns, 5).shown == (0, 1)
    assert fit(columns, 5).wide == 23


def test_of_two_columns_of_one_rank_the_right_one_goes():
    assert fit([AGENT, COST, WHY], 25).shown == (0, 1)


def test_a_column_that_grows_takes_what_is_left():
    made = fit([AGENT, WHY, COST], 60)
    assert made.widths == (14, 38, 6)
    assert made.wide == 60


def test_two_that_grow_share():
    assert fit([WHY, WHY], 40).widths == (20, 19)


@settings(max_examples=100, deadline=None)
@given(
    columns=st.lists(
        st.builds(
            Column,
            title=st.just("T"),
            width=st.integers(0, 30),
            grow=st.booleans(),
            rank=st.integers(0, 3),
        ),
        max_size=10,
    ),
    room=st.integers(0, 120),
)
def test_columns_fit_or_only_those_that_must_stay_are_left(columns, room):
    made = fit(columns, room)
    assert made.wide <= room or all(columns[at].rank == 0 for at in made.shown)
    assert list(made.shown) == sorted(made.shown)
    if made.wide < room and made.shown:
        assert not any(columns[at].grow for at in made.shown)
