"""What each contestant does with the model server: the same conversations, measured the same way.

It runs in a process of its own and imports nothing outside the standard library, so that what is
counted as start-up is the contestant's.
"""

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from tests.bench.figures import cost_of_call, peak_bytes, typical
from tests.bench.model_server import FINAL, order

TURNS = 20
RUNS = 10


def measure(package: str, converse: Callable[[str], Any]) -> None:
    """Print, as JSON, what start-up and one turn cost. `converse` carries out an order.

    Start-up is the whole process until the first conversation, of one turn, is over.
    """

    def carry_out(count: int) -> None:
        answer = converse(order("note", count))
        assert answer == FINAL, answer  # the server says this after the last result alone

    carry_out(0)
    startup_s = time.process_time()
    costs = [cost_of_call(lambda: carry_out(TURNS - 1)).per(TURNS) for _ in range(RUNS)]
    turn = typical(costs[2:])
    told = {
        "version": version(package),
        "startup_s": startup_s,
        "cpu_s": turn.cpu_s,
        "wall_s": turn.wall_s,
        "peak_bytes": peak_bytes(),
    }
    json.dump(told, sys.stdout)
