"""A new repository: whole and working, or not there at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runner.app.checking import check
from runner.app.initialising import add_missing, begin
from runner.app.project import open_project
from runner.app.released.versions import load_release, releases_of
from runner.domain.errors import UsageError
from tests.pointer_world import git
from tests.release_world import make_release_world

ROOT = Path(__file__).parents[3]
IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ann"), ("EMAIL", "ann@example.com"))
}


def agentctl(directory: Path, *words: str, **env: str) -> "subprocess.CompletedProcess[str]":
    """The command, with no other git settings than those said."""
    done = subprocess.run(
        [sys.executable, "-m", "runner", *words],
        cwd=directory,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(directory),
            "PYTHONPATH": str(ROOT),
            "GIT_CONFIG_NOSYSTEM": "1",
            **env,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def made(tmp_path: Path) -> Path:
    done = agentctl(tmp_path, "init", "x", **IDENTITY)
    assert done.returncode == 0, done.stderr
    return tmp_path / "x"


def test_a_new_repository_is_clean_valid_and_released(made: Path) -> None:
    assert git(made, "status", "--porcelain") == ""
    assert git(made, "symbolic-ref", "HEAD") == "refs/heads/main"
    assert git(made, "tag", "--list") == "hello/v0.1.0"
    assert check(made, None, []).diagnostics == ()
    project = open_project(made, None)
    released = load_release(project, "hello@prod", {})
    assert (released.version, released.environment) == ("v0.1.0", "prod")
    assert released.commit == git(made, "rev-parse", "hello/v0.1.0^{}")
    assert load_release(project, "hello", {}).version == "worktree"
    assert [known.version for known in releases_of(project).versions("hello")] == ["v0.1.0"]


def test_it_prints_what_it_made_and_what_comes_next(tmp_path: Path) -> None:
    done = agentctl(tmp_path, "init", "--agent", "triage", **IDENTITY)
    files = done.stdout.split()
    assert all((tmp_path / path).is_file() for path in files)
    assert "agent-configs/environments/prod/triage.yaml" in files
    assert "agentctl validate triage" in done.stderr
    assert "released triage v0.1.0, h1:" in done.stderr


def test_without_an_identity_nothing_is_left(tmp_path: Path) -> None:
    done = agentctl(tmp_path, "init", "deep/er")
    assert done.returncode == 2
    assert 'git config --global user.name "Your Name"' in done.stderr
    assert "git config --global user.email" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_commit_that_a_hook_refuses_leaves_nothing(tmp_path: Path) -> None:
    template = tmp_path / "template/hooks"
    template.mkdir(parents=True)
    (template / "pre-commit").write_text("#!/bin/sh\necho no >&2\nexit 1\n")
    (template / "pre-commit").chmod(0o755)
    (tmp_path / ".gitconfig").write_text(f"[init]\n\ttemplateDir = {template.parent}\n")
    (tmp_path / "here").mkdir()
    done = agentctl(tmp_path / "here", "init", HOME=str(tmp_path), **IDENTITY)
    assert done.returncode == 2
    assert "git commit failed" in done.stderr
    assert list((tmp_path / "here").iterdir()) == []


def test_other_settings_of_the_user_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "ignored").write_text("*.yaml\n")
    (tmp_path / ".gitconfig").write_text(
        "[init]\n\tdefaultBranch = trunk\n[core]\n\tautocrlf = true\n"
        f"\texcludesFile = {tmp_path}/ignored\n[commit]\n\tverbose = true\n"
    )
    done = agentctl(tmp_path, "init", "x", GIT_DIR="/nowhere", **IDENTITY)
    assert done.returncode == 0, done.stderr
    assert git(tmp_path / "x", "symbolic-ref", "HEAD") == "refs/heads/main"
    assert agentctl(tmp_path / "x", "validate").returncode == 0


def test_without_git_it_is_told(tmp_path: Path) -> None:
    done = agentctl(tmp_path, "init", "x", PATH=str(tmp_path))
    assert done.returncode == 2
    assert "git is not on PATH" in done.stderr
    assert not (tmp_path / "x").exists()


def test_a_directory_with_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="has files in it"):
        begin(tmp_path, None)
    with pytest.raises(UsageError, match="is a file"):
        begin(tmp_path / "mine.txt", None)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_directory_within_a_repository_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    with pytest.raises(UsageError, match="lies in a git repository"):
        begin(tmp_path / "x", None)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("name", ["Hello", "environments", "../x"])
def test_a_name_that_cannot_be_one_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="name"):
        begin(tmp_path / "x", name)
    assert not (tmp_path / "x").exists()


# --- in a repository that is there


@pytest.fixture
def existing(tmp_path: Path) -> Path:
    root = tmp_path / "mine"
    git(tmp_path, "init", "--quiet", "-b", "main", str(root))
    (root / "README.md").write_text("mine\n")
    (root / ".gitignore").write_text("*.log\n")
    return root


def test_what_is_missing_is_added_and_nothing_is_committed(existing: Path) -> None:
    begun = add_missing(existing, None)
    assert (existing / ".gitignore").read_text() == "*.log\n"
    assert any(".agentctl/" in line for line in begun.advice)
    assert "agent-configs/hello/agent.yaml" in begun.files
    assert git(existing, "status", "--porcelain", "--untracked-files=no") == ""
    assert check(existing, None, []).errors == 0


def test_a_second_time_nothing_is_missing(existing: Path) -> None:
    add_missing(existing, None)
    assert add_missing(existing, None).files == ()


def test_agents_that_are_there_stay_alone(tmp_path: Path) -> None:
    world = make_release_world(tmp_path / "here")
    assert add_missing(world.root, None).files == ()
    with pytest.raises(UsageError, match="exists"):
        add_missing(world.root, "hello")
    begun = add_missing(world.root, "third")
    assert begun.agent == "third"
    assert all("third" in path for path in begun.files)


def test_outside_a_repository_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="in no git repository"):
        add_missing(tmp_path, None)


def test_what_is_left_to_do_is_printed(existing: Path) -> None:
    done = agentctl(existing, "init", "--existing")
    assert "git add agentctl.yaml" in done.stderr
    assert "agentctl release hello" in done.stderr


def test_a_commit_that_cannot_be_signed_says_why(tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text(
        "[commit]\n\tgpgSign = true\n[gpg]\n\tformat = ssh\n[user]\n\tsigningKey = /nowhere\n"
    )
    done = agentctl(tmp_path, "init", "x", **IDENTITY)
    assert done.returncode == 2
    assert "/nowhere" in done.stderr
    assert not (tmp_path / "x").exists()
