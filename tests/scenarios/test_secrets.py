"""No secret in any file below the state directory, on stdout, on stderr or in a cassette."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

KEY = 'model/key+"quoted"-0123456789'
TOKEN = "tool token äöü & more 42"
ECHO = """\
#!/usr/bin/env python3
import json, os, sys
given = json.load(sys.stdin)
sys.stderr.write("the token is " + os.environ["TOKEN"])
print(json.dumps({"token": os.environ["TOKEN"], "given": given}))
sys.exit(1 if given.get("fail") else 0)
"""
TOOL = """\
- name: echo
  description: Say everything.
  inputSchema:
    type: object
    additionalProperties: false
    properties:
      fail: {type: boolean, description: Whether to fail.}
      text: {type: string, description: What to say.}
  annotations: {readOnlyHint: false, destructiveHint: false, idempotentHint: true}
  call: {kind: command, argv: [tools/echo.py], env: {TOKEN: {env: TOOL_TOKEN}}}
"""


def encodings(secret: str) -> list[str]:
    raw = secret.encode()
    cores = [base64.b64encode(b"x" * n + raw)[4 + 2 : -4].decode()[:16] for n in range(3)]
    return [secret, quote(secret, safe=""), json.dumps(secret)[1:-1], *cores]


@pytest.fixture
def leaky(project: Any) -> Any:
    project.environment |= {"MODEL_KEY": KEY, "TOOL_TOKEN": TOKEN}
    project.write("agent-configs/opener/tools/echo.py", ECHO)
    tools = project.agent / "tools.yaml"
    tools.write_text(tools.read_text() + TOOL)
    agent = project.agent / "agent.yaml"
    text = agent.read_text().replace("  timeout: 5s", "  api_key: {env: MODEL_KEY}\n  timeout: 5s")
    agent.write_text(text)
    return project


def written(root: Path) -> str:
    files = [
        path for path in root.rglob("*") if path.is_file() and "agent-configs" not in path.parts
    ]
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in files)


def test_no_secret_is_written_or_shown(
    leaky: Any, provider: Any, model_calls: Callable[..., Any]
) -> None:
    script = [
        model_calls("echo", {"text": "hello"}),
        model_calls("echo", {"fail": True}),
        model_calls("echo", {"text": f"my key is {KEY}"}),
        model_calls(f"tool-{KEY}", {}),
        {"content": f"key {KEY} token {TOKEN} {quote(TOKEN)} {base64.b64encode(TOKEN.encode())!r}"},
    ]
    provider.answer = lambda request: script[
        sum(message["role"] == "tool" for message in request["messages"])
    ]
    outputs = [
        leaky.agentctl("run", "opener", "--record", "tape.jsonl"),
        leaky.agentctl("show", "last", "--full"),
        leaky.agentctl("logs", "last"),
        leaky.agentctl("runs", "-o", "json"),
    ]
    assert outputs[0].code == 0, outputs[0].err
    everything = written(leaky.root) + "".join(done.out + done.err for done in outputs)
    assert "[redacted:TOOL_TOKEN]" in everything
    assert "[redacted:MODEL_KEY]" in everything
    for secret in (KEY, TOKEN):
        found = [encoded for encoded in encodings(secret) if encoded in everything]
        assert found == []


def test_what_a_tool_said_is_redacted_before_the_model_sees_it(
    leaky: Any, provider: Any, model_calls: Callable[..., Any]
) -> None:
    provider.answer = lambda request: (
        {"content": "done"}
        if any(message["role"] == "tool" for message in request["messages"])
        else model_calls("echo", {})
    )
    leaky.agentctl("run", "opener")
    told = provider.requests[-1]["messages"][-1]["content"]
    assert TOKEN not in told
    assert "[redacted:TOOL_TOKEN]" in told


def test_a_call_with_a_secret_in_its_arguments_is_never_made(
    leaky: Any, provider: Any, tickets: Any, model_calls: Callable[..., Any]
) -> None:
    provider.answer = lambda request: (
        {"content": "done"}
        if any(message["role"] == "tool" for message in request["messages"])
        else model_calls("open_ticket", {"title": f"the key is {KEY}"})
    )
    assert leaky.agentctl("run", "opener").code == 0
    assert tickets.posts == []


@pytest.mark.parametrize(("value", "words"), [(None, "MODEL_KEY"), ("short", "8 characters")])
def test_a_secret_that_cannot_be_used_is_told_by_name(
    leaky: Any, provider: Any, value: str | None, words: str
) -> None:
    del leaky.environment["MODEL_KEY"]
    if value:
        leaky.environment["MODEL_KEY"] = value
    done = leaky.agentctl("run", "opener")
    assert done.code == 2
    assert words in done.err
    assert (provider.requests, leaky.journals()) == ([], [])


def test_no_call_is_made_beside_a_secret_in_an_answer(
    leaky: Any, provider: Any, tickets: Any, model_calls: Callable[..., Any]
) -> None:
    provider.answer = lambda request: (
        {"content": "done"}
        if any(message["role"] == "tool" for message in request["messages"])
        else {**model_calls("open_ticket", {"title": "fine"}), "content": f"the key is {KEY}"}
    )
    assert leaky.agentctl("run", "opener").code == 0
    assert tickets.posts == []


def test_a_mark_that_is_spelled_otherwise_is_a_mark(
    leaky: Any, provider: Any, tickets: Any, model_calls: Callable[..., Any]
) -> None:
    provider.answer = lambda request: (
        {"content": "done"}
        if any(message["role"] == "tool" for message in request["messages"])
        else model_calls("open_ticket", '{"title": "\\u005bredacted:MODEL_KEY] hi"}')
    )
    assert leaky.agentctl("run", "opener").code == 0
    assert tickets.posts == []


@pytest.mark.parametrize(
    ("secret", "args", "words"),
    [
        ("nightly-0001", ("--key", "nightly-0001"), "the job's key holds the value of a secret"),
        ("http://127.0.0.1", (), "the model holds the value of a secret"),
        ("succeeded", (), "a word that journals are made of"),
        ("worktree", (), "the version holds the value of a secret"),
    ],
)
def test_a_secret_never_names_a_run(
    leaky: Any, provider: Any, secret: str, args: tuple[str, ...], words: str
) -> None:
    leaky.environment["TOOL_TOKEN"] = secret
    done = leaky.agentctl("run", "opener", *args)
    assert done.code == 2
    assert words in done.err
    assert (provider.requests, leaky.journals()) == ([], [])


def test_a_cassette_run_hides_a_key_that_it_does_not_need(
    leaky: Any, provider: Any, model_calls: Callable[..., Any]
) -> None:
    leaky.write("list.txt", f"the key is {KEY}")
    provider.answer = lambda request: (
        {"content": "done"}
        if any(message["role"] == "tool" for message in request["messages"])
        else model_calls("read_file", {})
    )
    assert leaky.agentctl("run", "opener", "--record", "tape.jsonl").code == 0
    assert leaky.agentctl("run", "opener", "--cassette", "tape.jsonl").code == 0
    assert KEY not in "".join(path.read_text() for path in leaky.journals())
