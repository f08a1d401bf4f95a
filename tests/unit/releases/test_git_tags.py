"""Releases read from tags of real repositories, among them damaged and hostile ones."""

import os
import stat
import subprocess
import threading
from pathlib import Path

import pytest

from runner.domain.diagnostics import ConfigError
from runner.domain.errors import AgentctlError, IntegrityError, UsageError
from runner.releases.git_repository import GitRepository
from runner.releases.git_tags import GitTagStore, NotInTagError
from tests.tag_world import AGENT, DIGEST, FILES, Repository, git, released, settled


@pytest.fixture
def made(tmp_path: Path) -> Repository:
    return released(tmp_path / "here")


def store(made: Repository) -> GitTagStore:
    return GitTagStore(made.root, "agent-configs")


def refused(made: Repository, version: str = "v1.0.0") -> AgentctlError:
    with pytest.raises(AgentctlError) as caught:
        store(made).load("triage", version)
    assert "stderr" not in caught.value.message + caught.value.help
    return caught.value


def program(path: Path, mark: Path) -> str:
    """A program that a repository may name and nobody may start: it leaves a mark."""
    path.write_text(f"#!/bin/sh\ntouch '{mark}'\nexit 1\n")
    path.chmod(0o755)
    return str(path)


def test_the_files_and_the_digest_are_those_of_the_commit(made: Repository) -> None:
    made.write(f"{AGENT}/agent.yaml", "changed since")
    snapshot = store(made).load("triage", "v1.0.0")
    assert (snapshot.files, snapshot.digest) == (FILES, DIGEST)


def test_what_is_no_part_of_a_snapshot_is_left_out(made: Repository) -> None:
    for path in ("v0.9.0/agent.yaml", "current", ".hidden", "x/__pycache__/y", "x/.z"):
        made.write(f"{AGENT}/{path}", "no")
    made.commit()
    made.tag("v1.1.0")
    assert store(made).load("triage", "v1.1.0").digest == DIGEST


def test_versions_tell_commit_tag_and_who_made_them(made: Repository) -> None:
    oid = made.tag("v1.10.0", f"Second\n\nMore.\n\nAgentctl-Digest: {DIGEST}\n")
    made.git("tag", "triage/v1.9.0")
    made.git("tag", "triage/notes")
    made.git("tag", "other/v1.0.0")
    first, plain, last = store(made).versions("triage")
    head = made.git("rev-parse", "HEAD")
    assert [v.version for v in (first, plain, last)] == ["v1.0.0", "v1.9.0", "v1.10.0"]
    assert (plain.tag, plain.commit, plain.by) == (None, head, "")
    assert (last.tag, last.commit, last.digest) == (oid, head, DIGEST)
    assert last.by == "Ann <ann@example.com>"
    assert last.created


def test_a_project_below_the_top_of_its_repository_has_tags(tmp_path: Path) -> None:
    made = settled(tmp_path / "here")
    made.write(f"team/{AGENT}/agent.yaml", "a")
    made.commit()
    made.tag("v1.0.0")
    below = GitTagStore(made.root / "team", "agent-configs")
    assert below.load("triage", "v1.0.0").files == {"agent.yaml": b"a"}


def test_another_format_of_tags_is_read(made: Repository) -> None:
    made.git("tag", "release/triage-1.2.0")
    other = GitTagStore(made.root, "agent-configs", "release/{agent}-{version}")
    assert [v.version for v in other.versions("triage")] == ["v1.2.0"]
    assert other.load("triage", "v1.2.0").digest == DIGEST
    assert other.locate("triage", "v1.2.0") == "release/triage-1.2.0:./agent-configs/triage"


# Moved, replayed and odd tags.


def test_a_moved_tag_has_another_digest(made: Repository) -> None:
    made.write(f"{AGENT}/agent.yaml", "name: triage\n# evil\n")
    made.commit()
    made.git("tag", "--force", "-a", "-m", "x", "triage/v1.0.0")
    assert store(made).load("triage", "v1.0.0").digest != DIGEST


