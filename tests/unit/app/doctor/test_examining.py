"""What an agent needs, looked for in a real project with a real model server."""

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from runner.app.doctor.examining import MACHINE, Examined, examine
from runner.app.doctor.need import Need
from runner.domain.errors import IntegrityError, UsageError

KEY = "sk-doctor-0123456789"
AGENT = """\
spec_version: 1
name: opener
description: Open tickets.
variables:
  tickets_url: {type: string, format: uri, description: Where tickets are opened.}
  level: {type: integer, default: 3}
model:
  id: test/scripted
  base_url: MODEL_URL
  api_key: {env: DOCTOR_KEY}
  price: {input: 1.0, output: 2.0}
instructions: {file: prompt.md}
task: {text: Go.}
tools: {file: tools.yaml}
network: {allow: ALLOW}
"""
TOOL = """\
- name: NAME
  description: A tool.
  inputSchema: {type: object, additionalProperties: false, properties: {}}
  annotations: {readOnlyHint: true}
  call: CALL
"""
HTTP = "{kind: http, method: GET, url: {var: tickets_url}, headers: {A: {env: DOCTOR_TOKEN}}}"


@dataclass
class ModelServer:
    """Answers GET /v1/models; remembers what it was asked."""

    status: int = 200
    body: bytes = b'{"object": "list", "data": [{"id": "scripted"}]}'
    url: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def lists(self, *names: str) -> None:
        self.body = json.dumps({"data": [{"id": name} for name in names]}).encode()


@pytest.fixture
def server() -> Iterator[ModelServer]:
    told = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append((self.path, self.headers.get("Authorization")))
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        def log_message(self, *_args: object) -> None:
            return

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    told.url = f"http://127.0.0.1:{http.server_address[1]}/v1"
    yield told
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture
def closed() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@dataclass
class Patient:
    """A project with one agent; `needs` examines it."""

    root: Path
    model_url: str

    @property
    def agent(self) -> Path:
        return self.root / "agent-configs" / "opener"

    def write(self, path: str, text: str) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        return target

    def agent_yaml(self, text: str = AGENT, allow: str = "[]") -> None:
        filled = text.replace("MODEL_URL", self.model_url).replace("ALLOW", allow)
        self.write("agent-configs/opener/agent.yaml", filled)

    def tools(self, *calls: str) -> None:
        tools = [TOOL.replace("NAME", f"t{n}").replace("CALL", c) for n, c in enumerate(calls)]
        self.write("agent-configs/opener/tools.yaml", "".join(tools) or "[]\n")

    def pointer(self, values: str) -> None:
        path = "agent-configs/environments/dev/opener.yaml"
        self.write(path, f"version: worktree\nvalues: {values}\n")

    def examined(self, name: str | None = "opener", *, offline: bool = False) -> list[Examined]:
        return list(examine(self.root, None, name, offline=offline))

    def needs(self, kind: str, *, offline: bool = False) -> list[Need]:
        (one,) = self.examined(offline=offline)
        return [need for need in one.needs if need.kind == kind]


