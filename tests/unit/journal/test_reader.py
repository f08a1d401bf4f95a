"""Finding journals and following one while it grows."""

import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.domain.errors import IntegrityError, UsageError
from runner.journal.reader import find_run, follow, read_events


def test_any_part_that_one_run_has_finds_it(world: Any, make: Any) -> None:
    one = world.journal_of([make.started()], "01JDAAAAAAAAAAAAAAAAAAAA7X")
    world.journal_of([make.started()], "01JDAAAAAAAAAAAAAAAAAAAA8Y")
    assert find_run(world.root, "7x") == one
    assert find_run(world.root, "01JDAAAAAAAAAAAAAAAAAAAA7X") == one


def test_a_part_that_several_runs_have_names_them(world: Any, make: Any) -> None:
    for end in "XY":
        world.journal_of([make.started()], f"01JDAAAAAAAAAAAAAAAAAAAA7{end}")
    with pytest.raises(UsageError, match="2 runs have") as caught:
        find_run(world.root, "aaa7")
    assert "AAA7X" in caught.value.help
    assert "AAA7Y" in caught.value.help


ANYTHING = st.recursive(
    st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text() | st.just("$payload"), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.text(), ANYTHING)
@settings(max_examples=40, deadline=None)
def test_any_unicode_event_comes_back(make_once: Any, text: str, output: Any) -> None:
    events = [make_once.started(subject=text), make_once.finished(output=output)]
    with tempfile.TemporaryDirectory() as directory:
        path = make_once.world(Path(directory)).journal_of(events)
        assert [event for _header, event in read_events(path)] == events


def test_numbers_and_texts_that_json_has_not_are_replaced(world: Any, make: Any) -> None:
    finished = make.finished(output={"a": "x\ud800", "b": float("inf")})
    path = world.journal_of([make.started(), finished])
    _, (_header, event) = read_events(path)
    assert event.output == {"a": "x\ufffd", "b": None}


@pytest.mark.parametrize("part", ["zz", "", "  "])
def test_a_part_that_no_run_has_is_told(world: Any, make: Any, part: str) -> None:
    world.journal_of([make.started()])
    with pytest.raises(UsageError, match="no run has"):
        find_run(world.root, part)


def test_no_state_directory_has_no_runs(world: Any) -> None:
    with pytest.raises(UsageError, match="no run has"):
        find_run(world.root, "x")


def test_an_event_of_a_later_version_is_told_with_its_line(world: Any, make: Any) -> None:
    path = world.journal_of([make.started()])
    from runner.journal.lines import ChainFile

    chain = ChainFile(path, "run", make.run)
    list(chain)
    assert chain.tip is not None
    line, _tip = chain.tip.seal("2026-01-01T00:00:00.000000Z", {"type": "run.teleported"})
    with path.open("ab") as file:
        file.write(line)
    with pytest.raises(IntegrityError, match=r":2: not an event that this version"):
        read_events(path)


def test_following_ends_when_the_run_has_finished_and_nobody_holds_it(
    world: Any, make: Any
) -> None:
    path = world.journal_of(make.small_run())
    assert b"".join(follow(path, world.clock)) == path.read_bytes()


def test_following_sees_lines_as_they_come_and_never_half_a_line(world: Any, make: Any) -> None:
    from runner.testing import TickingClock

    class RealClock(TickingClock):
        def sleep(self, seconds: float) -> None:
            threading.Event().wait(0.005)

    journal = world.create()
    journal.append(make.started())
    seen: list[bytes] = []
    reader = threading.Thread(target=lambda: seen.extend(follow(journal.path, RealClock())))
    reader.start()
    for event in [*make.call(), make.finished()]:
        journal.append(event)
    assert reader.is_alive(), "the writer still holds the run"
    journal.close()
    reader.join(5)
    assert not reader.is_alive()
    assert b"".join(seen) == journal.path.read_bytes()
    assert len(seen) == 4


def test_a_journal_that_begins_with_another_event_is_damaged(world: Any, make: Any) -> None:
    path = world.journal_of([make.finished()])
    with pytest.raises(IntegrityError, match=r"begins with `run.started`.*`run.finished`"):
        read_events(path)
