"""Every kind of tool keeps the same promises: a real server, a real program, a real function."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from runner.boundary.egress import Egress
from runner.boundary.http import HttpClient
from runner.boundary.secrets import SecretBook
from runner.boundary.surroundings import environment
from runner.domain.failure import Failure, FailureError
from runner.domain.ports import Prepared, ToolOutput, ToolRequest
from runner.domain.tool import ToolSpec
from runner.tools.context import ToolContext
from runner.tools.kinds import KINDS
from runner.tools.kinds import prepare as prepare_call
from tests.scripted_server import HANG, Reply, ScriptedServer, as_json, plain

Behaviour = Literal["succeed", "complain", "hang", "flood", "text"]
SECRET = "s3cret-token-value"
TOKEN = {"env": "TOKEN", "prefix": "Bearer "}
KEY = "job-1:tool:0123456789abcdef:0"
COMPLAINT = f"the amount must be a number ({SECRET})"
ARGUMENTS = {"text": "$(touch effect); `id` && 'a' \"b\" \\ \n ☃ *", "count": 3}
MAX_BYTES = 1000

PROGRAM = """#!/bin/sh
arguments=$(cat)
printf '%s\\n%s\\n%s\\n' "$AGENTCTL_IDEMPOTENCY_KEY" "$TOKEN" "$arguments" >> "$SEEN/log"
case $BEHAVIOUR in
succeed) printf '{"id": "T-1"}' ;;
text) printf 'all is well' ;;
complain) echo "$COMPLAINT" >&2; exit 1 ;;
hang) sleep 60 & echo $! > "$SEEN/grandchild"; wait ;;
flood) yes ;;
esac
"""
FUNCTION = """
import json, os, subprocess, time

def tool(**arguments):
    env = os.environ
    print("what a function prints is not its result")
    with open(env["SEEN"] + "/log", "a") as log:
        lines = env["AGENTCTL_IDEMPOTENCY_KEY"], env["TOKEN"], json.dumps(arguments)
        log.write("".join(line + "\\n" for line in lines))
    behaviour = env["BEHAVIOUR"]
    if behaviour == "complain":
        raise ValueError(env["COMPLAINT"])
    if behaviour == "hang":
        child = subprocess.Popen(["sleep", "60"])
        with open(env["SEEN"] + "/grandchild", "w") as file:
            file.write(str(child.pid))
        time.sleep(60)
    if behaviour == "flood":
        return "x" * 300_000
    return "all is well" if behaviour == "text" else {"id": "T-1"}
