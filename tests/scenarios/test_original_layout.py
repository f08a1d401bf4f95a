"""A project in the original layout: validated, run, shown, resumed and imported."""

import json
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import click
import pytest

from runner.app.checking import check
from runner.cli.failing import report
from runner.cli.main import cli
from runner.domain.errors import AgentctlError, UsageError

LOOK_UP = {
    "name": "look_up",
    "description": "Look something up.",
    "input_schema": {
        "type": "object",
        "additionalProperties": False,
        "required": ["q"],
        "properties": {"q": {"type": "string", "description": "What to look up."}},
    },
}
WRITE = {
    "type": "function",
    "function": {
        "name": "write_note",
        "description": "Write a note.",
        "parameters": {
            "type": "object",
            "additionalProperties": False,
            "required": ["text"],
            "properties": {"text": {"type": "string", "description": "The note."}},
        },
    },
}
BOUND = {
    **WRITE,
    "annotations": {"readOnlyHint": False, "destructiveHint": False},
    "call": {"kind": "command", "argv": ["cat"]},
}
PROMPT = "You help.\r\nAlways: on \u2013 1e3.\r\n"


@dataclass
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Old:
    """A project with nothing but an agent in the original layout; commands run in this process."""

    project: Any
    capture: pytest.CaptureFixture[str]

    @property
    def root(self) -> Path:
        return Path(self.project.root)

    def agentctl(self, *args: str) -> Done:
        argv = list(args)
        try:
            code = cli.main(args=argv, prog_name="agentctl", standalone_mode=False) or 0
        except (AgentctlError, click.ClickException) as error:
            code = report(error, argv)
        told = self.capture.readouterr()
        assert code != 70, told.err
        return Done(code, told.out, told.err)


