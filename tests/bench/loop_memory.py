"""`python -m tests.bench.loop_memory SERVER DIRECTORY`: a thousand runs in one process.

Each is what `agentctl run` does: read and check the files, ask the server, call the HTTP tool,
journal. It prints what it had in memory on the way.
"""

import gc
import json
import sys
from pathlib import Path

from tests.bench.figures import cost_of_call, peak_bytes, resident_bytes
from tests.bench.world import World

RUNS = 1000
LOOKS = (100, 250, 500, 1000)


def main(server: str, directory: str) -> None:
    world = World.make(Path(directory), server)
    resident: dict[int, int] = {}

    def all_runs() -> None:
        for number in range(1, RUNS + 1):
            world.run(1)
            if number in LOOKS:
                gc.collect()
                resident[number] = resident_bytes()

    cost = cost_of_call(all_runs).per(RUNS)
    told = {"resident": resident, "peak": peak_bytes(), "cpu_s": cost.cpu_s, "wall_s": cost.wall_s}
    json.dump(told, sys.stdout)


main(*sys.argv[1:])
