"""Where the demo plays, and how it types a command: shown, run, its exit code checked."""

import os
import shlex
import subprocess  # noqa: TID251  the demo types commands as a user does
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WIDTH = 88
TIMEOUT_S = 60
NOT_HANDED_ON = ("AGENTCTL_", "GIT_")


class DemoError(Exception):
    """Something in the story did not happen as told."""


@dataclass(frozen=True)
class Stage:
    """Where the demo plays: a copy of the project, and the ticket service's address."""

    project: Path
    tickets_url: str


def typed(stage: Stage, *command: str, code: int = 0, within_s: float = TIMEOUT_S) -> None:
    """Show a command, run it, show what it prints, and check its exit code."""
    prompt(shlex.join(command))
    try:
        done = subprocess.run(  # noqa: S603  commands of the demo alone
            [_program(command[0]), *command[1:]],
            cwd=stage.project,
            env=surroundings(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=within_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DemoError(f"{command[0]} did not run: {error}") from error
    if done.stdout.strip():
        say(done.stdout.rstrip())
    if code:
        say(f"(exit code {done.returncode})")
    expect(done.returncode == code, f"exit code {done.returncode} where {code} was expected")


def _program(name: str) -> str:
    return str(Path(sys.executable).parent / name) if name == "agentctl" else name


def surroundings() -> dict[str, str]:
    """Return the environment without the user's own settings of agentctl and git."""
    mine = os.environ  # noqa: TID251  the demo hands it on to the commands that it types
    return {name: value for name, value in mine.items() if not name.startswith(NOT_HANDED_ON)}


def expect(truth: bool, otherwise: str) -> None:
    """Raise DemoError unless something is so."""
    if not truth:
        raise DemoError(otherwise)


def tell(text: str) -> None:
    """Print a sentence of the story, set off from commands and their output."""
    say("\n" + textwrap.fill(text, WIDTH, initial_indent="# ", subsequent_indent="# "))


def prompt(command: str) -> None:
    """Print a command as a user types it."""
    say(f"$ {command}")


def say(text: str) -> None:
    """Print at once, so that a pipe sees it in order."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