def test_a_tag_object_under_another_name_is_a_replay(made: Repository) -> None:
    made.git("update-ref", "refs/tags/triage/v9.9.9", "refs/tags/triage/v1.0.0")
    error = refused(made, "v9.9.9")
    assert isinstance(error, IntegrityError)
    assert "the reference: triage/v9.9.9\n  the tag object in it: triage/v1.0.0" in error.message


def test_a_lightweight_tag_is_a_release(made: Repository) -> None:
    made.git("tag", "triage/v1.1.0")
    assert store(made).load("triage", "v1.1.0").digest == DIGEST


def test_a_branch_that_is_called_like_a_tag_is_not_read(made: Repository) -> None:
    made.write(f"{AGENT}/agent.yaml", "the branch's")
    made.git("branch", "triage/v1.0.0", made.commit())
    assert store(made).load("triage", "v1.0.0").digest == DIGEST


def test_a_branch_that_stands_where_a_tag_would_is_no_tag(made: Repository) -> None:
    made.git("update-ref", "refs/heads/refs/tags/triage/v2.0.0", "HEAD")
    made.git("update-ref", "refs/heads/triage/v2.0.0", "HEAD")
    assert refused(made, "v2.0.0").message.endswith("no tag triage/v2.0.0")


def test_a_tag_of_a_tag_leads_to_the_commit(made: Repository) -> None:
    made.git("-c", "advice.nestedTag=false", "tag", "-am", "x", "triage/v1.1.0", "triage/v1.0.0")
    assert store(made).load("triage", "v1.1.0").digest == DIGEST
    assert store(made).versions("triage")[-1].commit == made.git("rev-parse", "HEAD")


@pytest.mark.parametrize(
    ("what", "kind"), [("HEAD^{tree}", "tree"), (f"HEAD:{AGENT}/agent.yaml", "blob")]
)
def test_a_tag_of_no_commit_is_said(made: Repository, what: str, kind: str) -> None:
    made.git("tag", "-am", "x", "triage/v1.1.0", what)
    made.git("tag", "triage/v1.2.0", what)
    for version in ("v1.1.0", "v1.2.0"):
        assert f"leads to a {kind}, not to a commit" in refused(made, version).message


def test_an_agent_that_was_not_there_at_that_commit_is_said(made: Repository) -> None:
    made.git("tag", "-am", "x", "other/v1.0.0")
    with pytest.raises(NotInTagError, match=r"has no directory agent-configs/other with files"):
        store(made).load("other", "v1.0.0")


def test_a_version_without_a_tag_names_those_that_are_there(made: Repository) -> None:
    error = refused(made, "v3.0.0")
    assert error.message == "triage has no version v3.0.0: no tag triage/v3.0.0"
    assert error.help == "tags of triage: v1.0.0"


# What lies in the tree.


def entry(made: Repository, mode: str, oid: str, name: str, version: str) -> None:
    """Commit an entry that no checkout could make, and tag it."""
    made.git("update-index", "--add", "--cacheinfo", f"{mode},{oid},{AGENT}/{name}")
    made.git("commit", "--quiet", "-m", "x")
    made.tag(version)


def test_a_link_in_a_tag_is_refused(made: Repository) -> None:
    oid = made.git("hash-object", "-w", "--stdin", stdin=b"/etc/passwd")
    entry(made, "120000", oid, "prompt.md", "v1.1.0")
    error = refused(made, "v1.1.0")
    assert isinstance(error, ConfigError)
    [found] = error.diagnostics
    assert (found.code, found.message[:6]) == ("AC020", "a link")
    assert found.place.file == "triage/v1.1.0:./agent-configs/triage/prompt.md"


