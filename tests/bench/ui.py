"""The terminal UI over 100,000 runs, and over a run whose journal has 200 MB."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from runner.journal.chain import Tip
from tests.bench.figures import ROOT, Row, child_environment, cost_of_command, mib, ms, seconds
from tests.bench.many_runs import write_ledger
from tests.bench.world import World

RUNS = 100_000
JOURNAL_BYTES = 205_000_000
RESULT = "x" * 3_000
MOVES = ("j",) * 20 + ("pagedown",) * 10 + ("G", "k", "k", "g", "j", "pageup")
RUN_KEYS = (*MOVES, "l", *MOVES, "m", *MOVES)
"""Down the steps, then down the raw lines, then through the messages."""
LIST_KEYS = (*MOVES, "exclamation_mark", *MOVES)
"""Down all runs, then down those that failed."""


def rows(directory: Path) -> list[Row]:
    """Return the rows."""
    many, large = directory / "many", directory / "large"
    (many / "agent-configs").mkdir(parents=True)
    write_ledger(many / ".agentctl", RUNS)
    size = write_journal(large)
    shot = cost_of_command(("ui", "--screenshot", "fleet"), times=3)
    lists = watched(many, "runs", LIST_KEYS)
    run = watched(large, "run:last", RUN_KEYS)
    return [
        Row("agentctl ui --screenshot fleet, start to end, CPU", seconds(shot.cpu_s), "1.5 s"),
        *_screen(f"ui, runs, of {RUNS:,}", lists),
        *_screen(f"ui, one run, journal of {size / 1e6:.0f} MB", run),
    ]


def _screen(what: str, told: dict[str, Any]) -> Iterator[Row]:
    first, keys = told["first"], told["keys"]
    yield Row(f"{what}: first rows, CPU", seconds(first["cpu_s"]))
    yield Row("  wall clock", seconds(first["wall_s"]), "1 s")
    yield Row(f"  a key, median of {len(keys)}, CPU", ms(median(keys)), "50 ms")
    yield Row("  the slowest of them, with what workers read meanwhile", ms(max(keys)))
    for when, words in (("opening", "while opening"), ("pressing", "with keys")):
        yield Row(f"  longest handler {words}, CPU", ms(told[when]["cpu_s"]), "100 ms")
        yield Row(f"  longest that nothing was answered {words}", ms(told[when]["wall_s"]))
    yield Row("  memory, peak", mib(told["peak"]))


def watched(root: Path, screen: str, keys: Sequence[str]) -> dict[str, Any]:
    """Return what a screen costs in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.ui_watched", str(root), screen, *keys]
    ended = subprocess.run(
        command, capture_output=True, check=True, cwd=ROOT, env=child_environment()
    )
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


def write_journal(root: Path) -> int:
    """Write a project whose one run was long: the turns of a real run, over and over."""
    world = World.make(root, "http://127.0.0.1:1")
    world.execute(world.release(), 1)
    path = next(world.state.glob("journal/*/*/*.jsonl"))
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    long = ((line["ts"], fields) for line, fields in _long(lines))
    written, tip = _sealed(path, Tip.start("run", path.stem), long)
    ledger = world.state / "ledger.jsonl"
    told = [json.loads(line) for line in ledger.read_bytes().splitlines()]
    ends = {"run.ended": {"head": tip.prev, "head_seq": tip.seq - 1}}
    again = ((line["ts"], {**_own(line), **ends.get(line["type"], {})}) for line in told)
    _sealed(ledger, Tip.start("ledger", told[0]["ledger"]), again)
    return written


def _sealed(path: Path, tip: Tip, lines: Iterable[tuple[str, dict[str, Any]]]) -> tuple[int, Tip]:
    """Write a file anew; return its bytes, and where its chain stands."""
    written = 0
    with path.open("wb") as file:
        for ts, fields in lines:
            line, tip = tip.seal(ts, fields)
            written += file.write(line)
    return written, tip


def _long(lines: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield the run's lines, its first turn over and over, each with what it says then."""
    opening = [line for line in lines if line.get("step", "t0") == "t0"][:-1]
    turn = [line for line in lines if line.get("step", "").startswith("t1.")]
    ending = [line for line in lines if line not in opening and line not in turn]
    turns = JOURNAL_BYTES // (sum(len(json.dumps(line)) for line in turn) + len(RESULT))
    for line in opening:
        yield line, _own(line)
    for number in range(1, turns + 1):
        for line in turn:
            yield line, _own(line) | _at(line, number)
    for line in ending:
        yield line, _own(line) | _at(line, turns + 1)


def _own(line: dict[str, Any]) -> dict[str, Any]:
    """Return what a line says itself, without the chain's own fields."""
    chain = {"seq", "ts", "prev", "hash", "ledger" if "ledger" in line else "run"}
    return {name: value for name, value in line.items() if name not in chain}


def _at(line: dict[str, Any], turn: int) -> dict[str, Any]:
    """Return what a line says differently in another turn."""
    if "step" not in line:
        return {}
    told = {"step": f"t{turn}." + line["step"].partition(".")[2]}
    return told | ({"text": RESULT} if line["type"] == "tool.finished" else {})
