"""What a failed request to a model means: HTTP statuses, error bodies and lost connections."""

import re
from datetime import datetime

from runner.boundary.exchange import HttpError, HttpErrorKind, HttpResponse
from runner.domain.failure import Failure, FailureKind
from runner.reasoning.provider_error import ProviderError, read_error
from runner.reasoning.retry_after import parse_retry_after

BY_STATUS: dict[int, FailureKind] = {
    401: "authentication",
    402: "authentication",
    403: "authentication",
    408: "timeout",
    409: "overload",
    425: "overload",
    429: "rate_limit",
    501: "bad_request",
    505: "bad_request",
}
BY_CODE: tuple[tuple[re.Pattern[str], FailureKind], ...] = (
    (re.compile(r"insufficient_quota|billing|insufficient.balance", re.I), "authentication"),
    (re.compile(r"context_length_exceeded|exceed_context_size", re.I), "context_overflow"),
    (re.compile(r"rate.?limit|too_many_requests", re.I), "rate_limit"),
    (re.compile(r"overloaded|unavailable|server_error|internal", re.I), "overload"),
    (re.compile(r"timeout", re.I), "timeout"),
    (re.compile(r"authentication|permission|invalid_api_key", re.I), "authentication"),
    (re.compile(r"content_filter|content_policy|moderation", re.I), "filtered_answer"),
    (re.compile(r"invalid_request|not_found|bad_request", re.I), "bad_request"),
)
OVERFLOW = re.compile(
    r"context.(length|window|size)|prompt is too long|too many tokens|maximum.{0,20}tokens",
    re.I,
)
BY_HTTP_ERROR: dict[HttpErrorKind, FailureKind] = {
    "egress": "config",
    "bad_url": "config",
    "connection": "connection",
    "reset": "connection",
    "timeout": "timeout",
    "too_large": "malformed_answer",
}
ADVICE: dict[FailureKind, str] = {
    "authentication": "check the key named by `api_key`, and the account's credit and rights",
    "bad_request": "check `model.id`, `model.base_url` and `model.settings`",
    "context_overflow": "the conversation is longer than this model reads; shorten tool results "
    "with `result.max_chars`, or take a model with a larger context",
    "overload": "the provider is overloaded or broken",
    "rate_limit": "the provider asks for fewer requests",
    "timeout": "the provider took too long; `model.timeout` is the limit of one request",
    "filtered_answer": "the provider's content filter stopped it",
    "malformed_answer": "check that `model.base_url` is an OpenAI-compatible server",
}


def failed_response(response: HttpResponse, now: datetime, key: str | None) -> Failure:
    """Return what a response means whose status is not one of success."""
    error = read_error(response.body, key)
    kind = _kind(response.status, error)
    return _failure(
        kind,
        f"the model's server answered {response.status}",
        error,
        status=response.status,
        retry_after_s=_asked_wait(response, now),
    )


def failed_body(error: ProviderError) -> Failure:
    """Return what an error body under HTTP 200 means: its own code, or else a malformed answer."""
    code = int(error.code) if re.fullmatch(r"[45][0-9]{2}", error.code) else None
    known = _by_code(error) if code is None else _kind(code, error)
    kind = known or "malformed_answer"
    return _failure(kind, "the model's server answered 200 with an error", error, status=200)


def failed_exchange(error: HttpError) -> Failure:
    """Return what it means that there is no response."""
    message = f"the model was not reached: {error.message}"
    if error.sent:
        message = f"the model gave no whole answer: {error.message}"
    advice = f"; {error.help}" if error.help else ""
    return Failure(kind=BY_HTTP_ERROR[error.kind], message=message + advice)


def _kind(status: int, error: ProviderError) -> FailureKind:
    if status == 429 and _by_code(error) == "authentication":
        return "authentication"
    if status in {400, 413, 422, 500} and _overflows(error):
        return "context_overflow"
    if status in {400, 422} and _by_code(error) == "filtered_answer":
        return "filtered_answer"
    return BY_STATUS.get(status, "overload" if status >= 500 else "bad_request")


def _overflows(error: ProviderError) -> bool:
    return _by_code(error) == "context_overflow" or bool(OVERFLOW.search(error.message))


def _by_code(error: ProviderError) -> FailureKind | None:
    words = f"{error.code} {error.type}"
    return next((kind for pattern, kind in BY_CODE if pattern.search(words)), None)


def _asked_wait(response: HttpResponse, now: datetime) -> float | None:
    milliseconds = response.headers.get("retry-after-ms", "")
    if re.fullmatch(r"[0-9]{1,9}", milliseconds, re.ASCII):
        return parse_retry_after(str(int(milliseconds) / 1000), now)
    return parse_retry_after(response.headers.get("retry-after"), now)


def _failure(
    kind: FailureKind,
    what: str,
    error: ProviderError,
    *,
    status: int,
    retry_after_s: float | None = None,
) -> Failure:
    said = f": {error.message}" if error.message else ""
    advice = f" ({ADVICE[kind]})" if kind in ADVICE else ""
    return Failure(
        kind=kind, message=f"{what}{said}{advice}", status=status, retry_after_s=retry_after_s
    )
