"""`make bench`: what agentctl costs, printed beside the design's targets.

Nothing here passes or fails: the figures are of this machine, and of how busy it is.
"""

import os
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench import commands, contest, many_runs, memory, releases, turns, ui
from tests.bench.figures import Row
from tests.bench.model_server import model_server


def main() -> None:
    with tempfile.TemporaryDirectory() as directory, model_server() as server:
        at = Path(directory)
        parts: dict[str, Callable[[], list[Row]]] = {
            "commands": lambda: commands.rows(at / "commands"),
            "a turn": lambda: turns.rows(at / "turns"),
            "the same loop in other libraries": lambda: contest.rows(server),
            "many runs": lambda: many_runs.rows(at / "many"),
            "terminal UI": lambda: ui.rows(at / "ui"),
            "releases in git": lambda: releases.rows(at / "releases"),
            "memory": lambda: memory.rows(at / "memory", server),
        }
        groups = [measured(name, rows) for name, rows in parts.items()]
    console = Console(width=None if sys.stdout.isatty() else 150)
    console.print(table(groups))


def measured(name: str, rows: Callable[[], list[Row]]) -> list[Row]:
    print(f"measuring: {name} ...", file=sys.stderr, flush=True)
    return rows()


def table(groups: list[list[Row]]) -> Table:
    where = f"{os.cpu_count()} CPUs, {platform.machine()}, Python {platform.python_version()}"
    made = Table(title=f"agentctl on {where}", title_justify="left")
    made.add_column("what", overflow="fold")
    made.add_column("measured", justify="right")
    made.add_column("target", justify="right")
    for group in groups:
        for row in group:
            made.add_row(row.what, row.measured, row.target)
        made.add_section()
    return made


if __name__ == "__main__":
    main()
