"""What the runs of some releases took, from the ledger's newest lines."""

import json
import os
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from runner.boundary.files import reported
from runner.journal.paths import ledger_path
from runner.rollout.effort import Observed

NEWEST = 20_000
"""Lines that are looked at: some ten thousand runs."""
MODES = frozenset({"live", "dry_run"})
"""A replay asks no model, and a shadow answers twice what was asked once."""
Row = Mapping[str, Any]


def observed(state: Path, agent: str, digests: Collection[str]) -> dict[str, Observed]:
    """Return what the newest ended runs took, by digest; a digest without runs is left out.

    A line that cannot be read is passed over; `audit verify` tells about it.
    """
    found: dict[str, list[Row]] = {}
    for digest, ended in _ended(ledger_path(state), agent, digests):
        found.setdefault(digest, []).append(ended)
    return {digest: _medians(rows) for digest, rows in found.items()}


def _ended(path: Path, agent: str, digests: Collection[str]) -> Iterator[tuple[str, Row]]:
    ends: dict[str, Row] = {}
    for line in _newest(path):
        row = _row(line)
        if row is None:
            continue
        if row.get("type") == "run.ended":
            ends.setdefault(str(row.get("run")), row)
        elif _asked(row, agent, digests) and (end := ends.get(str(row.get("run")))):
            yield row["digest"], end


def _newest(path: Path) -> Iterator[bytes]:
    if not path.is_file():
        return
    from runner.journal.lines import lines_backwards  # noqa: PLC0415  not where nothing ever ran

    with reported("read", path), path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        for _offset, line in islice(lines_backwards(file.fileno(), size), NEWEST):
            yield line


def _row(line: bytes) -> Row | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _asked(row: Row, agent: str, digests: Collection[str]) -> bool:
    wanted = row.get("type") == "run.started" and row.get("agent") == agent
    return wanted and row.get("digest") in digests and row.get("mode") in MODES


def _medians(rows: list[Row]) -> Observed:
    from statistics import median  # noqa: PLC0415  as above

    tokens = [row["tokens"] for row in rows if _counts(row.get("tokens"))]
    costs = [row["cost_usd"] for row in rows if isinstance(row.get("cost_usd"), int | float)]
    return Observed(
        runs=len(rows),
        input_tokens=median([t["input"] for t in tokens] or [0]),
        output_tokens=median([t["output"] for t in tokens] or [0]),
        cost_usd=median(costs) if costs else None,
    )


def _counts(tokens: object) -> bool:
    return isinstance(tokens, dict) and all(
        isinstance(tokens.get(name), int) for name in ("input", "output")
    )
