"""What a run takes, observed or estimated."""

from collections.abc import Callable

from runner.domain.release import Release
from runner.rollout.effort import EffortChange, Observed, effort


def seen(cost: float | None) -> Observed:
    return Observed(runs=3, input_tokens=1000, output_tokens=50, cost_usd=cost)


def test_an_estimate_counts_bytes_and_the_runs_of_the_schedules(
    release: Callable[..., Release],
) -> None:
    few = effort(release().spec, None)
    more = effort(release(("schedules.yaml", "0 2 * * *", "*/15 * * * *")).spec, None)
    assert 50 < few.first_request_tokens < 500
    assert few.input_usd == round(few.first_request_tokens * 0.25 / 1e6, 9)
    assert (few.runs_per_day, more.runs_per_day) == (1, 96)
    change = EffortChange(few, more).as_json()
    assert change["basis"] == "estimated"
    assert change["after"]["usd_per_day"] > 90 * change["before"]["usd_per_day"]


def test_runs_of_both_versions_take_the_place_of_the_estimate(
    release: Callable[..., Release],
) -> None:
    before, after = effort(release().spec, seen(0.1)), effort(release().spec, seen(0.2))
    change = EffortChange(before, after)
    assert change.observed
    assert change.as_json()["after"]["usd_per_day"] == 0.2


def test_runs_of_one_version_alone_are_told_and_not_compared(
    release: Callable[..., Release],
) -> None:
    change = EffortChange(effort(release().spec, None), effort(release().spec, seen(None)))
    assert change.as_json()["basis"] == "estimated"
    assert change.as_json()["after"]["observed"]["runs"] == 3


def test_a_model_without_a_price_costs_nothing_that_is_known(
    release: Callable[..., Release],
) -> None:
    edits = (
        ("agent.yaml", "  price: {input: 0.25, output: 2.0}\n", ""),
        ("agent.yaml", ", max_cost_usd: 0.5", ""),
    )
    free = effort(release(*edits).spec, None)
    assert free.input_usd is None
    assert EffortChange(free, free).as_json()["before"]["usd_per_day"] is None
