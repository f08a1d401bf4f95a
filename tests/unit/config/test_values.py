"""Values of an environment and the input of a run."""

from typing import Any

import pytest

from runner.config.values import check_input, resolve_values
from runner.domain.errors import UsageError


@pytest.fixture
def spec(check: Any, good_files: dict[str, str]) -> Any:
    variables = (
        "  size: {type: integer, default: 3}\n  on: {type: boolean, default: false}\nmodel:\n"
    )
    return check({"agent.yaml": good_files["agent.yaml"].replace("model:\n", variables, 1)})[0]


def test_given_values_go_before_defaults(spec: Any) -> None:
    values = resolve_values(spec, {"tickets_url": "http://127.0.0.1/t", "size": 4})
    assert values == {"tickets_url": "http://127.0.0.1/t", "size": 4, "on": False}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "`tickets_url` has no value"),
        ({"tickets_url": "no address"}, "is not a uri"),
        ({"tickets_url": "http://x", "size": "4"}, '`size`: "4" is not an integer'),
        ({"tickets_url": "http://x", "size": True}, "is not an integer"),
        ({"tickets_url": "http://x", "other": 1}, "`other` is not a variable"),
    ],
)
def test_what_does_not_fit_is_named(spec: Any, given: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as raised:
        resolve_values(spec, given)
    assert words in raised.value.message


def test_all_problems_are_named_at_once(spec: Any) -> None:
    with pytest.raises(UsageError) as raised:
        resolve_values(spec, {"size": "x", "other": 1})
    assert raised.value.message.count("`") == 6


def test_an_input_that_fits_is_returned(spec: Any) -> None:
    assert check_input(spec, {"since": "2026-01-01T00:00:00Z"}) == {"since": "2026-01-01T00:00:00Z"}


def test_an_input_that_does_not_fit_names_every_problem(spec: Any) -> None:
    with pytest.raises(UsageError) as raised:
        check_input(spec, {"sinse": "x"})
    assert "`since` is missing" in raised.value.message
    assert "`sinse`" in raised.value.message
    assert "`since`" in raised.value.help
