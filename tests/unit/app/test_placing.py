"""Paths for code reviews start at the repository, wherever the project lies in it."""

from pathlib import Path

import pytest

from runner.app.placing import from_repository

FILE = "agent-configs/opener/agent.yaml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in the directory `sub` of a directory."""
    path = tmp_path / "sub" / FILE
    path.parent.mkdir(parents=True)
    path.write_text("name: opener\n")
    return tmp_path / "sub"


@pytest.mark.parametrize(("top", "expected"), [("..", f"sub/{FILE}"), (".", FILE)])
def test_a_path_starts_at_the_top(project: Path, top: str, expected: str) -> None:
    (project / top / ".git").mkdir()
    assert from_repository(project)(FILE) == expected


def test_a_path_outside_or_without_a_file_stays_as_it_is(project: Path) -> None:
    (project.parent / ".git").mkdir()
    assert from_repository(project)("/etc/passwd") == "/etc/passwd"
    assert from_repository(project)("gone.yaml") == "gone.yaml"


def test_without_a_repository_nothing_changes(project: Path) -> None:
    assert from_repository(project)(FILE) == FILE
