"""Requests in the chat-completions format."""

import json
from typing import Any

import pytest

from runner.domain.failure import FailureError
from runner.domain.messages import (
    AssistantMessage,
    ModelRequest,
    SystemMessage,
    ToolCall,
    ToolMessage,
    ToolOffer,
    UserMessage,
)
from runner.reasoning.wire import request_body

TASK = UserMessage(text="Sort the invoices.")
LIST = ToolOffer(name="ledger/list", description="Lists.", input_schema={"type": "object"})
READ = ToolOffer(name="read_log", description="Reads.", input_schema={"type": "object"})
ASKED = ModelRequest(model="local/tiny", messages=(TASK,), tools=(LIST, READ))


def sent(request: ModelRequest) -> Any:
    return json.loads(request_body(request))


def with_settings(model: str = "local/tiny", **given: Any) -> ModelRequest:
    return ModelRequest(model=model, messages=(TASK,), tools=(READ,), settings=given)


def test_a_conversation_is_written_as_the_format_says() -> None:
    asked = ToolCall(id="c-1", name="ledger/list", arguments='{"since": "2026-01-01"}')
    body = sent(
        ModelRequest(
            model="local/tiny/instruct",
            messages=(
                SystemMessage(text="Be brief \u2013 always."),
                TASK,
                AssistantMessage(text="", tool_calls=(asked,)),
                ToolMessage(call_id="c-1", name="ledger/list", text="[]"),
                AssistantMessage(text="Nothing."),
            ),
            tools=(LIST,),
        )
    )
    name = body["tools"][0]["function"]["name"]
    assert name.startswith("ledger_list_")
    assert body == {
        "model": "tiny/instruct",
        "messages": [
            {"role": "system", "content": "Be brief \u2013 always."},
            {"role": "user", "content": "Sort the invoices."},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "c-1",
                        "type": "function",
                        "function": {"name": name, "arguments": '{"since": "2026-01-01"}'},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "c-1", "content": "[]"},
            {"role": "assistant", "content": "Nothing."},
        ],
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": name,
                    "description": "Lists.",
                    "parameters": {"type": "object"},
                },
            }
        ],
        "max_tokens": 4096,
    }


def test_settings_are_sent_when_they_are_set() -> None:
    body = sent(
        with_settings(
            max_output_tokens=9,
            temperature=0.0,
            top_p=0.5,
            seed=7,
            stop=("END",),
            parallel_tool_calls=False,
            reasoning_effort="low",
        )
    )
    del body["messages"], body["tools"], body["model"]
    assert body == {
        "max_tokens": 9,
        "temperature": 0.0,
        "top_p": 0.5,
        "seed": 7,
        "stop": ["END"],
        "parallel_tool_calls": False,
        "reasoning_effort": "low",
    }


def test_parallel_calls_are_not_mentioned_where_there_are_no_tools() -> None:
    request = with_settings(parallel_tool_calls=True).model_copy(update={"tools": ()})
    assert not {"parallel_tool_calls", "tools"} & set(sent(request))


@pytest.mark.parametrize(
    ("model", "word"),
    [
        ("openai/gpt-5-mini-2025-08-07", "max_completion_tokens"),
        ("openai/o4-mini", "max_completion_tokens"),
        ("openai/ft:gpt-5:team", "max_completion_tokens"),
        ("openai/gpt-4o", "max_tokens"),
        ("local/gpt-5", "max_tokens"),
        ("openrouter/openai/gpt-5", "max_tokens"),
    ],
)
def test_openais_reasoning_models_get_their_own_word_for_the_cap(model: str, word: str) -> None:
    body = sent(with_settings(model, max_output_tokens=9))
    assert {"max_tokens", "max_completion_tokens"} & set(body) == {word}
    assert body[word] == 9


def test_settings_that_are_not_ours_are_a_mistake_in_the_config() -> None:
    with pytest.raises(FailureError) as caught:
        request_body(with_settings(magic=1))
    assert caught.value.failure.kind == "config"


@pytest.mark.parametrize("arguments", ['{"a": ', "[1]", "", "nonsense", '{"a":1,"a":2}'])
def test_broken_arguments_are_sent_back_as_json_that_servers_can_parse(arguments: str) -> None:
    broken = ToolCall(id="c", name="read_log", arguments=arguments)
    request = ASKED.model_copy(update={"messages": (AssistantMessage(tool_calls=(broken,)),)})
    text = sent(request)["messages"][0]["tool_calls"][0]["function"]["arguments"]
    assert json.loads(text) == {"malformed_arguments": arguments}
