"""What is staged is checked as it is staged, also inside a hook."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runner.app.checking import Report
from runner.app.releasing.staged import check_staged
from runner.domain.errors import IntegrityError, UsageError
from tests.pointer_world import git
from tests.release_world import AGENT, ReleaseWorld, make_release_world

ROOT = Path(__file__).parents[3]
DEV = "agent-configs/environments/dev/hello.yaml"


@pytest.fixture
def world(tmp_path: Path) -> ReleaseWorld:
    return make_release_world(tmp_path / "here")


def staged(world: ReleaseWorld) -> Report:
    return check_staged(world.root, None)


def codes(report: Report) -> list[str]:
    return [found.code for found in report.diagnostics]


def spoil(world: ReleaseWorld) -> None:
    world.replace(f"{AGENT}/agent.yaml", "max_iterations", "max_iteratons")


def test_nothing_staged_is_nothing_checked(world: ReleaseWorld) -> None:
    spoil(world)
    world.write("notes.txt", "x")
    world.git("add", "notes.txt")
    assert staged(world).checked == 0


def test_the_index_counts_and_not_the_disk(world: ReleaseWorld) -> None:
    spoil(world)
    world.git("add", ".")
    world.replace(f"{AGENT}/agent.yaml", "max_iteratons", "max_iterations")
    assert codes(staged(world)) == ["AC115"]
    world.git("add", ".")
    assert (codes(staged(world)), staged(world).checked) == ([], 0)


def test_only_changed_agents_are_checked(world: ReleaseWorld) -> None:
    world.replace("agent-configs/other/agent.yaml", "max_iterations", "max_iteratons")
    world.commit()
    world.change("minor")
    world.replace(f"{AGENT}/system-prompt.md", "all words", "each word")
    world.git("add", ".")
    assert staged(world).clean == ("hello@worktree",)


def test_a_file_that_is_not_staged_is_missing(world: ReleaseWorld) -> None:
    text = (world.root / f"{AGENT}/agent.yaml").read_text()
    world.write(f"{AGENT}/agent.yaml", text + "schedules: {file: schedules.yaml}\n")
    world.git("add", ".")
    world.write(f"{AGENT}/schedules.yaml", "[]\n")
    assert codes(staged(world)) == ["AC006"]


def test_a_link_that_is_staged_is_refused(world: ReleaseWorld) -> None:
    (world.root / AGENT / "link.md").symlink_to("/etc/passwd")
    world.git("add", ".")
    assert codes(staged(world)) == ["AC020"]


def test_pointers_are_held_against_the_staged_agent(world: ReleaseWorld) -> None:
    world.write(DEV, "version: worktree\nvalues: {nobody: knows}\n")
    world.git("add", ".")
    assert codes(staged(world)) == ["AC413"]
    world.write(DEV, f'version: v7.0.0\ndigest: "h1:{"A" * 43}="\n')
    world.write("agent-configs/environments/qa/hello.yaml", "version: worktree\n")
    world.git("add", ".")
    assert codes(staged(world)) == ["AC414", "AC417"]


def test_a_pointer_may_name_a_tag(world: ReleaseWorld) -> None:
    made = world.release()
    digest = made.plan.digest
    world.write(DEV, f'version: v0.1.0\ndigest: "{digest}"\n')
    world.git("add", ".")
    assert codes(staged(world)) == []
    world.write(DEV, f'version: v0.1.0\ndigest: "h1:{"A" * 43}="\n')
    world.git("add", ".")
    assert codes(staged(world)) == ["AC414"]


def test_the_settings_are_checked(world: ReleaseWorld) -> None:
    world.write("agentctl.yaml", "environmets: {}\n")
    world.change("minor")
    world.write("agentctl.yaml", "environmets: {dev: {}}\n")
    world.git("add", ".")
    assert codes(staged(world)) == ["AC115"]


def test_a_version_directory_is_checked_as_it_is_staged(world: ReleaseWorld) -> None:
    world.release(vendor=True)
    world.git("add", ".")
    assert staged(world).clean == ("hello@v0.1.0",)


def test_a_released_version_that_is_changed_is_refused(world: ReleaseWorld) -> None:
    world.release(vendor=True)
    world.commit()
    assert staged(world).checked == 0
    world.replace(f"{AGENT}/v0.1.0/system-prompt.md", "You count words", "You count")
    world.git("add", ".")
    with pytest.raises(IntegrityError, match=r"hello@v0\.1\.0 is not what it was"):
        staged(world)


def test_an_agent_that_is_removed_is_not_missed(world: ReleaseWorld) -> None:
    world.git("rm", "-r", "--quiet", AGENT)
    assert (codes(staged(world)), staged(world).checked) == ([], 0)


def test_before_the_first_commit_everything_is_new(tmp_path: Path) -> None:
    world = make_release_world(tmp_path / "here")
    world.git("update-ref", "-d", "HEAD")
    assert {"hello@worktree", "other@worktree"} <= set(staged(world).clean)


def test_a_merge_that_is_not_finished_is_told(world: ReleaseWorld) -> None:
    world.git("switch", "--quiet", "-c", "idea")
    world.change("minor")
    world.git("switch", "--quiet", "main")
    world.replace(f"{AGENT}/system-prompt.md", "You count words", "You count no words")
    world.commit()
    git(world.root, "merge", "--quiet", "idea", check=False)
    with pytest.raises(UsageError, match="conflict"):
        staged(world)


def test_a_project_below_the_top_of_the_repository(tmp_path: Path) -> None:
    whole = make_release_world(tmp_path / "here")
    (whole.root / "sub").mkdir()
    for name in ("agent-configs", "agentctl.yaml"):
        whole.git("mv", name, f"sub/{name}")
    world = ReleaseWorld(whole.root / "sub")
    assert set(staged(world).clean) == {"agentctl.yaml", "hello@worktree", "other@worktree"}
    spoil(world)
    world.git("add", ".")
    assert codes(staged(world)) == ["AC115"]


@pytest.fixture
def hooked(world: ReleaseWorld) -> ReleaseWorld:
    """The line of `agentctl validate --help` as this repository's hook."""
    hook = world.write(
        ".git/hooks/pre-commit",
        f"#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m runner validate --staged\n",
    )
    hook.chmod(0o755)
    return world


