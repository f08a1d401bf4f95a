"""What a failed request to a model means."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from runner.boundary.exchange import HttpError, HttpErrorKind, HttpResponse
from runner.domain.failure import Failure, FailureKind
from runner.reasoning.classify import failed_body, failed_exchange, failed_response
from runner.reasoning.provider_error import find_error

NOW = datetime(2026, 3, 1, tzinfo=UTC)
KEY = "sk-test-0123456789"


def classified(status: int, body: Any = None, **headers: str) -> Failure:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return failed_response(HttpResponse(status, names, data), NOW, KEY)


def error(message: str = "", kind: str = "", code: Any = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "code": code}}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "bad_request"),
        (401, "authentication"),
        (402, "authentication"),
        (403, "authentication"),
        (404, "bad_request"),
        (408, "timeout"),
        (409, "overload"),
        (413, "bad_request"),
        (422, "bad_request"),
        (429, "rate_limit"),
        (301, "bad_request"),
        (500, "overload"),
        (501, "bad_request"),
        (502, "overload"),
        (503, "overload"),
        (504, "overload"),
        (524, "overload"),
        (529, "overload"),
    ],
)
def test_a_status_alone_says_enough(status: int, kind: FailureKind) -> None:
    for body in (b"", b"<html>Bad</html>", b"null", b"[1]", b'{"error":null}', b'{"a":'):
        failure = classified(status, body)
        assert failure.kind == kind
        assert failure.status == status
        assert str(status) in failure.message


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, error("too long", code="context_length_exceeded"), "context_overflow"),
        (400, error("too long", "exceed_context_size_error", 400), "context_overflow"),
        (400, error("This model's maximum context length is 8192 tokens."), "context_overflow"),
        (422, {"detail": "prompt is too long: 9000 tokens"}, "context_overflow"),
        (500, error("the context size is exceeded"), "context_overflow"),
        (429, error("You exceeded your quota", "insufficient_quota"), "authentication"),
        (429, error("x", code="insufficient_quota"), "authentication"),
        (429, error("Rate limit reached: context window"), "rate_limit"),
        (400, error("x", code="content_filter"), "filtered_answer"),
        (503, error("Loading model", "unavailable_error", 503), "overload"),
    ],
)
def test_the_body_says_more(status: int, body: Any, kind: FailureKind) -> None:
    assert classified(status, body).kind == kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (error("slow down", code=429), "rate_limit"),
        (error("slow down", code="429"), "rate_limit"),
        (error("slow down", "rate_limit_error"), "rate_limit"),
        (error("busy", "overloaded_error"), "overload"),
        (error("oops", "server_error"), "overload"),
        (error("no", code=401), "authentication"),
        (error("no", "invalid_request_error"), "bad_request"),
        (error("long", code="context_length_exceeded"), "context_overflow"),
        (error("who knows"), "malformed_answer"),
        ({"error": "who knows"}, "malformed_answer"),
        ({"object": "error", "message": "x", "code": 503}, "overload"),
    ],
)
def test_an_error_under_200_is_classified_by_itself(body: Any, kind: FailureKind) -> None:
    found = find_error(body, None)
    assert found is not None
    failure = failed_body(found)
    assert (failure.kind, failure.status) == (kind, 200)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("egress", "config"),
        ("bad_url", "config"),
        ("connection", "connection"),
        ("reset", "connection"),
        ("timeout", "timeout"),
        ("too_large", "malformed_answer"),
    ],
)
def test_a_request_without_response_is_classified(
    kind: HttpErrorKind, expected: FailureKind
) -> None:
    failure = failed_exchange(HttpError(kind, "a.example:443 was silent", sent=True, help="wait"))
    assert failure.kind == expected
    assert "a.example:443 was silent; wait" in failure.message


def test_the_wait_that_the_server_asks_for_is_kept() -> None:
    assert classified(429, retry_after="7").retry_after_s == 7
    assert classified(503, retry_after="Sun, 01 Mar 2026 00:00:09 GMT").retry_after_s == 9
    assert classified(429, retry_after="99999").retry_after_s == 120
    assert classified(429, retry_after="soon").retry_after_s is None
    assert classified(429, retry_after_ms="1500", retry_after="2").retry_after_s == 1.5


def test_the_message_of_the_server_is_short_clean_and_without_the_key() -> None:
    wild = f"Wrong key {KEY}\x1b[31m\nred \u202e reversed " + "x" * 1000
    message = classified(401, error(wild)).message
    assert KEY not in message
    assert message.isprintable()
    assert "Wrong key [redacted] [31m red reversed xxx" in message
    assert len(message) < 500
    assert "api_key" in message


def test_a_body_in_any_shape_gives_a_message() -> None:
    assert "no such model" in classified(404, {"error": "no such model"}).message
    assert "field required" in classified(422, {"detail": [{"msg": "field required"}]}).message
    assert "exhausted" in classified(429, [error("quota exhausted")]).message
    assert "Bad Gateway" in classified(502, b"<h1>Bad Gateway</h1>").message
    assert "\ufffd" in classified(500, b"\xff\xfe").message
