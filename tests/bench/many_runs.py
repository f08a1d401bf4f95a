"""Reading a ledger of 100,000 runs: it is written here, line by line, as the product seals it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from runner.cli.main import COMMANDS
from runner.domain.messages import TokenUsage
from runner.journal.chain import Tip
from runner.journal.entries import RunEnded, RunOpened
from runner.journal.moments import write_moment
from tests.bench.figures import Row, cost_of_command, mib, seconds

RUNS = 100_000
RARE = 20
START = datetime(2026, 1, 1, tzinfo=UTC)
AGENTS = ("invoice-triage", "log-digest", "ticket-sorter", "stock-watch")
COMMON = "agentctl runs, of 100,000"
ASKED: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (f"{COMMON}: the newest 50, CPU", ("runs",), "0.5 s"),
    (f"{COMMON}: a filter that reads all, CPU", ("runs", "--agent", "rare"), ""),
    (f"{COMMON}: all as JSON, CPU", ("runs", "-o", "json", "--limit", "0"), ""),
    ("agentctl cost, over 100,000 runs, CPU", ("cost",), ""),
)


def rows(directory: Path) -> list[Row]:
    """Return the rows: whole commands, process start included."""
    (directory / "agent-configs").mkdir(parents=True)
    size = write_ledger(directory / ".agentctl", RUNS)
    made = []
    for what, args, target in ASKED:
        if args[0] not in COMMANDS:
            made.append(Row(what, "no such command yet", target))
            continue
        times = 5 if target else 2
        made.append(Row(what, seconds(cost_of_command(args, directory, times=times).cpu_s), target))
    return [*made, Row("  size of that ledger", mib(size))]


def write_ledger(state: Path, runs: int) -> int:
    """Write a valid ledger without waiting for the disk; return its bytes."""
    state.mkdir(mode=0o700)
    tip = Tip.start("ledger", "01KBENCH000000000000000000")
    path = state / "ledger.jsonl"
    with path.open("wb") as file:
        for ts, fields in _entries(runs):
            line, tip = tip.seal(ts, fields)
            file.write(line)
    path.chmod(0o600)
    return path.stat().st_size


def _entries(runs: int) -> Iterator[tuple[str, dict[str, Any]]]:
    opened, ended = _opened(), _ended()
    for number in range(runs):
        run = f"01K{number:023d}"
        agent = "rare" if number < RARE else AGENTS[number % len(AGENTS)]
        at = START + timedelta(minutes=number * 4)
        journal = f"journal/{agent}/{at:%Y-%m-%d}/{run}.jsonl"
        told = {"run": run, "job": run, "agent": agent, "journal": journal}
        subject = {"subject": f"INV-{number:06d}", "version": f"v1.{number // 20_000}.0"}
        yield write_moment(at), {**opened, **told, **subject}
        failed = number % 17 == 0
        result = {"status": "failed" if failed else "succeeded", "cost_usd": (number % 90) / 1e3}
        yield write_moment(at + timedelta(seconds=40)), {**ended, "run": run, **result}


def _opened() -> dict[str, Any]:
    return RunOpened(
        run="",
        job="",
        agent="",
        version="",
        digest="h1:nUyV2nQ0y0b8mAq6mRkq0V0oXrJx1pN3c7T1q2w3e4r=",
        environment="prod",
        mode="live",
        journal="",
        head="0" * 64,
    ).model_dump(mode="json")


def _ended() -> dict[str, Any]:
    return RunEnded(
        run="",
        status="succeeded",
        outcome="none",
        head="1" * 64,
        head_seq=14,
        cost_usd=0.0,
        tokens=TokenUsage(input=9000, output=400),
        duration_s=38.2,
        iterations=6,
        tool_calls=5,
    ).model_dump(mode="json")
