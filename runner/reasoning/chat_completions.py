"""A model behind an OpenAI-compatible server: one POST to /chat/completions for each answer."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from runner.boundary.clock import SystemClock
from runner.boundary.exchange import HttpError, HttpRequest, HttpResponse
from runner.boundary.http import HttpClient
from runner.domain.agent import ModelSpec
from runner.domain.failure import FailureError
from runner.domain.messages import ModelAnswer, ModelRequest
from runner.domain.ports import Clock
from runner.reasoning.classify import failed_exchange, failed_response
from runner.reasoning.wire import request_body
from runner.reasoning.wire_answer import read_answer

MAX_ANSWER_BYTES = 16 << 20


@dataclass(frozen=True)
class ChatCompletions:
    """The ModelClient for OpenAI-compatible servers. It asks once; retries are the loop's.

    `key` is sent as a bearer token, whether it says `Bearer ` itself or not; None sends none.
    """

    spec: ModelSpec
    http: HttpClient
    key: str | None = field(repr=False)
    clock: Clock = field(default_factory=SystemClock)

    def answer(self, request: ModelRequest, within_s: float) -> ModelAnswer:
        response = self._post(request_body(request), min(within_s, self.spec.timeout))
        if not 200 <= response.status < 300:
            raise FailureError(failed_response(response, self.clock.now(), self.key))
        answer = read_answer(response.body, request, self.key)
        request_id = response.headers.get("x-request-id") or answer.request_id
        return answer.model_copy(update={"request_id": request_id})

    def _post(self, body: bytes, within_s: float) -> HttpResponse:
        headers = {"content-type": "application/json", "accept": "application/json"}
        if self.key:
            headers["authorization"] = f"Bearer {self.key.removeprefix('Bearer ')}"
        url = _endpoint(self.spec.base_url)
        request = HttpRequest("POST", url, headers, body, within_s, MAX_ANSWER_BYTES)
        try:
            return self.http.send(request)
        except HttpError as error:
            raise FailureError(failed_exchange(error)) from error


def _endpoint(base_url: str) -> str:
    """Return the address to post to; a query, as some gateways need one, stays at the end."""
    parts = urlsplit(base_url)
    path = parts.path.rstrip("/") + "/chat/completions"
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))
