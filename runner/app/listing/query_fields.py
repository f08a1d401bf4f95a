"""The fields of the query language: what each is in a run, and which values it takes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from runner.domain.durations import parse_duration

Row = Mapping[str, Any]
Kind = Literal["text", "count", "money", "span"]
STATUSES = ("running", "parked", "succeeded", "failed", "stopped", "cancelled", "in_doubt")
GONE = "gone"
"""A run that is `running` on paper, and whose process is gone."""
MODES = ("live", "dry_run", "shadow", "replay")
OUTCOMES = (
    "none",
    "reported_success",
    "reported_failure",
    "verification_pending",
    "verified_success",
    "verification_failed",
)
COUNT = re.compile(r"([0-9]+(?:\.[0-9]+)?)([kKmM]?)")
MONEY = re.compile(r"\$?([0-9]+(?:\.[0-9]+)?|\.[0-9]+)")
THOUSANDS = {"": 1.0, "k": 1e3, "m": 1e6}
WRONG = {
    "count": "a number such as 20 or 10k",
    "money": "an amount of USD such as 0.10",
    "span": "a duration such as 30s, 5m or 2d",
}


@dataclass(frozen=True)
class QueryField:
    """One field: its name, what it is in a run, and how it is compared."""

    name: str
    kind: Kind
    of: Callable[[Row], Any]
    says: str
    example: str
    words: tuple[str, ...] = ()
    """All values there are, where they are known."""
    by_part: bool = False
    """A part of the text is enough."""
    line: str = ""
    """The ledger's line, `started` or `ended`, that answers it; empty for both."""
    key: str = ""
    """Its name in that line, where its exact text stands there."""
    said_by_absence: frozenset[str] = frozenset()
    """Values that a run has because a line is missing."""

    @property
    def has_none(self) -> bool:
        """Whether `none` is one of its words, and not the absence of a value."""
        return "none" in self.words

    def problem(self, op: str, value: str) -> tuple[str, str] | None:
        """Return what is wrong with a value and what to do, or None."""
        if self.kind == "text":
            return self._problem_of_text(op, value)
        if value == "none" and op in {":", "!="}:
            return None
        try:
            number(self, value)
        except ValueError:
            return f"`{value}` is not {WRONG[self.kind]}", f"for instance {self.example}"
        if self.kind == "span" and op in {":", "!="}:
            return f"`{self.name}` needs < or >", f"for instance {self.example}"
        return None

    def _problem_of_text(self, op: str, value: str) -> tuple[str, str] | None:
        if op not in {":", "!="}:
            return f"`{self.name}` is a text and has no `{op}`", f"for instance {self.example}"
        if not self.words or set("*?") & set(value) or value.lower() in self.words:
            return None
        close = get_close_matches(value.lower(), self.words, n=1)
        advice = f"did you mean `{close[0]}`?" if close else f"one of: {', '.join(self.words)}"
        return f"there is no {self.name} `{value}`", advice


def number(field: QueryField, value: str) -> float:
    """Return the number that a value stands for: seconds, USD or a count.

    Raises:
        ValueError: it is none.
    """
    if field.kind == "span":
        return 0.0 if value in {"0", "0s"} else parse_duration(value)
    match = (MONEY if field.kind == "money" else COUNT).fullmatch(value)
    if match is None:
        raise ValueError(value)
    unit = match[2].lower() if field.kind == "count" else ""
    return float(match[1]) * THOUSANDS[unit]


def shown_status(row: Row) -> str:
    """Return a run's status, `gone` where it says running and no process executes it."""
    status: str = row["status"]
    return GONE if status == "running" and not row["alive"] else status


def _tokens(row: Row) -> int | None:
    tokens = row["tokens"]
    return None if tokens is None else tokens["input"] + tokens["output"]


def _get(key: str) -> Callable[[Row], Any]:
    return lambda row: row[key]


_ALL = (
    QueryField(
        "run", "text", _get("run"), "any part of its id", "run:8Q2M", by_part=True, line="started"
    ),
    QueryField(
        "job",
        "text",
        _get("job"),
        "the job's id or key",
        "job:nightly-*",
        line="started",
        key="job",
    ),
    QueryField(
        "agent",
        "text",
        _get("agent"),
        "the agent's name",
        "agent:invoice-*",
        line="started",
        key="agent",
    ),
    QueryField(
        "version",
        "text",
        _get("version"),
        "vX.Y.Z or worktree",
        "version:v1.1.0",
        line="started",
        key="version",
    ),
    QueryField(
        "env",
        "text",
        _get("environment"),
        "the environment, or none",
        "env:prod",
        line="started",
        key="environment",
        said_by_absence=frozenset({"none"}),
    ),
    QueryField(
        "mode",
        "text",
        _get("mode"),
        ", ".join(MODES),
        "mode:live",
        MODES,
        line="started",
        key="mode",
    ),
    QueryField(
        "status",
        "text",
        _get("status"),
        "; ".join((", ".join(STATUSES), "gone: its process is gone")),
        "status:failed,stopped",
        (*STATUSES, GONE),
        line="ended",
        key="status",
        said_by_absence=frozenset({"running", GONE}),
    ),
    QueryField(
        "outcome",
        "text",
        _get("outcome"),
        ", ".join(OUTCOMES),
        "outcome:reported_failure",
        OUTCOMES,
        line="ended",
        key="outcome",
        said_by_absence=frozenset({"none"}),
    ),
    QueryField(
        "subject",
        "text",
        _get("subject"),
        "what it was about, or none",
        "subject:INV-7*",
        line="started",
        key="subject",
        said_by_absence=frozenset({"none"}),
    ),
    QueryField("cost", "money", _get("cost_usd"), "USD, or none: no price is known", "cost>0.10"),
    QueryField("tokens", "count", _tokens, "input and output together", "tokens>10k"),
    QueryField("duration", "span", _get("duration_s"), "active time", "duration>5m"),
    QueryField("age", "span", _get("age_s"), "since its start", "age<2d", line="started"),
    QueryField("turns", "count", _get("iterations"), "answers of the model", "turns>10"),
    QueryField("calls", "count", _get("tool_calls"), "tool calls", "calls:0"),
)
FIELDS = {field.name: field for field in _ALL}
FREE = tuple(FIELDS[name].of for name in ("run", "job", "agent", "version", "env", "subject"))
"""What a free text is looked for in."""
