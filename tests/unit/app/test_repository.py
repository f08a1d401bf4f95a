"""A repository that is held open: by one thread, and only when it is needed."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runner.app.project import Project
from runner.app.repository import default_branch, held_by_this_thread, held_open, opened
from runner.releases.git_repository import GitRepository
from tests.release_world import ReleaseWorld, make_release_world


@pytest.fixture
def world(tmp_path: Path) -> ReleaseWorld:
    return make_release_world(tmp_path / "here")


@pytest.fixture
def project(world: ReleaseWorld) -> Project:
    return Project(world.root, world.root / ".agentctl")


def test_within_one_block_one_repository_answers(project: Project) -> None:
    with held_open(project):
        with opened(project) as first, held_open(project), opened(project) as second:
            assert first is not None
            assert first is second
        assert held_by_this_thread(project) is first
    assert held_by_this_thread(project) is None


def test_another_thread_opens_its_own(project: Project) -> None:
    def ask() -> object:
        with opened(project) as held:
            return held

    with held_open(project), ThreadPoolExecutor(1) as other, opened(project) as held:
        assert other.submit(ask).result() is not held


def test_what_is_not_needed_is_not_opened(project: Project) -> None:
    (project.root / ".git" / "HEAD").write_text("broken")
    with held_open(project):
        pass


def test_settings_that_were_committed_with_a_mistake_do_not_stop_everything(
    world: ReleaseWorld, project: Project
) -> None:
    world.write("agentctl.yaml", "default_branch: [\n")
    world.commit()
    world.write("agentctl.yaml", "default_branch: main\n")
    with GitRepository(world.root) as repository:
        assert default_branch(project, repository) == "main"