def test_a_submodule_in_a_tag_is_refused(made: Repository) -> None:
    entry(made, "160000", made.git("rev-parse", "HEAD"), "sub", "v1.1.0")
    assert "a submodule; a release holds regular files" in refused(made, "v1.1.0").message


def test_a_link_in_the_place_of_the_agent_is_no_directory(made: Repository) -> None:
    made.git("rm", "-rq", "--cached", AGENT)
    oid = made.git("hash-object", "-w", "--stdin", stdin=b"/etc")
    made.git("update-index", "--add", "--cacheinfo", f"120000,{oid},{AGENT}")
    made.git("commit", "--quiet", "-m", "x")
    made.tag("v1.1.0")
    assert "has no directory" in refused(made, "v1.1.0").message


def test_a_pointer_of_git_lfs_is_refused(made: Repository) -> None:
    made.write(f"{AGENT}/data.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    made.commit()
    made.tag("v1.1.0")
    assert "a Git LFS pointer, not the file itself" in refused(made, "v1.1.0").message


def test_a_large_file_and_a_huge_one_are_refused(made: Repository) -> None:
    made.write(f"{AGENT}/large.txt", b"x" * ((1 << 20) + 1))
    made.commit()
    made.tag("v1.1.0")
    assert "1,048,577 bytes; at most 1,048,576" in refused(made, "v1.1.0").message
    made.write(f"{AGENT}/large.txt", b"x" * ((4 << 20) + 1))
    made.commit()
    made.tag("v1.2.0")
    with store(made).opened() as reading:
        with pytest.raises(UsageError, match="4,194,305 bytes; at most"):
            reading.tagged("triage", "v1.2.0")
        assert reading.tagged("triage", "v1.0.0").snapshot.digest == DIGEST


def test_names_that_differ_in_case_alone_are_refused(made: Repository) -> None:
    oid = made.git("hash-object", "-w", "--stdin", stdin=b"x")
    entry(made, "100644", oid, "AGENT.yaml", "v1.1.0")
    assert "only in upper and lower case" in refused(made, "v1.1.0").message


def test_a_name_with_a_newline_is_refused(made: Repository) -> None:
    made.write(f"{AGENT}/a\nb", "x")
    made.commit()
    made.tag("v1.1.0")
    assert "has a newline" in refused(made, "v1.1.0").message


def test_line_ends_are_those_in_git_whatever_a_checkout_writes(made: Repository) -> None:
    made.git("config", "core.autocrlf", "true")
    (made.root / AGENT / "agent.yaml").unlink()
    made.git("checkout", "--", AGENT)
    assert b"\r\n" in (made.root / AGENT / "agent.yaml").read_bytes()
    assert store(made).load("triage", "v1.0.0").digest == DIGEST


def test_attributes_of_an_export_change_nothing(made: Repository) -> None:
    made.write(".gitattributes", f"{AGENT}/agent.yaml export-ignore ident filter=x\n")
    made.commit()
    made.tag("v1.1.0")
    assert store(made).load("triage", "v1.1.0").digest == DIGEST


# Repositories.


def test_replaced_objects_are_not_followed(made: Repository) -> None:
    evil = made.git("hash-object", "-w", "--stdin", stdin=b"EVIL")
    made.git("replace", made.git("rev-parse", f"HEAD:{AGENT}/agent.yaml"), evil)
    assert made.git("show", f"HEAD:{AGENT}/agent.yaml") == "EVIL"
    assert store(made).load("triage", "v1.0.0").digest == DIGEST


def test_no_program_that_the_repository_names_is_started(made: Repository, tmp_path: Path) -> None:
    mark = tmp_path / "started"
    evil = program(tmp_path / "evil", mark)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("post-checkout", "reference-transaction", "post-index-change", "pre-commit"):
        program(hooks / hook, mark)
    for name in ("core.fsmonitor", "diff.external", "gpg.program", "gpg.ssh.program", "core.pager"):
        made.git("config", name, evil)
    made.git("config", "core.hooksPath", str(hooks))
    made.git("config", "log.showSignature", "true")
    made.git("config", "alias.for-each-ref", f"!{evil}")
    assert store(made).load("triage", "v1.0.0").digest == DIGEST
    assert store(made).versions("triage")
    with GitRepository(made.root) as repository:
        assert repository.log("refs/heads/main", f"{AGENT}/agent.yaml")
        assert repository.is_ancestor("refs/tags/triage/v1.0.0", "refs/heads/main")
    assert not mark.exists()


def test_a_shallow_clone_without_tags_says_what_to_fetch(made: Repository, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", "--no-tags", f"file://{made.root}", "shallow")
    error = refused(Repository(tmp_path / "shallow"))
    assert error.help == "this clone is shallow, so it may lack tags: git fetch --unshallow --tags"


def test_a_shallow_clone_does_not_guess_what_came_before(made: Repository, tmp_path: Path) -> None:
    made.commit("Second")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{made.root}", "shallow")
    shallow = Repository(tmp_path / "shallow")
    shallow.git("fetch", "-q", "--depth", "1", "origin", "tag", "triage/v1.0.0")
    assert store(shallow).load("triage", "v1.0.0").digest == DIGEST
    with GitRepository(shallow.root) as repository, pytest.raises(UsageError, match="shallow"):
        repository.is_ancestor("refs/tags/triage/v1.0.0", "refs/heads/main")


def test_a_partial_clone_never_fetches_and_says_what_is_missing(
    made: Repository, tmp_path: Path
) -> None:
    made.git("config", "uploadpack.allowFilter", "true")
    options = ("--filter=blob:none", "--no-checkout")
    git(tmp_path, "clone", "-q", *options, f"file://{made.root}", "partial")
    partial = Repository(tmp_path / "partial")
    mark = tmp_path / "started"
    partial.git("config", "remote.origin.uploadpack", program(tmp_path / "evil", mark))
    error = refused(partial)
    assert "missing here" in error.message
    assert "git fetch --refetch --no-filter --tags" in error.help
    assert not mark.exists()
    made.root.rename(tmp_path / "gone")
    assert "missing here" in refused(partial).message


def test_what_a_partial_clone_is_told_to_do_helps(made: Repository, tmp_path: Path) -> None:
    made.git("config", "uploadpack.allowFilter", "true")
    options = ("--filter=blob:none", "--no-checkout")
    git(tmp_path, "clone", "-q", *options, f"file://{made.root}", "partial")
    partial = Repository(tmp_path / "partial")
    partial.git("fetch", "-q", "--refetch", "--no-filter", "--tags")
    assert store(partial).load("triage", "v1.0.0").digest == DIGEST


def test_a_bare_repository_is_read(made: Repository, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(made.root), "bare.git")
    assert store(Repository(tmp_path / "bare.git")).load("triage", "v1.0.0").digest == DIGEST


def test_a_detached_head_and_a_linked_worktree_are_read(made: Repository, tmp_path: Path) -> None:
    made.git("checkout", "-q", "--detach")
    made.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    for root in (made.root, tmp_path / "linked"):
        assert store(Repository(root)).load("triage", "v1.0.0").digest == DIGEST


def test_packed_references_are_read(made: Repository) -> None:
    made.git("pack-refs", "--all")
    made.git("gc", "--quiet")
    assert store(made).load("triage", "v1.0.0").digest == DIGEST
    assert len(store(made).versions("triage")) == 1


def test_another_owner_is_told_how_to_trust(
    made: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
    error = refused(made)
    assert "belongs to another user" in error.message
    assert error.help.endswith(f"git config --global --add safe.directory {made.root}")


def test_a_repository_with_sha256_is_refused_with_its_reason(tmp_path: Path) -> None:
    made = settled(tmp_path / "here", "--object-format=sha256")
    made.write(f"{AGENT}/agent.yaml", "a")
    made.commit()
    made.tag("v1.0.0")
    assert "a repository with sha256 names of objects cannot be read" in refused(made).message


def test_variables_of_git_do_not_lead_elsewhere(
    made: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = settled(tmp_path / "other")
    for name, value in {
        "GIT_DIR": str(other.root / ".git"),
        "GIT_WORK_TREE": str(other.root),
        "GIT_INDEX_FILE": "/nowhere",
        "GIT_OBJECT_DIRECTORY": "/nowhere",
        "GIT_PYTHON_GIT_EXECUTABLE": "/bin/false",
        "GIT_CONFIG_PARAMETERS": "'core.bare=true'",
    }.items():
        monkeypatch.setenv(name, value)
    assert store(made).load("triage", "v1.0.0").digest == DIGEST
    assert "GIT_DIR" not in os.environ


def test_no_repository_at_all_is_said(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    error = refused(Repository(tmp_path / "plain"))
    assert error.message.endswith("is in no git repository")


def test_a_directory_that_is_gone_is_not_taken_for_the_present_one(tmp_path: Path) -> None:
    assert "No such file or directory" in refused(Repository(tmp_path / "gone")).message


def test_no_git_on_path_is_said(
    made: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refused(made).message == "git is not on PATH"


def test_a_damaged_object_is_an_integrity_error(made: Repository) -> None:
    oid = made.git("rev-parse", f"HEAD:{AGENT}/agent.yaml")
    file = made.root / ".git" / "objects" / oid[:2] / oid[2:]
    file.chmod(stat.S_IRUSR | stat.S_IWUSR)
    file.write_bytes(b"\x78\x01nonsense")
    error = refused(made)
    assert isinstance(error, IntegrityError)
    assert "damaged" in error.message


def test_an_object_that_was_deleted_is_said_to_be_missing(made: Repository) -> None:
    oid = made.git("rev-parse", f"HEAD:{AGENT}/agent.yaml")
    (made.root / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    assert f"agent.yaml: the object {oid[:12]} is missing here" in refused(made).message


# Processes.


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def children() -> int:
    tasks = Path("/proc/self/task")
    return sum(len((task / "children").read_text().split()) for task in tasks.iterdir())


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts in /proc, of Linux")
def test_loads_leave_no_process_and_no_open_file(made: Repository) -> None:
    store(made).load("triage", "v1.0.0")
    before = open_files(), children()
    for _ in range(50):
        store(made).load("triage", "v1.0.0")
        with pytest.raises(UsageError):
            store(made).load("triage", "v2.0.0")
    assert (open_files(), children()) == before


def test_threads_with_one_store_do_not_disturb_each_other(made: Repository) -> None:
    shared, found = store(made), list[str]()

    def load() -> None:
        found.extend(shared.load("triage", "v1.0.0").digest for _ in range(10))

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert found == [DIGEST] * 40


def test_grafts_of_a_clone_do_not_change_what_came_before(made: Repository) -> None:
    begin = made.git("rev-parse", "HEAD")
    made.git("checkout", "--quiet", "--orphan", "lone")
    lone = made.commit("Alone")
    made.write(".git/info/grafts", f"{begin} {lone}\n")
    with GitRepository(made.root) as repository:
        assert not repository.is_ancestor(lone, "refs/heads/main")
        assert [each.oid for each in repository.log("refs/heads/main", "agent-configs")] == [begin]


def test_a_tag_with_a_number_that_nobody_can_count_does_not_hide_the_others(
    made: Repository,
) -> None:
    packed = made.root / ".git" / "packed-refs"
    head = made.git("rev-parse", "HEAD")
    made.git("pack-refs", "--all")
    packed.write_text(packed.read_text() + f"{head} refs/tags/triage/v{'9' * 5000}.0.0\n")
    assert [each.version for each in store(made).versions("triage")] == ["v1.0.0"]
