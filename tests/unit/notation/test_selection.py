"""JMESPath over results."""

import pytest

from runner.notation.selection import check, select


def test_a_part_is_selected() -> None:
    data = {"id": 7, "html_url": "x", "more": [1]}
    assert select("{id: id, url: html_url}", data) == {"id": 7, "url": "x"}
    assert select("nothing", data) is None


@pytest.mark.parametrize(
    "expression", ["", "{id: id", "a..b", "[" * 3000, "!" * 1900, "nofn(@)(", "a[?lenght(b)]"]
)
def test_a_wrong_expression_is_a_problem_and_no_crash(expression: str) -> None:
    problem = check(expression)
    assert problem is not None
    assert problem.code == "AC305"
    with pytest.raises(ValueError, match="JMESPath"):
        select(expression, {})


def test_an_expression_that_does_not_fit_the_data_says_so() -> None:
    assert check("length(@)") is None
    with pytest.raises(ValueError, match="does not fit"):
        select("length(@)", 3)


@pytest.mark.parametrize(
    ("expression", "found"),
    [("[:2]", [1, 2]), ("[-1:]", [3]), ("[::-1]", [3, 2, 1]), ("[5:9]", [])],
)
def test_a_part_of_a_list_is_selected_by_its_bounds(expression: str, found: list[int]) -> None:
    assert select(expression, [1, 2, 3]) == found


def test_a_slice_without_steps_does_not_fit() -> None:
    with pytest.raises(ValueError, match=r"`\[::0\]` does not fit the result"):
        select("[::0]", [1, 2, 3])
