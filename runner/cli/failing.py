"""How an error is told: what, where, what next. No traceback without --debug."""

import errno
import sys
from collections.abc import Sequence

import click

from runner.app.plain_text import plain
from runner.boundary.surroundings import environment, is_terminal
from runner.cli.terminal import painted, wants_colour
from runner.domain.errors import AgentctlError

USAGE = 2
UNUSABLE = 3
BUG = 70
INTERRUPTED = 130
ERROR = "error:"
TOO_MANY = frozenset({errno.EMFILE, errno.ENFILE})
FILES_OPEN = "too many files are open in this process; raise `ulimit -n`"


def report(error: BaseException, argv: Sequence[str] = ()) -> int:
    """Tell a person about an error on stderr, where it can be told, and return its exit code.

    `argv` is what was typed: an error may come before anything of it was read.
    """
    try:
        return _told(error, argv)
    except (OSError, ValueError):
        return UNUSABLE


def _told(error: BaseException, argv: Sequence[str]) -> int:
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    say = _Voice(argv)
    if "--debug" in argv and not isinstance(error, click.ClickException):
        import traceback  # noqa: PLC0415  only when asked for

        sys.stderr.write(plain("".join(traceback.format_exception(error))))
    if isinstance(error, AgentctlError):
        return _ours(error, say)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message())
        return 0
    if isinstance(error, click.ClickException):
        return _usage(error, say)
    if isinstance(error, OSError) and error.errno is not None:
        what = error.filename or "the output"
        say(f"{ERROR} {what} cannot be used: {error.strerror}")
        usual = "look at its permissions, and whether the disk is full"
        say(f"help: {FILES_OPEN if error.errno in TOO_MANY else usual}")
        return UNUSABLE
    if isinstance(error, KeyboardInterrupt | click.Abort):
        say(f"{ERROR} interrupted")
        return INTERRUPTED
    return _bug(error, say)


class _Voice:
    """Writes lines to stderr, with a red `error:` where colour is wanted there."""

    def __init__(self, argv: Sequence[str]) -> None:
        terminal = is_terminal(sys.stderr)
        self.colour = wants_colour(said_color(argv), environment(), terminal=terminal)

    def __call__(self, text: str) -> None:
        shown = plain(text).rstrip("\n")
        if self.colour and shown.startswith(ERROR):
            shown = painted(ERROR, "red") + shown.removeprefix(ERROR)
        sys.stderr.write(shown + "\n")


def said_color(argv: Sequence[str]) -> str:
    """Return what `--color` says in what was typed, else `auto`."""
    for at, word in enumerate(argv):
        name, _, value = word.partition("=")
        if name == "--color":
            said = value or (argv[at + 1] if at + 1 < len(argv) else "")
            return said if said in {"always", "never"} else "auto"
    return "auto"


def _ours(error: AgentctlError, say: _Voice) -> int:
    diagnostics = getattr(error, "diagnostics", None)
    if diagnostics:
        from runner.config.report import render  # noqa: PLC0415  pydantic only when needed

        sys.stderr.write(render(diagnostics, colour=say.colour).rstrip("\n") + "\n")
        return error.exit_code
    say(f"{ERROR} {error.message}")
    if error.help:
        say(f"help: {error.help}")
    return error.exit_code


def _usage(error: click.ClickException, say: _Voice) -> int:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "agentctl"
    if isinstance(error, click.NoSuchOption):
        say(f"{ERROR} {path} has no option {error.option_name}")
        say(f"help: {_meant(error, context) or f'see `{path} --help`'}")
        return USAGE
    say(f"{ERROR} {error.format_message()}")
    if context is not None and isinstance(error, click.MissingParameter):
        say(f"help: {context.get_usage().removeprefix('Usage: ')}; see `{path} --help`")
    else:
        say(f"help: {_near_word(error) or f'see `{path} --help`'}")
    return USAGE


def _near_word(error: click.ClickException) -> str:
    """Return which word of a closed set was probably meant."""
    from difflib import get_close_matches  # noqa: PLC0415  only for a mistyped word

    said, _, words = error.format_message().partition(" is not one of ")
    typed = said.rpartition(": ")[2].strip("'")
    close = get_close_matches(typed, [word.strip(" '.") for word in words.split(",")], n=1)
    return f"did you mean `{close[0]}`?" if close else ""


def _meant(error: click.NoSuchOption, context: click.Context | None) -> str:
    if context is not None and context.parent is not None:
        root = context.find_root()
        if any(error.option_name in option.opts for option in root.command.params):
            return (
                f"it goes before the command: agentctl {error.option_name} ... {context.info_name}"
            )
    return f"did you mean `{error.possibilities[0]}`?" if error.possibilities else ""


def _bug(error: BaseException, say: _Voice) -> int:
    from importlib.metadata import version  # noqa: PLC0415  only for a bug

    name = type(error).__name__
    say(f"{ERROR} a bug in agentctl {version('agentctl')}: {name}: {error}")
    say("help: run the same command with --debug before its name, and report what it prints")
    return BUG
