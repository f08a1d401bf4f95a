"""A sign of life in the journal while one step takes long.

One thread serves all steps of a run: a thread for each would cost as much as the step's lines.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from runner.domain.errors import StateError
from runner.domain.events import RunProgress
from runner.domain.ports import Journal

EVERY_S = 30.0
"""Half of the minute after which a long step is heard of at the latest."""


class Heartbeat:
    """Journals `run.progress` for a step that is still the same one period later.

    The first step starts its thread, `end` ends it.
    """

    def __init__(
        self, journal: Journal, active_s: Callable[[], float], every_s: float = EVERY_S
    ) -> None:
        self._journal = journal
        self._active_s = active_s
        self._every_s = every_s
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._step = ""
        self._number = 0

    @contextmanager
    def during(self, step: str) -> Iterator[None]:
        """Let the thread tell this step until the block ends; after that no line of it comes."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._beat, daemon=True)
            self._thread.start()
        with self._lock:
            self._step, self._number = step, self._number + 1
        try:
            yield
        finally:
            with self._lock:
                self._step = ""

    def end(self) -> None:
        """End the thread; no line of it comes after this."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _beat(self) -> None:
        seen = 0
        while not self._ended.wait(self._every_s):
            with self._lock:
                if self._step and self._number == seen and not self._told():
                    return
                seen = self._number

    def _told(self) -> bool:
        try:
            self._journal.append(RunProgress(step=self._step, active_s=self._active_s()))
        except StateError:
            return False  # the journal refuses every later line: the loop meets the same error
        return True