@pytest.fixture
def old(
    project: Any,
    provider: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Old:
    monkeypatch.chdir(project.root)
    shutil.rmtree(project.root / "agent-configs")
    (project.root / "agentctl.yaml").unlink()
    write_version(project, provider, "v1.0.0", [LOOK_UP, WRITE])
    write_version(project, provider, "v1.1.0", [BOUND])
    (project.root / "agent-configs" / "current").symlink_to("v1.0.0")
    return Old(project, capsys)


def write_version(project: Any, provider: Any, version: str, tools: list[Any]) -> None:
    config = {
        "name": "support",
        "version": version.removeprefix("v"),
        "description": f"Answers questions ({version}).",
        "model": "test/scripted",
        "base_url": provider.url,
        "max_tokens": 256,
        "temperature": 0.5,
        "max_iterations": 5,
        "timeout": 30,
    }
    below = f"agent-configs/{version}"
    project.write(f"{below}/config.json", json.dumps(config, indent=2, ensure_ascii=False))
    project.write(f"{below}/tools.json", json.dumps(tools, indent=2, ensure_ascii=False))
    project.write(f"{below}/system-prompt.md", PROMPT)


def calls_once(model_calls: Any, name: str, arguments: dict[str, Any]) -> Any:
    def answer(request: dict[str, Any]) -> Any:
        done = any(message["role"] == "tool" for message in request["messages"])
        return {"content": "done"} if done else model_calls(name, arguments)

    return answer


def test_validate_warns_and_passes(old: Old) -> None:
    done = old.agentctl("validate")
    assert done.code == 0, done.out
    assert "nothing is behind `look_up`" in done.out
    assert "agent-configs/v1.0.0/tools.json:" in done.out
    assert old.agentctl("validate", "support@v1.1.0").code == 0
    report = check(old.root, None, [])
    assert report.checked == 2
    assert {d.code for d in report.diagnostics} >= {"AC231", "AC236", "AC238"}


def test_a_dry_run_simulates_what_nothing_is_behind(
    old: Old, provider: Any, model_calls: Any
) -> None:
    provider.answer = calls_once(model_calls, "look_up", {"q": "it"})
    done = old.agentctl("run", "support", "-i", "task=Help me.", "--dry-run", "-o", "json")
    assert (done.code, done.json["status"]) == (0, "succeeded"), done.err
    first, second = provider.requests
    assert first["messages"][0]["content"] == PROMPT
    assert first["messages"][1]["content"] == "Help me."
    assert [tool["function"]["name"] for tool in first["tools"]] == ["look_up", "write_note"]
    assert (first["max_tokens"], first["temperature"]) == (256, 0.5)
    assert "was not executed" in second["messages"][-1]["content"]
    started = old.project.events()[0]
    assert (started["version"], started["origin"]) == ("v1.0.0", "agent-configs/v1.0.0")
    shown = old.agentctl("show", "last")
    assert "support@v1.0.0" in shown.out


def test_a_live_run_with_nothing_behind_a_tool_is_refused_before_anything(
    old: Old, provider: Any
) -> None:
    done = old.agentctl("run", "support", "-i", "task=x")
    assert done.code == 2
    assert "nothing is behind `look_up`, `write_note`" in done.err
    assert "--dry-run" in done.err
    assert provider.requests == []
    assert old.project.journals() == []


def test_a_version_whose_tools_are_bound_runs_live(
    old: Old, provider: Any, model_calls: Any
) -> None:
    provider.answer = calls_once(model_calls, "write_note", {"text": "hello"})
    done = old.agentctl("run", "support@v1.1.0", "-i", "task=x", "-o", "json")
    assert (done.code, done.json["status"]) == (0, "succeeded"), done.err
    assert "hello" in provider.requests[1]["messages"][-1]["content"]


def test_an_interrupted_run_is_resumed(old: Old, provider: Any) -> None:
    def interrupted(_request: dict[str, Any]) -> dict[str, Any]:
        os.kill(os.getpid(), signal.SIGINT)
        return {"content": "too late"}

    provider.answer = interrupted
    assert old.agentctl("run", "support", "-i", "task=x", "--dry-run").code == 130
    provider.answer = lambda _request: {"content": "done"}
    for cached in (old.project.state / "cache").iterdir():
        cached.rename(old.root / cached.name)  # so that the files come from the store again
    done = old.agentctl("resume", "last", "-o", "json")
    assert (done.code, done.json["output"], done.json["version"]) == (0, "done", "v1.0.0")


def test_show_tells_the_current_version(old: Old) -> None:
    done = old.agentctl("show", "support", "-o", "json")
    assert (done.json["agent"], done.json["version"]) == ("support", "v1.0.0")
    assert done.json["description"] == "Answers questions (v1.0.0)."
    assert [tool["kind"] for tool in done.json["tools"]] == ["unbound", "unbound"]


def test_the_text_that_names_the_current_version_moves_it(old: Old) -> None:
    current = old.root / "agent-configs" / "current"
    current.unlink()
    current.write_text("v1.1.0\n")
    assert old.agentctl("show", "support", "-o", "json").json["version"] == "v1.1.0"


@pytest.mark.parametrize("ref", ["worktree", "current"])
def test_refs_that_the_layout_does_not_have_say_what_to_write(old: Old, ref: str) -> None:
    done = old.agentctl("run", f"support@{ref}", "--dry-run")
    assert done.code == 2
    assert "say " in done.err


def test_a_broken_current_is_located_and_nothing_runs(old: Old, provider: Any) -> None:
    current = old.root / "agent-configs" / "current"
    current.unlink()
    current.symlink_to("v9.9.9")
    done = old.agentctl("validate")
    assert done.code == 1
    assert "error[AC237]" in done.out
    assert "--> agent-configs/current:1:1" in done.out
    assert old.agentctl("validate", "agent-configs/current").code == 1
    done = old.agentctl("run", "support", "-i", "task=x", "--dry-run")
    assert (done.code, provider.requests) == (2, [])
    assert old.agentctl("run", "support@v1.0.0", "-i", "task=x", "--dry-run").code == 0


def test_a_version_that_changed_since_it_ran_is_refused(old: Old) -> None:
    assert old.agentctl("run", "support", "-i", "task=x", "--dry-run").code == 0
    prompt = old.root / "agent-configs" / "v1.0.0" / "system-prompt.md"
    prompt.write_text("Another.\n")
    assert old.agentctl("run", "support", "-i", "task=x", "--dry-run").code == 4
    assert old.agentctl("releases", "import", "--dry-run").code == 4


@pytest.mark.parametrize(
    ("path", "checked"),
    [
        ("agent-configs/v1.1.0", "agent-configs/v1.1.0"),
        ("agent-configs/v1.1.0/config.json", "agent-configs/v1.1.0"),
        ("agent-configs/current", "support@v1.0.0"),
        ("./agentctl.yaml", "agentctl.yaml"),
    ],
)
def test_a_path_of_a_version_is_checked(old: Old, path: str, checked: str) -> None:
    old.project.write("agentctl.yaml", "environments: {dev: {}}\n")
    done = old.agentctl("validate", path)
    assert done.code == 0, done.err
    assert checked in done.err or "v1.1.0" in done.out or "v1.0.0" in done.out


def test_a_config_json_of_another_program_is_no_agent(old: Old) -> None:
    old.project.write("config.json", "{}")
    old.project.write("src/x.py", "")
    with pytest.raises(UsageError, match="belongs to no agent"):
        check(old.root, None, [str(old.root / "src" / "x.py")])


def test_a_version_that_is_called_wrongly_is_told(old: Old, provider: Any) -> None:
    write_version(old.project, provider, "v1.2", [BOUND])
    told = [d for d in check(old.root, None, []).diagnostics if d.code == "AC416"]
    assert [(d.place.file, d.message) for d in told] == [
        ("agent-configs/v1.2", "`v1.2` is no version")
    ]


def test_a_pointer_names_a_version_of_the_original_layout(old: Old) -> None:
    old.project.write("agentctl.yaml", "default_environment: dev\nenvironments: {dev: {}}\n")
    pointer = "agent-configs/environments/dev/support.yaml"
    listed = old.agentctl("releases", "list", "support", "-o", "json").json["items"]
    old.project.write(pointer, f"version: v1.1.0\ndigest: {listed[0]['digest']}\n")
    shown = old.agentctl("show", "support", "-o", "json").json
    assert (shown["version"], shown["environment"]) == ("v1.1.0", "dev")
    assert old.agentctl("validate").code == 0
    old.project.write(pointer, "version: worktree\n")
    assert "has no worktree" in old.agentctl("show", "support").err
    assert "AC414" in old.agentctl("validate").out


@pytest.fixture
def posted() -> Iterator[tuple[str, list[bytes]]]:
    """A model server that keeps the bytes of each request, and its address."""
    bodies: list[bytes] = []
    answer = {"choices": [{"message": {"content": "done"}, "finish_reason": "stop"}], "usage": {}}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            data = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1", bodies
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_real_server_gets_the_same_bytes_before_and_after_the_import(
    old: Old, provider: Any, posted: tuple[str, list[bytes]]
) -> None:
    provider.url, bodies = posted
    for version, tools in (("v1.0.0", [LOOK_UP, WRITE]), ("v1.1.0", [BOUND])):
        write_version(old.project, provider, version, tools)
    done = old.agentctl("releases", "import", "--to", "helper")
    assert done.code == 0, done.err
    assert "the first request is the same, byte for byte: 2 versions" in done.err
    assert "give a `call` to look_up, write_note" in done.err
    for agent in ("support", "helper", "helper@v1.0.0", "support@v1.1.0", "helper@v1.1.0"):
        done = old.agentctl("run", agent, "-i", "task=Help.", "--dry-run")
        assert done.code == 0, done.err
    assert bodies[0] == bodies[1] == bodies[2]
    assert bodies[3] == bodies[4] != bodies[0]
    assert json.dumps(PROMPT, ensure_ascii=False).encode() in bodies[0]
    assert old.agentctl("validate", "helper").code == 0


def tree(root: Path) -> dict[str, bytes]:
    paths = sorted(
        path for path in root.rglob("*") if path.is_file() and ".agentctl" not in str(path)
    )
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}


