"""The filter and the orders of a fleet."""

import pytest

from runner.app.fleet.figures import Figures
from runner.app.fleet.filtering import ORDERS, Filter, arranged, parse_filter
from runner.app.fleet.row import Row
from runner.domain.errors import UsageError
from runner.rollout.health import Health
from runner.rollout.sync import Sync


def row(agent: str, sync: str | None, health: str, ok: int = 20, usd: float | None = None) -> Row:
    return Row(
        agent,
        "prod",
        "v1.0.0",
        Sync(sync) if sync else None,  # type: ignore[arg-type]
        Health(health),  # type: ignore[arg-type]
        Figures(ended=20, succeeded=ok, day_usd=usd, day_runs=3),
    )


ROWS = (
    row("ann", "synced", "healthy", usd=0.5),
    row("bob", "behind", "healthy", usd=2.0),
    row("cid", "synced", "failing", ok=8),
    row("dan", None, "unknown"),
    row("eve", "held", "unknown", ok=15),
    row("fay", "tampered", "failing", ok=0),
)


def names(text: str, *, troubled: bool = False) -> str:
    found = arranged(ROWS, Filter(parse_filter(text), troubled), "agent")
    return "".join(each.agent[0] for each in found)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "abcdef"),
        ("B", "b"),
        ("v1.0 -bob", "acdef"),
        ("sync:behind,held", "be"),
        ("sync:none", "d"),
        ("-sync:synced", "bdef"),
        ("sync!=synced health:fail*", "f"),
        ("health:failing ok<40", "f"),
        ("ok>=75 ok<100", "e"),
        ("cost>1", "b"),
        ("cost:none agent:?a?", "df"),
        ('agent:"ann"', "a"),
        ("runs:3 last:none", "abcdef"),
    ],
)
def test_conditions_pick_rows(text: str, wanted: str) -> None:
    assert names(text) == wanted


def test_only_troubled_rows_are_those_that_ask_for_a_person() -> None:
    assert names("", troubled=True) == "bcef"


@pytest.mark.parametrize(
    ("text", "message", "advice"),
    [
        ("helth:failing", "no field `helth`", "did you mean `health`?"),
        ("nothing:1", "no field `nothing`", "fields: agent, version"),
        ("sync:behnd", "there is no sync `behnd`", "did you mean `behind`?"),
        ("ok<many", "`many` is not a number", "ok<90"),
        ("sync:", "`sync` has no value", "sync:behind,held"),
        ("sync:held,", "`sync` has no value", ""),
        ('"open', "`text` has no value", ""),
        ("sync<held", "is a text and has no `<`", ""),
    ],
)
def test_what_is_no_condition_is_told(text: str, message: str, advice: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_filter(text)
    assert message in caught.value.message
    assert advice in caught.value.help


def test_the_worst_comes_first_and_what_is_not_there_last() -> None:
    found = arranged(ROWS, Filter())
    assert "".join(each.agent[0] for each in found) == "fcebad"


def test_every_order_shows_every_row() -> None:
    for order in ORDERS:
        assert len(arranged(ROWS, Filter(), order)) == len(ROWS)
    assert arranged(ROWS, Filter(), "ok")[0].agent == "fay"
    assert arranged(ROWS, Filter(), "cost")[0].agent == "bob"
