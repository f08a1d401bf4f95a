"""Manners that every command keeps: help with an example, no colour where none is wanted."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest

from runner.cli.main import COMMANDS, GROUPS, cli
from runner.cli.topics import TOPICS

ROOT = Path(__file__).parents[2]
ESC = "\x1b"


def every_command() -> Iterator[tuple[str, click.Command]]:
    """Every command with what is typed to call it, those within groups too."""
    for name, (module, _says) in COMMANDS.items():
        command: click.Command = import_module(module).command
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {sub}", inner) for sub, inner in command.commands.items())


ALL = dict(every_command())


def run(*args: str, **env: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "runner", *args],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**kept, **env},
    )


@pytest.mark.parametrize("name", ALL)
def test_every_command_shows_how_it_is_called(name: str) -> None:
    assert f"agentctl {name}" in (ALL[name].help or "")


@pytest.mark.parametrize("name", ALL)
def test_every_option_and_command_says_what_it_does(name: str) -> None:
    command = ALL[name]
    silent = [p.name for p in command.params if isinstance(p, click.Option) and not p.help]
    assert silent == []
    assert command.get_short_help_str(200).endswith(".")


@pytest.mark.parametrize("name", ALL)
def test_short_and_long_help_are_the_same(name: str) -> None:
    root = click.Context(cli, info_name="agentctl", **cli.context_settings)
    context = click.Context(ALL[name], info_name=name, parent=root)
    assert context.help_option_names == ["-h", "--help"]


def test_every_command_stands_in_one_group_of_the_list() -> None:
    grouped = [name for names in GROUPS.values() for name in names]
    assert [name for name in COMMANDS if grouped.count(name) != 1] == []
    assert list(GROUPS) == ["Author", "Move", "Run", "Look", "Prove", "More"]


ASKED = (["runs"], ["validate"], ["cost"], ["show", "invoice-triage"], ["doctor", "--offline"])


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_no_escape_reaches_a_pipe(asked: list[str]) -> None:
    done = run(*asked)
    assert ESC not in done.stdout + done.stderr


@pytest.mark.parametrize("asked", [*ASKED, ["audit", "verify"], ["nonsense"], ["run"]], ids=str)
def test_no_color_wins_over_a_wish_for_it(asked: list[str]) -> None:
    done = run(*asked, NO_COLOR="1", FORCE_COLOR="1", CLICOLOR_FORCE="1")
    assert ESC not in done.stdout + done.stderr


def test_never_wins_over_everything() -> None:
    done = run("--color", "never", "show", "no-such-run", FORCE_COLOR="1", CLICOLOR_FORCE="1")
    assert done.returncode == 2
    assert ESC not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("args", "env"),
    [
        (["--color", "always"], {}),
        (["--color=always"], {"NO_COLOR": "1"}),
        ([], {"FORCE_COLOR": "1"}),
        ([], {"CLICOLOR_FORCE": "1"}),
    ],
    ids=str,
)
def test_an_error_is_red_where_colour_is_asked_for(args: list[str], env: dict[str, str]) -> None:
    done = run(*args, "show", "no-such-run", **env)
    assert done.stderr.startswith(f"{ESC}[31merror:{ESC}[0m no run has")


def test_without_a_command_there_is_help_and_no_error() -> None:
    for args in ([], ["audit"]):
        done = run(*args)
        assert done.returncode == 0
        assert done.stdout.startswith("Usage: agentctl")
        assert done.stderr == ""


def test_the_version_is_told_with_pythons() -> None:
    told = run("--version").stdout
    assert re.fullmatch(r"agentctl \S+ \(Python 3\.\d+\.\d+\)\n", told)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_is_told_and_listed(topic: str) -> None:
    assert run("help", topic).stdout.strip()
    assert topic in run("help", "--help").stdout


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["runs", "--agnt", "x"], "did you mean `--agent`?"),
        (["runs", "--debug"], "it goes before the command: agentctl --debug ... runs"),
        (["--quite", "runs"], "did you mean `--quiet`?"),
        (["help", "quer"], "did you mean `query`?"),
        (["run"], "help: agentctl run [OPTIONS] AGENT[@REF]; see `agentctl run --help`"),
        (["runs", "--query", "cots>1"], "did you mean `cost`?"),
        (["runs", "--status", "faild"], "did you mean `failed`?"),
        (["show", "invoice-triag"], "did you mean the agent `invoice-triage`?"),
        (["completion", "bsh"], "did you mean `bash`?"),
        (["runs", "--since", "soon"], "help: write 30m, 2h or 3d"),
        (["runs", "--limit", "-1"], "help: --limit 50"),
    ],
    ids=str,
)
def test_what_was_meant_is_said(args: list[str], words: str) -> None:
    done = run(*args)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert words in done.stderr
    assert done.stdout == ""
