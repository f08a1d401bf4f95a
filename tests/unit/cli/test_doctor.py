"""`agentctl doctor` as a person and as a program read it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from runner.cli.main import cli

AGENT = """\
spec_version: 1
name: opener
description: Open tickets.
variables:
  first_directory: {type: string}
  second_directory: {type: string}
model: {id: test/m, base_url: "http://127.0.0.1:9/v1", api_key: {env: DOCTOR_CLI_KEY}}
instructions: {file: prompt.md}
task: {text: Go.}
limits: {max_cost_usd: null}
"""
POINTER = "version: worktree\nvalues: {first_directory: /hidden-a, second_directory: /hidden-b}\n"
Doctor = Callable[..., Result]


@pytest.fixture
def doctor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    monkeypatch.delenv("DOCTOR_CLI_KEY", raising=False)
    monkeypatch.delenv("COLUMNS", raising=False)
    files = {
        "agentctl.yaml": "default_environment: dev\nenvironments: {dev: {}}\n",
        "agent-configs/opener/agent.yaml": AGENT,
        "agent-configs/opener/prompt.md": "Open tickets.",
        "agent-configs/environments/dev/opener.yaml": POINTER,
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)

    def run(*args: str, before: tuple[str, ...] = ()) -> Result:
        words = ["-C", str(tmp_path), *before, "doctor", *args]
        done = CliRunner().invoke(cli, words, standalone_mode=False)
        assert done.exception is None
        return done

    return run


def test_what_is_missing_is_told_with_what_to_do(doctor: Doctor) -> None:
    done = doctor("opener", "--offline")
    assert done.return_value == 1
    assert done.stdout.splitlines() == [
        "opener@worktree in dev",
        "  ok           variable     first_directory, second_directory",
        "                            agent-configs/environments/dev/opener.yaml",
        "  missing      secret       DOCTOR_CLI_KEY",
        "                            the environment variable DOCTOR_CLI_KEY is not set;",
        "                            it holds a secret of this agent; set it for this",
        "                            process: export DOCTOR_CLI_KEY=...; needed by",
        "                            model.api_key",
        "  ok           file         agent.yaml, prompt.md  agent-configs/opener",
        "  skipped      server       127.0.0.1:9  http://127.0.0.1:9/v1",
        "                            not tried: --offline",
        "  skipped      model        test/m",
        "                            not tried: --offline",
    ]
    assert done.stderr == "\n1 problem to mend; 2 not looked at\n"


def test_nothing_missing_is_exit_code_0(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCTOR_CLI_KEY", "secret-9876543210")
    done = doctor("opener", "--offline")
    assert done.return_value == 0
    assert done.stderr == "\nnothing is missing; 2 not looked at\n"


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "yaml"])
def test_no_form_shows_a_value(doctor: Doctor, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.setenv("DOCTOR_CLI_KEY", "secret-9876543210")
    done = doctor("-o", form)
    assert "opener@worktree" in done.stdout
    for hidden in ("9876543210", "/hidden-a", "/hidden-b"):
        assert hidden not in done.output


def test_programs_get_one_object_for_each_need(doctor: Doctor) -> None:
    items: list[dict[str, Any]] = json.loads(doctor("--offline", "-o", "json").stdout)["items"]
    assert {item["subject"] for item in items} == {"this machine", "opener@worktree in dev"}
    assert all(
        list(item) == ["subject", "kind", "name", "status", "where", "help"] for item in items
    )
    assert [item["name"] for item in items if item["status"] == "missing"] == ["DOCTOR_CLI_KEY"]


def test_the_table_fits_80_columns(doctor: Doctor, tmp_path: Path) -> None:
    lines = doctor("--offline").stdout.splitlines()
    assert [line for line in lines if len(line) > 80 and str(tmp_path) not in line] == []


def test_colour_is_for_those_who_ask(doctor: Doctor) -> None:
    assert "\x1b" not in doctor("--offline").stdout
    told = doctor("--offline", before=("--color", "always")).stdout
    assert "\x1b[31mmissing" in told


def test_a_broken_config_is_told_where_it_is(doctor: Doctor, tmp_path: Path) -> None:
    with (tmp_path / "agent-configs" / "opener" / "agent.yaml").open("a") as file:
        file.write("shcedules: 1\n")
    done = doctor("opener")
    assert done.return_value == 1
    assert "agent-configs/opener/agent.yaml:11:1" in done.stdout
    assert "did you mean `schedules`?" in done.stdout