@pytest.fixture
def patient(tmp_path: Path, server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> Patient:
    monkeypatch.setenv("DOCTOR_KEY", KEY)
    monkeypatch.setenv("DOCTOR_TOKEN", "token-0123456789")
    made = Patient(tmp_path / "project", server.url)
    made.agent_yaml()
    made.write("agent-configs/opener/prompt.md", "Open tickets.")
    made.tools(HTTP)
    made.pointer(f"{{tickets_url: '{server.url.removesuffix('/v1')}'}}")
    made.write("agentctl.yaml", "default_environment: dev\nenvironments: {dev: {}}\n")
    return made


def test_an_agent_that_has_everything(patient: Patient, server: ModelServer) -> None:
    (one,) = patient.examined()
    place = server.url.removeprefix("http://").removesuffix("/v1")
    assert one.subject == "opener@worktree in dev"
    assert one.bad == 0
    assert [(need.kind, need.name, need.status, need.where) for need in one.needs] == [
        ("variable", "tickets_url", "ok", "agent-configs/environments/dev/opener.yaml"),
        ("variable", "level", "ok", "the default in agent-configs/opener/agent.yaml"),
        ("secret", "DOCTOR_KEY", "ok", "the environment"),
        ("secret", "DOCTOR_TOKEN", "ok", "the environment"),
        ("file", "agent.yaml", "ok", "agent-configs/opener"),
        ("file", "prompt.md", "ok", "agent-configs/opener"),
        ("file", "tools.yaml", "ok", "agent-configs/opener"),
        ("server", place, "ok", server.url),
        ("model", "test/scripted", "ok", server.url),
        ("host", place, "ok", "127.0.0.1 answers"),
    ]
    assert server.asked == [("/v1/models", f"Bearer {KEY}")]


def test_a_variable_without_a_value_names_the_pointer(patient: Patient) -> None:
    patient.pointer("{}")
    missing = patient.needs("variable", offline=True)[0]
    assert missing.status == "missing"
    assert "agent-configs/environments/dev/opener.yaml" in missing.help
    assert "Where tickets are opened" in missing.help


def test_a_variable_without_a_pointer_names_the_flag(patient: Patient) -> None:
    patient.write("agentctl.yaml", "")
    assert "--set tickets_url=VALUE" in patient.needs("variable", offline=True)[0].help


def test_a_wrong_value_is_not_shown(patient: Patient) -> None:
    patient.pointer("{tickets_url: 'http://127.0.0.1', level: 'pass-word', more: 1}")
    _url, level, more = patient.needs("variable", offline=True)
    assert (level.status, level.help) == ("wrong", "its value must be of type integer")
    assert (more.name, more.status) == ("more", "wrong")


@pytest.mark.parametrize(
    ("value", "status", "words"),
    [
        (None, "missing", "export DOCTOR_KEY=...; needed by model.api_key"),
        ("", "missing", "is not set"),
        ("short", "wrong", "shorter than 8 characters"),
        ("1234567890", "wrong", "plain number"),
        ("tool.started", "wrong", "a word that journals are made of"),
    ],
)
def test_a_secret_that_cannot_be_used_says_why(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, value: str | None, status: str, words: str
) -> None:
    if value is None:
        monkeypatch.delenv("DOCTOR_KEY")
    else:
        monkeypatch.setenv("DOCTOR_KEY", value)
    secret = patient.needs("secret", offline=True)[0]
    assert (secret.name, secret.status) == ("DOCTOR_KEY", status)
    assert words in secret.help


def test_a_secret_is_told_once_with_all_that_need_it(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOCTOR_TOKEN")
    bearer = HTTP.replace("DOCTOR_TOKEN}", "DOCTOR_TOKEN, prefix: 'Bearer '}")
    patient.tools(HTTP, bearer, "{kind: command, argv: [cat], env: {T: {env: DOCTOR_TOKEN}}}")
    _key, token = patient.needs("secret", offline=True)
    assert token.help.endswith("needed by the tool t0, the tool t1, the tool t2")


def test_a_secret_file_that_others_may_read_is_a_warning(patient: Patient) -> None:
    patient.agent_yaml(AGENT.replace("{env: DOCTOR_KEY}", "{file: secrets/key}"))
    assert patient.needs("secret", offline=True)[0].status == "missing"
    file = patient.write("secrets/key", KEY + "\n")
    file.chmod(0o644)
    warned = patient.needs("secret", offline=True)[0]
    assert (warned.status, warned.where) == ("warning", "secrets/key")
    assert "chmod 600 secrets/key" in warned.help
    file.chmod(0o600)
    assert patient.needs("secret", offline=True)[0].status == "ok"
    file.write_bytes(b"\xff" * 20)
    assert patient.needs("secret", offline=True)[0].status == "wrong"


@pytest.mark.parametrize(
    ("status", "body", "expected", "words"),
    [
        (200, None, ("ok", "ok"), ""),
        (401, None, ("wrong", "skipped"), "refuses the key in DOCTOR_KEY (status 401)"),
        (404, None, ("warning", "skipped"), "reachable, but it gives no list of models"),
        (200, b"<html>", ("warning", "skipped"), "cannot be read"),
        (200, b'{"data": 7}', ("warning", "skipped"), "cannot be read"),
        (200, b'"' + b"x" * (8 << 20) + b'"', ("warning", "skipped"), "larger than"),
        (503, None, ("unreachable", "skipped"), "503; try again later"),
    ],
)
def test_the_model_server_is_asked_what_it_has(
    patient: Patient,
    server: ModelServer,
    status: int,
    body: bytes | None,
    expected: tuple[str, str],
    words: str,
) -> None:
    server.status = status
    server.body = server.body if body is None else body
    (asked,), (model,) = patient.needs("server"), patient.needs("model")
    assert (asked.status, model.status) == expected
    assert words in asked.help


@pytest.mark.parametrize(
    ("names", "status", "words"),
    [
        (["scripted"], "ok", ""),
        (["models/scripted"], "ok", ""),
        (["scripted-2", "other"], "warning", "did you mean `scripted-2`?"),
        (list("abcdefg"), "warning", "it lists `a`, `b`, `c`, `d`, `e` and 2 more"),
        ([], "warning", "it lists none at all"),
    ],
)
def test_a_model_that_is_not_listed_is_a_warning(
    patient: Patient, server: ModelServer, names: list[str], status: str, words: str
) -> None:
    server.lists(*names)
    (model,) = patient.needs("model")
    assert model.status == status
    assert words in model.help


def test_a_part_of_the_key_in_the_list_of_models_is_not_repeated(
    patient: Patient, server: ModelServer
) -> None:
    server.lists("m-" + KEY[:12], KEY[-10:], "other")
    (model,) = patient.needs("model")
    assert model.help.endswith("it lists `other`")


def test_a_server_that_wants_a_key_that_nobody_named(patient: Patient, server: ModelServer) -> None:
    server.status = 401
    patient.agent_yaml(AGENT.replace("  api_key: {env: DOCTOR_KEY}\n", ""))
    assert "add `api_key: {env: NAME}`" in patient.needs("server")[0].help
    assert server.asked == [("/v1/models", None)]


def test_a_server_that_wants_the_missing_key_is_there(
    patient: Patient, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.status = 401
    monkeypatch.delenv("DOCTOR_KEY")
    assert patient.needs("server")[0].status == "warning"


def test_a_server_that_is_down_is_unreachable(patient: Patient, closed: int) -> None:
    patient.model_url = f"http://127.0.0.1:{closed}/v1"
    patient.agent_yaml()
    assert [n.status for n in patient.needs("server") + patient.needs("model")] == [
        "unreachable",
        "skipped",
    ]


def test_a_server_that_echoes_the_key_does_not_get_it_shown(
    patient: Patient, server: ModelServer
) -> None:
    server.lists(KEY, "x" * 70 + KEY, "token-0123456789")
    (one,) = patient.examined()
    assert "[redacted:DOCTOR_KEY]" in str(one)
    assert KEY[:6] not in str(one)
    assert "token-0" not in str(one)


def test_hosts_are_tried_and_named(patient: Patient, closed: int) -> None:
    patient.pointer(f"{{tickets_url: 'http://127.0.0.1:{closed}/x'}}")
    patient.agent_yaml(allow=f"['*.example', '127.0.0.1:{closed}', '127.0.0.1', 'no.invalid']")
    wildcard, refused, unknown = patient.needs("host")
    assert (wildcard.name, wildcard.status) == ("*.example", "skipped")
    assert (refused.name, refused.status) == (f"127.0.0.1:{closed}", "unreachable")
    assert refused.help.endswith("(named by the variable tickets_url, network.allow)")
    assert (unknown.name, unknown.status) == ("no.invalid", "unreachable")


def test_a_host_without_a_port_that_nobody_answers_on_is_a_warning(patient: Patient) -> None:
    patient.agent_yaml(allow="['127.0.0.99']")
    host = patient.needs("host")[0]
    assert (host.name, host.status) == ("127.0.0.99", "warning")
    assert "name the port in network.allow" in host.help


def test_offline_connects_to_nothing(patient: Patient, server: ModelServer) -> None:
    (one,) = patient.examined(offline=True)
    skipped = [need.kind for need in one.needs if need.status == "skipped"]
    assert skipped == ["server", "model", "host"]
    assert one.bad == 0
    assert server.asked == []


def test_a_config_with_errors_is_told_as_diagnostics(patient: Patient) -> None:
    patient.agent_yaml(AGENT + "shcedules: {file: x.yaml}\nlimits: 7\n")
    (one,) = patient.examined()
    assert one.bad == len(one.diagnostics) == 2
    assert one.needs[0].where == "agent-configs/opener/agent.yaml:16:1"
    assert {need.kind for need in one.needs} == {"config"}


def test_an_unknown_agent_is_wrong_usage(patient: Patient) -> None:
    with pytest.raises(UsageError, match="no agent 'opner'"):
        patient.examined("opner")


def test_without_a_name_the_machine_and_every_agent_is_examined(patient: Patient) -> None:
    patient.write("agent-configs/broken/agent.yaml", "spec_version: 1\n")
    patient.write(
        "agent-configs/environments/dev/gone.yaml", f"version: v1.0.0\ndigest: 'h1:{'A' * 43}='\n"
    )
    (patient.root / "agent-configs" / "gone").mkdir()
    machine, broken, gone, opener = patient.examined(None)
    assert machine.subject == MACHINE
    assert [need.kind for need in machine.needs] == [
        "python",
        "agentctl",
        "git",
        "state",
        "settings",
    ]
    assert broken.diagnostics
    assert [(need.kind, need.status) for need in gone.needs] == [("version", "wrong")]
    assert opener.bad == 0


def test_a_wrong_digest_of_the_named_version_is_an_integrity_error(patient: Patient) -> None:
    for file in ("agent.yaml", "prompt.md", "tools.yaml"):
        patient.write(f"agent-configs/opener/v1.0.0/{file}", (patient.agent / file).read_text())
    pointer = f"version: v1.0.0\ndigest: 'h1:{'A' * 43}='\n"
    patient.write("agent-configs/environments/dev/opener.yaml", pointer)
    with pytest.raises(IntegrityError):
        patient.examined()


def test_settings_that_cannot_be_read_come_first(patient: Patient) -> None:
    patient.write("agentctl.yaml", "enviroments: {}\n")
    (machine,) = patient.examined(None)
    assert machine.diagnostics
    assert machine.needs[-1].where == "agentctl.yaml:1:1"


def test_outside_of_a_project_the_machine_is_examined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (machine,) = examine(None, None, None, offline=True)
    assert (machine.needs[-1].kind, machine.needs[-1].status) == ("project", "missing")
    assert "agentctl new AGENT" in machine.needs[-1].help


def test_a_project_without_agents_says_how_to_make_one(tmp_path: Path) -> None:
    (tmp_path / "agent-configs").mkdir()
    (machine,) = examine(tmp_path, None, None, offline=True)
    assert [need.help for need in machine.needs if need.kind == "agents"] == [
        "`agentctl new AGENT` writes a small agent that validates and runs"
    ]


def test_a_state_directory_that_cannot_be_made_is_wrong(tmp_path: Path, patient: Patient) -> None:
    (tmp_path / "file").touch()
    (machine, _agent) = examine(patient.root, tmp_path / "file" / "state", None, offline=True)
    (state,) = (need for need in machine.needs if need.kind == "state")
    assert state.status == "wrong"
    assert "--state-dir" in state.help


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Put a file into a directory of its own on PATH."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setenv("PATH", f"{directory}{os.pathsep}{os.environ['PATH']}")

    def made(name: str, mode: int = 0o755) -> Path:
        file = directory / name
        file.write_text("#!/bin/sh\n")
        file.chmod(mode)
        return file

    return made


def test_programs_are_found_in_the_release_and_on_path(
    patient: Patient, on_path: Callable[..., Path]
) -> None:
    found = on_path("ledger-tool")
    patient.write("agent-configs/opener/tools/go.sh", "#!/bin/sh\ntrue\n")
    patient.tools(*(f"{{kind: command, argv: [{p}]}}" for p in ("ledger-tool", "tools/go.sh")))
    commands = patient.needs("command", offline=True)
    assert [(need.name, need.status, need.where) for need in commands] == [
        ("ledger-tool", "ok", str(found)),
        ("tools/go.sh", "ok", "agent-configs/opener"),
    ]
    (interpreter,) = patient.needs("interpreter", offline=True)
    assert (interpreter.name, interpreter.status) == ("/bin/sh", "ok")


@pytest.mark.parametrize(
    ("program", "status", "words"),
    [
        ("no-such-program", "missing", "add its directory to PATH"),
        ("tools/none.sh", "missing", "the release has no such file"),
        ("../out.sh", "missing", "the release has no such file"),
        ("/no/such/program", "missing", "at exactly that path"),
        ("not-executable", "missing", "PATH"),
        ("tools/text.sh", "wrong", "must start with #!"),
        ("tools/dos.sh", "wrong", "CR LF"),
        ("", "skipped", "`program`, which has no value"),
    ],
)
def test_a_program_that_cannot_be_started_says_why(
    patient: Patient, on_path: Callable[..., Path], program: str, status: str, words: str
) -> None:
    on_path("not-executable", 0o644)
    patient.write("agent-configs/opener/tools/text.sh", "true\n")
    (patient.agent / "tools" / "dos.sh").write_bytes(b"#!/bin/sh\r\ntrue\r\n")
    default = f", default: {program}" if program else ""
    variable = f"  program: {{type: string{default}}}\n  level:"
    patient.agent_yaml(AGENT.replace("  level:", variable))
    patient.tools("{kind: command, argv: [{var: program}]}")
    (need,) = patient.needs("command", offline=True)
    assert (need.name, need.status) == ("{var: program}", status)
    assert words in need.help


def test_an_absolute_program_must_be_executable(
    patient: Patient, on_path: Callable[..., Path]
) -> None:
    file = on_path("tool", 0o644)
    patient.tools(f"{{kind: command, argv: ['{file}']}}")
    (need,) = patient.needs("command", offline=True)
    assert (need.status, need.where) == ("wrong", str(file))
    assert f"chmod +x {file}" in need.help


def test_a_program_may_be_a_variable(patient: Patient) -> None:
    patient.agent_yaml(
        AGENT.replace("  level:", "  program: {type: string, default: cat}\n  level:")
    )
    patient.tools("{kind: command, argv: [{var: program}]}")
    (need,) = patient.needs("command", offline=True)
    assert (need.name, need.status) == ("{var: program}", "ok")


@pytest.mark.parametrize(
    ("line", "name", "status"),
    [
        ("#!/usr/bin/env python3", "python3", "ok"),
        ("#!/usr/bin/env -S A=1 python3 -I", "python3", "ok"),
        ("#!/usr/bin/env no-such-interpreter", "no-such-interpreter", "missing"),
        ("#!/no/such/interpreter -x", "/no/such/interpreter", "missing"),
        ("#!", "(none)", "missing"),
    ],
)
def test_the_interpreter_of_a_script_is_looked_for(
    patient: Patient, line: str, name: str, status: str
) -> None:
    patient.write("agent-configs/opener/tools/go", f"{line}\n")
    patient.tools("{kind: command, argv: [tools/go]}")
    (need,) = patient.needs("interpreter", offline=True)
    assert (need.name, need.status) == (name, status)
    assert (status == "ok") != ("tools/go" in need.help)


def test_the_interpreter_is_looked_for_on_the_path_of_the_tool(patient: Patient) -> None:
    patient.write("agent-configs/opener/tools/go", "#!/usr/bin/env python3\n")
    patient.tools("{kind: command, argv: [tools/go], env: {PATH: /nowhere}}")
    assert patient.needs("interpreter", offline=True)[0].status == "missing"


def test_a_tool_with_nothing_behind_it_is_missing(patient: Patient) -> None:
    patient.tools("{kind: unbound}")
    (need,) = patient.needs("tool", offline=True)
    assert (need.name, need.status) == ("t0", "missing")
    assert "nothing is behind it" in need.help


def test_a_composite_tool_needs_what_its_steps_need(patient: Patient) -> None:
    steps = "{kind: composite, steps: [{name: a, tool: t0}]}"
    patient.tools("{kind: command, argv: [no-such-program]}", steps)
    assert [need.name for need in patient.needs("command", offline=True)] == ["no-such-program"]
    assert patient.needs("tool", offline=True) == []


def test_an_agent_in_the_original_layout_is_examined_too(
    tmp_path: Path, server: ModelServer
) -> None:
    config = {"name": "helper", "model": "test/scripted", "base_url": server.url}
    schema = {"type": "object", "properties": {"t": {"type": "string", "description": "x"}}}
    tool = {"name": "open_ticket", "description": "Open one.", "input_schema": schema}
    directory = tmp_path / "agent-configs" / "v1.0.0"
    directory.mkdir(parents=True)
    (directory / "config.json").write_text(json.dumps(config))
    (directory / "tools.json").write_text(json.dumps([tool]))
    (directory / "system-prompt.md").write_text("You help.")
    (directory.parent / "current").write_text("v1.0.0\n")
    machine, helper = examine(tmp_path, None, None, offline=False)
    assert machine.bad == 0
    assert helper.subject == "helper@v1.0.0"
    assert [(n.kind, n.name, n.status) for n in helper.needs][:4] == [
        ("file", "config.json", "ok"),
        ("file", "system-prompt.md", "ok"),
        ("file", "tools.json", "ok"),
        ("tool", "open_ticket", "missing"),
    ]
