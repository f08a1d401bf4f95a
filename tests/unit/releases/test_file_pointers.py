"""Pointers without git: compare-and-swap, a history that is never silent, crashes."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runner.config.project import read_pointer
from runner.domain.diagnostics import ConfigError
from runner.domain.errors import StalePlanError, UsageError
from runner.domain.pointing import WriteOptions
from runner.releases.file_pointers import FilePointers
from runner.testing import TickingClock
from tests.pointer_world import PATH, content


def book(root: Path, who: str = "ann@host") -> FilePointers:
    return FilePointers(root, read_pointer, TickingClock(), lambda: who)


def move(pointers: FilePointers, version: str, reason: str = "why") -> None:
    found = pointers.read("prod", "triage")
    token = found.token if found else None
    pointers.replace("prod", "triage", token, content(version), reason)


def history(root: Path) -> Path:
    return (root / PATH).parent / "history.jsonl"


def versions(pointers: FilePointers) -> list[str | None]:
    moves = pointers.moves("prod", "triage")
    return [each.pointer.version if each.pointer else None for each in moves]


def test_a_move_replaces_the_file_and_adds_one_line(tmp_path: Path) -> None:
    move(book(tmp_path), "v1.0.0", "First\n\nLong story.\n")
    assert (tmp_path / PATH).read_bytes() == content("v1.0.0")
    [line] = history(tmp_path).read_text().splitlines()
    told = json.loads(line)
    assert told["by"] == "ann@host"
    assert told["reason"] == "First\n\nLong story."
    assert told["pointer"]["version"] == "v1.0.0"
    assert datetime.fromisoformat(told["at"]).tzinfo is not None


def test_the_file_keeps_its_mode_and_a_new_one_can_be_read_by_others(tmp_path: Path) -> None:
    move(book(tmp_path), "v1.0.0")
    assert (tmp_path / PATH).stat().st_mode & 0o777 == 0o644
    (tmp_path / PATH).chmod(0o664)
    move(book(tmp_path), "v1.1.0")
    assert (tmp_path / PATH).stat().st_mode & 0o777 == 0o664


def test_a_change_by_hand_is_a_move_by_nobody_before_and_after_the_next(tmp_path: Path) -> None:
    move(book(tmp_path), "v1.0.0")
    (tmp_path / PATH).write_bytes(content("v1.5.0"))
    os.utime(tmp_path / PATH, (1_800_000_000, 1_800_000_000))
    assert versions(book(tmp_path)) == ["v1.5.0", "v1.0.0"]
    found = book(tmp_path).moves("prod", "triage")[0]
    assert (found.by, found.reason) == ("unknown", "changed outside of agentctl")
    assert found.at == datetime.fromtimestamp(1_800_000_000, UTC)
    move(book(tmp_path), "v1.6.0")
    assert versions(book(tmp_path)) == ["v1.6.0", "v1.5.0", "v1.0.0"]
    assert len(history(tmp_path).read_text().splitlines()) == 3


def test_a_pointer_that_was_there_before_its_history_is_in_it(tmp_path: Path) -> None:
    (tmp_path / PATH).parent.mkdir(parents=True)
    (tmp_path / PATH).write_bytes(content("v1.0.0"))
    assert versions(book(tmp_path)) == ["v1.0.0"]
    move(book(tmp_path), "v1.1.0")
    assert versions(book(tmp_path)) == ["v1.1.0", "v1.0.0"]


def test_a_removed_and_a_broken_pointer_say_why(tmp_path: Path) -> None:
    move(book(tmp_path), "v1.0.0")
    (tmp_path / PATH).write_text("version: v9\n")
    assert "v9" in book(tmp_path).moves("prod", "triage")[0].why
    (tmp_path / PATH).unlink()
    assert book(tmp_path).moves("prod", "triage")[0].why == "the pointer was removed"
    assert book(tmp_path).read("prod", "triage") is None


def test_a_line_that_a_crash_cut_off_is_no_move_and_spoils_none_after_it(tmp_path: Path) -> None:
    move(book(tmp_path), "v1.0.0")
    move(book(tmp_path), "v1.1.0")
    data = history(tmp_path).read_bytes()
    history(tmp_path).write_bytes(data[:-20])
    assert versions(book(tmp_path)) == ["v1.1.0", "v1.0.0"]
    move(book(tmp_path), "v1.2.0")
    assert versions(book(tmp_path)) == ["v1.2.0", "v1.1.0", "v1.0.0"]


def test_agents_of_one_environment_share_the_file_and_not_the_history(tmp_path: Path) -> None:
    pointers = book(tmp_path)
    move(pointers, "v1.0.0")
    pointers.replace("prod", "digest", None, content("v1.4.0"), "other")
    assert versions(pointers) == ["v1.0.0"]
    assert [each.reason for each in pointers.moves("prod", "digest")] == ["other"]


def test_a_stale_plan_says_who_came_before(tmp_path: Path) -> None:
    mine = book(tmp_path)
    move(mine, "v1.0.0")
    found = mine.read("prod", "triage")
    assert found is not None
    move(book(tmp_path, "bea@other"), "v1.2.0", "Faster")
    with pytest.raises(StalePlanError, match=r"by bea@other .*\(Faster\)"):
        mine.replace("prod", "triage", found.token, content("v1.1.0"), "Mine")
    assert (tmp_path / PATH).read_bytes() == content("v1.2.0")


@pytest.mark.parametrize("options", [WriteOptions(push=True), WriteOptions(branch="x")])
def test_what_needs_git_is_refused(tmp_path: Path, options: WriteOptions) -> None:
    with pytest.raises(UsageError, match="no git repository"):
        book(tmp_path).replace("prod", "triage", None, content("v1.0.0"), "x", options)


def test_what_is_no_pointer_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        book(tmp_path).replace("prod", "triage", None, b"version: v9\n", "x")
    assert not (tmp_path / PATH).exists()


def test_a_link_in_the_place_of_a_pointer_is_refused(tmp_path: Path) -> None:
    (tmp_path / PATH).parent.mkdir(parents=True)
    (tmp_path / PATH).symlink_to("/etc/passwd")
    with pytest.raises(UsageError, match="cannot read"):
        book(tmp_path).read("prod", "triage")


def test_a_directory_that_cannot_be_made_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "agent-configs").write_text("a file")
    with pytest.raises(UsageError, match="cannot move a pointer") as caught:
        book(tmp_path).replace("prod", "triage", None, content("v1.0.0"), "x")
    assert "must be able to write" in caught.value.help
