import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.domain.quantities import (
    check_agent_name,
    check_environment_name,
    check_version,
    parse_duration,
    show_duration,
    write_duration,
)


@pytest.mark.parametrize(
    ("text", "seconds"), [("500ms", 0.5), ("30s", 30), ("1.5h", 5400), ("2d", 172800)]
)
def test_durations_are_a_number_and_a_unit(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "30", 30, "5 m", "-1s", "0s", "1h30m", "1e3s", None])
def test_anything_else_is_no_duration(text: object) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


@given(st.floats(0.001, 10_000_000))
def test_a_written_duration_is_read_back_to_the_microsecond(seconds: float) -> None:
    assert parse_duration(write_duration(seconds)) == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0ms"),
        (0.03, "30ms"),
        (1.5, "1.5s"),
        (2, "2s"),
        (42, "42s"),
        (300, "5m"),
        (5400, "1h30m"),
    ],
)
def test_durations_are_shown_as_people_write_them(seconds: float, shown: str) -> None:
    assert show_duration(seconds) == shown


@pytest.mark.parametrize("name", ["Environments", "environments", "current", "-a", "a_b", "", "ä"])
def test_some_names_are_no_agents(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        check_agent_name(name)


@pytest.mark.parametrize("name", ["worktree", "previous", "v1", "v1.0.0", "PROD", ""])
def test_some_names_are_no_environments(name: str) -> None:
    with pytest.raises(ValueError, match="environment"):
        check_environment_name(name)


@pytest.mark.parametrize("version", ["1.0.0", "v1.0", "v01.0.0", "v1.0.0-", "worktree"])
def test_versions_are_semver_with_a_v(version: str) -> None:
    with pytest.raises(ValueError, match="version"):
        check_version(version)
