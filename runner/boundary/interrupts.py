"""Ctrl-C and SIGTERM, so that a run ends where its journal can say what happened."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Any, Self

from runner.domain.errors import InterruptedRunError
from runner.domain.events import Effect

SIGNALS = (signal.SIGINT, signal.SIGTERM)
FINISHING = "finishing the writing call; press Ctrl-C again to leave it in doubt"


class SignalInterrupts:
    """`domain.ports.Interrupts` over real signals.

    As a context manager it installs its handlers for SIGINT and SIGTERM and gives the former ones
    back; Python allows that in the main thread only. `narrate` tells a person something.
    """

    def __init__(self, narrate: Callable[[str], None]) -> None:
        self._narrate = narrate
        self._former: dict[signal.Signals, Any] = {}
        self._asked: int | None = None
        self._effect: Effect | None = None
        self._raised = False

    def __enter__(self) -> Self:
        for number in SIGNALS:
            self._former[number] = signal.signal(number, self._receive)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, former in self._former.items():
            signal.signal(number, signal.SIG_DFL if former is None else former)

    def check(self) -> None:
        """Raise InterruptedRunError when the process was asked to end."""
        if self._asked is not None:
            raise _interrupted(self._asked)

    @contextmanager
    def during(self, effect: Effect) -> Iterator[None]:
        """Let signals end the block: the first one while reading, the second while writing.

        A signal that came before the block ends a reading one at once. A writing one is finished:
        its start is in the journal already, and only its end makes it certain.
        """
        outer = self._effect
        self._effect, self._raised = effect, False
        try:
            self._meet_earlier_signal()
            yield
        finally:
            self._effect = outer

    def _meet_earlier_signal(self) -> None:
        if self._asked is None:
            return
        if self._effect == "write":
            self._narrate(FINISHING)
        else:
            self.check()

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        first, self._asked = self._asked is None, number
        if self._effect is None or self._raised:
            return  # remembered; once raised, the clean-up of the block goes on undisturbed
        if self._effect == "write" and first:
            # The signal may have cut into a write to the same stream, which Python refuses.
            with suppress(RuntimeError):
                self._narrate(FINISHING)
            return
        self._raised = True
        raise _interrupted(number)


def _interrupted(number: int) -> InterruptedRunError:
    name = signal.Signals(number).name
    return InterruptedRunError(
        f"the run was interrupted by {name}",
        signal_number=number,
        help="the journal is complete so far: go on with `agentctl resume`",
    )
