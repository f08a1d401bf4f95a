"""No secret in any file below the state directory, on stdout, on stderr or in a cassette."""

import base64
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.app.executing.running import RunOptions, run_agent
from runner.cli.failing import report
from tests.fuzzing import agentctl, profile

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


ODD = """\
import base64, json, os
from urllib.parse import quote


def say(how: str) -> object:
    \"\"\"Return, or raise, what must never be known.\"\"\"
    token = os.environ["TOKEN"]
    if how == "raise":
        raise RuntimeError(f"with {token} and {token!r}")
    forms = {
        "plain": token,
        "json": json.dumps(token),
        "twice": json.dumps(json.dumps({"a": token})),
        "url": quote(token, safe=""),
        "name": {token: [token]},
        "base64": [base64.b64encode(b"x" * n + token.encode()).decode() for n in range(4)],
        "bytes": base64.urlsafe_b64encode(token.encode()).decode(),
    }
    return forms[how]
"""
ODD_TOOL = """\
- name: say
  description: Say it in a form.
  inputSchema:
    type: object
    additionalProperties: false
    properties: {how: {type: string, description: Which form.}}
  annotations: {readOnlyHint: true}
  call: {kind: python, file: tools/odd.py, function: say, env: {TOKEN: {env: TOOL_TOKEN}}}
- name: post
  description: Post to a service that repeats what it is sent.
  inputSchema: {type: object, additionalProperties: false, properties: {}}
  annotations: {readOnlyHint: false, destructiveHint: false, idempotentHint: true}
  call: {kind: http, url: "SERVICE", headers: {Authorization: {env: MODEL_KEY, prefix: "Bearer "}}}
"""
FORMS = ("plain", "json", "twice", "url", "name", "base64", "bytes", "raise")
VALUES = [
    "quotes \"and\" 'more' \\ back\\\\slashes\ntwo\nlines\tand a tab",
    "percent %41%2F and + plus a=b&c=d?e#f;g",
    "ünïcödé 🔑 ключ \u202eright to left\u200b",
    "{{ braces }} {% and %} $marks </script><!-- & &amp; -->",
    "[redacted:OTHER] and spaces and dots ...  ",
]


def every_form(secret: str) -> set[str]:
    """What a secret looks like in all encodings that are known, once and twice."""
    raw = secret.encode()
    cores = []
    for n in range(3):
        encoded = base64.b64encode(b"x" * n + raw).decode()
        cores.append(encoded[-(-8 * n // 6) : 8 * (n + len(raw)) // 6])
    forms = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1]}
    forms |= {*cores, *(core.translate({43: 45, 47: 95}) for core in cores)}
    for ascii_only in (True, False):
        once = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        forms |= {once, json.dumps(once, ensure_ascii=ascii_only)[1:-1]}
    return forms


@pytest.fixture
def odd(leaky: Any, tickets: Any) -> Any:
    leaky.write("agent-configs/opener/tools/odd.py", ODD)
    tools = leaky.agent / "tools.yaml"
    tools.write_text(tools.read_text() + ODD_TOOL.replace("SERVICE", tickets.url))
    return leaky


def never_told(project: Any, provider: Any, tickets: Any, model_calls: Any, token: str) -> None:
    """Run in all modes while everybody repeats the secrets; nothing of them may be left."""
    key = "key-" + quote(token, safe="")[:40]
    environment = {"TOOL_TOKEN": token, "MODEL_KEY": key}
    script = [model_calls("say", {"how": how}) for how in FORMS]
    script += [model_calls("post", {}), model_calls("echo", {"fail": True})]
    script += [model_calls("echo", {"text": f"{token} {key}"}), model_calls(f"tool {token}", {})]
    script += [{"content": json.dumps({"a": [key, token], token: quote(key)})}]
    answer = lambda request: script[sum(m["role"] == "tool" for m in request["messages"])]  # noqa: E731
    tickets.answer = lambda _key, _body: (400, {"error": [f"you sent {key}", token]})
    last = ("show", "last")
    asked = [
        (answer, ("run", "opener", "--record", str(project.root / "tape.jsonl"))),
        (answer, ("--debug", "run", "opener", "--dry-run", "-o", "json")),
        (lambda _: refusal(key, token), ("--debug", "run", "opener")),
        (answer, (*last, "--full")),
        (answer, (*last, "-o", "json")),
        (answer, ("logs", "last")),
        (answer, ("runs", "-o", "yaml")),
        (answer, ("audit", "verify", "-o", "json")),
        (answer, ("--debug", "resume", "last")),
        (answer, ("run", "opener", "--key", "k1", "-i", f"x={token}")),
    ]
    told = []
    with given_to_this_process(environment):
        for provider.answer, args in asked:
            told += [str(part) for part in agentctl(project.root, *args)]
    everything = written(project.root) + "".join(told)
    assert "[redacted:TOOL_TOKEN]" in everything
    for secret in (token, key):
        assert [form for form in every_form(secret) if form in everything] == []


def refusal(key: str, token: str) -> bytes:
    return json.dumps({"error": {"message": f"no {key}", "type": token, "code": "x"}}).encode()


@contextmanager
def given_to_this_process(variables: dict[str, str]) -> Iterator[None]:
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables:
            del os.environ[name]


@pytest.mark.parametrize("value", VALUES)
def test_a_secret_of_any_characters_is_never_told(
    odd: Any, provider: Any, tickets: Any, model_calls: Callable[..., Any], value: str
) -> None:
    never_told(odd, provider, tickets, model_calls, value)


@profile(3)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=7, max_size=24))
def test_nor_is_one_that_nobody_thought_of(
    odd: Any, provider: Any, tickets: Any, model_calls: Callable[..., Any], value: str
) -> None:
    shutil.rmtree(odd.state, ignore_errors=True)
    never_told(odd, provider, tickets, model_calls, f"zq{value}")


@pytest.mark.parametrize("cause", [None, ValueError(f"the cause holds {TOKEN}")])
def test_a_bug_of_agentctl_itself_tells_none(
    leaky: Any, provider: Any, capsys: Any, cause: Exception | None
) -> None:
    """The text of an exception may hold anything; a traceback prints it, and its causes too."""

    def observe(event: Any) -> None:
        if event.type == "run.started":
            raise RuntimeError("something broke" if cause else f"at {TOKEN}") from cause

    with given_to_this_process({"TOOL_TOKEN": TOKEN, "MODEL_KEY": KEY}):
        with pytest.raises(RuntimeError) as raised:
            run_agent(leaky.root, None, RunOptions("opener", lambda _: {}), observe, print)
        assert report(raised.value, ["--debug"]) == 70
        told = capsys.readouterr().err
    assert "in observe" in told
    assert leaky.events()[-1]["failure"]["kind"] == "bug"
    everything = told + written(leaky.root)
    assert "[redacted:TOOL_TOKEN]" in everything
    assert [form for form in every_form(TOKEN) if form in everything] == []
