"""`python -m tests.bench.model_server`: an OpenAI-compatible server on 127.0.0.1, and a tool's.

It has no memory: "Call note 19 times." is answered by a call of `note` until the conversation
holds 19 results of it, then by a text. It prints its address, and ends when stdin does.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.bench.figures import ROOT, child_environment

ORDER = re.compile(r"Call (\w+) (\d+) times")
MODEL = "scripted"
FINAL = "All is noted."
INSTRUCTIONS = "Note things down, each once, in the order of their ranks. " * 16


def order(tool: str, count: int) -> str:
    """Return the task that this server understands."""
    return f"Call {tool} {count} times."


def arguments(number: int) -> dict[str, Any]:
    """Return what the tool is called with for the so-many-th time."""
    return {"text": f"note {number}: " + "a few words of ordinary length. " * 3, "rank": number}


@contextmanager
def model_server() -> Iterator[str]:
    """Yield the address of a server in a process of its own."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.model_server"],
        cwd=ROOT,
        env=child_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdin
    assert child.stdout
    try:
        yield child.stdout.readline().strip()
    finally:
        child.stdin.close()
        child.wait()
        child.stdout.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave in one packet
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked = self.path.endswith("/chat/completions")
        data = json.dumps(_completion(body) if asked else {"noted": body["rank"]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args: object) -> None:
        return


def _completion(request: dict[str, Any]) -> dict[str, Any]:
    message = _answer(request["messages"])
    finish = "tool_calls" if "tool_calls" in message else "stop"
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1767225600,
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 900, "completion_tokens": 40, "total_tokens": 940},
    }


def _answer(messages: list[dict[str, Any]]) -> dict[str, Any]:
    tool, wanted = _order(messages)
    made = sum(message["role"] == "tool" for message in messages)
    if made >= wanted:
        return {"role": "assistant", "content": FINAL}
    function = {"name": tool, "arguments": json.dumps(arguments(made + 1))}
    call = {"id": f"call_{made + 1}", "type": "function", "function": function}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def _order(messages: list[dict[str, Any]]) -> tuple[str, int]:
    for message in messages:
        if message["role"] == "user" and (found := ORDER.search(json.dumps(message["content"]))):
            return found[1], int(found[2])
    raise ValueError("the conversation holds no order")


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
