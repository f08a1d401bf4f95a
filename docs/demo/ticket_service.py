"""A small ticket service on 127.0.0.1, for the demo: `ticket_service.py [PORT]`, 0 for any.

    POST /tickets    opens a ticket: a JSON object of texts with at least `invoice` and `text`
    GET  /tickets    {"tickets": [...]}, oldest first

A request with an `Idempotency-Key` that was seen before opens nothing and gets that ticket again,
with 200 instead of 201. Tickets are kept in memory and end with the process. The first line on
stdout is the address.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MAX_BODY_BYTES = 16_384
MAX_DRAINED_BYTES = 1 << 20
MAX_TICKETS = 1_000
REQUIRED = ("invoice", "text")
TIMEOUT_S = 10.0


class RequestRefusedError(Exception):
    """A request that opens no ticket: the HTTP status and what is wrong."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Tickets:
    """The tickets, in the order they were opened; one at a time is opened."""

    def __init__(self) -> None:
        self._tickets: list[dict[str, Any]] = []
        self._by_key: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()

    def all(self) -> list[dict[str, Any]]:
        """Return every ticket, oldest first."""
        with self._lock:
            return list(self._tickets)

    def open(self, fields: dict[str, str], key: str | None) -> tuple[dict[str, Any], bool]:
        """Return the ticket of a key, and whether it was opened just now.

        Raises:
            RequestRefusedError: the service is full.
        """
        with self._lock:
            if key is not None and key in self._by_key:
                return self._by_key[key], False
            if len(self._tickets) >= MAX_TICKETS:
                raise RequestRefusedError(507, f"there are {MAX_TICKETS} tickets already")
            ticket = {"id": f"T-{len(self._tickets) + 1}", **fields}
            self._tickets.append(ticket)
            if key is not None:
                self._by_key[key] = ticket
            return ticket, True


class Requests(BaseHTTPRequestHandler):
    """One connection. The service's tickets are on its server."""

    server: "TicketServer"
    protocol_version = "HTTP/1.1"
    timeout = TIMEOUT_S

    def do_GET(self) -> None:
        """List the tickets."""
        if self.path != "/tickets":
            return self._refuse(404, "there is /tickets and nothing else")
        return self._answer(200, listing(self.server.tickets.all()))

    def do_POST(self) -> None:
        """Open a ticket."""
        if self.path != "/tickets":
            return self._refuse(404, "there is /tickets and nothing else")
        try:
            fields = parse(self._body())
            ticket, opened = self.server.tickets.open(fields, self.headers.get("Idempotency-Key"))
        except RequestRefusedError as error:
            return self._refuse(error.status, str(error))
        return self._answer(201 if opened else 200, json.dumps(ticket, ensure_ascii=False))

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            self.close_connection = True
            raise RequestRefusedError(411, "the request needs a Content-Length")
        if int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            self.rfile.read(min(int(length), MAX_DRAINED_BYTES))  # else a reset hides the answer
            raise RequestRefusedError(413, f"a ticket has {MAX_BODY_BYTES} bytes at the most")
        return self.rfile.read(int(length))

    def _refuse(self, status: int, message: str) -> None:
        self._answer(status, json.dumps({"error": message}))

    def _answer(self, status: int, text: str) -> None:
        body = f"{text}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name it has
        """Say nothing: the demo shows what it wants to show."""


class TicketServer(ThreadingHTTPServer):
    """The service, bound to 127.0.0.1."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Requests)
        self.tickets = Tickets()

    @property
    def url(self) -> str:
        """Where tickets are opened."""
        return f"http://127.0.0.1:{self.server_address[1]}/tickets"


def listing(tickets: list[dict[str, Any]]) -> str:
    """Return the JSON of all tickets, one a line."""
    lines = ",\n  ".join(json.dumps(ticket, ensure_ascii=False) for ticket in tickets)
    return f'{{"tickets": [\n  {lines}\n]}}' if tickets else '{"tickets": []}'


def parse(body: bytes) -> dict[str, str]:
    """Return the fields of a new ticket.

    Raises:
        RequestRefusedError: the body is not an object of texts with `invoice` and `text`.
    """
    try:
        fields = json.loads(body)
    except ValueError as error:
        raise RequestRefusedError(400, f"the body is not JSON: {error}") from error
    if not isinstance(fields, dict) or not all(isinstance(text, str) for text in fields.values()):
        raise RequestRefusedError(400, "a ticket is one object of texts")
    if missing := [name for name in REQUIRED if not fields.get(name)]:
        raise RequestRefusedError(400, f"a ticket needs {' and '.join(missing)}")
    return {name: text for name, text in fields.items() if name != "id"}


def main(arguments: list[str]) -> int:
    """Serve until interrupted."""
    if len(arguments) > 1 or not all(argument.isdecimal() for argument in arguments):
        sys.stderr.write("usage: ticket_service.py [PORT]\n")
        return 2
    with TicketServer(int(arguments[0]) if arguments else 0) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
