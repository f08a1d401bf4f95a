"""How an error is told: what, where, what next. No traceback without --debug."""

import sys

import click

from runner.cli.terminal import plain
from runner.domain.errors import AgentctlError

USAGE = 2
UNUSABLE = 3
BUG = 70
INTERRUPTED = 130


def report(error: BaseException, *, debug: bool) -> int:
    """Tell a person about an error on stderr, where it can be told, and return its exit code."""
    try:
        return _told(error, debug=debug)
    except (OSError, ValueError):
        return UNUSABLE


def _told(error: BaseException, *, debug: bool) -> int:
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if debug and not isinstance(error, click.ClickException):
        import traceback  # noqa: PLC0415  only when asked for

        traceback.print_exception(error)
    if isinstance(error, AgentctlError):
        return _ours(error)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        _say(error.format_message())
        return USAGE
    if isinstance(error, click.ClickException):
        return _usage(error)
    if isinstance(error, OSError) and error.errno is not None:
        what = error.filename or "the output"
        _say(f"error: {what} cannot be used: {error.strerror}")
        _say("help: look at its permissions, and whether the disk is full")
        return UNUSABLE
    if isinstance(error, KeyboardInterrupt | click.Abort):
        _say("error: interrupted")
        return INTERRUPTED
    return _bug(error)


def _ours(error: AgentctlError) -> int:
    diagnostics = getattr(error, "diagnostics", None)
    if diagnostics:
        from runner.config.report import render  # noqa: PLC0415  pydantic only when needed

        _say(render(diagnostics))
        return error.exit_code
    _say(f"error: {error.message}")
    if error.help:
        _say(f"help: {error.help}")
    return error.exit_code


def _usage(error: click.ClickException) -> int:
    _say(f"error: {error.format_message()}")
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "agentctl"
    _say(f"help: see `{path} --help`")
    return USAGE


def _bug(error: BaseException) -> int:
    from importlib.metadata import version  # noqa: PLC0415  only for a bug

    name = type(error).__name__
    _say(f"error: a bug in agentctl {version('agentctl')}: {name}: {error}")
    _say("help: run the same command with --debug and report what it prints")
    return BUG


def _say(text: str) -> None:
    sys.stderr.write(plain(text).rstrip("\n") + "\n")
