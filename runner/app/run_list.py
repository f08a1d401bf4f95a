"""Lists of runs from the ledger's lines alone, newest first, without building a model of each.

A ledger of a hundred thousand runs is read in a second, so a line is parsed only when its bytes do
not already say that nobody asked for it. A line that cannot be read is left out: lists go on, and
`audit verify` tells about it.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from math import isfinite
from operator import itemgetter
from pathlib import Path
from types import NoneType
from typing import Any

from runner.app.project import Project, open_project
from runner.app.query import Query
from runner.boundary.clock import SystemClock
from runner.boundary.files import alive, reported
from runner.domain.durations import parse_duration
from runner.domain.errors import UsageError
from runner.journal.lines import lines_backwards
from runner.journal.moments import read_moment

LEDGER = "ledger.jsonl"
HEAD = re.compile(
    rb'\{"ledger":"[^"\\]*","seq":[0-9]+,"ts":"([^"\\]*)"'
    rb',"type":"run\.(started|ended)","run":"([^"\\]*)"'
)
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
RESUMABLE = frozenset({"running", "parked", "in_doubt"})
START = itemgetter("run", "job", "agent", "version", "mode", "journal", "environment", "subject")
"""What a run's start has: texts, of which the last two may be null."""
END_NAMES = ("cost_usd", "duration_s", "status", "outcome", "iterations", "tool_calls", "tokens")
END = itemgetter(*END_NAMES)
END_KINDS = [str, str, int, int, dict]
TOKEN_NAMES = ("input", "cached_input", "output")
TOKENS = itemgetter(*TOKEN_NAMES)
NUMBER = rb"([0-9][0-9.eE+-]*)"
COUNT = rb"([0-9]{1,18})"
ENDING = re.compile(
    rb'"status":"([a-z_]+)","outcome":"([a-z_]+)","head":"[^"\\]*","head_seq":[0-9]+'
    rb',"cost_usd":(null|[0-9][0-9.eE+-]*),"tokens":\{"input":' + COUNT + rb',"cached_input":'
    + COUNT + rb',"output":' + COUNT + rb'\},"duration_s":' + NUMBER + rb',"iterations":' + COUNT
    + rb',"tool_calls":' + COUNT + rb"[,}]"
)  # fmt: skip
"""An end as this version writes it: four times as fast to read as any JSON."""
UNREADABLE = (ValueError, KeyError, TypeError, OverflowError, RecursionError)
Started = tuple[dict[str, Any], datetime, bytes | None]
"""The fields of a run's start, when that was, and the line of its end where it has one."""


@dataclass(frozen=True)
class Wanted:
    """Which runs are asked for."""

    query: Query = field(default_factory=Query)
    since: str | None = None
    """`2h`, a date in UTC, or an RFC 3339 time."""
    limit: int = 50
    """At most so many; 0 for all."""


def list_runs(
    root: Path | None, state: Path | None, wanted: Wanted
) -> tuple[list[dict[str, Any]], bool]:
    """Return runs as plain data, newest first, and whether there are more than `limit`.

    Raises:
        UsageError: there is no project here, the limit is negative, or `since` is no time.
    """
    limit = wanted.limit
    if limit < 0:
        raise UsageError(f"--limit {limit} is no number of runs", help="--limit 50, or 0 for all")
    found = matching(open_project(root, state), wanted)
    rows = list(islice(found, limit + 1 if limit else None))
    more = bool(limit) and len(rows) > limit
    return (rows[:limit] if limit else rows), more


def matching(project: Project, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """Yield the runs that are asked for as plain data, newest first, whatever the limit.

    Raises:
        UsageError: `since` is no time.
    """
    now = SystemClock().now()
    lines = _Lines(project.state, wanted.query, _oldest(wanted, now))
    return _matching(lines, now)


def short_id(run: str) -> str:
    """Return the part of a run's id that lists show: its last 8 characters."""
    return run[-8:]


def parse_since(text: str, now: datetime) -> datetime:
    """Return the time that `--since` names: `2h` before now, a date in UTC, an RFC 3339 time.

    Raises:
        UsageError: it is none of them.
    """
    try:
        if DATE.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        if re.match(r"[0-9]{4}-", text):
            return read_moment(text)
        return now - timedelta(seconds=parse_duration(text))
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"--since: {text!r} is no time",
            help="write 30m, 2h or 3d, a date such as 2026-11-20 (UTC), or 2026-11-20T09:00:00Z",
        ) from error


def _oldest(wanted: Wanted, now: datetime) -> datetime | None:
    """Return the time before which no run can be asked for."""
    bounds = [parse_since(wanted.since, now)] if wanted.since is not None else []
    if (age_s := wanted.query.oldest_s) is not None:
        bounds.append(now - timedelta(seconds=min(age_s + 1, now.timestamp())))
    return max(bounds, default=None)