def test_the_import_keeps_what_was_there_and_can_be_undone(old: Old) -> None:
    before = tree(old.root)
    done = old.agentctl("releases", "import", "-o", "json")
    assert done.code == 0, done.err
    after = tree(old.root)
    assert before.items() <= after.items()
    assert sorted(set(after) - set(before)) == sorted(done.json["paths"])
    assert "agent-configs/support/v1.1.0/agent.yaml" in done.json["paths"]
    assert [version["kept"] for version in done.json["versions"]] == [False] * 3
    assert old.agentctl("releases", "import").code == 2
    overlooked = old.agentctl("validate")
    assert (overlooked.code, "AC416" in overlooked.out) == (0, True), overlooked.out
    shutil.rmtree(old.root / "agent-configs" / "support")
    assert tree(old.root) == before


def test_the_import_tells_what_the_new_files_do_not_say(old: Old) -> None:
    path = old.root / "agent-configs/v1.0.0/config.json"
    config = json.loads(path.read_text()) | {"metadata": {"team": "a"}}
    path.write_text(json.dumps(config, indent=2, ensure_ascii=False))
    done = old.agentctl("releases", "import", "--dry-run")
    assert done.code == 0, done.err
    line = len(config) + 1
    place = f"agent-configs/v1.0.0/config.json:{line}:3"
    assert f"note: {place}: nothing honours `metadata`" in done.err


