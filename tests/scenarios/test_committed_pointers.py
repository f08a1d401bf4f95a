"""In a repository a run resolves its pointer at the commit, and never at the working copy."""

import shutil
from collections.abc import Callable
from typing import Any

import pytest

from runner.app.releasing.bundling import make_bundle
from runner.releases.bundle import open_bundle
from runner.releases.reading import read_directory
from tests.pointer_world import git

Opens = Callable[..., Any]
POINTER = "agent-configs/environments/prod/opener.yaml"
SETTINGS = "default_environment: dev\nenvironments: {dev: {}, prod: {protected: true}}\n"


@pytest.fixture
def committed(project: Any, tickets: Any) -> Any:
    """The project in a repository, with opener v1.0.0 and v1.1.0, the first pinned in prod."""
    project.write("agentctl.yaml", SETTINGS)
    project.write(".gitignore", ".agentctl/\n")
    shutil.copytree(project.agent, project.agent / "v1.0.0")
    shutil.copytree(project.agent / "v1.0.0", project.agent / "v1.1.0")
    project.write("agent-configs/opener/v1.1.0/notes.md", "newer\n")
    point(project, "v1.0.0", tickets.url)
    git(project.root, "init", "--quiet", "--initial-branch=main")
    git(project.root, "config", "user.name", "Ann")
    git(project.root, "config", "user.email", "ann@example.com")
    commit(project)
    return project


def point(project: Any, version: str, url: str) -> None:
    digest = read_directory(project.agent / version, "").digest
    values = f'values: {{tickets_url: "{url}"}}\n'
    project.write(POINTER, f'version: {version}\ndigest: "{digest}"\n{values}')


def commit(project: Any) -> str:
    git(project.root, "add", ".")
    git(project.root, "commit", "--quiet", "-m", "a commit")
    return git(project.root, "rev-parse", "HEAD")


