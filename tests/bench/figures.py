"""What a benchmark gives: rows of a table, and how CPU time is taken of this and other processes.

This module imports nothing outside the standard library: the peers' environment has not ours.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
AGENTCTL = (sys.executable, "-m", "runner")


@dataclass(frozen=True)
class Row:
    """One line of the table. A figure without a target has none in the design."""

    what: str
    measured: str
    target: str = ""


@dataclass(frozen=True)
class Cost:
    """CPU and wall-clock seconds."""

    cpu_s: float
    wall_s: float

    def per(self, count: int) -> "Cost":
        return Cost(self.cpu_s / count, self.wall_s / count)


def ms(seconds: float) -> str:
    """Return milliseconds with as many digits as mean something."""
    value = seconds * 1000
    return f"{value:.2f} ms" if value < 20 else f"{value:.0f} ms"


def seconds(value: float) -> str:
    return f"{value:.2f} s"


def mib(count: float) -> str:
    return f"{count / (1 << 20):.1f} MiB"


def typical(costs: Sequence[Cost]) -> Cost:
    """Return the least CPU and the median of wall clock.

    Other work on the machine only adds to CPU time (caches, shared cores), so the least is nearest.
    """
    return Cost(min(c.cpu_s for c in costs), median(c.wall_s for c in costs))


def cost_of_call(call: Callable[[], object], *, children: bool = False) -> Cost:
    """Return what a call costs in this process, and with `children` in those that it ends."""
    wall, cpu, launched = time.perf_counter(), time.process_time(), _children_s()
    call()
    cpu_s = time.process_time() - cpu + (_children_s() - launched if children else 0.0)
    return Cost(cpu_s, time.perf_counter() - wall)


def cost_of_command(args: Sequence[str], cwd: Path = ROOT, *, times: int = 7) -> Cost:
    """Return what an `agentctl` command typically costs, after one run that fills caches."""
    costs = [cost_of_call(lambda: _run(args, cwd), children=True) for _ in range(times + 1)]
    return typical(costs[1:])


def child_environment() -> dict[str, str]:
    """Return our environment, with bytecode caches allowed and the tree importable."""
    mine = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**mine, "PYTHONPATH": str(ROOT)}


@contextmanager
def without_fsync() -> Iterator[None]:
    """Let nothing wait for the disk inside the block."""
    kept = os.fsync
    os.fsync = lambda _fd: None  # type: ignore[assignment]
    try:
        yield
    finally:
        os.fsync = kept


def resident_bytes() -> int:
    """Return what this process has in memory now; where there is no /proc, the peak."""
    return _in_memory("VmRSS")


def peak_bytes() -> int:
    """Return what this process had in memory at the most.

    `ru_maxrss` is the second choice: a child begins with that of the process that launched it.
    """
    return _in_memory("VmHWM")


def _in_memory(name: str) -> int:
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _run(args: Sequence[str], cwd: Path) -> None:
    command = [*AGENTCTL, *args]
    ended = subprocess.run(
        command, check=False, capture_output=True, cwd=cwd, env=child_environment()
    )
    if ended.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {ended.returncode}: {ended.stderr!r}")


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
