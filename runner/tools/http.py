"""Tools that are one HTTP request each."""

import json
import string
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.message import Message
from http import HTTPStatus
from urllib.parse import quote, urljoin, urlsplit

from runner.boundary.http import HttpError, HttpRequest, HttpResponse
from runner.boundary.secrets import with_prefix
from runner.boundary.surroundings import countdown
from runner.domain.events import Effect
from runner.domain.ports import Prepared, ToolOutput, ToolRequest
from runner.domain.tool import WRITING_BODY, HttpCall
from runner.tools.address import address
from runner.tools.answer import beginning, decode, failed, read_answer, unknown_end
from runner.tools.context import ToolContext

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 5
END_UNKNOWN = frozenset({502, 504})
"""A gateway gave up; what the service behind it did is not known."""
KEY_HEADER = "Idempotency-Key"
ADVICE: Mapping[int, str] = {
    400: "change the arguments as it says",
    401: "the credentials of this tool were refused; other arguments will not help",
    403: "this tool may not do that; other arguments may not help",
    404: "what the arguments name is not there",
    409: "it is in conflict with what is there already",
    422: "change the arguments as it says",
    429: "the service asks for fewer calls",
}


def prepare(call: HttpCall, request: ToolRequest, context: ToolContext) -> Prepared:
    """Make the request ready.

    Raises:
        FailureError: `tool_failed`, an argument does not fit into the address.
    """
    target = address(context.text(call.url), call, request.arguments)
    headers = {"Accept": "application/json, */*;q=0.5"}
    body = None
    if call.method in WRITING_BODY:
        body = json.dumps(target.rest, ensure_ascii=False, separators=(",", ":")).encode()
        headers["Content-Type"] = "application/json"
    if not request.spec.reads_only:
        headers[KEY_HEADER] = _header_text(request.key)
    ready = HttpRequest(
        method=call.method,
        url=target.url,
        headers=_merged(headers, _declared(call, context)),
        body=body,
        within_s=call.timeout,
        max_bytes=call.max_bytes,
    )
    return PreparedRequest(ready, call, request, context)


class AnswerDroppedError(Exception):
    """The status says that a writing call is done; its answer was too long to be read."""


@dataclass
class PreparedRequest:
    """A request that was not sent yet."""

    ready: HttpRequest
    call: HttpCall
    request: ToolRequest
    context: ToolContext
    process_group: int | None = None

    def __post_init__(self) -> None:
        self.effect: Effect = "read" if self.request.spec.reads_only else "write"

    def run(self, within_s: float) -> ToolOutput:
        """Send the request and return the answer: JSON, else text.

        Raises:
            FailureError: `in_doubt` for a writing tool when the request may have arrived and no
                answer tells what became of it: timeout, reset, status 502 or 504. Anything else is
                `tool_failed`. A call is done when its status says so, however long its answer.
        """
        try:
            response = self._followed(within_s)
        except AnswerDroppedError as dropped:
            return ToolOutput(data=str(dropped))
        if response.status not in self.call.ok:
            raise self._refused(response)
        return ToolOutput(data=read_answer(response.body, _charset(response)))

    def abandon(self) -> None:
        """Return: nothing was opened."""

    def _followed(self, within_s: float) -> HttpResponse:
        """Redirects of a GET are followed on the same scheme, host and port."""
        left_s = countdown(within_s)
        ready = self.ready
        for _hop in range(MAX_REDIRECTS + 1):
            response = self._send(replace(ready, within_s=left_s()))
            if not self._redirects(response):
                return response
            ready = replace(ready, url=self._next(ready.url, response))
        raise failed(f"{self._name} was redirected more than {MAX_REDIRECTS} times")

    def _send(self, ready: HttpRequest) -> HttpResponse:
        try:
            return self.context.http.send(ready)
        except HttpError as error:
            message = f"{self._name}: {error.message}"
            if error.kind == "too_large" and self._writes and error.status in self.call.ok:
                done = f"{message}, so it was dropped. The call is done."
                raise AnswerDroppedError(done) from None
            raise unknown_end(message, writes=self._writes and error.sent) from None

    def _redirects(self, response: HttpResponse) -> bool:
        followed = response.status in REDIRECTS and response.status not in self.call.ok
        return followed and self.call.method == "GET" and "location" in response.headers

    def _next(self, url: str, response: HttpResponse) -> str:
        try:
            target = urljoin(url, response.headers["location"])
            same = _origin(target) == _origin(url)
        except ValueError:
            same = False
        if not same:
            status = response.status
            raise failed(f"{self._name} was redirected to another host, as is not allowed", status)
        return target

    def _refused(self, response: HttpResponse) -> Exception:
        said = beginning(decode(response.body, _charset(response)), self.context)
        status = response.status
        parts = [f"{self._name} answered {status} {_phrase(status)}".rstrip()]
        parts += [ADVICE[status]] if status in ADVICE else []
        message = "; ".join(parts) + (f": {said}" if said else "")
        if status in END_UNKNOWN:
            return unknown_end(message, writes=self._writes, status=status)
        return failed(message, status)

    @property
    def _name(self) -> str:
        return self.request.spec.name

    @property
    def _writes(self) -> bool:
        return not self.request.spec.reads_only


def _declared(call: HttpCall, context: ToolContext) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else with_prefix(value, context.secret(value))
        for name, value in call.headers.items()
    }


def _merged(ours: Mapping[str, str], declared: Mapping[str, str]) -> dict[str, str]:
    """What the author sets wins, whatever its case."""
    taken = {name.lower() for name in declared}
    return {n: v for n, v in ours.items() if n.lower() not in taken} | dict(declared)


def _header_text(key: str) -> str:
    """Return the key bare; what no header can carry is percent-encoded.

    draft-ietf-httpapi-idempotency-key-header quotes it; the services in use take it unquoted.
    """
    return quote(key, safe=string.punctuation.replace("%", ""))


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, port


def _charset(response: HttpResponse) -> str:
    header = Message()
    header["content-type"] = response.headers.get("content-type", "")
    return str(header.get_content_charset("utf-8"))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
