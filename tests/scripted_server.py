"""A real server on 127.0.0.1 that answers each connection with the next reply of a script.

A reply is a list of steps: bytes are sent, numbers are seconds of silence; then it closes.
"""

import json
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from types import TracebackType
from typing import Any

Reply = Sequence[bytes | float]
HANG: Reply = [30.0]


@dataclass(frozen=True)
class Received:
    """A request as it arrived; header names are small."""

    line: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def plain(body: bytes, status: int = 200, **headers: str) -> Reply:
    """Return a whole reply; `retry_after="3"` becomes the header retry-after."""
    lines = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ["\r\n".join(lines).encode() + b"\r\n\r\n" + body]


def as_json(data: Any, status: int = 200, **headers: str) -> Reply:
    return plain(json.dumps(data).encode(), status, content_type="application/json", **headers)


def chat(content: Any = "Done.", **choice: Any) -> dict[str, Any]:
    """Return a chat completion; what is given goes into its message, or its finish_reason."""
    finish = choice.pop("finish_reason", "stop")
    message = {"role": "assistant", "content": content, **choice}
    return {
        "id": "chatcmpl-1",
        "model": "tiny-1",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14},
    }


@dataclass
class ScriptedServer:
    """Plays its script; past its end it closes each connection without a word."""

    script: list[Reply] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    def __enter__(self) -> "ScriptedServer":
        self._closing = Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [Thread(target=self._accept)]
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            received = _read(connection)
            if received is None:
                return
            self.received.append(received)
            reply = self.script.pop(0) if self.script else []
            for step in reply:
                if isinstance(step, bytes):
                    connection.sendall(step)
                elif self._closing.wait(step):
                    return


def _read(connection: socket.socket) -> Received | None:
    connection.settimeout(5)
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return None
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    line, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (h.partition(":") for h in rest)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    return Received(line, headers, body)
