from hypothesis import given
from hypothesis import strategies as st

from runner.domain.limits import (
    Limits,
    Reservation,
    Spend,
    stop_before_call,
    stop_before_turn,
)
from runner.domain.messages import TokenUsage

counts = st.integers(0, 300)


@given(turns=st.lists(st.tuples(counts, counts, st.integers(0, 50)), max_size=12), cap=counts)
def test_tokens_never_exceed_the_cap_when_each_turn_stays_in_its_reservation(
    turns: list[tuple[int, int, int]], cap: int
) -> None:
    limits = Limits(max_tokens=max(cap, 1))
    spend = Spend()
    for tokens_in, tokens_out, slack in turns:
        reserve = Reservation(tokens=tokens_in + tokens_out + slack)
        if stop_before_turn(limits, spend, reserve, active_s=0):
            break
        spend = spend.charged(TokenUsage(input=tokens_in, output=tokens_out), 0.0)
    assert spend.tokens.total <= limits.max_tokens


@given(calls=st.lists(st.sampled_from("abc"), max_size=40), cap=st.integers(0, 12))
def test_calls_never_exceed_their_caps(calls: list[str], cap: int) -> None:
    limits = Limits(max_tool_calls=cap, max_identical_calls=2)
    spend = Spend()
    for identity in calls:
        if stop_before_call(limits, spend, identity, active_s=0):
            continue
        spend = spend.called(identity)
    assert spend.tool_calls <= cap
    assert all(count <= 2 for count in spend.calls.values())


@given(active=st.floats(0, 2000))
def test_time_is_checked_before_turns_and_before_calls_alike(active: float) -> None:
    limits = Limits(timeout="10m")
    turn = stop_before_turn(limits, Spend(), Reservation(tokens=0), active_s=active)
    call = stop_before_call(limits, Spend(), "x", active_s=active)
    assert (turn is None) == (call is None) == (active < 600)


def test_charging_returns_another_value() -> None:
    spend = Spend()
    assert spend.charged(TokenUsage(input=1), 0.5).cost_usd == 0.5
    assert spend == Spend()


def test_a_stop_tells_used_needed_and_cap() -> None:
    limits = Limits(max_cost_usd=0.5)
    spend = Spend(cost_usd=0.4)
    stop = stop_before_turn(limits, spend, Reservation(tokens=1, cost_usd=0.2), active_s=0)
    assert stop is not None
    assert stop.sentence == (
        "max_cost_usd reached: used $0.4000 of $0.5000, the next step may need $0.2000"
    )
