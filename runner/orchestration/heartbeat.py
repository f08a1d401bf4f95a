"""A sign of life in the journal while one step takes long."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from runner.domain.errors import StateError
from runner.domain.events import RunProgress
from runner.orchestration.parts import Execution

EVERY_S = 60.0


@contextmanager
def heartbeat(execution: Execution, step: str, every_s: float = EVERY_S) -> Iterator[None]:
    """Journal `run.progress` every so many seconds until the block ends."""
    done = threading.Event()
    beat = threading.Thread(target=_beat, args=(execution, step, every_s, done), daemon=True)
    beat.start()
    try:
        yield
    finally:
        done.set()
        beat.join()


def _beat(execution: Execution, step: str, every_s: float, done: threading.Event) -> None:
    while not done.wait(every_s):
        progress = RunProgress(step=step, active_s=execution.stopwatch.active_s())
        try:
            execution.parts.journal.append(progress)
        except StateError:
            return  # the journal refuses every later line, so the loop meets the same error
