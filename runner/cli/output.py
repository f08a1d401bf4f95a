"""How data reaches stdout: a table for people, JSON, JSON lines and YAML for programs."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from runner.boundary.surroundings import environment, is_terminal
from runner.cli.main import Shell
from runner.cli.terminal import CONTROL, escaped, one_line, plain

API_VERSION = "agentctl/v1"
FORMATS = ("table", "json", "jsonl", "yaml")
PIPE_WIDTH = 10_000

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


def emit_list(
    kind: str, items: Sequence[Mapping[str, Any]], form: str, columns: Sequence[Column]
) -> None:
    """Write a list to stdout."""
    if form == "table":
        _table(items, columns)
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
    """Return whether colour is wanted on a stream: --color, then NO_COLOR, then a terminal."""
    if shell.color != "auto":
        return shell.color == "always"
    return not environment().get("NO_COLOR") and is_terminal(stream)


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


def _table(items: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> None:
    from rich.console import Console  # noqa: PLC0415  a heavy import that JSON does not need
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    cells = [[Text(one_line(column.text(item), 200)) for column in columns] for item in items]
    table = Table(box=None, pad_edge=False, header_style="", padding=(0, 2, 0, 0))
    for number, column in enumerate(columns):
        widest = max([len(column.title), *(row[number].cell_len for row in cells)])
        table.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=True,
            min_width=0 if column.may_shrink else widest,
        )
    for row in cells:
        table.add_row(*row)
    width = None if is_terminal(sys.stdout) else PIPE_WIDTH
    Console(width=width, color_system=None, highlight=False).print(table)
