"""Tables on a screen: whole columns, one that may shrink, and a word about what has no room."""

import sys
from collections.abc import Mapping, Sequence
from shutil import get_terminal_size
from typing import Any

import click
from rich.cells import cell_len, set_cell_size

from runner.app.plain_text import one_line
from runner.boundary.surroundings import is_terminal
from runner.cli.output import Column
from runner.cli.terminal import painted

LONGEST_CELL = 200
GAP = "  "
Rows = Sequence[Mapping[str, Any]]


def write_table(items: Rows, columns: Sequence[Column], *, colour: bool) -> None:
    """Write a table to stdout: at its own width into a pipe, at the screen's to a terminal."""
    cells = [[one_line(column.text(item), LONGEST_CELL) for column in columns] for item in items]
    natural = [
        max(cell_len(text) for text in (column.title, *(row[at] for row in cells)))
        for at, column in enumerate(columns)
    ]
    widths = fitted(columns, natural, get_terminal_size().columns) if _on_screen() else natural
    lines = [_line([column.title for column in columns], columns, widths)]
    for item, row in zip(items, cells, strict=True):
        lines.append(_line(row, columns, widths, item if colour else None))
    click.echo("\n".join(lines), color=True)
    left_out = [column.title for column in columns[len(widths) :]]
    if left_out:
        click.echo(f"note: no room for {', '.join(left_out)}; -o json has all", err=True)


def fitted(columns: Sequence[Column], natural: Sequence[int], screen: int) -> list[int]:
    """Return the columns' widths on a screen; fewer where the last columns have no room."""
    widths = list(natural)
    for at, column in enumerate(columns):
        if column.may_shrink:
            least = cell_len(column.title)
            widths[at] = max(least, widths[at] - max(_total(widths) - screen, 0))
    while len(widths) > 1 and _total(widths) > screen:
        widths.pop()
    return widths


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _on_screen() -> bool:
    return is_terminal(sys.stdout)


def _line(
    row: Sequence[str],
    columns: Sequence[Column],
    widths: Sequence[int],
    item: Mapping[str, Any] | None = None,
) -> str:
    parts = []
    for text, column, width in zip(row, columns, widths, strict=False):
        cell = _cell(text, column, width)
        wanted = column.colour(item) if item is not None and column.colour else None
        parts.append(cell.replace(text, painted(text, wanted), 1) if wanted else cell)
    return GAP.join(parts).rstrip()


def _cell(text: str, column: Column, width: int) -> str:
    room = width - cell_len(text)
    if room < 0:
        return set_cell_size(text, width - 1) + "…"
    return " " * room + text if column.right else text + " " * room
