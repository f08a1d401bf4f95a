"""Break-glass: what is kept, what ends by itself, and what is not trusted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runner.domain.environment import Pointer
from runner.domain.errors import IntegrityError, RefusedError
from runner.domain.pointing import Override
from runner.releases.overrides import end_override, overrides, read_override, set_override

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
RELEASE = Pointer(version="v1.0.0", digest="h1:" + "A" * 43 + "=")


def override(agent: str = "triage", **fields: object) -> Override:
    told = {
        "environment": "prod",
        "agent": agent,
        "pointer": RELEASE,
        "reason": "git is down",
        "by": "ann@host",
        "at": NOW,
        "until": NOW + timedelta(hours=2),
    }
    return Override.model_validate(told | fields)


def test_an_override_holds_until_its_time_is_over(tmp_path: Path) -> None:
    set_override(tmp_path, override())
    assert read_override(tmp_path, "prod", "triage", NOW) == override()
    assert read_override(tmp_path, "prod", "triage", NOW + timedelta(minutes=119)) == override()
    assert read_override(tmp_path, "prod", "triage", NOW + timedelta(hours=2)) is None
    assert read_override(tmp_path, "staging", "triage", NOW) is None


def test_a_second_override_takes_the_place_of_the_first(tmp_path: Path) -> None:
    set_override(tmp_path, override())
    set_override(tmp_path, override(reason="still down"))
    found = read_override(tmp_path, "prod", "triage", NOW)
    assert found is not None
    assert found.reason == "still down"


def test_all_that_hold_now_are_listed(tmp_path: Path) -> None:
    assert list(overrides(tmp_path, NOW)) == []
    set_override(tmp_path, override("triage"))
    set_override(tmp_path, override("digest"))
    set_override(tmp_path, override("old", until=NOW + timedelta(minutes=1)))
    later = NOW + timedelta(minutes=5)
    assert [each.agent for each in overrides(tmp_path, later)] == ["digest", "triage"]


def test_an_override_that_is_ended_is_gone(tmp_path: Path) -> None:
    set_override(tmp_path, override())
    assert end_override(tmp_path, "prod", "triage") == override()
    assert end_override(tmp_path, "prod", "triage") is None
    assert read_override(tmp_path, "prod", "triage", NOW) is None


def test_an_override_names_a_release_and_lasts(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="names a release"):
        set_override(tmp_path, override(pointer=Pointer(version="worktree")))
    with pytest.raises(RefusedError, match="end before it begins"):
        set_override(tmp_path, override(until=NOW))


def test_the_file_is_for_its_user_alone(tmp_path: Path) -> None:
    path = set_override(tmp_path, override())
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o620)
    with pytest.raises(IntegrityError, match="can be written by others"):
        read_override(tmp_path, "prod", "triage", NOW)


def test_an_override_that_was_copied_damaged_or_linked_is_not_trusted(tmp_path: Path) -> None:
    path = set_override(tmp_path, override())
    path.with_name("digest.json").write_bytes(path.read_bytes())
    path.with_name("digest.json").chmod(0o600)
    with pytest.raises(IntegrityError, match="was made for triage in prod"):
        read_override(tmp_path, "prod", "digest", NOW)
    path.with_name("linked.json").symlink_to(path)
    with pytest.raises(IntegrityError, match="cannot be read"):
        read_override(tmp_path, "prod", "linked", NOW)
    path.write_bytes(b'{"agent": "triage"}')
    with pytest.raises(IntegrityError, match="is no override") as caught:
        read_override(tmp_path, "prod", "triage", NOW)
    assert "remove it" in caught.value.help
