"""Runs in a file: the lines of `agentctl runs -o jsonl`, or a table that spreadsheets read."""

import csv
import io
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

from runner.app.plain_text import escaped, plain
from runner.boundary.files import reported
from runner.domain.errors import UsageError

COLUMNS = (
    "run", "job", "agent", "version", "environment", "mode", "subject", "started", "status",
    "alive", "outcome", "cost_usd", "tokens_input", "tokens_cached_input", "tokens_output",
    "iterations", "tool_calls", "duration_s", "journal",
)  # fmt: skip
FORMS = (".jsonl", ".csv")
FORMULA = ("=", "+", "-", "@")


def export_runs(rows: Iterable[Mapping[str, Any]], path: Path) -> int:
    """Write runs into a new file, as its name ends: .jsonl or .csv; return how many.

    Raises:
        UsageError: the name ends otherwise, there is such a file, or no such directory.
        StateError: it could not be written; nothing is left of it.
    """
    path = _checked(path)
    with reported("write", path):
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            # Half a pair of surrogates becomes `\\ud800`, which is the same in JSON.
            half = "backslashreplace"
            with open(fd, "w", encoding="utf-8", errors=half, newline="") as file:  # noqa: PTH123
                return _write(rows, file, path.suffix)
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def _checked(path: Path) -> Path:
    """Return a path with `~` in it resolved, where a new file can be."""
    if path.suffix not in FORMS:
        raise UsageError(f"{path}: is it to be JSON lines or CSV?", help="end it in .jsonl or .csv")
    try:
        path = path.expanduser()
    except RuntimeError as error:
        raise UsageError(f"{path}: nobody has that name here", help="write the path out") from error
    with reported("write", path):
        if path.exists() or path.is_symlink():
            raise UsageError(f"{path} is there already", help="name another file")
        if not path.parent.is_dir():
            raise UsageError(f"there is no directory {path.parent}", help="name another file")
    return path


def _write(rows: Iterable[Mapping[str, Any]], file: TextIO, form: str) -> int:
    count = 0
    if form == ".csv":
        csv.writer(file).writerow(COLUMNS)
    for row in rows:
        file.write(_csv_line(row) if form == ".csv" else _json_line(row))
        count += 1
    return count


def _json_line(row: Mapping[str, Any]) -> str:
    return escaped(json.dumps(row, ensure_ascii=False)) + "\n"


def _csv_line(row: Mapping[str, Any]) -> str:
    tokens = {f"tokens_{name}": count for name, count in (row["tokens"] or {}).items()}
    line = io.StringIO()
    csv.writer(line).writerow([_csv_cell({**row, **tokens}.get(name)) for name in COLUMNS])
    return line.getvalue()


def _csv_cell(value: Any) -> Any:
    """Spreadsheets execute a text that begins like a formula; what wrote it is not known."""
    if not isinstance(value, str):
        return value
    text = plain(value)
    return f"'{text}" if text.startswith(FORMULA) else text
