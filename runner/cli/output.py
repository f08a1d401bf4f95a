"""How data reaches stdout: a table for people, JSON, JSON lines and YAML for programs."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from runner.app.plain_text import CONTROL, escaped, plain
from runner.boundary.surroundings import environment, is_terminal
from runner.cli.main import Shell
from runner.cli.terminal import Colour, wants_colour

API_VERSION = "agentctl/v1"
FORMATS = ("table", "json", "jsonl", "yaml")

output_option = click.option(
    "-o", "--output", "form", type=click.Choice(FORMATS), default="table", help="Output format."
)


@dataclass(frozen=True)
class Column:
    """One column of a table: its title and how a row's text is made."""

    title: str
    text: Callable[[Mapping[str, Any]], str]
    right: bool = False
    may_shrink: bool = False
    """Cut visibly where the terminal is too narrow; the other columns never are."""
    colour: Callable[[Mapping[str, Any]], Colour | None] | None = None


def emit_list(
    kind: str,
    items: Sequence[Mapping[str, Any]],
    form: str,
    columns: Sequence[Column],
    shell: Shell | None = None,
) -> None:
    """Write a list to stdout; a table has colours where `shell` says so."""
    if form == "table":
        from runner.cli.table import write_table  # noqa: PLC0415  widths, only for a table

        write_table(items, columns, colour=shell is not None and coloured(shell, sys.stdout))
    elif form == "jsonl":
        _lines(items)
    else:
        _document({"apiVersion": API_VERSION, "kind": kind, "items": list(items)}, form)


def emit_one(kind: str, item: Mapping[str, Any], form: str, text: Callable[[], str]) -> None:
    """Write one object to stdout; `text` makes what a person reads."""
    if form == "table":
        click.echo(plain(text()))
    elif form == "jsonl":
        _lines([item])
    else:
        _document({"apiVersion": API_VERSION, "kind": kind, **item}, form)


def narrate(shell: Shell, text: str) -> None:
    """Tell a person something on stderr, unless asked to be quiet."""
    if not shell.quiet:
        click.echo(plain(text), err=True)


def coloured(shell: Shell, stream: Any) -> bool:
    """Return whether colour is wanted on a stream."""
    return wants_colour(shell.color, environment(), terminal=is_terminal(stream))


def _lines(items: Iterable[Mapping[str, Any]]) -> None:
    for item in items:
        click.echo(escaped(json.dumps(item, ensure_ascii=False)))


def _document(document: Mapping[str, Any], form: str) -> None:
    if form == "json":
        click.echo(escaped(json.dumps(document, ensure_ascii=False, indent=2)))
        return
    from runner.notation.yaml_out import write_yaml  # noqa: PLC0415  only for -o yaml

    text = write_yaml(document)
    if CONTROL.search(text):
        text = write_yaml(document, ascii_only=True)
    click.echo(text, nl=False)
