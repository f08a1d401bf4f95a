"""Whatever a model's server answers, the run ends in order and its journal verifies."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.app.project import open_project
from runner.app.released.versions import load_release
from runner.boundary.egress import Egress
from runner.boundary.http import HttpClient
from runner.boundary.ids import new_run_id
from runner.domain.agent import ModelSpec
from runner.domain.failure import Failure, FailureError
from runner.domain.job import Job, Run
from runner.domain.messages import ModelAnswer, ModelRequest, ToolOffer, UserMessage
from runner.journal.audit import verify_all
from runner.journal.ledger import Ledger
from runner.journal.recording import RecordedRun
from runner.journal.writer import FileJournal
from runner.orchestration.parts import Parts
from runner.orchestration.run import execute
from runner.reasoning.chat_completions import ChatCompletions
from runner.testing import NeverInterrupted, NoSecrets, TableToolbox, TickingClock
from tests.fuzzing import CHANGES, ODD, agentctl, changed, forge, in_time, profile
from tests.scripted_server import Reply, ScriptedServer, as_json, chat

ASKED = ModelRequest(
    model="test/scripted",
    messages=(UserMessage(text="Hello"),),
    tools=(ToolOffer(name="open_ticket", description="Open.", input_schema={"type": "object"}),),
)
CALL = {
    "id": "c1",
    "type": "function",
    "function": {"name": "open_ticket", "arguments": '{"title": "one"}'},
}
ERROR = {"error": {"message": "no", "type": "server_error", "code": "overloaded"}}
BODIES = [chat(), chat(None, tool_calls=[CALL], finish_reason="tool_calls"), ERROR]
STATUSES = [200] * 6 + [201, 204, 206, 301, 304, 400, 401, 404, 408, 413, 422, 429, 500, 503, 999]
HEADERS: list[dict[str, str]] = [
    {},
    {"retry_after": "1e9"},
    {"retry_after": "-1"},
    {"retry_after": "Wed, 99 Foo 2026 99:99:99 GMT"},
    {"retry_after_ms": "99999999999"},
    {"content_encoding": "gzip"},
    {"content_encoding": "br, gzip"},
    {"content_type": "text/event-stream"},
    {"content_type": "text/html; charset=utf-7"},
    {"x_request_id": "\xff\xfe" * 50},
    {"x_request_id": "a" * 60_000},
    {"transfer_encoding": "chunked"},
    {"content_length": "99999"},
    {"content_length": "-5"},
    {"location": "http://127.0.0.1:1/"},
]  # fmt: skip


@st.composite
def replies(draw: Callable[..., Any]) -> Reply:
    """A reply that is changed somewhere: in its data, its bytes, its head or its end."""
    data: Any = [copy.deepcopy(draw(st.sampled_from(BODIES)))]
    for _ in range(draw(st.integers(0, 2))):
        forge(data, draw)
    body = json.dumps(data[0] if data else draw(st.sampled_from(ODD))).encode()
    if draw(st.booleans()):
        body = changed(body, draw(CHANGES))
    if draw(st.integers(0, 9)) == 0:
        body = b"data: " + body + b"\n\ndata: [DONE]\n\n"
    headers = draw(st.sampled_from(HEADERS)) if draw(st.booleans()) else {}
    whole = head(draw(st.sampled_from(STATUSES)), len(body), headers) + body
    if draw(st.integers(0, 4)) == 0:
        whole = changed(whole, draw(CHANGES))
    return [whole]


def head(status: int, size: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Status", f"Content-Length: {size}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@profile(150)
@given(replies())
def test_an_answer_is_understood_or_classified(server: ScriptedServer, reply: Reply) -> None:
    server.script = [reply]
    with in_time():
        answer = asked(client(server))
    if isinstance(answer, ModelAnswer):
        assert answer.model_dump_json()
        assert answer.usage.total > 0
        return
    assert answer.kind not in {"bug", "config", "state"}
    assert len(answer.message) < 2000
    assert answer.message.isprintable()


def asked(model: ChatCompletions) -> ModelAnswer | Failure:
    try:
        return model.answer(ASKED, 2)
    except FailureError as error:
        return error.failure


@profile(60)
@given(st.lists(replies(), min_size=1, max_size=4))
def test_a_run_ends_in_order_and_its_journal_verifies(
    project: Any, server: ScriptedServer, tmp_path: Path, script: list[Reply]
) -> None:
    server.script = [*script, *[as_json(chat())] * 9]
    state = tmp_path / "state"
    with in_time():
        run = executed(project.root, state, server)
    assert run.status in {"succeeded", "failed", "stopped"}
    assert (run.failure is not None) == (run.status == "failed")
    assert run.failure is None or run.failure.kind not in {"bug", "state"}
    assert verify_all(state).findings == ()


@profile(6)
@given(st.lists(replies(), min_size=1, max_size=3))
def test_the_command_says_how_it_ended(
    project: Any, server: ScriptedServer, script: list[Reply]
) -> None:
    """With the real clock, so with few seconds to wait in."""
    agent = project.agent / "agent.yaml"
    text = agent.read_text()
    if "timeout: 1s}" not in text:
        old = text[text.index("http://") : text.index("/v1")]
        agent.write_text(text.replace(old, server.url).replace("timeout: 30s}", "timeout: 1s}"))
    server.script = [*script, *[as_json(chat())] * 9]
    code, out, err = agentctl(project.root, "run", "opener")
    assert code in {0, 1, 3, 5, 6}, out + err
    assert agentctl(project.root, "show", "last")[0] == 0
    assert agentctl(project.root, "audit", "verify")[0] == 0


def client(server: ScriptedServer, clock: TickingClock | None = None) -> ChatCompletions:
    spec = ModelSpec.model_validate({"id": "test/scripted", "base_url": server.url + "/v1"})
    http = HttpClient(Egress([f"127.0.0.1:{server.port}"]))
    return ChatCompletions(spec, http, "key-0123456789", clock or TickingClock())


def executed(root: Path, state: Path, server: ScriptedServer) -> Run:
    """A run with real files and a real client, whose waits take no time."""
    clock = TickingClock()
    release = load_release(open_project(root, None), "opener", {})
    ids = new_run_id(clock)
    job = Job(id=ids, run=ids)
    ledger = Ledger(state, clock, lambda: new_run_id(clock), lambda data: data)
    functions = {"open_ticket": lambda _: {"id": "T-1"}, "read_file": lambda _: "a"}
    with RecordedRun(
        ledger, lambda: FileJournal.create(state, job.run, "opener", clock, lambda data: data)
    ) as recorded:
        return execute(
            job,
            release,
            Parts(
                model=client(server, clock),
                toolbox=TableToolbox(release.spec.tools, functions),
                journal=recorded,
                clock=clock,
                redactor=NoSecrets(),
                interrupts=NeverInterrupted(),
                jitter=lambda upper: upper,
            ),
        )
