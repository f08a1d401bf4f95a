"""Ctrl-C and SIGTERM, sent for real."""

import os
import signal
from collections.abc import Iterator

import pytest

from runner.boundary.interrupts import FINISHING, SignalInterrupts
from runner.domain.errors import InterruptedRunError
from runner.domain.events import Effect


def press(number: int = signal.SIGINT) -> None:
    os.kill(os.getpid(), number)


def pressing(interrupts: SignalInterrupts, effect: Effect, *numbers: int, after: list[str]) -> None:
    with interrupts.during(effect):
        for count, number in enumerate(numbers, 1):
            press(number)
            after.append(f"signal {count}")


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def interrupts(told: list[str]) -> Iterator[SignalInterrupts]:
    with SignalInterrupts(told.append) as installed:
        yield installed


def test_nothing_is_raised_when_nobody_asks(interrupts: SignalInterrupts) -> None:
    interrupts.check()
    for effect in ("read", "write", "simulated"):
        with interrupts.during(effect):  # type: ignore[arg-type]
            interrupts.check()


def test_outside_a_signal_waits_for_the_next_check(interrupts: SignalInterrupts) -> None:
    press()
    press()
    with pytest.raises(InterruptedRunError) as caught:
        interrupts.check()
    assert caught.value.exit_code == 130


@pytest.mark.parametrize("effect", ["read", "simulated"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_first_signal_ends_a_reading_block(
    interrupts: SignalInterrupts, told: list[str], effect: Effect, number: int, code: int
) -> None:
    reached: list[str] = []
    with pytest.raises(InterruptedRunError) as caught:
        pressing(interrupts, effect, number, after=reached)
    assert reached == []
    assert caught.value.exit_code == code
    assert told == []


def test_a_writing_block_is_finished_and_then_check_raises(
    interrupts: SignalInterrupts, told: list[str]
) -> None:
    done = False
    with interrupts.during("write"):
        press(signal.SIGTERM)
        done = True
    assert done
    assert told == [FINISHING]
    with pytest.raises(InterruptedRunError) as caught:
        interrupts.check()
    assert caught.value.exit_code == 143


def test_the_second_signal_ends_a_writing_block(interrupts: SignalInterrupts) -> None:
    reached: list[str] = []
    with pytest.raises(InterruptedRunError):
        pressing(interrupts, "write", signal.SIGINT, signal.SIGINT, after=reached)
    assert reached == ["signal 1"]


def test_a_signal_before_a_reading_block_ends_it_at_once(interrupts: SignalInterrupts) -> None:
    press()
    with pytest.raises(InterruptedRunError), interrupts.during("read"):
        pytest.fail("the block was entered")


def test_a_signal_before_a_writing_block_counts_as_its_first(
    interrupts: SignalInterrupts, told: list[str]
) -> None:
    press()
    reached: list[str] = []
    with pytest.raises(InterruptedRunError):
        pressing(interrupts, "write", signal.SIGINT, after=reached)
    assert reached == []
    assert told == [FINISHING]


def test_further_signals_do_not_disturb_the_clean_up(interrupts: SignalInterrupts) -> None:
    cleaned: list[str] = []

    def block() -> None:
        with interrupts.during("read"):
            try:
                press()
            finally:
                press()
                cleaned.append("all of it")

    with pytest.raises(InterruptedRunError):
        block()
    assert cleaned == ["all of it"]


def test_a_narration_that_python_refuses_does_not_break_the_writing_block() -> None:
    def reentrant(_text: str) -> None:
        raise RuntimeError("reentrant call")

    with SignalInterrupts(reentrant) as interrupts, interrupts.during("write"):
        press()


def test_former_handlers_come_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with SignalInterrupts(print):
        assert signal.getsignal(signal.SIGTERM) != before[1]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
