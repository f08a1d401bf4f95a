import asyncio
import os
import signal

from runner.boundary.endings import asked_to_end


def test_being_asked_to_end_is_told_once_and_ends_nothing() -> None:
    async def main() -> list[int]:
        told: list[int] = []
        with asked_to_end(told.append):
            os.kill(os.getpid(), signal.SIGTERM)
            while not told:
                await asyncio.sleep(0.001)
        return told

    assert asyncio.run(main()) == [signal.SIGTERM]


def test_afterwards_signals_are_what_they_were() -> None:
    async def main() -> None:
        with asked_to_end(lambda _number: None):
            pass

    before = signal.getsignal(signal.SIGHUP)
    asyncio.run(main())
    assert signal.getsignal(signal.SIGHUP) == before
