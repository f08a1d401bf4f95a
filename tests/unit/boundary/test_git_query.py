"""Asking git which files are ignored."""

from pathlib import Path

from runner.boundary.git_query import ignored_paths


def test_nothing_is_ignored_outside_a_repository(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*\n")
    assert not ignored_paths(tmp_path)("x")
