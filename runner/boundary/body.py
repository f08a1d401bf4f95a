"""The body of a response, decompressed and capped while it arrives."""

import zlib

from runner.boundary.exchange import HttpError

GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
CODINGS = frozenset({"gzip", "x-gzip", "deflate"})


class BodyReader:
    """Takes the chunks of a body in order. `place` names the server in errors."""

    def __init__(self, coding: str, max_bytes: int, place: str) -> None:
        self._max_bytes = max_bytes
        self._place = place
        self._parts = bytearray()
        word = coding.strip().lower()
        if word and word != "identity" and word not in CODINGS:
            raise self._broken(f"is compressed as {word[:40]!r}, which nobody asked for")
        self._inflater = zlib.decompressobj(GZIP_OR_ZLIB) if word in CODINGS else None

    def feed(self, chunk: bytes) -> None:
        """Take one chunk.

        Raises:
            HttpError: `too_large` when the cap is passed, `reset` when it cannot be decompressed.
        """
        self._parts += self._plain(chunk)
        if len(self._parts) > self._max_bytes:
            message = f"the answer of {self._place} is larger than {self._max_bytes} bytes"
            raise HttpError("too_large", message, sent=True)

    def end(self) -> bytes:
        """Return the whole body. Raises HttpError `reset` when it is known to be cut."""
        if self._inflater is not None and self._parts and not self._inflater.eof:
            raise self._broken("ended early")
        return bytes(self._parts)

    def _plain(self, chunk: bytes) -> bytes:
        if self._inflater is None:
            return chunk
        room = self._max_bytes + 1 - len(self._parts)
        try:
            return self._inflater.decompress(chunk, room)
        except zlib.error:
            raise self._broken("is compressed, and damaged") from None

    def _broken(self, what: str) -> HttpError:
        return HttpError("reset", f"the answer of {self._place} {what}", sent=True)
