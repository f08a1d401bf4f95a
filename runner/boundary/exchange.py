"""One HTTP request, its response, and the error that says whether the request may have arrived."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from runner.domain.errors import AgentctlError

HttpErrorKind = Literal["egress", "connection", "timeout", "reset", "too_large", "bad_url"]
EXIT_CODES: dict[HttpErrorKind, int] = {"egress": 5, "bad_url": 2}


@dataclass(frozen=True)
class HttpRequest:
    """A request to make. `within_s` covers all of it, from the name lookup to the last byte.

    `max_bytes` caps the body of the response, after decompression.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    within_s: float = 30.0
    max_bytes: int = 1 << 20


@dataclass(frozen=True)
class HttpResponse:
    """A whole response, whatever its status; redirects are not followed. Header names are small."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class HttpError(AgentctlError):
    """There is no response. Headers and their secrets never stand in the message.

    `sent` is True when the request may have reached the server: a call that writes is then in
    doubt. It is False when it is certain that not a byte of it left. `status` is what a server
    answered whose body was not read to its end.
    """

    def __init__(
        self,
        kind: HttpErrorKind,
        message: str,
        *,
        sent: bool,
        status: int | None = None,
        help: str = "",  # noqa: A002  the word users see
    ) -> None:
        super().__init__(message, help=help)
        self.status = status
        self.kind = kind
        self.sent = sent
        self.exit_code = EXIT_CODES.get(kind, 3)
