"""Memory over a thousand runs in one process, and the verification of what they wrote."""

import json
import subprocess
import sys
from pathlib import Path

from tests.bench.figures import ROOT, Row, child_environment, cost_of_command, mib, ms


def rows(directory: Path, server: str) -> list[Row]:
    """Return the rows; the journals are on disk, in `directory`."""
    command = [sys.executable, "-m", "tests.bench.loop_memory", server, str(directory)]
    ended = subprocess.run(
        command, capture_output=True, check=True, cwd=ROOT, env=child_environment()
    )
    told = json.loads(ended.stdout)
    first, *_, last = told["resident"].values()
    on_the_way = ", ".join(mib(size) for size in told["resident"].values())
    return [
        Row("memory of 1,000 runs in one process, peak", mib(told["peak"])),
        Row("  after 100, 250, 500 and 1,000 runs", on_the_way),
        Row("  growth from run 100 to run 1,000", mib(last - first), "flat"),
        Row("  CPU of one run, two turns, loading and checking included", ms(told["cpu_s"])),
        Row("  wall clock of one run", ms(told["wall_s"])),
        *_verification(directory),
    ]


def _verification(directory: Path) -> list[Row]:
    """What is verified is each run's journal and the ledger; start-up is taken off."""
    lines = sum(path.read_bytes().count(b"\n") for path in directory.rglob("*.jsonl"))
    whole = cost_of_command(("audit", "verify"), directory, times=3).cpu_s
    start = cost_of_command(("audit", "verify", "--help"), directory, times=3).cpu_s
    share = (whole - start) * 1000 / lines
    return [
        Row(f"agentctl audit verify, {lines:,} lines, CPU", ms(whole)),
        Row("  of 1,000 lines, without start-up", ms(share)),
    ]
