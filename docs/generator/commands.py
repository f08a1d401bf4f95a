"""docs/reference/commands.md: every command, its options, how it ends, examples."""

from collections.abc import Iterator
from inspect import cleandoc

import click
from click.testing import CliRunner

from docs.generator.notes import NOTES, Note
from docs.generator.tables import table
from runner.cli.main import COMMANDS, cli

OPENING = """\
# Commands

Data goes to stdout, narration to stderr. `-o json` and `-o yaml` give one document with
`apiVersion` and `kind`, `-o jsonl` one object a line. A pipe gets no colour and no progress.
Every command can end with 0 (done), 2 (usage or configuration), 3 (transient), 70 (a bug) and 130
(Ctrl-C); further codes stand with the command. [Exit codes](../exit-codes.md) says what to do about
each.

## Before the command

These stand before the command's name: `agentctl -C project runs`.
"""
VERBATIM = "\b\n"
"""What click does not wrap: it begins a paragraph of a help text."""


def commands_page() -> str:
    """Return the page."""
    with click.Context(cli, info_name="agentctl") as root:
        lines = [OPENING, *_options(cli, root), ""]
        for name, context in commands(root):
            lines += [f"## {name}", "", *_command(name, context), ""]
    return "\n".join([*lines, "## The language of --query", "", "```text", _topic("query"), "```"])


def commands(root: click.Context) -> Iterator[tuple[str, click.Context]]:
    """Yield every command that does something, by its full name, with a context of its own."""
    for name in COMMANDS:
        command = cli.get_command(root, name)
        assert command is not None
        if not command.hidden:
            yield from _with_inner(name, click.Context(command, info_name=name, parent=root))


def examples(name: str, command: click.Command) -> tuple[str, ...]:
    """Return lines to type: those of the command's own help, and those of the notes."""
    shown = [line.strip() for part in _verbatim(command) for line in part]
    typed = [line for line in shown if line.startswith("agentctl ")]
    return tuple(dict.fromkeys([*typed, *NOTES.get(name, Note()).examples]))


def _with_inner(name: str, context: click.Context) -> Iterator[tuple[str, click.Context]]:
    command = context.command
    if not isinstance(command, click.Group):
        yield name, context
        return
    for inner in command.list_commands(context):
        found = command.get_command(context, inner)
        assert found is not None
        below = click.Context(found, info_name=inner, parent=context)
        yield from _with_inner(f"{name} {inner}", below)


def _command(name: str, context: click.Context) -> Iterator[str]:
    usage = " ".join(context.command.collect_usage_pieces(context))
    yield f"    {context.command_path} {usage}".rstrip()
    yield ""
    yield from _help(context.command)
    yield from _options(context.command, context)
    if ends := NOTES.get(name, Note()).ends:
        yield from ("", f"Ends with {_listed(ends)} as well.")
    yield from ("", "```sh", *examples(name, context.command), "```")


def _listed(codes: tuple[int, ...]) -> str:
    words = [f"`{code}`" for code in codes]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _help(command: click.Command) -> Iterator[str]:
    """Yield the help's paragraphs; what it shows as typed stands with the examples."""
    for paragraph in _paragraphs(command):
        if not paragraph.startswith(VERBATIM):
            yield from (*(line.strip() for line in paragraph.strip().splitlines()), "")
    for lines in _verbatim(command):
        if not any(line.strip().startswith("agentctl ") for line in lines):
            yield from ("```text", *lines, "```", "")


def _verbatim(command: click.Command) -> Iterator[list[str]]:
    for paragraph in _paragraphs(command):
        if paragraph.startswith(VERBATIM):
            yield paragraph.removeprefix(VERBATIM).rstrip().splitlines()


def _paragraphs(command: click.Command) -> list[str]:
    return cleandoc(command.help or "").split("\n\n")


def _options(command: click.Command, context: click.Context) -> list[str]:
    rows = []
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if isinstance(parameter, click.Option) and record and not parameter.hidden:
            names, words = record
            rows.append((f"`{names}`", " ".join(words.split())))
    return table(("option", "meaning"), rows) if rows else []


def _topic(name: str) -> str:
    return CliRunner().invoke(cli, ["help", name], catch_exceptions=False).output.strip("\n")
