"""The http kind beyond its contract: bodies, headers, statuses, redirects."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from runner.domain.failure import Failure, FailureError
from runner.domain.ports import Prepared, ToolRequest
from runner.tools.kinds import prepare
from tests.scripted_server import Reply, ScriptedServer, as_json, plain

Ready = Callable[..., Prepared]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


def failure(prepared: Prepared) -> Failure:
    with pytest.raises(FailureError) as caught:
        prepared.run(5)
    return caught.value.failure


def call(server: ScriptedServer, method: str = "POST", **more: Any) -> dict[str, Any]:
    return {"kind": "http", "method": method, "url": server.url + "/t", **more}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_arguments_are_the_json_body(server: ScriptedServer, ready: Ready, method: str) -> None:
    server.script = [plain(b"")]
    ready(call(server, method), {"a": "☃"}).run(5)
    (received,) = server.received
    assert received.line == f"{method} /t HTTP/1.1"
    assert received.json() == {"a": "☃"}
    assert received.headers["content-type"] == "application/json"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_get_and_delete_have_no_body(server: ScriptedServer, ready: Ready, method: str) -> None:
    server.script = [plain(b"")]
    ready(call(server, method), {"a": "1"}).run(5)
    (received,) = server.received
    assert received.line == f"{method} /t?a=1 HTTP/1.1"
    assert received.body == b""


def test_a_variable_and_its_suffix_make_the_address(
    server: ScriptedServer, ready: Ready, context: Any
) -> None:
    context.values["base"] = server.url + "/api"
    server.script = [plain(b"")]
    url = {"var": "base", "suffix": "/t/{id}"}
    ready({"kind": "http", "method": "GET", "url": url}, {"id": "x"}, read_only=True).run(5)
    assert server.received[0].line == "GET /api/t/x HTTP/1.1"


def test_a_reading_tool_sends_no_idempotency_key(server: ScriptedServer, ready: Ready) -> None:
    server.script = [plain(b"")]
    ready(call(server, "GET"), read_only=True).run(5)
    assert "idempotency-key" not in server.received[0].headers


def test_the_authors_headers_win(server: ScriptedServer, ready: Ready) -> None:
    headers = {"idempotency-key": "mine", "ACCEPT": "text/csv", "content-type": "text/plain"}
    server.script = [plain(b"")]
    ready(call(server, headers=headers), {}).run(5)
    received = server.received[0].headers
    assert [received[name.lower()] for name in headers] == list(headers.values())


def test_a_key_that_no_header_carries_is_encoded(
    server: ScriptedServer, make_spec: Any, context: Any
) -> None:
    server.script = [plain(b"")]
    request = ToolRequest(spec=make_spec(call(server)), arguments={}, key="nächtlich 1%:t:0")
    prepare(request, context).run(5)
    assert server.received[0].headers["idempotency-key"] == "n%C3%A4chtlich%201%25:t:0"


@pytest.mark.parametrize(
    ("reply", "data"),
    [
        (as_json({"a": [1, None]}), {"a": [1, None]}),
        (plain(b'{"a": 1}', content_type="text/html"), {"a": 1}),
        (plain(b"<p>hello", content_type="application/json"), "<p>hello"),
        (
            plain("gr\xfc\xdfe".encode("latin-1"), content_type="text/plain; charset=latin-1"),
            "grüße",
        ),
        (plain(b"caf\xc3\xa9", content_type="text/plain; charset=no-such"), "café"),
        (plain(b"\xff", content_type="text/plain"), "\ufffd"),
        (plain(b"", 204), ""),
    ],
)
def test_answers_are_json_or_text(
    server: ScriptedServer, ready: Ready, reply: Reply, data: Any
) -> None:
    server.script = [reply]
    assert ready(call(server)).run(5).data == data


def test_only_the_declared_statuses_mean_done(server: ScriptedServer, ready: Ready) -> None:
    server.script = [plain(b"made", 201)]
    assert failure(ready(call(server, ok=[200]))).status == 201
    server.script = [plain(b"not here", 404)]
    assert ready(call(server, ok=[404])).run(5).data == "not here"


@pytest.mark.parametrize(
    ("status", "read_only", "kind"),
    [
        (400, False, "tool_failed"),
        (409, False, "tool_failed"),
        (500, False, "tool_failed"),
        (503, False, "tool_failed"),
        (502, False, "in_doubt"),
        (504, False, "in_doubt"),
        (502, True, "tool_failed"),
        (504, True, "tool_failed"),
        (502, None, "in_doubt"),
    ],
)
def test_a_status_tells_what_is_known(
    server: ScriptedServer, ready: Ready, status: int, read_only: bool | None, kind: str
) -> None:
    server.script = [plain(b"because", status)]
    failed = failure(ready(call(server), read_only=read_only))
    assert (failed.kind, failed.status) == (kind, status)
    assert f"tool answered {status}" in failed.message
    assert ": because" in failed.message


def test_a_refused_key_says_that_arguments_do_not_help(
    server: ScriptedServer, ready: Ready
) -> None:
    server.script = [plain(b"", 401)]
    message = failure(ready(call(server))).message
    assert message == (
        "tool answered 401 Unauthorized; "
        "the credentials of this tool were refused; other arguments will not help"
    )


def test_a_long_complaint_is_cut_and_cleaned(server: ScriptedServer, ready: Ready) -> None:
    server.script = [plain(b"\x1b[31mbad\x1b[0m\x07 " + b"x" * 5000, 400)]
    message = failure(ready(call(server))).message
    assert "bad xxx" in message
    assert message.endswith("xxx …")
    assert len(message) < 800


@pytest.mark.parametrize(("read_only", "kind"), [(True, "tool_failed"), (False, "in_doubt")])
def test_an_answer_that_breaks_off(
    server: ScriptedServer, ready: Ready, read_only: bool, kind: str
) -> None:
    server.script = [[b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"]]
    assert failure(ready(call(server), read_only=read_only)).kind == kind


def test_a_server_that_is_not_there_leaves_no_doubt(ready: Ready) -> None:
    with ScriptedServer() as gone:
        address = call(gone)
    assert failure(ready(address)).kind == "tool_failed"


def test_a_host_that_is_not_allowed_is_not_contacted(ready: Ready) -> None:
    failed = failure(ready({"kind": "http", "url": "http://elsewhere.example/t"}))
    assert failed.kind == "tool_failed"
    assert "not in network.allow" in failed.message


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_get_follows_redirects_on_its_own_host(
    server: ScriptedServer, ready: Ready, status: int
) -> None:
    server.script = [plain(b"", status, location="/new?x=1"), as_json({"ok": True})]
    headers = {"Authorization": {"env": "TOKEN", "prefix": "Bearer "}}
    prepared = ready(call(server, "GET", headers=headers), read_only=True)
    assert prepared.run(5).data == {"ok": True}
    assert server.received[1].line == "GET /new?x=1 HTTP/1.1"


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:1/x",
        "http://elsewhere.example/x",
        "https://127.0.0.1/x",
        "//elsewhere.example/x",
        "http://[broken",
    ],
)
def test_a_redirect_to_another_place_is_refused(
    server: ScriptedServer, ready: Ready, location: str
) -> None:
    server.script = [plain(b"", 302, location=location)]
    failed = failure(ready(call(server, "GET"), read_only=True))
    assert failed.kind == "tool_failed"
    assert "another host" in failed.message
    assert len(server.received) == 1


def test_redirects_end_after_five(server: ScriptedServer, ready: Ready) -> None:
    server.script = [plain(b"", 302, location="/t")] * 10
    failed = failure(ready(call(server, "GET"), read_only=True))
    assert "more than 5 times" in failed.message
    assert len(server.received) == 6


def test_a_post_never_follows_a_redirect(server: ScriptedServer, ready: Ready) -> None:
    server.script = [plain(b"", 307, location="/new"), plain(b"")]
    failed = failure(ready(call(server), {"a": 1}))
    assert (failed.kind, failed.status) == ("tool_failed", 307)
    assert len(server.received) == 1


def test_a_secret_that_breaks_a_header_is_not_shown(
    server: ScriptedServer, make_spec: Any, context: Any
) -> None:
    broken = replace(context, secret=lambda _ref: "s3cret\nvalue")
    spec = make_spec(call(server, headers={"X-Key": {"env": "TOKEN"}}))
    failed = failure(prepare(ToolRequest(spec=spec, arguments={}, key="k"), broken))
    assert failed.kind == "tool_failed"
    assert "s3cret" not in failed.message
    assert server.received == []
