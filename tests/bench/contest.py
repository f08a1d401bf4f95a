"""The same conversations through agentctl and through two agent libraries, each in a process.

The libraries keep no journal, redact nothing and ask for no permission: what they cost is the
model's client, the tool's schema and the loop.
"""

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.figures import ROOT, Row, child_environment, mib, ms
from tests.bench.loop import TURNS

PEERS_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
ROUNDS = 3
QUIET = {"OPENAI_AGENTS_DISABLE_TRACING": "1", "OTEL_SDK_DISABLED": "true"}
Figures = dict[str, Any] | str
"""What a process measured, or why it did not."""


@dataclass(frozen=True)
class Contestant:
    """One way through the conversations: the interpreter and the module that goes it."""

    name: str
    python: Path
    module: str
    more: tuple[str, ...] = ()
    note: str = ""


OURS = Contestant("agentctl", Path(sys.executable), "loop_agentctl")
FIELD = (
    OURS,
    replace(OURS, more=("no-fsync",), note=", without fsync"),
    Contestant("pydantic-ai", PEERS_PYTHON, "loop_pydantic_ai", note=", no journal"),
    Contestant("openai-agents", PEERS_PYTHON, "loop_openai_agents", note=", no journal"),
)


def rows(server: str) -> list[Row]:
    """Return the rows: CPU of a turn and of start-up, each as a ratio to agentctl with fsync.

    All take turns, so that a busy machine is as busy for each.
    """
    rounds = [[_gone(one, server) for one in FIELD] for _ in range(ROUNDS)]
    told = [_typical(list(figures)) for figures in zip(*rounds, strict=True)]
    return [
        row
        for one, figures in zip(FIELD, told, strict=True)
        for row in _rows(one, figures, told[0])
    ]


def _gone(one: Contestant, server: str) -> Figures:
    if not one.python.exists():
        return "not installed"
    command = [str(one.python), "-m", f"tests.bench.{one.module}", server, *one.more]
    environment = {**child_environment(), **QUIET}
    ended = subprocess.run(
        command, check=False, capture_output=True, cwd=ROOT, env=environment, text=True
    )
    if ended.returncode:
        return (ended.stderr.strip().splitlines() or ["it failed"])[-1]
    figures: dict[str, Any] = json.loads(ended.stdout)
    return figures


def _typical(rounds: list[Figures]) -> Figures:
    kept = [figures for figures in rounds if isinstance(figures, dict)]
    if len(kept) < len(rounds):
        return next(reason for reason in rounds if isinstance(reason, str))
    least = {name: min(figures[name] for figures in kept) for name in ("cpu_s", "startup_s")}
    return {**kept[0], **least, "wall_s": median(figures["wall_s"] for figures in kept)}


def _rows(one: Contestant, figures: Figures, base: Figures) -> list[Row]:
    if isinstance(figures, str) or isinstance(base, str):
        return [Row(f"{one.name}: not measured", str(figures))]
    what = f"{one.name} {figures['version']}{one.note}"

    def against(name: str) -> str:
        return f"{ms(figures[name])} (x {figures[name] / base[name]:.2f})"

    return [
        Row(f"{what}: CPU of a turn of {TURNS}", against("cpu_s")),
        Row("  wall clock of a turn", against("wall_s")),
        Row("  CPU of start-up and a first run of one turn", against("startup_s")),
        Row("  peak memory", mib(figures["peak_bytes"])),
    ]
