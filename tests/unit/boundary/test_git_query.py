"""Asking git which files are ignored."""

import os
import subprocess
from pathlib import Path

import pytest

from runner.boundary.git_query import ignored_paths
from runner.domain.errors import UsageError
from tests.pointer_world import git


def test_nothing_is_ignored_outside_a_repository(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*\n")
    assert not ignored_paths(tmp_path)("x")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "here"
    git(tmp_path, "init", "--quiet", "-b", "main", str(root))
    return root


def test_the_configuration_that_the_user_names_counts(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ignored").write_text("notes.txt\n")
    config = tmp_path / "config"
    config.write_text(f"[core]\n\texcludesFile = {tmp_path}/ignored\n")
    (repository / "notes.txt").write_text("mine")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    assert ignored_paths(repository)("notes.txt")


def test_what_leads_to_another_repository_does_not_count(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / ".gitignore").write_text("notes.txt\n")
    (repository / "notes.txt").write_text("mine")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert ignored_paths(repository)("notes.txt")


def test_another_owner_is_told_how_to_trust_in_our_words(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The switch of git's own tests, in a git that stands before the real one on PATH.
    real = subprocess.run(
        ["sh", "-c", "command -v git"], capture_output=True, text=True, check=True
    )
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(
        f'#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {real.stdout.strip()} "$@"\n'
    )
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(UsageError) as refused:
        ignored_paths(repository)
    assert "belongs to another user" in refused.value.message
    assert "fatal:" not in refused.value.message
    advice = f"git config --global --add safe.directory {repository}"
    assert refused.value.help.endswith(advice)
