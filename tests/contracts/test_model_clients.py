"""What every ModelClient does, whatever is behind it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.boundary.egress import Egress
from runner.boundary.http import HttpClient
from runner.domain.agent import ModelSpec
from runner.domain.failure import Failure, FailureError
from runner.domain.messages import (
    AssistantMessage,
    ModelAnswer,
    ModelRequest,
    TokenUsage,
    ToolCall,
    ToolMessage,
    ToolOffer,
    UserMessage,
)
from runner.domain.ports import ModelClient
from runner.reasoning.cassette import CassetteModel, RecordingModel
from runner.reasoning.chat_completions import ChatCompletions
from runner.testing import ScriptedModel, TickingClock
from tests.scripted_server import ScriptedServer, as_json, chat

CALLS = (
    ToolCall(id="c-1", name="list_invoices", arguments='{"since": "2026-01-01"}'),
    ToolCall(id="c-2", name="ledger/none", arguments='{"a": '),
)
TASK = UserMessage(text="Sort the invoices \u2013 all of them.")
FIRST = ModelRequest(
    model="local/tiny",
    messages=(TASK,),
    tools=(ToolOffer(name="list_invoices", description="Lists.", input_schema={}),),
    settings={"max_output_tokens": 64, "temperature": 0.0},
)
SECOND = FIRST.model_copy(
    update={
        "messages": (
            TASK,
            AssistantMessage(tool_calls=CALLS),
            ToolMessage(call_id="c-1", name="list_invoices", text="[]"),
            ToolMessage(call_id="c-2", name="ledger/none", text="no such tool"),
        )
    }
)
USED = TokenUsage(input=11, output=3)
ORIGIN = {"usage": USED, "request_id": "chatcmpl-1", "model": "tiny-1"}
ANSWERS = (
    ModelAnswer(tool_calls=CALLS, finish_reason="tool_calls", **ORIGIN),
    ModelAnswer(text="Nothing to sort \u2013 done.", finish_reason="stop", **ORIGIN),
)


def wire_call(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}


def over_http(server: ScriptedServer) -> ChatCompletions:
    calls = [wire_call(call) for call in CALLS]
    server.script = [
        as_json(chat(None, tool_calls=calls, finish_reason="tool_calls")),
        as_json(chat("Nothing to sort \u2013 done.")),
    ]
    spec = ModelSpec(id="local/tiny", base_url=server.url + "/v1")
    return ChatCompletions(spec, HttpClient(Egress([f"127.0.0.1:{server.port}"])), None)


def recorded(inner: ModelClient, path: Path) -> RecordingModel:
    spec = ModelSpec(id="local/tiny", base_url="http://127.0.0.1:8900/v1")
    return RecordingModel(inner, path, spec, TickingClock(), lambda data: data)


@pytest.fixture(params=["chat completions", "recording", "cassette", "scripted"])
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ModelClient]:
    """Each client, ready to give ANSWERS to FIRST and SECOND, and no third one."""
    path = tmp_path / "cassette.jsonl"
    with ScriptedServer() as server:
        if request.param == "chat completions":
            yield over_http(server)
        elif request.param == "recording":
            yield recorded(over_http(server), path)
        elif request.param == "scripted":
            yield ScriptedModel(ANSWERS)
        else:
            recording = recorded(ScriptedModel(ANSWERS), path)
            recording.answer(FIRST, 5)
            recording.answer(SECOND, 5)
            yield CassetteModel(path)


def test_a_client_gives_its_answers_in_order_and_whole(client: ModelClient) -> None:
    assert client.answer(FIRST, 5) == ANSWERS[0]
    assert client.answer(SECOND, 5) == ANSWERS[1]


def test_a_client_without_an_answer_raises_a_classified_failure(client: ModelClient) -> None:
    client.answer(FIRST, 5)
    client.answer(SECOND, 5)
    with pytest.raises(FailureError) as caught:
        client.answer(SECOND, 5)
    assert caught.value.failure.message


def test_asking_does_not_change_the_request(client: ModelClient) -> None:
    before = FIRST.model_dump_json()
    client.answer(FIRST, 5)
    assert FIRST.model_dump_json() == before


def test_a_scripted_failure_is_raised_and_a_recording_passes_it_on(tmp_path: Path) -> None:
    overload = Failure(kind="overload", message="busy", status=503)
    for client in (
        ScriptedModel([overload]),
        recorded(ScriptedModel([overload]), tmp_path / "c.jsonl"),
    ):
        with pytest.raises(FailureError) as caught:
            client.answer(FIRST, 5)
        assert caught.value.failure == overload