def _matching(lines: "_Lines", now: datetime) -> Iterator[dict[str, Any]]:
    begun = lines.query.of_start()
    for opened, started_at, end in lines.runs():
        row = _row(opened, now - started_at)
        if not begun.matches(row):
            continue
        if end and (ended := _ended(end)):
            row |= ended
        if row["status"] in RESUMABLE and alive(lines.state / opened["journal"]):
            row |= {"status": "running", "alive": True}
        if lines.query.matches(row):
            yield row


@dataclass(frozen=True)
class _Lines:
    """The ledger's lines from its end, as far as a query needs them."""

    state: Path
    query: Query
    oldest: datetime | None

    def runs(self) -> Iterator[Started]:
        """Yield each run that may match, until one is older than asked for."""
        in_started, in_ended = self.query.needles("started"), self.query.needles("ended")
        ends: dict[bytes, bytes] = {}
        for head, line in self._lines():
            ts, kind, run = head.groups()
            if kind == b"ended":
                ends.setdefault(run, line)
                continue
            end = ends.pop(run, None)
            if self.oldest and (_moment(ts) or self.oldest) < self.oldest:
                return
            if not (_holds(line, in_started) and _holds(end, in_ended)):
                continue
            started_at, opened = _moment(ts), _opened(line)
            if started_at and opened:
                yield opened, started_at, end

    def _lines(self) -> Iterator[tuple[re.Match[bytes], bytes]]:
        path = self.state / LEDGER
        if not path.is_file():
            return
        with reported("read", path), path.open("rb") as file:
            for _offset, line in lines_backwards(file.fileno(), os.fstat(file.fileno()).st_size):
                if head := HEAD.match(line):
                    yield head, line


def _holds(line: bytes | None, needles: list[tuple[bytes, ...]]) -> bool:
    """Return whether a line has one needle of each kind; no line has any.

    Upper and lower case beyond ASCII are not compared here: such a line is read.
    """
    if not needles or (line and not line.isascii()):
        return True
    low = line.lower() if line else b""
    return all(any(needle in low for needle in some) for some in needles)


def _moment(ts: bytes) -> datetime | None:
    try:
        return read_moment(ts.decode())
    except ValueError:
        return None


def _opened(line: bytes) -> dict[str, Any] | None:
    """Return the fields of a run's start, or None for a line that is none."""
    try:
        fields: dict[str, Any] = json.loads(line.decode())
        kinds = [*map(type, START(fields))]
    except UNREADABLE:
        return None
    whole = set(kinds[:-2]) == {str} and set(kinds[-2:]) <= {str, NoneType}
    return fields if whole and "\0" not in fields["journal"] else None


def _ended(line: bytes) -> dict[str, Any] | None:
    """Return what a run's end says, or None for a line that is none."""
    found = ENDING.search(line)
    if found is None:
        return _parsed_end(line)
    status, outcome, cost, *tokens, duration, turns, calls = found.groups()
    try:
        return {
            "status": status.decode(),
            "outcome": outcome.decode(),
            "cost_usd": None if cost == b"null" else _finite(float(cost)),
            "tokens": dict(zip(TOKEN_NAMES, map(int, tokens), strict=True)),
            "iterations": int(turns),
            "tool_calls": int(calls),
            "duration_s": _finite(float(duration)),
        }
    except ValueError:
        return None


def _finite(number: float) -> float:
    if not isfinite(number):
        raise ValueError("not a finite number")
    return number


def _parsed_end(line: bytes) -> dict[str, Any] | None:
    """Read an end that another version wrote in another order."""
    try:
        fields: dict[str, Any] = json.loads(line.decode())
        cost, duration, *kinds = map(type, END(fields))
        whole = kinds == END_KINDS and {*map(type, TOKENS(fields["tokens"]))} == {int}
        numbers = duration in {int, float} and cost in {int, float, NoneType}
        for name in ("duration_s", "cost_usd"):
            _finite(fields[name] or 0.0)
    except UNREADABLE:
        return None
    return {name: fields[name] for name in END_NAMES} if whole and numbers else None


def _row(opened: Mapping[str, Any], age: timedelta) -> dict[str, Any]:
    """Return a run as it is before its end is known."""
    return {
        "run": opened["run"],
        "job": opened["job"],
        "agent": opened["agent"],
        "version": opened["version"],
        "environment": opened["environment"],
        "mode": opened["mode"],
        "subject": opened["subject"],
        "started": opened["ts"],
        "age_s": round(age.total_seconds()),
        "status": "running",
        "alive": False,
        "outcome": "none",
        "cost_usd": None,
        "tokens": None,
        "iterations": None,
        "tool_calls": None,
        "duration_s": None,
        "journal": opened["journal"],
    }
