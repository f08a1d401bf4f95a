"""Schedules as they would fire, and which of them the pointers make live."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from runner.app.fleet.scheduling import Planned, Schedules, list_schedules
from runner.config.scaffold import new_agent
from runner.domain.errors import UsageError
from runner.testing import START, TickingClock

SCHEDULES = """\
- {name: nightly, type: recurring, cron: "30 2 * * *", timezone: Europe/Berlin, input: {text: a}}
- {name: often, type: recurring, cron: "*/15 * * * *", timezone: Europe/Berlin, input: {text: a}}
- {name: odd, type: recurring, cron: "7 */5 * * *", timezone: UTC, input: {text: a}}
- {name: launch, type: once, at: "2026-12-01T09:00:00+01:00", input: {text: a}}
- {name: gone, type: once, at: "2026-01-01T09:00:00+01:00", input: {text: a}}
"""
SETTINGS = "environments: {dev: {}, staging: {}, prod: {protected: true}}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, data in new_agent("hello").items():
        write(tmp_path / "agent-configs/hello" / path, data.decode())
    main = tmp_path / "agent-configs/hello/agent.yaml"
    write(main, main.read_text() + "schedules: {file: schedules.yaml}\n")
    write(tmp_path / "agent-configs/hello/schedules.yaml", SCHEDULES)
    write(tmp_path / "agentctl.yaml", SETTINGS)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def point(root: Path, environment: str, text: str) -> None:
    write(root / f"agent-configs/environments/{environment}/hello.yaml", text)


def listed(
    root: Path, agent: str | None = None, environment: str | None = None, now: str = "2026-11-21"
) -> Schedules:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    clock = TickingClock((moment - START).total_seconds())
    return list_schedules(root, None, agent, environment, clock)


def named(found: Schedules, name: str) -> Planned:
    return next(each for each in found.planned if each.schedule.name == name)


def test_without_a_pointer_the_worktree_is_shown_and_nothing_is_live(root: Path) -> None:
    found = listed(root)
    assert [each.schedule.name for each in found.planned] == [
        "nightly",
        "often",
        "odd",
        "launch",
        "gone",
    ]
    assert {(each.version, each.environment, each.live) for each in found.planned} == {
        ("worktree", None, False)
    }


def test_times_are_told_in_words(root: Path) -> None:
    found = listed(root)
    assert named(found, "nightly").words == "every day at 02:30 Europe/Berlin"
    assert named(found, "often").words == "every 15 minutes"
    assert named(found, "odd").words == "`7 */5 * * *` UTC"
    assert named(found, "launch").words == "once, at 2026-12-01 09:00+01:00"
    assert named(found, "gone").words.endswith("which is over")


def test_the_next_ten_fires_are_local_and_utc(root: Path) -> None:
    nightly = named(listed(root), "nightly").as_json()
    assert len(nightly["next"]) == 10
    assert nightly["next"][0] == {
        "utc": "2026-11-21T01:30:00Z",
        "local": "2026-11-21T02:30:00+01:00",
    }
    assert nightly["runs_a_day"] == 1.0
    assert named(listed(root), "often").runs_a_day == 96


def test_a_fixed_time_in_the_skipped_hour_fires_right_after_it(root: Path) -> None:
    nightly = named(listed(root, now="2026-03-28T12:00:00"), "nightly")
    assert nightly.fires[0].shown.isoformat() == "2026-03-29T03:00:00+02:00"


def test_a_schedule_that_fires_once_is_past_or_to_come(root: Path) -> None:
    found = listed(root)
    assert named(found, "launch").as_json()["next"][0]["utc"] == "2026-12-01T08:00:00Z"
    assert (named(found, "gone").past, named(found, "gone").fires) == (True, ())
    assert named(found, "gone").as_json()["at"] == "2026-01-01T08:00:00Z"


@pytest.mark.parametrize(
    ("said", "live"),
    [
        ("", []),
        ("schedules: all\n", ["nightly", "often", "odd", "launch", "gone"]),
        ("schedules: none\n", []),
        ("schedules: [often]\n", ["often"]),
    ],
)
def test_the_pointer_says_what_is_live(root: Path, said: str, live: list[str]) -> None:
    point(root, "dev", f"version: worktree\n{said}")
    found = listed(root, "hello", "dev")
    assert [each.schedule.name for each in found.planned if each.live] == live


def test_in_a_protected_environment_all_are_live_unless_said(root: Path) -> None:
    point(root, "prod", "version: worktree\n")
    assert all(each.live for each in listed(root, "hello", "prod").planned)


def test_every_environment_with_a_pointer_is_shown_in_the_declared_order(root: Path) -> None:
    point(root, "prod", "version: worktree\n")
    point(root, "dev", "version: worktree\n")
    found = listed(root)
    assert list(dict.fromkeys(each.environment for each in found.planned)) == ["dev", "prod"]


def test_a_version_that_does_not_load_is_named_and_the_others_are_shown(root: Path) -> None:
    point(root, "dev", "version: worktree\n")
    point(root, "prod", f'version: v9.0.0\ndigest: "h1:{"A" * 43}="\n')
    found = listed(root)
    assert {each.environment for each in found.planned} == {"dev"}
    assert [unread.name for unread in found.unread] == ["hello@prod"]


@pytest.mark.parametrize("agent", [None, "hello"])
def test_an_unknown_environment_is_refused(root: Path, agent: str | None) -> None:
    with pytest.raises(UsageError, match="prd"):
        listed(root, agent, "prd")


def test_an_unknown_agent_is_refused(root: Path) -> None:
    with pytest.raises(UsageError, match="helo"):
        listed(root, "helo")
