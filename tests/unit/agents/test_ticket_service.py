"""The demo's ticket service, over real HTTP."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SERVICE = Path(__file__).parents[3] / "docs" / "demo" / "ticket_service.py"
TICKET = {"invoice": "INV-1", "priority": "P2", "text": "no purchase order"}


@pytest.fixture
def service() -> Iterator[http.client.HTTPConnection]:
    command = [sys.executable, str(SERVICE), "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip().removeprefix("http://").removesuffix("/tickets")
        connection = http.client.HTTPConnection(address, timeout=10)
        yield connection
        connection.close()
        process.terminate()


def post(
    service: http.client.HTTPConnection, body: Any, key: str | None = None
) -> tuple[int, dict[str, Any]]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Idempotency-Key": key} if key else {}
    service.request("POST", "/tickets", data, headers)
    response = service.getresponse()
    return response.status, json.loads(response.read())


def tickets(service: http.client.HTTPConnection) -> list[dict[str, Any]]:
    service.request("GET", "/tickets")
    found: list[dict[str, Any]] = json.loads(service.getresponse().read())["tickets"]
    return found


def test_a_ticket_is_opened_and_listed(service: http.client.HTTPConnection) -> None:
    assert tickets(service) == []
    assert post(service, TICKET) == (201, {"id": "T-1", **TICKET})
    assert tickets(service) == [{"id": "T-1", **TICKET}]


def test_the_same_key_gets_the_same_ticket_and_another_key_another(
    service: http.client.HTTPConnection,
) -> None:
    answers = [post(service, TICKET, key) for key in ("a", "a", "b", None)]
    assert [(status, ticket["id"]) for status, ticket in answers] == [
        (201, "T-1"),
        (200, "T-1"),
        (201, "T-2"),
        (201, "T-3"),
    ]
    assert len(tickets(service)) == 3


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff", 400),
        (["INV-1"], 400),
        ({"invoice": "INV-1"}, 400),
        ({**TICKET, "priority": 1}, 400),
        (b" " * 20_000, 413),
    ],
)
def test_what_is_no_ticket_is_refused_in_words_and_opens_nothing(
    service: http.client.HTTPConnection, body: Any, status: int
) -> None:
    answer = post(service, body, "key")
    assert answer[0] == status
    assert answer[1]["error"]
    assert tickets(service) == []


def test_another_path_is_not_there(service: http.client.HTTPConnection) -> None:
    service.request("GET", "/")
    response = service.getresponse()
    assert (response.status, "tickets" in response.read().decode()) == (404, True)


def test_a_wrong_port_is_a_usage_error() -> None:
    done = subprocess.run(
        [sys.executable, SERVICE, "any"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, "usage: ticket_service.py [PORT]\n")
