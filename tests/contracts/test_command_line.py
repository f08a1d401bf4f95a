"""Promises of the command line: it starts light, every command has help, README names real ones."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from runner.cli.main import COMMANDS
from runner.domain.errors import EXIT_CODES

ROOT = Path(__file__).parents[2]
HEAVY = ("pydantic", "git", "httpx", "httpcore", "jinja2", "textual", "yaml", "rich")
LOADED = "import sys, runner.__main__ as m\ntry: m.main()\nfinally: print(*sorted(sys.modules))"


def run(*args: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "runner", *args], capture_output=True, text=True, check=False
    )


def test_help_imports_nothing_heavy() -> None:
    child = subprocess.run(
        [sys.executable, "-c", LOADED, "--help"], capture_output=True, text=True, check=True
    )
    loaded = set(child.stdout.split())
    assert "click" in loaded
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_the_one_of_the_table_and_has_help(name: str) -> None:
    command = import_module(COMMANDS[name][0]).command
    assert command.name == name
    assert command.help


def test_exit_codes_are_told() -> None:
    told = run("help", "exit-codes").stdout
    assert [int(line.split()[0]) for line in told.splitlines()] == list(EXIT_CODES)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["vlidate"], "did you mean `validate`"),
        (["run"], "Missing argument"),
        (["run", "x", "--nope"], "--nope"),
        (["--read-only", "run", "x"], "no command 'run'"),
    ],
)
def test_wrong_usage_is_exit_code_2_with_a_hint(args: list[str], words: str) -> None:
    child = run(*args)
    assert child.returncode == 2
    assert words in child.stderr
    assert child.stdout == ""


def test_readme_shows_only_commands_that_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"`?agentctl ([a-z]+)", readme))
    assert shown >= {"new", "validate", "run"}
    assert shown - {"runs"} <= set(COMMANDS)


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"agentctl {name}" not in readme] == []
