"""What runs cost, added up from the ledger alone: by agent, version, day, environment or mode."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.app.listing.run_list import Wanted, matching
from runner.app.project import open_project

Row = Mapping[str, Any]
KEYS: dict[str, tuple[str, ...]] = {
    "agent": ("agent",),
    "version": ("agent", "version"),
    "day": ("day",),
    "env": ("environment",),
    "mode": ("mode",),
}
"""What the groups are told apart by, for each word of `--by`."""
DAY = slice(0, 10)


@dataclass
class Sum:
    """What a group of runs comes to. Its parts are added in place: a ledger has many runs."""

    runs: int = 0
    succeeded: int = 0
    unfinished: int = 0
    """They have no end yet; the ledger does not know what they cost so far."""
    unpriced: int = 0
    """They asked a model that has no known price; their cost is in no sum."""
    priced: int = 0
    priced_successes: int = 0
    turns: int = 0
    input: int = 0
    cached_input: int = 0
    output: int = 0
    usd: float = 0.0

    def add(self, row: Row) -> None:
        """Add one run."""
        succeeded = row["status"] == "succeeded"
        self.runs += 1
        self.succeeded += succeeded
        tokens, usd = row["tokens"], row["cost_usd"]
        if tokens is None:
            self.unfinished += 1
            return
        self.turns += row["iterations"]
        self.input += tokens["input"]
        self.cached_input += tokens["cached_input"]
        self.output += tokens["output"]
        if usd is None and tokens["input"] + tokens["output"]:
            self.unpriced += 1
            return
        self.priced += 1
        self.priced_successes += succeeded
        self.usd += usd or 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the sum as plain data; the averages are over the runs whose price is known."""
        tokens = {"input": self.input, "cached_input": self.cached_input, "output": self.output}
        return {
            "runs": self.runs,
            "succeeded": self.succeeded,
            "unfinished": self.unfinished,
            "unpriced": self.unpriced,
            "turns": self.turns,
            "tokens": tokens,
            "cost_usd": round(self.usd, 9) if self.priced else None,
            "usd_per_run": _share(self.usd, self.priced),
            "usd_per_success": _share(self.usd, self.priced_successes),
        }


@dataclass(frozen=True)
class CostReport:
    """Groups, the dearest or the newest first, and what all comes to."""

    by: tuple[str, ...]
    """The names that tell the groups apart."""
    groups: tuple[dict[str, Any], ...]
    total: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return {"by": list(self.by), "items": list(self.groups), "total": self.total}


def add_up(root: Path | None, state: Path | None, wanted: Wanted, by: Sequence[str]) -> CostReport:
    """Return what the runs that are asked for cost; `by` are words of KEYS.

    Raises:
        UsageError: there is no project here, or `since` is no time.
    """
    names = tuple(dict.fromkeys(name for word in by for name in KEYS[word]))
    sums: dict[tuple[Any, ...], Sum] = {}
    total = Sum()
    for row in matching(open_project(root, state), wanted):
        key = tuple(_part(row, name) for name in names)
        group = sums.get(key)
        if group is None:
            group = sums[key] = Sum()
        group.add(row)
        total.add(row)
    groups = [{**dict(zip(names, key, strict=True)), **s.as_json()} for key, s in sums.items()]
    return CostReport(names, tuple(sorted(groups, key=_order(names))), total.as_json())


def _part(row: Row, name: str) -> Any:
    return row["started"][DAY] if name == "day" else row[name]


def _order(names: Sequence[str]) -> Any:
    """Days stand newest first, as they were met; everything else by cost."""
    if "day" in names:
        return lambda group: [-int(part) for part in group["day"].split("-") if part.isdigit()]
    return lambda group: -(group["cost_usd"] or 0.0)


def _share(usd: float, of: int) -> float | None:
    return round(usd / of, 9) if of else None
