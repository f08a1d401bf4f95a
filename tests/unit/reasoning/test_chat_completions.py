"""A model behind a real local server, well and badly behaved."""

import time
from collections.abc import Iterator

import pytest

from runner.boundary.egress import Egress
from runner.boundary.http import HttpClient
from runner.domain.agent import ModelSpec
from runner.domain.failure import Failure, FailureError, FailureKind
from runner.domain.messages import ModelRequest, UserMessage
from runner.reasoning.chat_completions import ChatCompletions
from runner.testing import TickingClock
from tests.scripted_server import HANG, Reply, ScriptedServer, as_json, chat, plain

KEY = "sk-test-0123456789"
ASKED = ModelRequest(model="local/tiny", messages=(UserMessage(text="Hello"),))


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


def client(
    server: ScriptedServer, key: str | None = KEY, path: str = "/v1", **more: object
) -> ChatCompletions:
    spec = ModelSpec.model_validate(
        {"id": "local/tiny", "base_url": server.url + path, "timeout": "5s", **more}
    )
    http = HttpClient(Egress([f"127.0.0.1:{server.port}"]))
    return ChatCompletions(spec, http, key, TickingClock())


def failure(model: ChatCompletions, within_s: float = 5.0) -> Failure:
    with pytest.raises(FailureError) as caught:
        model.answer(ASKED, within_s)
    assert KEY not in caught.value.message
    return caught.value.failure


def test_the_model_is_asked_and_answers(server: ScriptedServer) -> None:
    server.script = [as_json(chat("Hello."), x_request_id="req-7")]
    answer = client(server).answer(ASKED, 5)
    assert (answer.text, answer.request_id, answer.usage.total) == ("Hello.", "req-7", 14)
    (received,) = server.received
    assert received.line == "POST /v1/chat/completions HTTP/1.1"
    assert received.headers["authorization"] == f"Bearer {KEY}"
    assert received.headers["content-type"] == "application/json"
    assert received.json()["messages"] == [{"role": "user", "content": "Hello"}]


def test_a_key_that_says_bearer_itself_is_not_doubled(server: ScriptedServer) -> None:
    server.script = [as_json(chat())]
    client(server, f"Bearer {KEY}").answer(ASKED, 5)
    assert server.received[0].headers["authorization"] == f"Bearer {KEY}"


def test_without_a_key_none_is_sent(server: ScriptedServer) -> None:
    server.script = [as_json(chat())]
    client(server, None).answer(ASKED, 5)
    assert "authorization" not in server.received[0].headers


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/v1/", "/v1/chat/completions"),
        ("", "/chat/completions"),
        ("/openai?api-version=1", "/openai/chat/completions?api-version=1"),
    ],
)
def test_the_address_is_put_together(server: ScriptedServer, path: str, target: str) -> None:
    server.script = [as_json(chat())]
    client(server, path=path).answer(ASKED, 5)
    assert server.received[0].line == f"POST {target} HTTP/1.1"


def test_without_a_header_the_bodys_id_is_the_requests(server: ScriptedServer) -> None:
    server.script = [as_json(chat())]
    assert client(server).answer(ASKED, 5).request_id == "chatcmpl-1"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (HANG, "timeout"),
        ([], "connection"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"], "connection"),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"], "connection"),
        ([b"HTTP/1.1 200 OK\r\n\r\n{"], "malformed_answer"),
        (plain(b"<html>Login</html>"), "malformed_answer"),
        (plain(b""), "malformed_answer"),
        (plain(b"", 302, location="/login"), "bad_request"),
        (as_json({"error": {"message": "boom", "code": 500}}), "overload"),
        (as_json({"error": {"message": "boom"}}, 500), "overload"),
        (as_json({"error": {"message": "no"}}, 401), "authentication"),
        (as_json({"error": {"message": "no"}}, 404), "bad_request"),
        (as_json({}, 429, retry_after="3"), "rate_limit"),
        (as_json({"error": {"code": "context_length_exceeded"}}, 400), "context_overflow"),
    ],
)
def test_a_provider_that_misbehaves_is_a_classified_failure(
    server: ScriptedServer, reply: Reply, kind: FailureKind
) -> None:
    server.script = [reply]
    assert failure(client(server), within_s=0.3).kind == kind
    assert len(server.received) == 1


def test_the_wait_that_the_provider_asks_for_arrives(server: ScriptedServer) -> None:
    server.script = [as_json({}, 429, retry_after="Thu, 01 Jan 2026 00:00:30 GMT")]
    assert failure(client(server)).retry_after_s == 30


def test_the_models_own_timeout_counts_as_well(server: ScriptedServer) -> None:
    server.script = [HANG]
    started = time.monotonic()
    assert failure(client(server, timeout="0.2s")).kind == "timeout"
    assert time.monotonic() - started < 0.8


def test_a_host_that_is_not_allowed_is_a_mistake_in_the_config(server: ScriptedServer) -> None:
    spec = ModelSpec(id="local/tiny", base_url=server.url)
    model = ChatCompletions(spec, HttpClient(Egress([])), KEY, TickingClock())
    failed = failure(model)
    assert failed.kind == "config"
    assert "network.allow" in failed.message
    assert server.received == []


def test_a_key_with_a_line_break_is_refused_without_being_shown(server: ScriptedServer) -> None:
    failed = failure(client(server, KEY + "\n"))
    assert failed.kind == "config"
    assert server.received == []


def test_the_key_does_not_show_in_the_client(server: ScriptedServer) -> None:
    assert KEY not in repr(client(server))
