"""Lists of runs from the ledger's lines alone, newest first, without building a model of each.

`runner.app.listing.ledger_lines` reads a line; here is which runs are asked for, in which order.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from runner.app.listing.ledger_lines import HEAD, Opened, Sieve, moment, read_start
from runner.app.listing.query import Query
from runner.app.project import Project, open_project
from runner.boundary.clock import SystemClock
from runner.boundary.files import reported
from runner.domain.durations import parse_duration
from runner.domain.errors import UsageError
from runner.journal.lines import lines_backwards
from runner.journal.moments import read_moment
from runner.journal.paths import ledger_path

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Started = tuple[Opened, bytes | None]
"""A run's start, and the line of its end where it has one."""


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


def matching(
    project: Project, wanted: Wanted, now: datetime | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the runs that are asked for as plain data, newest first, whatever the limit.

    Ages are counted from `now`, by itself the time it is.

    Raises:
        UsageError: `since` is no time.
    """
    now = now or SystemClock().now()
    return _matching(sieve_of(project.state, wanted, now), now)


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


def sieve_of(state: Path, wanted: Wanted, now: datetime) -> Sieve:
    """Return what lets the runs through that are asked for at a time.

    Raises:
        UsageError: `since` is no time.
    """
    bounds = [parse_since(wanted.since, now)] if wanted.since is not None else []
    if (age_s := wanted.query.oldest_s) is not None:
        bounds.append(now - timedelta(seconds=min(age_s + 1, now.timestamp())))
    return Sieve(state, wanted.query, max(bounds, default=None))


def _matching(sieve: Sieve, now: datetime) -> Iterator[dict[str, Any]]:
    for opened, end in _runs(sieve):
        if row := sieve.row(opened, end, now):
            yield row


def _runs(sieve: Sieve) -> Iterator[Started]:
    """Yield each run that may match, until one is older than asked for."""
    ends: dict[bytes, bytes] = {}
    for head, line in _lines(ledger_path(sieve.state)):
        ts, kind, run = head.groups()
        if kind == b"ended":
            ends.setdefault(run, line)
            continue
        end = ends.pop(run, None)
        if sieve.oldest and sieve.is_over(moment(ts)):
            return
        if sieve.may_pass(line, end) and (opened := read_start(line)):
            yield opened, end


def _lines(path: Path) -> Iterator[tuple[re.Match[bytes], bytes]]:
    if not path.is_file():
        return
    with reported("read", path), path.open("rb") as file:
        for _offset, line in lines_backwards(file.fileno(), os.fstat(file.fileno()).st_size):
            if head := HEAD.match(line):
                yield head, line
