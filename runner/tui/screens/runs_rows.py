"""Runs as rows of a table: built from the ledger's lines when they are seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rich.cells import cell_len

from runner.app.listing.query_fields import shown_status
from runner.app.listing.run_feed import Fed
from runner.app.listing.run_list import short_id
from runner.domain.durations import show_duration
from runner.tui.look import Cell, Look, Piece, badge
from runner.tui.widgets.columns import Column

WIDEST = 64
"""A name that is longer is cut: a forged one would push everything else off the screen."""
GOOD_ENDS = frozenset({"reported_success", "verified_success"})
GONE: Cell = ("not in the ledger any more", "dim")


@dataclass
class Widths:
    """The longest names that were seen: agents and versions are never cut."""

    agent: int = 5
    version: int = 3
    agents: set[str] = field(default_factory=set)
    """What agents were seen, to complete their names."""

    def see(self, agent: str, version: str) -> None:
        """Make room for a run."""
        self.agent = min(max(self.agent, cell_len(agent)), WIDEST)
        self.version = min(max(self.version, cell_len(version)), WIDEST)
        self.agents.add(agent)


def columns_for(widths: Widths) -> tuple[Column, ...]:
    """Return the columns; where there is no room for all, numbers go before the subject."""
    return (
        Column("STARTED", 11),
        Column("RUN", 8),
        Column("AGENT", widths.agent),
        Column("VER", widths.version),
        Column("STATUS", 11),
        Column("ENV", 8, rank=6),
        Column("DUR", 6, right=True, rank=3),
        Column("TURNS", 5, right=True, rank=5),
        Column("TOK", 6, right=True, rank=4),
        Column("COST", 8, right=True, rank=2),
        Column("SUBJECT", 12, grow=True, rank=1),
    )


class RunRows:
    """What a step of the feed gave, for a table."""

    def __init__(self, fed: Fed, look: Look, now: datetime, widths: Widths) -> None:
        self.fed = fed
        self._look = look
        self._now = now
        self._widths = widths

    def __len__(self) -> int:
        return len(self.fed.runs)

    def key(self, index: int) -> str:
        """Return the run's id."""
        return self.fed.runs.key(index)

    def index_of(self, key: str) -> int | None:
        """Return where a run is."""
        return self.fed.runs.index_of(key)

    def see(self, first: int, last: int) -> None:
        """Make room for the names of some rows before they are painted."""
        for index in range(max(first, 0), min(last, len(self))):
            if row := self.fed.row(index):
                self._widths.see(row["agent"], row["version"])

    def cells(self, index: int) -> Sequence[Cell]:
        """Return a run's row."""
        row = self.fed.row(index)
        if row is None:
            return ("", short_id(self.key(index)), GONE, *[""] * 8)
        self._widths.see(row["agent"], row["version"])
        return (
            shown_start(row["started"], self._now),
            short_id(row["run"]),
            row["agent"],
            row["version"],
            badge(shown_status(row), ascii=self._look.ascii),
            row["environment"] or ("none", "dim"),
            "" if row["duration_s"] is None else show_duration(row["duration_s"]),
            "" if row["iterations"] is None else str(row["iterations"]),
            "" if row["tokens"] is None else shown_count(_sum(row["tokens"])),
            "" if row["cost_usd"] is None else f"${row['cost_usd']:.4f}",
            tuple(_about(row)),
        )


def shown_start(text: str, now: datetime) -> str:
    """Return when a run began, in UTC: the time of today, the day of this year, or the date."""
    at = datetime.fromisoformat(text).astimezone(now.tzinfo)
    if at.date() == now.date():
        return f"{at:%H:%M:%S}"
    return f"{at:%m-%d %H:%M}" if at.year == now.year else f"{at:%Y-%m-%d}"


def shown_count(number: int) -> str:
    """Return a count in at most six characters: `840`, `18.2k`, `3.1M`."""
    for unit, size in (("", 1), ("k", 1_000), ("M", 1_000_000)):
        if number < size * 1_000:
            return f"{number / size:.1f}{unit}" if unit else str(number)
    return f"{number / 1e9:.1f}G"


def _sum(tokens: dict[str, int]) -> int:
    return tokens["input"] + tokens["output"]


def _about(row: dict[str, Any]) -> Iterator[Piece]:
    """Yield what makes a run another one than it looks, then its subject and its outcome."""
    outcome = row["outcome"]
    parts: list[Piece] = []
    if row["mode"] != "live":
        parts.append((row["mode"].replace("_", " "), "accent"))
    if outcome not in GOOD_ENDS and outcome != "none":
        parts.append((outcome.replace("_", " "), "warning"))
    if row["subject"]:
        parts.append((row["subject"], "plain"))
    if outcome in GOOD_ENDS:
        parts.append((outcome.replace("_", " "), "dim"))
    for number, part in enumerate(parts):
        if number:
            yield ", ", "dim"
        yield part
