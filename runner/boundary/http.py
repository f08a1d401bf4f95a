"""The one way out over HTTP: allowed hosts, checked addresses, one deadline, a capped body."""

import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from ssl import SSLContext

import httpcore
import httpx

from runner.boundary.body import BodyReader
from runner.boundary.connection import CheckedBackend, Progress
from runner.boundary.egress import Egress, show_place
from runner.boundary.exchange import HttpError, HttpRequest, HttpResponse

__all__ = ["HttpClient", "HttpError", "HttpRequest", "HttpResponse"]

DEFAULT_PORTS = {"http": 80, "https": 443}
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
FIELD_VALUE = re.compile(r"[\t\x20-\x7e]*")
OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "upgrade"})
"""Headers that decide where a request goes and where it ends; a caller may not set them."""


class HttpClient:
    """Sends requests to hosts that its Egress allows. Safe to use from several threads.

    The environment is not read (no proxies, no .netrc), redirects are not followed, cookies are
    not kept, and nothing is tried twice.
    """

    def __init__(self, egress: Egress, *, tls: SSLContext | None = None) -> None:
        self._egress = egress
        self._given_tls = tls

    def send(self, request: HttpRequest) -> HttpResponse:
        """Return the response, whatever its status.

        Raises:
            HttpError: no whole response within `within_s` and `max_bytes`.
        """
        progress = Progress.start(request.within_s)
        target = _target(request.url)
        headers = _headers(request, target)
        addresses = self._egress.addresses(target.host, target.port, progress.left())
        try:
            return self._exchange(request, target, headers, CheckedBackend(addresses, progress))
        except httpcore.TimeoutException:
            message = f"{target.place} did not finish its answer within {request.within_s:.1f} s"
            raise HttpError("timeout", message, sent=progress.sent) from None
        except httpcore.ConnectError as error:
            raise _no_connection(target, error) from None
        except (httpcore.NetworkError, httpcore.ProtocolError):
            message = f"{target.place} broke off its answer, or it does not speak HTTP"
            raise HttpError("reset", message, sent=progress.sent) from None

    def close(self) -> None:
        """Free what the client holds; connections are closed with each request already."""
        self.__dict__.pop("_tls", None)

    @cached_property
    def _tls(self) -> SSLContext:
        """Certificates of certifi and those of this machine, so that a company's own CA works."""
        context = httpx.create_ssl_context(trust_env=False)
        context.load_default_certs()
        return context

    def _exchange(
        self,
        request: HttpRequest,
        target: "_Target",
        headers: list[tuple[bytes, bytes]],
        backend: CheckedBackend,
    ) -> HttpResponse:
        url = httpcore.URL(
            scheme=target.scheme, host=target.host, port=target.port, target=target.path
        )
        tls = (self._given_tls or self._tls) if target.scheme == "https" else None
        connection = httpcore.HTTPConnection(url.origin, ssl_context=tls, network_backend=backend)
        with closing(connection):
            response = connection.handle_request(
                httpcore.Request(request.method, url, headers=headers, content=request.body)
            )
            with closing(response):
                return _read(response, request.max_bytes, target)


@dataclass(frozen=True)
class _Target:
    scheme: str
    host: str
    port: int
    authority: str
    path: bytes

    @property
    def place(self) -> str:
        return show_place(self.host, self.port)


def _target(text: str) -> _Target:
    if not text.isprintable() or " " in text or "\\" in text:
        raise _bad_url("it has a space, a backslash or a control character")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError):
        raise _bad_url("it cannot be read") from None
    if url.scheme not in DEFAULT_PORTS:
        raise _bad_url("it must start with http:// or https://")
    if url.userinfo:
        raise _bad_url("a user name or password stands in it; use a header")
    host = url.raw_host.decode("ascii").removesuffix(".")
    port = DEFAULT_PORTS[url.scheme] if url.port is None else url.port
    if not host or not 0 < port < 65536:
        raise _bad_url("its host or port is missing or wrong")
    return _Target(url.scheme, host, port, url.netloc.decode("ascii"), url.raw_path)


def _headers(request: HttpRequest, target: _Target) -> list[tuple[bytes, bytes]]:
    for name, value in request.headers.items():
        _check_header(name, value)
    given = {name.lower(): value for name, value in request.headers.items()}
    defaults = {"accept": "*/*", "accept-encoding": "identity", "user-agent": "agentctl"}
    fixed = {"host": target.authority, "connection": "close"}
    if request.body is not None:
        fixed["content-length"] = str(len(request.body))
    elif request.method.upper() in {"POST", "PUT", "PATCH"}:
        fixed["content-length"] = "0"
    merged: Mapping[str, str] = {**fixed, **defaults, **given}
    return [(name.encode(), value.encode()) for name, value in merged.items()]


def _check_header(name: str, value: str) -> None:
    """Refuse what could end a header early; the value is a secret and is never shown."""
    if not TOKEN.fullmatch(name):
        raise _bad_url(f"the header name {name[:60]!r} is not allowed in HTTP", what="request")
    if name.lower() in OURS:
        raise _bad_url(f"the header {name} is set by agentctl alone", what="request")
    if not FIELD_VALUE.fullmatch(value):
        problem = f"the value of the header {name} has a line break or a character beyond ASCII"
        raise _bad_url(problem, what="request")


def _bad_url(problem: str, what: str = "URL") -> HttpError:
    return HttpError("bad_url", f"the {what} cannot be used: {problem}", sent=False)


def _no_connection(target: _Target, error: Exception) -> HttpError:
    return HttpError(
        "connection",
        f"no connection to {target.place}: {str(error)[:200] or type(error).__name__}",
        sent=False,
        help="check that the server runs and that its address is right",
    )


def _read(response: httpcore.Response, max_bytes: int, target: _Target) -> HttpResponse:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    reader = BodyReader(headers.get("content-encoding", ""), max_bytes, target.place)
    try:
        for chunk in response.iter_stream():
            reader.feed(chunk)
    except HttpError as error:
        error.status = response.status
        raise
    return HttpResponse(response.status, headers, reader.end())
