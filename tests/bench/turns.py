"""What agentctl adds to one turn with one tool call, and what the launch of a child costs."""

from pathlib import Path

from tests.bench.figures import Cost, Row, ms, typical, without_fsync
from tests.bench.world import World

TURNS = 20
RUNS = 25


def rows(directory: Path) -> list[Row]:
    """Return the rows. The model is a script in memory; all else is what `agentctl run` uses."""
    world = World.make(directory, "http://127.0.0.1:1")
    release = world.release()

    def turn(tool: str = "note", *, function: bool = True, runs: int = RUNS) -> Cost:
        count = TURNS - 1
        costs = [
            world.execute(release, count, tool, function=function).per(TURNS) for _ in range(runs)
        ]
        return typical(costs[1:])

    synced = turn()
    command = turn("note_command", function=False, runs=5)
    python = turn("note_python", function=False, runs=4)
    with without_fsync():
        unsynced = turn()
    return [
        Row("one turn with one tool call, CPU, with fsync", ms(synced.cpu_s), "2 ms"),
        Row("  without fsync", ms(unsynced.cpu_s)),
        Row("  wall clock, with fsync", ms(synced.wall_s)),
        Row("  wall clock, without fsync", ms(unsynced.wall_s)),
        *_launched("command", command, synced),
        *_launched("python", python, synced),
    ]


def _launched(kind: str, cost: Cost, plain: Cost) -> list[Row]:
    """A turn more with a child than with a function; one of 20 turns has no call."""
    share = TURNS / (TURNS - 1)
    cpu, wall = ((a - b) * share for a, b in zip(_pair(cost), _pair(plain), strict=True))
    return [
        Row(f"one child of a {kind} tool, CPU of both processes, on top", ms(cpu)),
        Row("  wall clock, on top", ms(wall)),
    ]


def _pair(cost: Cost) -> tuple[float, float]:
    return cost.cpu_s, cost.wall_s
