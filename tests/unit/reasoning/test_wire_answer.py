"""Answers in the chat-completions format, right and wrong."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.domain.failure import FailureError
from runner.domain.messages import (
    AssistantMessage,
    ModelAnswer,
    ModelRequest,
    TokenUsage,
    ToolCall,
    ToolOffer,
    UserMessage,
)
from runner.reasoning.wire import request_body
from runner.reasoning.wire_answer import read_answer
from tests.scripted_server import chat

TASK = UserMessage(text="Sort the invoices.")
LIST = ToolOffer(name="ledger/list", description="Lists.", input_schema={"type": "object"})
READ = ToolOffer(name="read_log", description="Reads.", input_schema={"type": "object"})
ASKED = ModelRequest(model="local/tiny", messages=(TASK,), tools=(LIST, READ))


def read(completion: Any, request: ModelRequest = ASKED) -> ModelAnswer:
    return read_answer(json.dumps(completion).encode(), request)


def call(name: str, arguments: Any = "{}", **more: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "arguments": arguments}, **more}


def called(*calls: dict[str, Any], **choice: Any) -> ModelAnswer:
    return read(chat(None, tool_calls=list(calls), **choice))


def failure(completion: Any) -> FailureError:
    body = completion if isinstance(completion, bytes) else json.dumps(completion).encode()
    with pytest.raises(FailureError) as caught:
        read_answer(body, ASKED, "sk-test-0123456789")
    return caught.value


def test_an_answer_in_text_is_read() -> None:
    assert read(chat("Two invoices.")) == ModelAnswer(
        text="Two invoices.",
        usage=TokenUsage(input=11, output=3),
        finish_reason="stop",
        request_id="chatcmpl-1",
        model="tiny-1",
    )


def test_several_calls_are_read_in_order_and_under_our_names() -> None:
    theirs = json.loads(request_body(ASKED))["tools"][0]["function"]["name"]
    answer = called(
        call(theirs, '{"a": 1}', id="x"), call("read_log", id="y"), finish_reason="tool_calls"
    )
    assert [(c.id, c.name, c.arguments) for c in answer.tool_calls] == [
        ("x", "ledger/list", '{"a": 1}'),
        ("y", "read_log", "{}"),
    ]
    assert (answer.text, answer.finish_reason) == ("", "tool_calls")


def test_calls_count_whatever_the_finish_reason_says() -> None:
    for reason in ("stop", "length", None):
        assert len(called(call("read_log", id="x"), finish_reason=reason).tool_calls) == 1


def test_an_unknown_tool_passes_as_the_model_named_it() -> None:
    assert called(call("no/such tool!", id="x")).tool_calls[0].name == "no/such tool!"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ('{"a": ', '{"a": '),
        (' {"b":1,  "a":2}', ' {"b":1,  "a":2}'),
        ({"a": "\u00e4"}, '{"a":"\u00e4"}'),
        ([1], "[1]"),
        (7, "7"),
        ("", "{}"),
        (None, "{}"),
    ],
)
def test_arguments_are_kept_as_text(arguments: Any, text: str) -> None:
    assert called(call("read_log", arguments, id="x")).tool_calls[0].arguments == text


def test_every_call_gets_an_id_of_its_own() -> None:
    earlier = AssistantMessage(tool_calls=(ToolCall(id="x", name="read_log", arguments="{}"),))
    request = ASKED.model_copy(update={"messages": (TASK, earlier)})
    calls = [call("read_log", id=i) for i in ("x", "y", "y", "", None, 7)] + [call("read_log")]
    ids = [c.id for c in read(chat(None, tool_calls=calls), request).tool_calls]
    assert ids == ["x-2", "y", "y-2", "call-2-4", "call-2-5", "7", "call-2-7"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (None, ""),
        ("", ""),
        ([{"type": "text", "text": "a"}, {"type": "image"}, 7, {"text": "b"}], "ab"),
    ],
)
def test_content_comes_in_several_shapes(content: Any, text: str) -> None:
    assert read(chat(content)).text == text


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("stop", "stop"),
        ("tool_calls", "tool_calls"),
        ("function_call", "tool_calls"),
        ("length", "length"),
        ("max_tokens", "length"),
        ("content_filter", "content_filter"),
        ("eos", "other"),
        (None, "other"),
    ],
)
def test_finish_reasons_are_ours(word: str | None, reason: str) -> None:
    assert read(chat("x", finish_reason=word)).finish_reason == reason


@pytest.mark.parametrize(
    "message",
    [{"refusal": "I may not."}, {"content": [{"type": "refusal", "refusal": "I may not."}]}],
)
def test_a_refusal_is_a_filtered_answer_whose_tokens_count(message: dict[str, Any]) -> None:
    answer = read(chat(message.pop("content", None), **message))
    assert (answer.finish_reason, answer.text) == ("content_filter", "I may not.")
    assert answer.usage.total == 14


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b'{"choices":[],"choices":[]}',
        b"[" * 100_000,
        b'{"choices":' * 50_000,
        json.dumps({"choices": []}).encode(),
        json.dumps({"choices": [{}]}).encode(),
        json.dumps({"choices": [{"message": "hi"}]}).encode(),
        json.dumps({"choices": {"0": 1}}).encode(),
        json.dumps({"choices": [{"message": {"content": 7.5, "tool_calls": 3}}]}).encode(),
        json.dumps(chat("x"))[:-20].encode(),
        json.dumps(chat(None, tool_calls=[{"id": "x"}])).encode(),
        b'{"choices":[{"message":{"content":"\\ud800"}}]}',
    ],
)
def test_anything_else_is_a_malformed_answer(body: bytes) -> None:
    assert failure(body).failure.kind == "malformed_answer"
    assert failure(body).failure.status == 200
    assert len(failure(body).failure.message) < 400


def test_an_error_body_is_an_error_even_beside_choices() -> None:
    body = {**chat("x"), "error": {"message": "quota sk-test-0123456789", "code": 429}}
    assert failure(body).failure.kind == "rate_limit"
    assert "sk-test" not in failure(body).message
    choice = chat("x")
    choice["choices"][0]["error"] = {"message": "upstream", "code": 502}
    assert failure(choice).failure.kind == "overload"
    assert failure(chat("half", finish_reason="error")).failure.kind == "overload"
    assert read({**chat("x"), "error": None, "detail": "fine"}).text == "x"


WORDS = st.sampled_from(
    [
        *("choices", "message", "content", "tool_calls", "function", "name", "arguments"),
        *("usage", "error", "id", "finish_reason", "prompt_tokens", "completion_tokens"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=25,
)


@settings(max_examples=200)
@given(JSON, JSON, JSON)
def test_no_json_raises_anything_but_a_failure(message: Any, usage: Any, other: Any) -> None:
    likely = {"choices": [{"message": message, "finish_reason": other}], "usage": usage}
    for body in (message, likely, chat(message, tool_calls=[{"id": usage, "function": other}])):
        try:
            answer = read(body)
        except FailureError:
            continue
        assert answer.usage.total > 0


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_failure(body: bytes) -> None:
    with pytest.raises(FailureError):
        read_answer(body, ASKED)