def test_a_version_that_ran_keeps_its_bytes_and_its_digest(old: Old) -> None:
    assert old.agentctl("run", "support", "-i", "task=x", "--dry-run").code == 0
    done = old.agentctl("releases", "import", "-o", "json")
    kept = {version["version"]: version["kept"] for version in done.json["versions"]}
    assert kept == {"worktree": False, "v1.0.0": True, "v1.1.0": False}
    assert "v1.0.0: copied byte for byte" in done.err
    assert old.agentctl("run", "support@v1.0.0", "-i", "task=x", "--dry-run").code == 0
    listed = old.agentctl("releases", "list", "support", "-o", "json").json["items"]
    assert [item["version"] for item in listed] == ["v1.1.0", "v1.0.0"]
    assert listed[1]["digest"] == old.project.events()[0]["digest"]


def test_all_versions_keep_their_bytes_when_asked_for(old: Old) -> None:
    done = old.agentctl("releases", "import", "--keep-versions", "-o", "json")
    assert [version["kept"] for version in done.json["versions"]] == [False, True, True]
    assert old.agentctl("validate", "support").code == 0


def test_a_dry_run_of_the_import_writes_nothing(old: Old) -> None:
    before = tree(old.root)
    done = old.agentctl("releases", "import", "--dry-run")
    assert (done.code, tree(old.root)) == (0, before)
    assert "agent-configs/support/agent.yaml\n" in done.out
    assert "nothing was written" in done.err


@pytest.mark.parametrize(
    "args",
    [
        ("releases", "import", "other"),
        ("releases", "import", "--to", "No Name"),
        ("releases", "import", "--to", "taken"),
        ("--read-only", "releases", "import"),
    ],
)
def test_an_import_that_cannot_be_is_refused_whole(old: Old, args: tuple[str, ...]) -> None:
    old.project.write("agent-configs/taken/note.txt", "mine")
    before = tree(old.root)
    done = old.agentctl(*args)
    assert (done.code, tree(old.root)) == (2, before)


def test_an_import_without_an_original_layout_says_so(project: Any) -> None:
    done = project.agentctl("releases", "import")
    assert done.code == 2
    assert "nothing in the original layout" in done.err


def test_a_version_with_errors_is_not_imported(old: Old) -> None:
    config = old.root / "agent-configs" / "v1.1.0" / "config.json"
    config.write_text(config.read_text().replace("0.5", '"hot"'))
    before = tree(old.root)
    done = old.agentctl("releases", "import")
    assert (done.code, tree(old.root)) == (2, before)
    assert "agent-configs/v1.1.0/config.json:" in done.err


def test_the_list_shows_versions_newest_first_and_which_is_current(old: Old) -> None:
    done = old.agentctl("releases", "list", "support")
    lines = done.out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["v1.1.0", "v1.0.0"]
    assert "v1.0.0 (current)  h1:" in lines[2]
