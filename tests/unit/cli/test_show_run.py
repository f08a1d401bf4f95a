from hypothesis import given
from hypothesis import strategies as st

from runner.app.story.timeline import Moment
from runner.cli.show_run import ENDS, MOST_MOMENTS, folded, one_line_keeping_indent

WORDS = st.sampled_from(["model", "done", "failed", "refused"])


def moments(words: list[str]) -> list[Moment]:
    return [Moment(float(at), f"t{at}", word, "") for at, word in enumerate(words)]


def test_a_short_run_is_told_whole() -> None:
    told = moments(["done"] * MOST_MOMENTS)
    assert folded(told) == told


def test_a_long_run_shows_its_ends_and_what_went_wrong() -> None:
    told = moments(["done"] * 100 + ["failed"] + ["done"] * 100)
    shown = folded(told)
    assert shown[:ENDS] == told[:ENDS]
    assert shown[-ENDS:] == told[-ENDS:]
    assert shown[ENDS:-ENDS] == [80, told[100], 80]


@given(st.lists(WORDS, max_size=200))
def test_no_step_is_lost_from_the_count_and_no_failure_is_folded(words: list[str]) -> None:
    told = moments(words)
    shown = folded(told)
    kept = [moment for moment in shown if isinstance(moment, Moment)]
    assert len(kept) + sum(left for left in shown if isinstance(left, int)) == len(told)
    wrong = [moment for moment in told if moment.what in {"failed", "refused"}]
    assert [moment for moment in kept if moment in wrong] == wrong


def test_a_cut_line_keeps_its_columns() -> None:
    line = "x" * 41 + "a long text that goes on"
    assert one_line_keeping_indent(line, 51) == "x" * 41 + "a long te…"