"""
REPLIES: Mapping[Behaviour, Reply] = {
    "succeed": as_json({"id": "T-1"}, 201),
    "text": plain(b"all is well"),
    "complain": plain(COMPLAINT.encode(), 422),
    "hang": HANG,
    "flood": plain(b"x" * (MAX_BYTES + 1)),
}


@dataclass(frozen=True)
class Seen:
    """What a call brought to the other side."""

    key: str
    token: str
    arguments: Any


@dataclass
class Bench:
    """One kind of tool with another side that behaves as told and notes what reaches it."""

    kind: str
    directory: Path
    server: ScriptedServer

    def prepare(self, behaviour: Behaviour, *, writes: bool = True) -> Prepared:
        self.server.script = [REPLIES[behaviour]]
        spec = ToolSpec.model_validate(
            {
                "name": "tool",
                "description": "A tool.",
                "inputSchema": {"type": "object"},
                "annotations": {"readOnlyHint": not writes},
                "call": {**self._call(behaviour), "max_bytes": MAX_BYTES},
            }
        )
        request = ToolRequest(spec=spec, arguments=ARGUMENTS, key=KEY)
        return prepare_call(request, self._context())

    def run(self, behaviour: Behaviour, *, writes: bool = True) -> ToolOutput:
        return self.prepare(behaviour, writes=writes).run(10)

    def seen(self) -> list[Seen]:
        if self.kind == "http":
            return [
                Seen(
                    request.headers["idempotency-key"],
                    request.headers["authorization"],
                    request.json(),
                )
                for request in self.server.received
            ]
        log = self.directory / "seen" / "log"
        lines = log.read_text("utf-8").splitlines() if log.exists() else []
        return [
            Seen(key, token, json.loads(arguments))
            for key, token, arguments in zip(lines[::3], lines[1::3], lines[2::3], strict=True)
        ]

    def grandchild_lives(self) -> bool:
        file = self.directory / "seen" / "grandchild"
        pid = int(file.read_text()) if file.exists() else 0
        stat = Path(f"/proc/{pid}/stat")
        return stat.exists() and stat.read_bytes().rpartition(b")")[2].split()[0] != b"Z"

    def _call(self, behaviour: Behaviour) -> dict[str, Any]:
        seen = self.directory / "seen"
        env = {
            "SEEN": str(seen),
            "BEHAVIOUR": behaviour,
            "COMPLAINT": COMPLAINT,
            "TOKEN": TOKEN,
        }
        calls: dict[str, dict[str, Any]] = {
            "http": {
                "kind": "http",
                "url": f"{self.server.url}/tickets",
                "headers": {"Authorization": TOKEN},
            },
            "command": {"kind": "command", "argv": ["tools/program"], "env": env},
            "python": {"kind": "python", "file": "tools/file.py", "function": "tool", "env": env},
        }
        return calls[self.kind]

    def _context(self) -> ToolContext:
        return ToolContext(
            release_dir=self.directory / "release",
            scratch=self.directory / "scratch",
            mode="live",
            values={},
            environment=environment(),
            secret=lambda _ref: SECRET,
            http=HttpClient(Egress([f"127.0.0.1:{self.server.port}"])),
            run="01RUN",
            redact=SecretBook({"TOKEN": SECRET}).redact,
        )


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture(params=["http", "command", "python"])
def bench(request: pytest.FixtureRequest, tmp_path: Path, server: ScriptedServer) -> Bench:
    tools = tmp_path / "release" / "tools"
    tools.mkdir(parents=True)
    (tmp_path / "seen").mkdir()
    (tools / "program").write_text(PROGRAM)
    (tools / "program").chmod(0o555)
    (tools / "file.py").write_text(FUNCTION)
    return Bench(request.param, tmp_path, server)


def failure(act: Callable[[], object]) -> Failure:
    with pytest.raises(FailureError) as caught:
        act()
    return caught.value.failure


def test_every_kind_is_under_contract() -> None:
    kinds = {call.model_fields["kind"].annotation for call in KINDS}
    without_effect = {Literal["unbound"]}
    """It calls nothing, so it has tests of its own."""
    assert kinds - without_effect == {Literal["http"], Literal["command"], Literal["python"]}


def test_a_call_brings_its_arguments_key_and_secret_and_returns_json(bench: Bench) -> None:
    assert bench.run("succeed") == ToolOutput(data={"id": "T-1"})
    assert bench.seen() == [Seen(KEY, f"Bearer {SECRET}", ARGUMENTS)]


def test_what_is_not_json_is_text(bench: Bench) -> None:
    assert bench.run("text") == ToolOutput(data="all is well")


def test_shell_metacharacters_are_just_data(bench: Bench) -> None:
    bench.run("succeed")
    assert bench.seen()[0].arguments == ARGUMENTS
    assert list(bench.directory.rglob("effect")) == []


def test_nothing_happens_before_run_and_nothing_after_abandon(bench: Bench) -> None:
    prepared = bench.prepare("succeed")
    assert bench.seen() == []
    prepared.abandon()
    assert bench.seen() == []


def test_abandon_after_run_is_harmless(bench: Bench) -> None:
    prepared = bench.prepare("succeed")
    prepared.run(10)
    prepared.abandon()
    assert len(bench.seen()) == 1


def test_the_effect_is_what_the_tool_declares(bench: Bench) -> None:
    reading, writing = bench.prepare("succeed", writes=False), bench.prepare("succeed")
    assert (reading.effect, writing.effect) == ("read", "write")
    assert (writing.process_group is None) == (bench.kind == "http")
    reading.abandon()
    writing.abandon()


@pytest.mark.parametrize("writes", [False, True])
def test_a_complaint_is_a_failure_that_tells_what_to_change_without_the_secret(
    bench: Bench, writes: bool
) -> None:
    failed = failure(lambda: bench.run("complain", writes=writes))
    assert failed.kind == "tool_failed"
    assert "the amount must be a number ([redacted:TOKEN])" in failed.message
    assert SECRET not in failed.message


@pytest.mark.parametrize(("writes", "kind"), [(False, "tool_failed"), (True, "in_doubt")])
def test_a_timeout_ends_everything(bench: Bench, writes: bool, kind: str) -> None:
    prepared = bench.prepare("hang", writes=writes)
    failed = failure(lambda: prepared.run(0.4))
    assert failed.kind == kind
    assert "0.4 s" in failed.message
    assert not bench.grandchild_lives()


def test_too_much_output_of_a_reading_tool_is_a_failure(bench: Bench) -> None:
    failed = failure(lambda: bench.run("flood", writes=False))
    assert failed.kind == "tool_failed"
    assert "000 bytes" in failed.message


def test_too_much_output_of_a_writing_tool_is_in_doubt_unless_it_finished(bench: Bench) -> None:
    """The program here never stops by itself; the function does, and the server said 200."""
    if bench.kind == "command":
        assert failure(lambda: bench.run("flood")).kind == "in_doubt"
    else:
        assert str(bench.run("flood").data).endswith("dropped. The call is done.")
