"""Being asked to end while an event loop runs: SIGTERM, and the terminal that is closed."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def asked_to_end(call: Callable[[int], None]) -> Iterator[None]:
    """Let the running loop call with the signal's number, in place of ending the process.

    In the main thread alone, as Python has it.
    """
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, call, int(number))
    try:
        yield
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
