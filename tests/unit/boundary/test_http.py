"""The way out over HTTP, against real sockets."""

import gzip
import signal
import socket
import threading
import time
import zlib
from collections.abc import Iterator, Sequence

import pytest

from runner.boundary.egress import Egress
from runner.boundary.http import HttpClient, HttpError, HttpRequest, HttpResponse
from runner.domain.errors import InterruptedRunError
from tests.scripted_server import HANG, ScriptedServer, plain

OK = "HTTP/1.1 200 OK\r\n"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def client(server: ScriptedServer) -> HttpClient:
    return HttpClient(Egress([f"127.0.0.1:{server.port}"]))


def get(url: str, within_s: float = 5.0, max_bytes: int = 1000, **headers: str) -> HttpRequest:
    return HttpRequest("GET", url, headers, None, within_s, max_bytes)


def failure(client: HttpClient, request: HttpRequest) -> HttpError:
    with pytest.raises(HttpError) as caught:
        client.send(request)
    return caught.value


def test_a_request_arrives_as_it_was_meant(server: ScriptedServer, client: HttpClient) -> None:
    server.script = [plain(b"hello", 201, x_thing="a")]
    request = HttpRequest(
        "POST", server.url + "/a%20b?q=1&r=%2F", {"X-Key": "k-123"}, b'{"a":1}', 5.0, 100
    )
    response = client.send(request)
    assert response == HttpResponse(201, {"content-length": "5", "x-thing": "a"}, b"hello")
    (received,) = server.received
    assert received.line == "POST /a%20b?q=1&r=%2F HTTP/1.1"
    assert received.body == b'{"a":1}'
    assert received.headers == {
        "host": f"127.0.0.1:{server.port}",
        "connection": "close",
        "accept": "*/*",
        "accept-encoding": "identity",
        "user-agent": "agentctl",
        "content-length": "7",
        "x-key": "k-123",
    }


@pytest.mark.parametrize("status", [204, 301, 302, 404, 500])
def test_every_status_is_returned_as_it_is(
    server: ScriptedServer, client: HttpClient, status: int
) -> None:
    server.script = [plain(b"", status, location="http://127.0.0.1:1/elsewhere")]
    assert client.send(get(server.url)).status == status
    assert len(server.received) == 1


def test_headers_that_come_twice_are_joined(server: ScriptedServer, client: HttpClient) -> None:
    server.script = [[f"{OK}X-A: 1\r\nx-a: 2\r\nContent-Length: 0\r\n\r\n".encode()]]
    assert client.send(get(server.url)).headers["x-a"] == "1, 2"


@pytest.mark.parametrize(
    "steps",
    [
        HANG,
        [b"HTTP/1.1 200 OK\r\n", *([b"X-A: 1\r\n", 0.1] * 40)],
        [f"{OK}Content-Length: 99\r\n\r\n".encode(), *([b"x", 0.1] * 40)],
        [*([b"HTTP/1.1 100 Continue\r\n\r\n", 0.1] * 40)],
    ],
    ids=["silence", "dripping headers", "dripping body", "endless continue"],
)
def test_the_deadline_covers_the_whole_exchange(
    server: ScriptedServer, client: HttpClient, steps: Sequence[bytes | float]
) -> None:
    server.script = [steps]
    started = time.monotonic()
    error = failure(client, get(server.url, within_s=0.25))
    assert time.monotonic() - started < 0.75
    assert (error.kind, error.sent) == ("timeout", True)


def test_a_server_that_never_reads_cannot_stretch_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        client = HttpClient(Egress(["127.0.0.1"]))
        request = HttpRequest("POST", f"http://127.0.0.1:{port}", {}, b"x" * (32 << 20), 0.25, 10)
        error = failure(client, request)
    assert (error.kind, error.sent) == ("timeout", True)


def test_no_time_at_all_means_that_nothing_was_sent(
    server: ScriptedServer, client: HttpClient
) -> None:
    error = failure(client, get(server.url, within_s=0))
    assert (error.kind, error.sent) == ("timeout", False)
    assert server.received == []


def test_a_slow_name_server_counts_against_the_deadline() -> None:
    release = threading.Event()

    def slow(host: str, port: int) -> list[str]:
        release.wait(5)
        return ["127.0.0.1"]

    client = HttpClient(Egress(["slow.example"], resolve=slow))
    started = time.monotonic()
    error = failure(client, get("http://slow.example/", within_s=0.2))
    release.set()
    assert time.monotonic() - started < 0.7
    assert (error.kind, error.sent) == ("timeout", False)


@pytest.mark.parametrize(
    "reply",
    [
        [],
        [b"HTTP/1.1 200 OK\r\nContent-Le"],
        [f"{OK}Content-Length: 10\r\n\r\nhalf".encode()],
        [f"{OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n".encode()],
        [b"this is not HTTP\r\n\r\n"],
        [f"{OK}Content-Encoding: gzip\r\n\r\n".encode(), gzip.compress(b"hello")[:-4]],
        [f"{OK}Content-Encoding: gzip\r\n\r\nplain".encode()],
        [f"{OK}Content-Encoding: br\r\n\r\nplain".encode()],
    ],
    ids=["nothing", "headers", "length", "chunked", "garbage", "gzip", "no gzip", "brotli"],
)
def test_an_answer_that_is_not_whole_is_an_error(
    server: ScriptedServer, client: HttpClient, reply: Sequence[bytes | float]
) -> None:
    server.script = [reply]
    error = failure(client, get(server.url))
    assert (error.kind, error.sent) == ("reset", True)
    assert f"127.0.0.1:{server.port}" in error.message


