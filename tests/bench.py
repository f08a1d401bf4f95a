"""`make bench`: what agentctl costs, printed beside the design's targets.

CPU seconds are of this machine; nothing here passes or fails.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from runner.boundary.clock import SystemClock
from runner.boundary.ids import new_run_id
from runner.domain.agent import AgentFile, AgentSpec
from runner.domain.job import Job
from runner.domain.release import Release
from runner.domain.snapshot import Snapshot
from runner.domain.tool import ToolSpec
from runner.journal.ledger import Ledger
from runner.journal.recording import RecordedRun
from runner.journal.writer import FileJournal
from runner.orchestration.parts import Parts
from runner.orchestration.run import execute
from runner.testing import NeverInterrupted, NoSecrets, ScriptedModel, TableToolbox, calls, says

ROOT = Path(__file__).parents[1]
TURNS = 20
RUNS = 15
TOOL = {
    "name": "note",
    "description": "Note something down.",
    "inputSchema": {
        "type": "object",
        "additionalProperties": False,
        "required": ["text", "rank"],
        "properties": {"text": {"type": "string", "maxLength": 99}, "rank": {"type": "integer"}},
    },
    "annotations": {"readOnlyHint": False, "destructiveHint": False, "idempotentHint": True},
    "call": {"kind": "command", "argv": ["true"]},
}


def main() -> None:
    rows = [
        ("agentctl --help, CPU", cpu_of("--help"), "150 ms"),
        ("agentctl validate of one agent, CPU", cpu_of(*a_validation()), "300 ms"),
        *turns(),
    ]
    table = Table(title="agentctl", title_justify="left")
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_column("target", justify="right")
    for what, seconds, target in rows:
        table.add_row(what, f"{seconds * 1000:.2f} ms", target)
    Console().print(table)


def a_validation() -> tuple[str, ...]:
    agents = sorted(path.parent for path in ROOT.glob("agent-configs/*/agent.yaml"))
    return ("-C", str(ROOT), "validate", f"{agents[0].name}@worktree")


def cpu_of(*args: str) -> float:
    """Return the median CPU seconds of a command, after one run that fills caches."""
    command = [sys.executable, "-m", "runner", *args]
    return median([_one(command) for _ in range(8)][1:])


def _one(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=True, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def turns() -> list[tuple[str, float, str]]:
    with tempfile.TemporaryDirectory() as directory:
        cpu, wall = per_turn(Path(directory))
        fsync = os.fsync
        os.fsync = lambda _fd: None  # type: ignore[assignment]
        try:
            cpu_only, _wall = per_turn(Path(directory))
        finally:
            os.fsync = fsync
    return [
        ("one turn with one tool call, CPU, with fsync", cpu, "2 ms"),
        ("the same, CPU, without fsync", cpu_only, ""),
        ("the same, wall clock, with fsync", wall, ""),
    ]


def per_turn(state: Path) -> tuple[float, float]:
    """Return CPU and wall seconds that agentctl adds to a turn: medians over runs."""
    measured = [_run(state) for _ in range(RUNS)][1:]
    return median(cpu for cpu, _ in measured), median(wall for _, wall in measured)


def _run(state: Path) -> tuple[float, float]:
    clock = SystemClock()
    run = new_run_id(clock)
    plain: Callable[[Any], Any] = lambda data: data  # noqa: E731
    ledger = Ledger(state, clock, lambda: new_run_id(clock), plain)
    journal = RecordedRun(
        ledger, lambda: FileJournal.create(state, run, "bench", clock, plain), keyed=False
    )
    tool = ToolSpec.model_validate(TOOL)
    script = [calls("note", f'{{"text": "note {n}", "rank": {n}}}') for n in range(TURNS - 1)]
    parts = Parts(
        model=ScriptedModel([*script, says("done")]),
        toolbox=TableToolbox([tool], {"note": lambda arguments: {"noted": arguments["rank"]}}),
        journal=journal,
        clock=clock,
        redactor=NoSecrets(),
        interrupts=NeverInterrupted(),
        jitter=lambda upper: upper,
    )
    release = a_release(tool)
    cpu, wall = time.process_time(), time.perf_counter()
    with journal:
        ended = execute(Job(id=run, run=run), release, parts)
    assert ended.status == "succeeded"
    return (time.process_time() - cpu) / TURNS, (time.perf_counter() - wall) / TURNS


def a_release(tool: ToolSpec) -> Release:
    file = AgentFile.model_validate(
        {
            "spec_version": 1,
            "name": "bench",
            "description": "Measured.",
            "model": {"id": "test/scripted", "base_url": "http://127.0.0.1:1/v1"},
            "instructions": {"text": "Note things down. " * 50},
            "task": {"text": "Go."},
        }
    )
    spec = AgentSpec(agent=file, instructions="Note. " * 50, task="Go.", tools=(tool,))
    return Release(
        agent="bench", version="v1.0.0", snapshot=Snapshot({}), spec=spec, origin="memory"
    )


if __name__ == "__main__":
    main()
