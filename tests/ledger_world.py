"""A project with a ledger alone, written line by line as the product seals it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from runner.app.listing.query import parse_query
from runner.app.listing.run_list import Wanted, list_runs
from runner.journal.chain import Tip
from runner.journal.entries import Entry, RunEnded, RunOpened
from runner.journal.moments import write_moment

NOW = datetime.now(UTC)


class Ledgers:
    """Writes a ledger's lines as the ledger does, at any time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.state = root / ".agentctl"
        self.state.mkdir()
        (root / "agent-configs").mkdir()
        self.tip = Tip.start("ledger", "L")

    def line(self, entry: Entry, at: datetime) -> None:
        line, self.tip = self.tip.seal(write_moment(at), entry.model_dump(mode="json"))
        with (self.state / "ledger.jsonl").open("ab") as file:
            file.write(line)

    def started(self, run: str, age: timedelta = timedelta(), **fields: Any) -> None:
        told: dict[str, Any] = {
            "agent": "a", "version": "v1.0.0", "job": run, "digest": "h1:", "mode": "live",
        }  # fmt: skip
        entry = RunOpened(run=run, journal=f"{run}.jsonl", head="", **{**told, **fields})
        self.line(entry, NOW - age)

    def ended(self, run: str, status: str, **fields: Any) -> None:
        told: dict[str, Any] = {
            "outcome": "none", "head": "", "head_seq": 1, "duration_s": 1.0,
            "tokens": {"input": 5, "output": 2}, "iterations": 1, "tool_calls": 0,
        }  # fmt: skip
        self.line(RunEnded(run=run, status=status, **{**told, **fields}), NOW)  # type: ignore[arg-type]

    def runs(self, query: str = "", since: str | None = None, limit: int = 0) -> list[str]:
        found, _more = list_runs(self.root, None, Wanted(parse_query(query), since, limit))
        return [row["run"] for row in found]
