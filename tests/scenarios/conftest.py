"""Real parts for scenarios: a model server, a ticket service, a project, the command."""

import gc
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from runner.__main__ import main

ROOT = Path(__file__).parents[2]
Answer = Callable[[dict[str, Any]], dict[str, Any] | bytes | int]
"""From a chat-completions request to a message, raw bytes for the body, or an HTTP status."""


class QuietHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args: object) -> None:
        return

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def reply(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class QuietServer(ThreadingHTTPServer):
    """Says nothing of clients that hung up: its stderr may be the one that a command writes to."""

    def handle_error(self, *_request: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*_request)


class Server:
    """A threading HTTP server on a free port of 127.0.0.1."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self._server = QuietServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass
class Provider:
    """A model server: `answer` is asked for each request."""

    answer: Answer
    requests: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def provider() -> Iterator[Provider]:
    told = Provider(answer=lambda _request: {"content": "done"})

    class Handler(QuietHandler):
        def do_POST(self) -> None:
            request = json.loads(self.body())
            told.requests.append(request)
            answer = told.answer(request)
            if isinstance(answer, int):
                self.reply(answer, b'{"error": {"message": "no"}}')
            elif isinstance(answer, bytes):
                self.reply(200, answer)
            else:
                self.reply(200, completion(answer))

    server = Server(Handler)
    told.url = server.url + "/v1"
    yield told
    server.close()


def completion(message: dict[str, Any]) -> bytes:
    finish = "tool_calls" if message.get("tool_calls") else "stop"
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    return json.dumps(
        {"id": "x", "model": "scripted", "choices": [choice], "usage": usage}
    ).encode()


def call(name: str, arguments: dict[str, Any] | str, call_id: str = "c1") -> dict[str, Any]:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    function = {"name": name, "arguments": text}
    return {
        "content": None,
        "tool_calls": [{"id": call_id, "type": "function", "function": function}],
    }


def results_in(request: dict[str, Any]) -> list[str]:
    """What the tools gave so far, as the model was told."""
    return [m["content"] for m in request["messages"] if m["role"] == "tool"]


@dataclass
class Tickets:
    """A ticket service. It honours Idempotency-Key when told to."""

    idempotent: bool = True
    posts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    effects: list[dict[str, Any]] = field(default_factory=list)
    after_effect: Callable[[], None] | None = None
    statuses: list[int] = field(default_factory=list)
    """What the next requests are answered with, instead of being done."""
    url: str = ""

    def answer(self, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.statuses:
            self.posts.append((key, body))
            return self.statuses.pop(0), {"error": "not now"}
        return 201, self.post(key, body)

    def post(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        known = {k: number for number, (k, _b) in reversed(list(enumerate(self.posts, 1)))}
        self.posts.append((key, body))
        if self.idempotent and key in known:
            return {"id": f"T-{known[key]}"}
        self.effects.append(body)
        if self.after_effect:
            self.after_effect()
        return {"id": f"T-{len(self.posts)}"}


@pytest.fixture
def tickets() -> Iterator[Tickets]:
    service = Tickets()

    class Handler(QuietHandler):
        def do_POST(self) -> None:
            key = self.headers.get("Idempotency-Key") or ""
            status, answer = service.answer(key, json.loads(self.body()))
            self.reply(status, json.dumps(answer).encode())

    server = Server(Handler)
    service.url = server.url
    yield service
    server.close()


TOOLS = """\
- name: open_ticket
  description: Open one ticket.
  inputSchema:
    type: object
    additionalProperties: false
    required: [title]
    properties: {title: {type: string, description: What it is about}}
  annotations: {readOnlyHint: false, destructiveHint: false, idempotentHint: IDEMPOTENT}
  call: {kind: http, method: POST, url: {var: tickets_url}, timeout: 5s}
  dry_run: {result: {id: T-0}}
- name: read_file
  description: Read the list of things.
  inputSchema: {type: object, additionalProperties: false, properties: {}}
  annotations: {readOnlyHint: true}
  call: {kind: command, argv: [cat, LIST], timeout: 5s}
"""
AGENT = """\
spec_version: 1
name: opener
description: Open tickets.
variables:
  tickets_url: {type: string, format: uri, description: Where tickets are opened.}
model:
  id: test/scripted
  base_url: MODEL_URL
  timeout: 5s
  price: {input: 1.0, output: 2.0}
instructions: {text: Open tickets.}
task: {text: Go.}
tools: {file: tools.yaml}
limits: {max_cost_usd: 0.5, timeout: 30s}
"""


@dataclass
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Captured(io.BytesIO):
    """Bytes that can still be read when the stream around them is closed."""

    def close(self) -> None:
        return


def _done(code: int, out: bytes, err: bytes) -> Done:
    assert b"Traceback" not in err + out
    return Done(code, out.decode(), err.decode())


@contextmanager
def _as_if_started(
    root: Path, environment: dict[str, str], args: tuple[str, ...]
) -> Iterator[tuple[io.BytesIO, io.BytesIO]]:
    """Make this process look like one that was started in a directory, with captured output."""
    before = Path.cwd(), dict(os.environ), sys.argv, (sys.stdin, sys.stdout, sys.stderr)
    out, err = Captured(), Captured()
    try:
        os.chdir(root)
        _replace_environment(environment)
        sys.argv = ["agentctl", *args]
        with Path(os.devnull).open(encoding="utf-8") as sys.stdin:
            sys.stdout = io.TextIOWrapper(out, encoding="utf-8", write_through=True)
            sys.stderr = io.TextIOWrapper(err, encoding="utf-8", write_through=True)
            yield out, err
    finally:
        cwd, variables, sys.argv, (sys.stdin, sys.stdout, sys.stderr) = before
        os.chdir(cwd)
        _replace_environment(variables)
        gc.enable()


def _replace_environment(variables: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)


@dataclass
class Project:
    """A user's directory with one agent, and the command to run in it."""

    root: Path
    environment: dict[str, str]

    @property
    def agent(self) -> Path:
        return self.root / "agent-configs" / "opener"

    @property
    def state(self) -> Path:
        return self.root / ".agentctl"

    def write(self, path: str, text: str | bytes) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return target

    def start(self, *args: str, **more: Any) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "runner", *args],
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **more,
        )

    def agentctl(self, *args: str) -> Done:
        """Run a command to its end, in this process: starting one costs more than most commands.

        The whole way from `__main__` is the real one; `process` starts a real process.
        """
        with _as_if_started(self.root, self.environment, args) as (out, err):
            try:
                main()
            except SystemExit as end:
                code = end.code
        assert isinstance(code, int)
        return _done(code, out.getvalue(), err.getvalue())

    def process(self, *args: str) -> Done:
        """Run a command to its end in a process of its own."""
        child = self.start(*args)
        out, err = child.communicate(timeout=60)
        return _done(child.returncode, out.encode(), err.encode())

    def journals(self) -> list[Path]:
        return sorted(self.state.glob("journal/*/*/*.jsonl"))

    def events(self, path: Path | None = None) -> list[dict[str, Any]]:
        lines = (path or self.journals()[-1]).read_text().splitlines()
        return [json.loads(line) for line in lines]

    def events_whole(self) -> list[dict[str, Any]]:
        """The events of a journal whose last line may be torn."""
        lines = self.journals()[-1].read_text().splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]


@pytest.fixture
def project(tmp_path: Path, provider: Provider, tickets: Tickets) -> Project:
    root = tmp_path / "project"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(ROOT),
    }
    made = Project(root, environment)
    listed = made.write("list.txt", "a\nb\n")
    tools = TOOLS.replace("LIST", str(listed)).replace("IDEMPOTENT", "true")
    made.write("agent-configs/opener/tools.yaml", tools)
    made.write("agent-configs/opener/agent.yaml", AGENT.replace("MODEL_URL", provider.url))
    made.write(
        "agent-configs/environments/dev/opener.yaml",
        f"version: worktree\nvalues: {{tickets_url: '{tickets.url}'}}\n",
    )
    made.write("agentctl.yaml", "default_environment: dev\nenvironments: {dev: {}}\n")
    return made


def opens(*titles: str) -> Answer:
    """A model that opens one ticket after the other, whatever process asks."""

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        made = len(results_in(request))
        if made < len(titles):
            return call("open_ticket", {"title": titles[made]}, f"c{made}")
        return {"content": "all done"}

    return answer


@pytest.fixture
def model_opens() -> Callable[..., Answer]:
    return opens


@pytest.fixture
def model_calls() -> Callable[..., dict[str, Any]]:
    return call
