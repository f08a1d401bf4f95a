"""One connection for one request: to checked addresses only, under one deadline for all of it.

Connections are not kept for the next request. A kept one may be closed by the server at the
moment it is used again, and then nobody knows whether a writing call arrived.
"""

import ssl
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import httpcore

LONGEST_S = 7 * 86400.0
"""Beyond some years the system's own time limits overflow; no request takes a week."""


@dataclass
class Progress:
    """How far a request has come: when it must be over, and whether a byte of it may have left."""

    ends: float
    sent: bool = False

    @classmethod
    def start(cls, within_s: float) -> "Progress":
        """Return the progress of a request that starts now."""
        return cls(_monotonic() + min(within_s, LONGEST_S))

    def left(self) -> float:
        """Return the seconds that are left; zero or less when time is up."""
        return self.ends - _monotonic()


class CheckedBackend(httpcore.NetworkBackend):
    """Connects to the addresses that it was given, whatever host it is asked for."""

    def __init__(self, addresses: Sequence[str], progress: Progress) -> None:
        self._addresses = addresses
        self._progress = progress

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Try the addresses in turn; each but the last may take half of the time that is left."""
        *others, last = self._addresses
        for address in others:
            try:
                return self._connect(address, port, self._progress.left() / 2)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(last, port, self._progress.left())

    def _connect(self, address: str, port: int, within_s: float) -> httpcore.NetworkStream:
        if within_s <= 0:
            raise httpcore.ConnectTimeout
        stream = httpcore.SyncBackend().connect_tcp(address, port, within_s)
        return _DeadlineStream(stream, self._progress)


class _DeadlineStream(httpcore.NetworkStream):
    """A stream whose every step has only what is left of the whole request's time."""

    def __init__(self, stream: httpcore.NetworkStream, progress: Progress) -> None:
        self._stream = stream
        self._progress = progress

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._progress.left()
        if left <= 0:
            raise httpcore.ReadTimeout
        return self._stream.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all; a reader that takes a few bytes at a time cannot stretch the deadline."""
        sock = self._stream.get_extra_info("socket")
        rest = memoryview(buffer)
        while rest:
            left = self._progress.left()
            if left <= 0:
                raise httpcore.WriteTimeout
            self._progress.sent = True
            try:
                sock.settimeout(left)
                rest = rest[sock.send(rest) :]
            except TimeoutError:
                raise httpcore.WriteTimeout from None
            except OSError as error:
                raise httpcore.WriteError(str(error)) from None

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._progress.left()
        if left <= 0:
            self.close()
            raise httpcore.ConnectTimeout
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return _DeadlineStream(stream, self._progress)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _monotonic() -> float:
    return time.monotonic()  # noqa: TID251  boundary is the home of time
