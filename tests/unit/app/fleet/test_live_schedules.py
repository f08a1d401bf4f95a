"""When what a pointer makes live fires next."""

from datetime import UTC, datetime

import pytest

from runner.app.fleet.live_schedules import next_fire, schedules_of
from runner.domain.environment import Pointer
from runner.domain.snapshot import Snapshot

MAIN = b"name: a\nschedules: {file: schedules.yaml}\n"
SCHEDULES = b"""\
- {name: hourly, type: recurring, cron: "0 * * * *"}
- {name: broken, type: recurring, cron: "0 * * *"}
- {name: nowhere, type: recurring, cron: "1 * * * *", timezone: Mars/Base}
- {nonsense: 1}
- {name: year-end, type: once, at: "2026-12-31T18:00:00+01:00"}
- {name: over, type: once, at: "2026-01-01T00:00:00Z"}
"""
FILES = Snapshot({"agent.yaml": MAIN, "schedules.yaml": SCHEDULES})
NOW = datetime(2026, 11, 21, 13, 30, tzinfo=UTC)


def fire(schedules: object, *, protected: bool = False) -> str | None:
    pointer = Pointer(version="worktree", schedules=schedules)  # type: ignore[arg-type]
    found = next_fire(pointer, FILES, NOW, protected=protected)
    return f"{found.schedule} {found.at:%m-%d %H:%M}" if found else None


@pytest.mark.parametrize(
    ("schedules", "protected", "wanted"),
    [
        (None, True, "hourly 11-21 14:00"),
        (None, False, None),
        ("all", False, "hourly 11-21 14:00"),
        ("none", True, None),
        (("year-end",), False, "year-end 12-31 17:00"),
        (("over",), True, None),
        (("broken", "nowhere"), True, None),
    ],
)
def test_the_soonest_live_schedule_fires_next(
    schedules: object, protected: bool, wanted: str | None
) -> None:
    assert fire(schedules, protected=protected) == wanted


def test_a_version_without_readable_schedules_has_none() -> None:
    for files in (
        {},
        {"agent.yaml": b"name: a\n"},
        {"agent.yaml": b"[\n"},
        {"agent.yaml": MAIN},
        {"agent.yaml": MAIN, "schedules.yaml": b"{}\n"},
        {"agent.yaml": MAIN, "schedules.yaml": b"- [\n"},
    ):
        assert schedules_of(Snapshot(files)) == ()
