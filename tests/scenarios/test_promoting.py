"""Promote, run, roll back, run: as a person types it, and what the journal says of it."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from runner.cli.main import cli
from runner.domain.errors import AgentctlError
from tests.move_world import RULES
from tests.pointer_world import git, settle_in
from tests.terminal import on_terminal

Opens = Callable[..., Any]
POINTER = "agent-configs/environments/prod/opener.yaml"
URL = ("--set", "tickets_url=http://127.0.0.1:9/tickets")


@dataclass(frozen=True)
class Said:
    """How a command ended, called in this process."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Live:
    """The project in a repository, with opener v1.0.0 and v1.1.0 as tags."""

    project: Any

    @property
    def root(self) -> Path:
        root: Path = self.project.root
        return root

    def ask(self, *words: str) -> Said:
        done = CliRunner().invoke(cli, ["-C", str(self.root), *words], standalone_mode=False)
        error = done.exception
        if error is not None and not isinstance(error, AgentctlError):
            raise error
        text = f"{error.message}\n{error.help}" if isinstance(error, AgentctlError) else ""
        code = error.exit_code if isinstance(error, AgentctlError) else done.return_value
        return Said(code or 0, done.stdout, done.stderr + text)

    def promote(self, *words: str) -> Said:
        return self.ask("promote", "opener", *words, "--yes")

    def release(self, version: str, text: str) -> None:
        path = self.project.agent / "agent.yaml"
        path.write_text(path.read_text() + text)
        git(self.root, "add", ".")
        git(self.root, "commit", "--quiet", "--allow-empty", "-m", f"Make {version}")
        git(self.root, "tag", "-a", "-m", version, f"opener/{version}")

    def start(self) -> Any:
        return self.project.events()[0]


@pytest.fixture
def live(project: Any, monkeypatch: pytest.MonkeyPatch) -> Live:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    project.environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    project.write("agentctl.yaml", RULES)
    project.write(".gitignore", ".agentctl/\n")
    git(project.root, "init", "--quiet", "--initial-branch=main")
    settle_in(project.root)
    made = Live(project)
    made.release("v1.0.0", "")
    made.release("v1.1.0", "owners: [team-a]\n")
    return made