@pytest.mark.parametrize(
    ("coding", "packed"), [("gzip", gzip.compress), ("deflate", zlib.compress)]
)
def test_a_compressed_body_is_unpacked(
    server: ScriptedServer, client: HttpClient, coding: str, packed: object
) -> None:
    assert callable(packed)
    server.script = [plain(packed(b"hello" * 100), content_encoding=coding)]
    assert client.send(get(server.url)).body == b"hello" * 100


@pytest.mark.parametrize(
    "reply",
    [
        plain(b"x" * 1001),
        [f"{OK}\r\n".encode(), b"x" * 1001],
        plain(gzip.compress(b"x" * 10_000_000), content_encoding="gzip"),
    ],
    ids=["length", "until it closes", "bomb"],
)
def test_a_body_beyond_the_cap_is_an_error(
    server: ScriptedServer, client: HttpClient, reply: Sequence[bytes | float]
) -> None:
    server.script = [reply]
    error = failure(client, get(server.url))
    assert (error.kind, error.sent) == ("too_large", True)


def test_a_body_of_just_the_cap_is_fine(server: ScriptedServer, client: HttpClient) -> None:
    server.script = [plain(b"x" * 1000)]
    assert len(client.send(get(server.url)).body) == 1000


def test_a_refused_connection_has_sent_nothing(client: HttpClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = failure(HttpClient(Egress([f"127.0.0.1:{port}"])), get(f"http://127.0.0.1:{port}/"))
    assert (error.kind, error.sent) == ("connection", False)


def test_a_failed_tls_handshake_has_sent_nothing(
    server: ScriptedServer, client: HttpClient
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_in_plain_text() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer_in_plain_text)
        thread.start()
        port = listener.getsockname()[1]
        error = failure(HttpClient(Egress(["127.0.0.1"])), get(f"https://127.0.0.1:{port}/"))
        thread.join()
    assert (error.kind, error.sent) == ("connection", False)


def test_the_next_address_is_tried_when_one_refuses(server: ScriptedServer) -> None:
    server.script = [plain(b"here")]
    egress = Egress(["two.example", "localhost"], resolve=lambda *_: ["::1", "127.0.0.1"])
    response = HttpClient(egress).send(get(f"http://two.example:{server.port}/"))
    assert response.body == b"here"
    assert server.received[0].headers["host"] == f"two.example:{server.port}"


def test_the_connection_goes_to_the_address_that_was_checked(server: ScriptedServer) -> None:
    """DNS rebinding: the name server says something else when it is asked again."""
    answers = iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]])
    asked: list[str] = []

    def changing(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    server.script = [plain(b"first")]
    egress = Egress(["rebound.example", "127.0.0.1"], resolve=changing)
    client = HttpClient(egress)
    assert client.send(get(f"http://rebound.example:{server.port}/")).body == b"first"
    assert asked == ["rebound.example"]
    error = failure(client, get(f"http://rebound.example:{server.port}/"))
    assert (error.kind, error.sent) == ("egress", False)


@pytest.mark.parametrize(
    "url",
    [
        "http://allowed.example@127.0.0.1:1/",
        "http://user:secret-password@allowed.example/",
        "ftp://allowed.example/",
        "file:///etc/passwd",
        "allowed.example/path",
        "http://",
        "http:///path",
        "http://allowed.example:0/",
        "http://allowed.example:99999/",
        "http://allowed.example\\@127.0.0.1/",
        "http://allowed.example/a b",
        "http://allowed.example/\r\nX-Evil: 1",
        "http://allowed.example\t.evil/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://[::1",
        "http://[fe80::1%25eth0]/",
        "http://xn--/",
        "http://a..b/",
        "http://allowed%2eexample/",
        "http://\uff11\uff12\uff17.0.0.1/",
        "http://" + "a" * 300 + ".example/",
    ],
)
def test_a_url_that_readers_could_understand_differently_is_refused(url: str) -> None:
    def nobody(host: str, port: int) -> list[str]:
        pytest.fail(f"{host} was looked up")

    client = HttpClient(Egress(["allowed.example"], resolve=nobody))
    error = failure(client, get(url))
    assert (error.kind, error.sent) == ("bad_url", False)
    assert "secret-password" not in error.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Host", "elsewhere"),
        ("content-length", "1"),
        ("Transfer-Encoding", "chunked"),
        ("X A", "secret-1"),
        ("X-A\r\nX-B", "secret-1"),
        ("X-A", "secret-1\r\nX-Evil: 1"),
        ("X-A", "secret-1\u00e4"),
        ("X-A", "secret-1\n"),
    ],
)
def test_headers_that_would_change_the_request_are_refused_unseen(
    server: ScriptedServer, client: HttpClient, name: str, value: str
) -> None:
    error = failure(client, HttpRequest("GET", server.url, {name: value}))
    assert (error.kind, error.sent) == ("bad_url", False)
    assert "secret-1" not in str(error)
    assert server.received == []


def test_secrets_do_not_show_in_a_request() -> None:
    assert "secret" not in repr(HttpRequest("GET", "http://a/", {"k": "secret"}, b"secret"))


def test_proxies_of_the_environment_are_ignored(
    server: ScriptedServer, client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    server.script = [plain(b"direct")]
    assert client.send(get(server.url)).body == b"direct"


def test_an_interrupt_passes_through_unchanged(server: ScriptedServer, client: HttpClient) -> None:
    def stop(number: int, frame: object) -> None:
        raise InterruptedRunError("stop", signal_number=number)

    server.script = [HANG]
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with pytest.raises(InterruptedRunError):
            client.send(get(server.url))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_one_client_serves_several_threads(server: ScriptedServer, client: HttpClient) -> None:
    server.script = [[0.05, *plain(b"x")] for _ in range(8)]
    bodies: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: bodies.append(client.send(get(server.url)).body))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()
    assert bodies == [b"x"] * 8