def commits(world: ReleaseWorld, root: Path, *words: str) -> bool:
    done = subprocess.run(
        ["git", "commit", "--quiet", *words, "-m", "x"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode == 0


def test_a_hook_sees_the_index_of_the_commit_that_it_guards(hooked: ReleaseWorld) -> None:
    spoil(hooked)
    hooked.write(f"{AGENT}/notes.md", "fine\n")
    hooked.git("add", f"{AGENT}/notes.md")
    assert not commits(hooked, hooked.root, "--all")
    assert not commits(hooked, hooked.root, f"{AGENT}/agent.yaml")
    assert commits(hooked, hooked.root)
    assert hooked.git("diff", "--name-only") == f"{AGENT}/agent.yaml"


def test_a_hook_of_a_linked_worktree_sees_its_own_index(hooked: ReleaseWorld) -> None:
    linked = hooked.root.parent / "linked"
    hooked.git("worktree", "add", "--quiet", "-b", "idea", str(linked))
    spoil(ReleaseWorld(linked))
    assert not commits(hooked, linked, "--all")
    ReleaseWorld(linked).replace(f"{AGENT}/agent.yaml", "max_iteratons: 5", "max_iterations: 4")
    assert commits(hooked, linked, "--all")


def test_the_index_of_another_repository_is_not_read(world: ReleaseWorld, tmp_path: Path) -> None:
    other = make_release_world(tmp_path / "other")
    spoil(world)
    world.git("add", ".")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "GIT_DIR": str(other.root / ".git"),
        "GIT_INDEX_FILE": str(other.root / ".git/index"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "runner", "validate", "--staged"],
        cwd=world.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "AC115" in done.stdout) == (1, True)