def test_from_promotion_to_rollback_runs_begin_with_what_is_live(
    live: Live, provider: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens()
    assert live.promote("v1.0.0", "--to", "prod", *URL).code == 0
    assert live.project.agentctl("run", "opener@prod").code == 0
    up = live.promote("v1.1.0", "--to", "prod", "--reason", "owners are named")
    assert up.code == 0
    assert up.out.startswith("main@")
    assert "to undo: agentctl rollback opener --to v1.0.0 --env prod --reason TEXT" in up.err
    assert live.project.agentctl("run", "opener@prod").code == 0
    bad = live.start()
    assert (bad["version"], bad["values"]) == ("v1.1.0", {"tickets_url": URL[1].split("=")[1]})
    back = live.ask("rollback", "opener", "--env", "prod", "--reason", "bad tone", "--yes")
    assert back.code == 0
    assert "v1.0.0 in prod: 1 of 1 runs here succeeded" in back.err
    assert live.project.agentctl("run", "opener@prod").code == 0
    start = live.start()
    assert (start["version"], start["digest"] != bad["digest"]) == ("v1.0.0", True)
    assert start["pointer_commit"] == git(live.root, "rev-parse", "HEAD")
    held = live.promote("v1.1.0", "--to", "prod")
    assert (held.code, "is held in prod: bad tone" in held.err) == (5, True)
    status = live.ask("status", "opener", "--env", "prod", "--exit-code")
    assert status.code == 1
    assert "opener in prod is held: v1.1.0 is held: bad tone" in status.out
    (row,) = live.ask("status", "--env", "prod", "-o", "json").json["items"]
    assert (row["sync"]["word"], row["health"]["word"]) == ("held", "healthy")
    past = live.ask("history", "opener", "--env", "prod", "-o", "json").json["items"]
    told = [(each["version"], each["good"], each["succeeded"]) for each in past]
    assert [each[:2] for each in told] == [("v1.0.0", True), ("v1.1.0", False), ("v1.0.0", True)]
    assert past[1]["held"]["reason"] == "bad tone"


def test_a_run_that_was_cut_off_ends_with_its_release_though_that_is_held_now(
    live: Live, provider: Any, model_opens: Opens
) -> None:
    live.promote("v1.0.0", "--to", "prod", *URL)
    live.promote("v1.1.0", "--to", "prod")
    begun: list[Any] = []

    def dies(_request: Any) -> dict[str, Any]:
        begun[0].kill()
        return {"content": "too late"}

    provider.answer = dies
    begun.append(live.project.start("run", "opener@prod"))
    begun[0].communicate()
    back = live.ask("rollback", "opener", "--env", "prod", "--reason", "bad tone", "--yes")
    assert "goes on with v1.1.0" in back.err
    provider.answer = model_opens()
    assert live.project.agentctl("resume", "last").code == 0
    assert [e["status"] for e in live.project.events() if e["type"] == "run.finished"] == [
        "succeeded"
    ]
    assert live.start()["version"] == "v1.1.0"


def test_a_plan_is_kept_applied_once_and_stale_then(live: Live, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    kept = live.ask("promote", "opener", "v1.0.0", "--to", "prod", *URL, "--plan", str(file))
    assert (kept.code, json.loads(file.read_text())["kind"]) == (0, "MovePlan")
    assert f"agentctl promote --apply {file}" in kept.err
    assert live.ask("rollback", "--apply", str(file), "--yes").code == 2
    assert live.ask("promote", "--apply", str(file)).code == 2
    assert live.ask("promote", "--apply", str(file), "--yes").code == 0
    head = git(live.root, "rev-parse", "HEAD")
    again = live.ask("promote", "--apply", str(file), "--yes")
    assert (again.code, "stale plan; nothing done" in again.err) == (7, True)
    assert "Promote opener to v1.0.0 in prod" in again.err
    assert git(live.root, "rev-parse", "HEAD") == head


def test_a_dry_run_in_json_is_a_plan_too(live: Live, tmp_path: Path) -> None:
    told = live.ask("promote", "opener", "v1.0.0", "--to", "prod", *URL, "--dry-run", "-o", "json")
    file = tmp_path / "plan.json"
    file.write_text(told.out)
    done = live.ask("promote", "--apply", str(file), "--yes", "-o", "json")
    assert done.json["plan"]["after"]["version"] == "v1.0.0"
    assert done.json["written"]["commit"] == git(live.root, "rev-parse", "HEAD")


def test_what_is_no_plan_is_refused(live: Live, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    for text in ("", "{}", "[]", '{"apiVersion": "x", "kind": "MovePlan"}', "x", "[" * 100_000):
        file.write_text(text)
        done = live.ask("promote", "--apply", str(file), "--yes")
        assert (done.code, "is no plan" in done.err) == (2, True)
    assert live.ask("promote", "--apply", str(tmp_path / "none"), "--yes").code == 2


def test_doing_it_again_is_nothing_to_do(live: Live) -> None:
    live.promote("v1.0.0", "--to", "prod", *URL)
    head = git(live.root, "rev-parse", "HEAD")
    again = live.ask("promote", "opener", "v1.0.0", "--to", "prod")
    assert (again.code, again.out) == (0, "nothing to do: opener v1.0.0 is live in prod\n")
    assert git(live.root, "rev-parse", "HEAD") == head


MISTAKES = (
    ("promote", "opener"),
    ("promote", "opener", "v1.0.0"),
    ("promote", "opener", "v1.0.0", "--from", "staging", "--to", "prod"),
    ("promote", "--to", "prod"),
    ("promote", "opener", "--apply", "x"),
    ("promote", "opener", "v1.0.0", "--to", "prod"),  # a value is missing
    ("rollback", "opener", "--env", "prod"),
    ("rollback", "--env", "prod", "--reason", "x"),
    ("rollback", "opener", "--env", "prod", "--reason", "x"),
    ("rollback", "opener", "--env", "prod", "--reason", "x", "--ttl", "2h"),
    ("rollback", "opener", "--env", "prod", "--reason", "x", "--break-glass", "--ttl", "soon"),
    ("rollback", "opener", "--env", "prod", "--reason", "x", "--break-glass", "--push"),
    ("promote", "a@b", "v1.0.0", "--to", "prod"),
    ("promote", "..", "v1.0.0", "--to", "prod"),
    ("promote", "opener", "v1.0.0", "--to", "../prod"),
    ("rollback", "opener@v1.0.0", "--env", "prod", "--reason", "x"),
    ("status", ".."),
    ("promote", "nobody", "v1.0.0", "--to", "prod"),
    ("history", "nobody", "--env", "prod"),
    ("status", "nobody"),
    ("status", "--env", "nowhere"),
)


def test_what_cannot_be_meant_is_exit_code_2_and_changes_nothing(live: Live) -> None:
    head = git(live.root, "rev-parse", "HEAD")
    for words in MISTAKES:
        done = live.ask(*words, *(("--yes",) if words[0] in {"promote", "rollback"} else ()))
        assert (words, done.code) == (words, 2), done.err
    assert git(live.root, "rev-parse", "HEAD") == head


def test_a_missing_value_is_named_with_what_writes_it(live: Live) -> None:
    done = live.promote("v1.0.0", "--to", "prod")
    assert "`tickets_url` has no value" in done.err
    assert "--set NAME=VALUE" in done.err


def test_a_secret_never_becomes_a_value(live: Live) -> None:
    head = git(live.root, "rev-parse", "HEAD")
    secret = "https://tickets.example/?key=ghp_" + "a1B2" * 9
    done = live.promote("v1.0.0", "--to", "prod", "--set", f"tickets_url={secret}")
    assert done.code == 2
    assert git(live.root, "rev-parse", "HEAD") == head


def test_an_agent_and_its_version_may_be_said_in_one_word(live: Live) -> None:
    done = live.ask("promote", "opener@v1.0.0", "--to", "prod", *URL, "--yes")
    assert done.code == 0


def test_a_worktree_is_refused_where_it_is_protected(live: Live) -> None:
    done = live.promote("worktree", "--to", "prod", *URL)
    assert (done.code, "prod is protected" in done.err) == (5, True)
    assert live.promote("worktree", "--to", "staging", *URL).code == 0


def test_what_was_live_at_a_moment_is_told(live: Live) -> None:
    live.promote("v1.0.0", "--to", "prod", *URL)
    asked = ("history", "opener", "--env", "prod", "--at")
    assert live.ask(*asked, "2001-01-01").code == 1
    found = live.ask(*asked, "2100-01-01T00:00Z", "-o", "json")
    assert (found.code, found.json["version"]) == (0, "v1.0.0")
    assert "opener v1.0.0 was live in prod" in live.ask(*asked, "2100-01-01").out


def test_a_plan_fits_on_a_screen_of_forty_lines(live: Live) -> None:
    live.promote("v1.0.0", "--to", "prod", *URL)
    tools = live.project.agent / "tools.yaml"
    more = "".join(
        f"- {{name: tool_{n}, description: Do {n}., inputSchema: {{type: object}}, "
        f"annotations: {{readOnlyHint: true}}, call: {{kind: command, argv: ['true']}}}}\n"
        for n in range(50)
    )
    tools.write_text(tools.read_text() + more)
    live.release("v2.0.0", "")
    done = live.ask("promote", "opener", "v2.0.0", "--to", "prod", "--dry-run")
    assert done.code == 0
    assert len(done.out.splitlines()) <= 40
    assert "agentctl diff opener v1.0.0 v2.0.0 -v shows all" in done.out


@pytest.mark.parametrize(
    ("environment", "typed", "code"),
    [("staging", "n\n", 1), ("staging", "y\n", 0), ("prod", "y\n", 1), ("prod", "prod\n", 0)],
)
def test_on_a_terminal_a_person_is_asked(
    live: Live, environment: str, typed: str, code: int
) -> None:
    words = ("promote", "opener", "v1.0.0", "--to", environment, *URL)
    done = on_terminal(live.root, words, live.project.environment, typed)
    assert done == code
