"""The ledger's lines of runs, read without a model: a start, an end, and the row of both.

A ledger of a hundred thousand runs is read in a second, so a line is parsed only when its bytes do
not already say that nobody asked for it. A line that cannot be read is nobody's: lists go on, and
`audit verify` tells about it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from math import isfinite
from operator import itemgetter
from pathlib import Path
from types import NoneType
from typing import Any

from runner.app.listing.query import Query
from runner.boundary.files import alive
from runner.journal.moments import read_moment

HEAD = re.compile(
    rb'\{"ledger":"[^"\\]*","seq":[0-9]+,"ts":"([^"\\]*)"'
    rb',"type":"run\.(started|ended)","run":"([^"\\]*)"'
)
RESUMABLE = frozenset({"running", "parked", "in_doubt"})
START = itemgetter("run", "job", "agent", "version", "mode", "journal", "environment", "subject")
"""What a run's start has: texts, of which the last two may be null."""
END_NAMES = ("cost_usd", "duration_s", "status", "outcome", "iterations", "tool_calls", "tokens")
END = itemgetter(*END_NAMES)
END_KINDS = [str, str, int, int, dict]
MOST = 10**18
"""No run counts further: what says so was written by nobody who counted."""
TOKEN_NAMES = ("input", "cached_input", "output")
TOKENS = itemgetter(*TOKEN_NAMES)
SOME = rb'"[^"]*"'
TEXT = rb'"([^"]*)"'
OPENING = re.compile(
    rb'\{"ledger":' + SOME + rb',"seq":[0-9]+,"ts":' + TEXT + rb',"type":"run\.started","run":'
    + TEXT + rb',"job":' + TEXT + rb',"agent":' + TEXT + rb',"version":' + TEXT
    + rb',"digest":' + SOME + rb',"environment":(?:null|' + TEXT + rb'),"mode":' + TEXT
    + rb',"journal":' + TEXT + rb',"head":' + SOME + rb',"subject":(?:null|' + TEXT
    + rb'),"reconciled":(?:true|false),"prev":' + SOME + rb',"hash":' + SOME + rb"\}\n?"
)  # fmt: skip
"""A start as this version writes it; where `is_plain` it needs no JSON either."""
ESCAPES = bytes(range(32)) + b"\\"
OPENING_NAMES = (
    "ts", "run", "job", "agent", "version", "environment", "mode", "journal", "subject",
)  # fmt: skip
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


@dataclass(frozen=True)
class Opened:
    """What a run's start says, and when it was written."""

    fields: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True)
class Sieve:
    """Which runs pass: by the bytes of their lines first, then by what they say."""

    state: Path
    query: Query
    oldest: datetime | None = None
    """The time before which no run can pass."""

    def is_over(self, at: datetime | None) -> bool:
        """Return whether a run that began then, and all before it, are too old."""
        return self.oldest is not None and (at or self.oldest) < self.oldest

    def may_pass(self, started: bytes, ended: bytes | None) -> bool:
        """Return False where the bytes of a run's lines say that it does not pass."""
        in_started, in_ended = self._needles
        return _holds(started, in_started) and _holds(ended, in_ended)

    def row(self, opened: Opened, ended: bytes | None, now: datetime) -> dict[str, Any] | None:
        """Return a run as plain data, or None where it does not pass.

        Raises:
            StateError: nobody can say whether a process executes it.
        """
        row = first_row(opened, now)
        if not self._of_start.matches(row):
            return None
        if ended and (told := read_end(ended)):
            row |= told
        if row["status"] in RESUMABLE and alive(self.state / opened.fields["journal"]):
            row |= {"status": "running", "alive": True}
        return row if self.query.matches(row) else None

    @cached_property
    def _needles(self) -> tuple[list[tuple[bytes, ...]], list[tuple[bytes, ...]]]:
        return self.query.needles("started"), self.query.needles("ended")

    @cached_property
    def _of_start(self) -> Query:
        return self.query.of_start()


def moment(ts: bytes) -> datetime | None:
    """Return the time of a line, or None where it says none."""
    try:
        return read_moment(ts.decode())
    except ValueError:
        return None


def is_plain(line: bytes) -> bool:
    """Return whether no text of a line is escaped: what stands between two quotes is meant."""
    return len(line.translate(None, ESCAPES)) >= len(line) - line.endswith(b"\n")


def read_start(line: bytes) -> Opened | None:
    """Return what a run's start says, or None for a line that is none."""
    try:
        found = OPENING.fullmatch(line)
        if found and is_plain(line):
            texts = (None if text is None else text.decode() for text in found.groups())
            fields: dict[str, Any] = dict(zip(OPENING_NAMES, texts, strict=True))
            return Opened(fields, read_moment(fields["ts"]))
        fields = json.loads(line.decode())
        kinds = [*map(type, START(fields))]
        whole = set(kinds[:-2]) == {str} and set(kinds[-2:]) <= {str, NoneType}
        if not whole or "\0" in fields["journal"]:
            return None
        return Opened(fields, read_moment(fields["ts"]))
    except UNREADABLE:
        return None


def read_end(line: bytes) -> dict[str, Any] | None:
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


def first_row(opened: Opened, now: datetime) -> dict[str, Any]:
    """Return a run as it is before its end is known."""
    told, age = opened.fields, now - opened.at
    return {
        "run": told["run"],
        "job": told["job"],
        "agent": told["agent"],
        "version": told["version"],
        "environment": told["environment"],
        "mode": told["mode"],
        "subject": told["subject"],
        "started": told["ts"],
        "age_s": round(age / timedelta(seconds=1)),
        "status": "running",
        "alive": False,
        "outcome": "none",
        "cost_usd": None,
        "tokens": None,
        "iterations": None,
        "tool_calls": None,
        "duration_s": None,
        "journal": told["journal"],
    }


def _holds(line: bytes | None, needles: list[tuple[bytes, ...]]) -> bool:
    """Return whether a line has one needle of each kind; no line has any.

    Upper and lower case beyond ASCII are not compared here: such a line is read.
    """
    if not needles or (line and not line.isascii()):
        return True
    low = line.lower() if line else b""
    return all(any(needle in low for needle in some) for some in needles)


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
        counts = (fields["iterations"], fields["tool_calls"], *TOKENS(fields["tokens"]))
        whole = whole and all(0 <= count < MOST for count in counts)
        numbers = duration in {int, float} and cost in {int, float, NoneType}
        for name in ("duration_s", "cost_usd"):
            _finite(fields[name] or 0.0)
    except UNREADABLE:
        return None
    return {name: fields[name] for name in END_NAMES} if whole and numbers else None
