"""The tokens of an answer: as the server counted them, or else more than there can have been."""

from typing import Any

import pytest

from runner.domain.messages import ModelRequest, TokenUsage, UserMessage
from runner.reasoning.usage import read_usage
from runner.reasoning.wire import request_body
from tests.scripted_server import chat

ASKED = ModelRequest(model="local/tiny", messages=(UserMessage(text="Sort the invoices."),))


def used(**usage: Any) -> TokenUsage:
    return read_usage({**chat("x"), "usage": usage}, ASKED)


def test_cached_and_hidden_tokens_are_counted() -> None:
    counted = {"prompt_tokens": 100, "completion_tokens": 5}
    assert used(**counted, prompt_tokens_details={"cached_tokens": 60}) == TokenUsage(
        input=100, cached_input=60, output=5
    )
    assert used(**counted, prompt_cache_hit_tokens=30).cached_input == 30
    assert used(**counted, prompt_tokens_details={"cached_tokens": 900}).cached_input == 100
    assert used(**counted, prompt_tokens_details={"cached_tokens": None}).cached_input == 0
    assert used(**counted, total_tokens=150).output == 50


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        [],
        "7",
        {"prompt_tokens": 5},
        {"prompt_tokens": 0, "completion_tokens": 0},
        {"prompt_tokens": -1, "completion_tokens": 3},
        {"prompt_tokens": 10**30, "completion_tokens": 3},
    ],
)
def test_tokens_that_nobody_counted_are_taken_as_bytes(usage: Any) -> None:
    estimate = read_usage({**chat("x" * 500), "usage": usage}, ASKED)
    assert estimate.input == len(request_body(ASKED))
    assert 500 < estimate.output < 600
