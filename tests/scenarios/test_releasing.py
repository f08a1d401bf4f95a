"""From an empty directory to a second release, as a person types it."""

import json
import os
import pty
import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pointer_world import git, settle_in
from tests.release_world import AGENT, ReleaseWorld, make_release_world

ROOT = Path(__file__).parents[2]
Done = subprocess.CompletedProcess[str]


@pytest.fixture
def world(tmp_path: Path) -> ReleaseWorld:
    return make_release_world(tmp_path / "here")


@pytest.fixture
def agentctl(world: ReleaseWorld, tmp_path: Path) -> Callable[..., Done]:
    def run(*words: str, **env: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "runner", *words],
            cwd=world.root,
            env={**clean(tmp_path), **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr + done.stdout
        assert "GitCommandError" not in done.stderr
        return done

    return run


def clean(home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "GIT_CONFIG_NOSYSTEM": "1",
    }


def test_a_dry_run_shows_the_plan_and_makes_nothing(world: ReleaseWorld, agentctl) -> None:
    done = agentctl("release", "hello", "--dry-run")
    assert done.returncode == 0
    assert "tag     hello/v0.1.0" in done.stdout
    assert world.git("rev-parse", "HEAD")[:12] in done.stdout
    assert world.tags() == []


def test_without_a_terminal_it_needs_a_yes(world: ReleaseWorld, agentctl) -> None:
    done = agentctl("release", "hello")
    assert done.returncode == 2
    assert "--yes" in done.stderr
    assert world.tags() == []


def test_a_release_prints_its_tag_the_undo_and_what_comes_next(
    world: ReleaseWorld, agentctl
) -> None:
    done = agentctl("release", "hello", "--yes")
    assert (done.returncode, done.stdout) == (0, "hello/v0.1.0\n")
    assert "git tag -d hello/v0.1.0" in done.stderr
    assert "agentctl promote hello v0.1.0 --to" in done.stderr
    world.change("minor")
    again = agentctl("release", "hello", "--yes", "-o", "json")
    told = json.loads(again.stdout)
    assert (told["kind"], told["version"], told["step"], told["asked"]) == (
        "Release",
        "v0.2.0",
        "minor",
        "minor",
    )
    assert told["difference"]["bump"] == "minor"
    assert told["tag_object"] == world.git("rev-parse", "hello/v0.2.0")


def test_a_gate_that_is_not_met_is_exit_code_1(world: ReleaseWorld, agentctl) -> None:
    world.write(f"{AGENT}/system-prompt.md", "Else.\n")
    done = agentctl("release", "hello", "--yes")
    assert done.returncode == 1
    assert f"{AGENT}/system-prompt.md  (modified)" in done.stderr
    world.replace(f"{AGENT}/agent.yaml", "max_iterations", "max_iteratons")
    world.commit()
    done = agentctl("release", "hello", "--yes")
    assert done.returncode == 1
    assert "error[AC115]" in done.stderr


def test_a_smaller_step_needs_a_reason(agentctl) -> None:
    done = agentctl("release", "hello", "--yes", "--accept-breaking")
    assert done.returncode == 2
    assert "needs a reason" in done.stderr


def test_who_releases_must_be_known(world: ReleaseWorld, agentctl) -> None:
    world.git("config", "--unset", "user.email")
    done = agentctl("release", "hello", "--yes")
    assert done.returncode == 2
    assert "git config --global user.email" in done.stderr
    assert world.tags() == []


def test_another_repository_in_the_environment_leads_nowhere(
    world: ReleaseWorld, agentctl, tmp_path: Path
) -> None:
    git(tmp_path, "init", "--quiet", "other")
    settle_in(tmp_path / "other")
    elsewhere = str(tmp_path / "other" / ".git")
    done = agentctl("release", "hello", "--yes", GIT_DIR=elsewhere, GIT_WORK_TREE=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert world.tags() == ["hello/v0.1.0"]


def test_read_only_hides_what_changes_something(agentctl) -> None:
    done = agentctl("--read-only", "--help")
    assert "\n  validate" in done.stdout
    assert "\n  release " not in done.stdout
    assert "\n  init " not in done.stdout


@pytest.mark.parametrize(("answer", "code", "made"), [("y", 0, True), ("n", 1, False)])
def test_on_a_terminal_a_person_is_asked(
    world: ReleaseWorld, tmp_path: Path, answer: str, code: int, made: bool
) -> None:
    mine, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "runner", "release", "hello"],
        cwd=world.root,
        env={**clean(tmp_path), "TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = until(mine, b"[y/N]")
    os.write(mine, f"{answer}\n".encode())
    rest = until(mine, None)
    os.close(mine)
    assert child.wait(20) == code
    assert b"Release hello v0.1.0?" in shown
    assert (world.tags() == ["hello/v0.1.0"]) is made
    assert (b"nothing was done" in rest) is not made


def until(fd: int, wanted: bytes | None) -> bytes:
    """What a terminal shows until some bytes, or the end."""
    shown = b""
    while wanted is None or wanted not in shown:
        ready, _, _ = select.select([fd], [], [], 20)
        assert ready, shown
        try:
            data = os.read(fd, 4096)
        except OSError:
            return shown
        if not data:
            return shown
        shown += data
    return shown


def test_schedules_are_listed_for_people_and_programs(world: ReleaseWorld, agentctl) -> None:
    text = (world.root / f"{AGENT}/agent.yaml").read_text()
    world.write(f"{AGENT}/agent.yaml", text + "schedules: {file: schedules.yaml}\n")
    world.write(
        f"{AGENT}/schedules.yaml",
        '- {name: nightly, type: recurring, cron: "0 2 * * *", timezone: Europe/Berlin, '
        "input: {text: a}}\n",
    )
    done = agentctl("schedules", "list")
    lines = done.stdout.splitlines()
    assert lines[0] == "hello  worktree, in no environment"
    assert lines[1] == "  nightly  not live  every day at 02:00 Europe/Berlin, 1 run a day"
    assert len(lines) == 5
    assert "does not fire them" in done.stderr
    told = json.loads(agentctl("schedules", "list", "hello", "-o", "json").stdout)
    assert (told["kind"], len(told["items"][0]["next"])) == ("ScheduleList", 10)