def test_a_run_has_the_committed_version_and_values_and_says_so(
    committed: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens("one")
    point(committed, "v1.1.0", "http://127.0.0.1:1")
    done = committed.agentctl("run", "opener@prod")
    assert done.code == 0, done.err
    start = committed.events()[0]
    head = git(committed.root, "rev-parse", "HEAD")
    assert (start["version"], start["pointer_commit"]) == ("v1.0.0", head)
    assert start["values"] == {"tickets_url": tickets.url}
    assert f"the working copy of {POINTER} differs; the committed one counts" in done.err


def test_an_unchanged_pointer_is_not_remarked_on(
    committed: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens()
    text = (committed.root / POINTER).read_text()
    committed.write(POINTER, ("# only a remark\n" + text).replace("\n", "\r\n"))
    done = committed.agentctl("run", "opener@prod")
    assert (done.code, "working copy" in done.err) == (0, False)


def test_the_default_environment_is_read_at_the_commit_too(
    committed: Any, provider: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens()
    pointer = committed.root / "agent-configs/environments/dev/opener.yaml"
    pointer.unlink()
    done = committed.agentctl("run", "opener")
    assert "the working copy has no agent-configs/environments/dev/opener.yaml" in done.err
    assert committed.events()[0]["environment"] == "dev"


def test_the_rules_come_from_the_commit_of_the_pointer(committed: Any) -> None:
    committed.write("agentctl.yaml", SETTINGS.replace("protected: true", "protected: false"))
    done = committed.agentctl("run", "opener@prod", "--set", "tickets_url=http://127.0.0.1:1")
    assert (done.code, "prod is protected" in done.err) == (5, True)


def test_another_branch_that_is_checked_out_does_not_count(
    committed: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens()
    main = git(committed.root, "rev-parse", "HEAD")
    git(committed.root, "switch", "--quiet", "-c", "feature")
    point(committed, "v1.1.0", tickets.url)
    commit(committed)
    done = committed.agentctl("run", "opener@prod")
    start = committed.events()[0]
    assert (start["version"], start["pointer_commit"]) == ("v1.0.0", main)
    assert f"main@{main[:12]}:{POINTER}" in done.err


def test_a_pointer_that_was_never_committed_counts_as_its_file_is(
    committed: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens()
    git(committed.root, "rm", "--quiet", "--cached", POINTER)
    git(committed.root, "commit", "--quiet", "-m", "without")
    done = committed.agentctl("run", "opener@prod")
    assert (done.code, "working copy" in done.err) == (0, False)
    assert committed.events()[0].get("pointer_commit") is None


def test_a_committed_pointers_digest_is_held_against_the_files(committed: Any) -> None:
    pinned = read_directory(committed.agent / "v1.0.0", "").digest
    committed.write("agent-configs/opener/v1.0.0/notes.md", "new\n")
    (committed.root / POINTER).unlink()
    done = committed.agentctl("run", "opener@prod")
    head = git(committed.root, "rev-parse", "HEAD")
    assert done.code == 4
    assert f"main@{head[:12]}:{POINTER}: {pinned}" in done.err


def test_previous_is_the_last_other_good_release_of_an_environment(
    committed: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens()
    assert (
        "no other good release"
        in committed.agentctl("show", "opener@previous", "--env", "prod").err
    )
    point(committed, "v1.1.0", tickets.url)
    commit(committed)
    done = committed.agentctl("run", "opener@previous", "--env", "prod")
    assert done.code == 0, done.err
    start = committed.events()[0]
    assert (start["version"], start["environment"]) == ("v1.0.0", "prod")
    alone = committed.agentctl("run", "opener@previous")
    assert (alone.code, "--env ENV" in alone.err) == (2, True)


def test_a_bundle_is_the_same_after_a_commit_that_moved_no_pointer(
    committed: Any, tickets: Any
) -> None:
    path = committed.root / "p.zip"
    moved = git(committed.root, "rev-parse", "HEAD")
    make_bundle(committed.root, None, "prod", (), path)
    data = path.read_bytes()
    committed.write("README.md", "Hello.\n")
    commit(committed)
    point(committed, "v1.1.0", tickets.url)
    make_bundle(committed.root, None, "prod", (), path)
    assert path.read_bytes() == data
    assert open_bundle(path).manifest.agents["opener"].pointer_commit == moved


def test_a_tagged_release_is_journaled_with_its_tag_and_goes_into_a_bundle_with_it(
    committed: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens()
    git(committed.root, "tag", "-a", "-m", "Release", "opener/v2.0.0")
    released = git(committed.root, "rev-parse", "HEAD")
    tag = git(committed.root, "rev-parse", "refs/tags/opener/v2.0.0")
    digest = read_directory(committed.agent, "").digest
    values = f'values: {{tickets_url: "{tickets.url}"}}\n'
    committed.write(POINTER, f'version: v2.0.0\ndigest: "{digest}"\n{values}')
    pointer = commit(committed)
    done = committed.agentctl("run", "opener@prod")
    assert done.code == 0, done.err
    start = committed.events()[0]
    assert (start["tag"], start["commit"], start["pointer_commit"]) == (tag, released, pointer)
    path = committed.root / "p.zip"
    make_bundle(committed.root, None, "prod", (), path)
    pinned = open_bundle(path).manifest.agents["opener"]
    assert (pinned.tag, pinned.commit, pinned.pointer_commit) == (tag, released, pointer)


def test_a_tag_that_was_moved_stops_a_run_with_both_digests(committed: Any, tickets: Any) -> None:
    git(committed.root, "tag", "-a", "-m", "Release", "opener/v2.0.0")
    digest = read_directory(committed.agent, "").digest
    committed.write(POINTER, f'version: v2.0.0\ndigest: "{digest}"\n')
    committed.write("agent-configs/opener/notes.md", "more\n")
    commit(committed)
    git(committed.root, "tag", "--force", "-a", "-m", "Release", "opener/v2.0.0")
    done = committed.agentctl("run", "opener@prod")
    assert (done.code, done.err.count("h1:")) == (4, 2)
    assert "opener/v2.0.0:./agent-configs/opener: h1:" in done.err
    assert f"{POINTER}: {digest}" in done.err
