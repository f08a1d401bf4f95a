"""Names of runs, and waits that spread callers."""

import re

from runner.boundary.clock import SystemClock
from runner.boundary.ids import jitter, new_run_id
from runner.testing import TickingClock


def test_a_run_id_is_a_ulid() -> None:
    assert re.fullmatch(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", new_run_id(SystemClock()))


def test_later_run_ids_sort_after_earlier_ones() -> None:
    clock = TickingClock()
    ids = []
    for _ in range(50):
        ids.append(new_run_id(clock))
        clock.tick(0.001)
    assert ids == sorted(ids)


def test_run_ids_of_one_moment_differ() -> None:
    clock = TickingClock()
    assert len({new_run_id(clock) for _ in range(1000)}) == 1000


def test_jitter_stays_in_its_bounds_and_uses_them() -> None:
    drawn = [jitter(4.0) for _ in range(2000)]
    assert 0 <= min(drawn) < 0.5
    assert 3.5 < max(drawn) <= 4.0
    assert jitter(0.0) == 0.0
