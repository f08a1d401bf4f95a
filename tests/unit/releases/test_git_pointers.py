"""Pointers in git: what is read, and every way in which a move must touch nothing else."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.domain.diagnostics import ConfigError
from runner.domain.errors import RefusedError, StalePlanError, TransientError, UsageError
from runner.domain.pointing import Placed, WriteOptions, Written, pointer_path
from runner.releases.git_pointers import GitPointers
from runner.testing import TickingClock
from tests.pointer_world import DIGESTS, PATH, World, content, git, make_world

PUSH = WriteOptions(push=True)
SUBJECT = "Promote triage to v1.1.0 in prod"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("template")
    make_world(directory)
    return directory


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    shutil.copytree(template, tmp_path / "w", symlinks=True)
    found = World(tmp_path / "w" / "here", tmp_path / "w" / "server.git")
    yield found
    found.close()


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(tmp_path: Path) -> Iterator[None]:
    """Neither our own git config nor one above it may say who commits."""
    before = dict(os.environ)
    os.environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    yield
    os.environ.clear()
    os.environ.update(before)


def placed(pointers: GitPointers, agent: str = "triage") -> Placed:
    found = pointers.read("prod", agent)
    assert found is not None
    return found


def move(
    pointers: GitPointers, version: str = "v1.1.0", options: WriteOptions | None = None
) -> Written:
    token = placed(pointers).token
    options = options or WriteOptions()
    return pointers.replace("prod", "triage", token, content(version), SUBJECT, options)


def at_tip(world: World, ref: str = "main", path: str = PATH) -> bytes:
    return git(world.root, "show", f"{ref}:{path}").encode() + b"\n"


def status(world: World) -> str:
    return world.git("status", "--porcelain", "--untracked-files=all")


# What is read


def test_a_pointer_is_read_at_the_tip_and_not_from_the_working_copy(world: World) -> None:
    world.write(PATH, content("v1.5.0"))
    found = placed(world.pointers())
    tip = world.git("rev-parse", "main")
    assert found.pointer.version == "v1.0.0"
    assert found.token == world.git("rev-parse", f"main:{PATH}")
    assert (found.commit, found.source) == (tip, f"main@{tip[:12]}:{PATH}")


def test_settings_and_pointers_come_from_one_commit(world: World) -> None:
    pointers = world.pointers()
    assert pointers.settings() == b"# agentctl.yaml\n"
    world.write("agentctl.yaml", "default_environment: prod\n")
    world.write(PATH, content("v1.1.0"))
    assert pointers.settings() == b"# agentctl.yaml\n"
    world.commit("Change both")
    assert pointers.settings() == b"# agentctl.yaml\n"
    assert placed(pointers).pointer.version == "v1.0.0"
    assert world.pointers().settings() == b"default_environment: prod\n"


def test_a_project_below_the_top_of_its_repository_has_its_own_pointers(world: World) -> None:
    world.write(f"ops/{PATH}", content("v1.3.0"))
    world.write("ops/agentctl.yaml", "# ops\n")
    world.commit("A second project")
    pointers = world.pointers(root=world.root / "ops")
    assert placed(pointers).pointer.version == "v1.3.0"
    assert pointers.settings() == b"# ops\n"
    move(pointers, "v1.4.0")
    assert at_tip(world, path=f"ops/{PATH}") == content("v1.4.0")
    assert at_tip(world) == content("v1.0.0")
    assert status(world) == ""


@pytest.mark.parametrize("names", [("nobody", "triage"), ("prod", "nobody")])
def test_a_pointer_that_is_not_there_is_none(world: World, names: tuple[str, str]) -> None:
    assert world.pointers().read(*names) is None
    assert world.pointers().moves(*names) == []


@pytest.mark.parametrize("names", [("../prod", "triage"), ("prod", "a/../triage"), ("prod", "-x")])
def test_a_name_that_leaves_its_place_is_no_name(world: World, names: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="is not an"):
        world.pointers().read(*names)


def test_a_link_in_the_place_of_a_pointer_is_refused(world: World) -> None:
    (world.root / PATH).unlink()
    (world.root / PATH).symlink_to("/etc/passwd")
    world.commit("A link")
    with pytest.raises(UsageError, match="is no regular file"):
        world.pointers().read("prod", "triage")


def test_a_broken_pointer_says_where_it_lies(world: World) -> None:
    world.write(PATH, "version: [\n")
    world.commit("Break it")
    with pytest.raises(ConfigError) as caught:
        world.pointers().read("prod", "triage")
    assert caught.value.diagnostics[0].place.file.startswith("main@")


def test_a_repository_without_a_commit_has_no_pointers(world: World, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "-b", "main", "new")
    pointers = World(tmp_path / "new", tmp_path, world.opened).pointers()
    assert (pointers.read("prod", "triage"), pointers.settings()) == (None, None)
    with pytest.raises(UsageError, match="no local branch main with a commit"):
        pointers.replace("prod", "triage", None, content("v1.0.0"), SUBJECT)


def test_what_only_looks_like_a_pointer_is_not_listed(world: World) -> None:
    above = PATH.rpartition("/")[0]
    for name in (f"{above}/notes.txt", f"{above}/Big.yaml", f"{above}/sub/a.yaml"):
        world.write(name, "x")
    world.write(f"{above}/../worktree/a.yaml", "x")
    world.commit("Odd files")
    assert world.pointers().places() == [("prod", "digest"), ("prod", "triage")]


# Which branch


def test_the_branch_is_main_whatever_is_checked_out(world: World) -> None:
    world.git("switch", "--quiet", "-c", "feature")
    world.write(PATH, content("v1.5.0"))
    world.commit("Only here")
    assert placed(world.pointers()).pointer.version == "v1.0.0"
    assert placed(world.pointers("feature")).pointer.version == "v1.5.0"


def test_the_branch_that_the_server_calls_its_head_comes_before_main(world: World) -> None:
    world.git("branch", "trunk")
    world.git("update-ref", "refs/remotes/origin/trunk", "main")
    world.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    assert world.pointers().branch.name == "trunk"


def test_without_main_or_master_the_branch_is_the_one_that_is_checked_out(world: World) -> None:
    world.git("branch", "-m", "work")
    world.git("remote", "remove", "origin")
    assert world.pointers().branch.name == "work"
    assert move(world.pointers()).branch == "work"


def test_a_named_branch_that_is_not_there_is_said(world: World) -> None:
    with pytest.raises(UsageError, match="there is no branch trunk") as caught:
        world.pointers("trunk").read("prod", "triage")
    assert "default_branch" in caught.value.help


def test_a_branch_that_only_the_server_has_is_read_and_not_moved(world: World) -> None:
    world.git("switch", "--quiet", "--detach")
    world.git("branch", "-D", "main")
    pointers = world.pointers("main")
    assert (placed(pointers).pointer.version, pointers.branch.local) == ("v1.0.0", False)
    with pytest.raises(UsageError, match="no local branch main"):
        move(pointers)
    assert move(pointers, options=PUSH).pushed
    assert at_tip(world, "origin/main") == content("v1.1.0")


# The history


def test_moves_are_the_commits_that_changed_the_pointer_newest_first(world: World) -> None:
    move(world.pointers(), "v1.1.0")
    world.write("notes.txt", "x")
    world.commit("Another file")
    world.pointers().replace(
        "prod", "digest", placed(world.pointers(), "digest").token, content("v1.9.0"), "Other"
    )
    pointers = world.pointers()
    text = "Roll triage back\n\nRefunds were wrong."
    pointers.replace("prod", "triage", placed(pointers).token, content("v1.0.0", "v1.1.0"), text)
    moves = pointers.moves("prod", "triage")
    assert [m.pointer.version for m in moves if m.pointer] == ["v1.0.0", "v1.1.0", "v1.0.0"]
    assert (moves[0].reason, moves[0].subject) == (text, "Roll triage back")
    assert [m.by for m in moves] == ["Ann <ann@example.com>"] * 3
    assert moves[0].commit == world.git("rev-parse", "main")
    assert moves[0].at.utcoffset() is not None


def test_a_merge_is_one_move_and_what_its_branch_pointed_at_was_never_live(world: World) -> None:
    world.git("switch", "--quiet", "-c", "change")
    for version in ("v1.1.0", "v1.2.0"):
        world.write(PATH, content(version))
        world.commit(f"Try {version}")
    world.git("switch", "--quiet", "main")
    world.git("merge", "--quiet", "--no-ff", "-m", "Merge the promotion", "change")
    moves = world.pointers().moves("prod", "triage")
    assert [m.subject for m in moves] == ["Merge the promotion", "Begin"]
    assert moves[0].pointer is not None
    assert moves[0].pointer.version == "v1.2.0"


def test_a_deleted_and_a_broken_pointer_are_moves_that_say_why(world: World) -> None:
    world.write(PATH, "version: v9\n")
    world.commit("Break it")
    world.git("rm", "--quiet", PATH)
    world.git("commit", "--quiet", "-m", "Remove it")
    removed, broken, first = world.pointers().moves("prod", "triage")
    assert (removed.pointer, removed.why) == (None, "the pointer was removed")
    assert broken.pointer is None
    assert "v9" in broken.why
    assert (first.why, first.pointer is None) == ("", False)


def test_a_shallow_clone_says_that_its_history_is_not_whole(world: World) -> None:
    assert world.pointers().whole
    here = world.root.parent / "shallow"
    git(world.root, "clone", "--quiet", "--depth", "1", f"file://{world.bare}", str(here))
    assert not World(here, world.bare, world.opened).pointers().whole


# A move and what the user has lying about


def test_a_move_is_one_commit_that_touches_one_file(world: World) -> None:
    before = world.git("rev-parse", "main")
    written = move(world.pointers())
    assert (written.commit, written.branch) == (world.git("rev-parse", "main"), "main")
    assert world.git("rev-parse", "main^") == before
    assert world.git("diff", "--name-only", before, "main") == PATH
    assert world.git("log", "-1", "--format=%an <%ae> %s") == f"Ann <ann@example.com> {SUBJECT}"
    assert (world.root / PATH).read_bytes() == content("v1.1.0")
    assert status(world) == ""
    assert "agentctl" in world.git("reflog", "-1", "main")


def test_what_is_staged_and_what_is_not_survives_to_the_byte(world: World) -> None:
    world.write("notes.txt", "staged\n")
    world.write("new.txt", "new and staged\n")
    world.git("add", "notes.txt", "new.txt")
    world.write("notes.txt", "staged, and changed again\r\n")
    world.write("other.txt", b"not staged \xff\n")
    world.write("untracked.txt", "nobody's\n")
    (world.root / "agentctl.yaml").unlink()
    before, index = status(world), world.git("ls-files", "--stage")
    move(world.pointers())
    assert status(world) == before
    now = [line for line in world.git("ls-files", "--stage").split("\n") if PATH not in line]
    assert now == [line for line in index.split("\n") if PATH not in line]
    assert (world.root / "notes.txt").read_bytes() == b"staged, and changed again\r\n"
    assert (world.root / "other.txt").read_bytes() == b"not staged \xff\n"


def test_the_users_next_commit_does_not_undo_the_move(world: World) -> None:
    world.write("notes.txt", "mine\n")
    move(world.pointers())
    world.git("commit", "--quiet", "-a", "-m", "My own work")
    assert at_tip(world) == content("v1.1.0")


def test_a_new_pointer_is_made_and_its_directories_with_it(world: World) -> None:
    written = world.pointers().replace("staging", "triage", None, content("v1.1.0"), "First")
    path = pointer_path("staging", "triage")
    assert (world.root / path).read_bytes() == content("v1.1.0")
    assert written.source.endswith(path)
    assert status(world) == ""


def test_a_move_to_what_stands_there_makes_no_commit(world: World) -> None:
    before = world.git("rev-parse", "main")
    written = move(world.pointers(), "v1.0.0")
    assert (written.commit, written.note) == (before, "it stood there already")
    assert world.git("rev-parse", "main") == before


def dirty_on_disk(world: World) -> None:
    world.write(PATH, content("v1.7.0"))


def dirty_in_the_index(world: World) -> None:
    world.write(PATH, content("v1.7.0"))
    world.git("add", PATH)
    world.write(PATH, content("v1.0.0"))


def deleted_on_disk(world: World) -> None:
    (world.root / PATH).unlink()


def deleted_in_the_index(world: World) -> None:
    world.git("rm", "--quiet", "--cached", PATH)


def hidden_from_status(world: World) -> None:
    world.git("update-index", "--assume-unchanged", PATH)
    world.write(PATH, content("v1.7.0"))


def a_link_on_disk(world: World) -> None:
    (world.root / PATH).unlink()
    (world.root / PATH).symlink_to("digest.yaml")


DIRTY = [
    dirty_on_disk,
    dirty_in_the_index,
    deleted_on_disk,
    deleted_in_the_index,
    hidden_from_status,
    a_link_on_disk,
]


@pytest.mark.parametrize("options", [WriteOptions(), PUSH], ids=["here", "pushed"])
@pytest.mark.parametrize("make_dirty", DIRTY, ids=lambda each: each.__name__)
def test_a_path_with_changes_is_named_and_nothing_moves(
    world: World, make_dirty: object, options: WriteOptions
) -> None:
    make_dirty(world)  # type: ignore[operator]
    before = world.git("rev-parse", "main"), status(world), world.git("ls-files", "--stage")
    with pytest.raises(UsageError, match=PATH) as caught:
        move(world.pointers(), options=options)
    assert "git restore" in caught.value.help
    after = world.git("rev-parse", "main"), status(world), world.git("ls-files", "--stage")
    assert after == before
    assert world.pushed() == before[0]
    assert not (world.root / ".git" / "index.lock").exists()


def test_an_untracked_file_in_the_place_of_a_new_pointer_is_not_written_over(world: World) -> None:
    path = pointer_path("staging", "triage")
    world.write(path, "mine\n")
    with pytest.raises(UsageError, match="is there, and in no commit"):
        world.pointers().replace("staging", "triage", None, content("v1.1.0"), "First")
    assert (world.root / path).read_text() == "mine\n"


def test_a_move_in_the_middle_of_a_merge_waits_for_the_merge(world: World) -> None:
    world.git("switch", "--quiet", "-c", "change")
    world.write("notes.txt", "theirs\n")
    world.commit("Theirs")
    world.git("switch", "--quiet", "main")
    world.write("notes.txt", "ours\n")
    world.commit("Ours")
    git(world.root, "merge", "--quiet", "change", check=False)
    before = status(world)
    with pytest.raises(UsageError, match="in the way"):
        move(world.pointers())
    assert status(world) == before


def test_line_ends_that_git_changes_on_checkout_are_no_changes(world: World) -> None:
    world.git("config", "core.autocrlf", "true")
    (world.root / PATH).unlink()
    world.git("checkout", "--quiet", "--", PATH)
    assert b"\r\n" in (world.root / PATH).read_bytes()
    move(world.pointers())
    assert at_tip(world) == content("v1.1.0")
    assert (world.root / PATH).read_bytes() == content("v1.1.0").replace(b"\n", b"\r\n")
    assert status(world) == ""


def test_a_sparse_checkout_without_the_pointers_stays_sparse(world: World) -> None:
    world.git("status")  # a copy has other inodes than the index knows
    world.git("sparse-checkout", "set", "--no-cone", "/notes.txt")
    assert not (world.root / PATH).exists()
    move(world.pointers())
    assert at_tip(world) == content("v1.1.0")
    assert not (world.root / PATH).exists()
    world.write("notes.txt", "mine\n")
    world.git("commit", "--quiet", "-a", "-m", "Mine")
    assert at_tip(world) == content("v1.1.0")


# The kinds of repository


def test_another_branch_is_checked_out_and_nothing_there_changes(world: World) -> None:
    world.git("switch", "--quiet", "-c", "feature")
    world.write(PATH, content("v1.7.0"))
    before = status(world)
    move(world.pointers())
    assert at_tip(world) == content("v1.1.0")
    assert status(world) == before
    assert (world.root / PATH).read_bytes() == content("v1.7.0")


def test_a_detached_head_is_refused_unless_the_branch_is_named(world: World) -> None:
    world.git("switch", "--quiet", "--detach")
    assert placed(world.pointers()).pointer.version == "v1.0.0"
    with pytest.raises(UsageError, match="HEAD is detached") as caught:
        move(world.pointers())
    assert "default_branch" in caught.value.help
    assert move(world.pointers("main")).branch == "main"
    assert at_tip(world) == content("v1.1.0")
    assert world.git("rev-parse", "HEAD") == world.git("rev-parse", "main^")


def test_a_detached_head_does_not_hinder_a_branch_of_its_own(world: World) -> None:
    world.git("switch", "--quiet", "--detach")
    assert move(world.pointers(), options=WriteOptions(branch="promote/x")).pushed


def test_in_a_bare_repository_the_branch_alone_moves(world: World) -> None:
    pointers = world.pointers(root=world.bare)
    git(world.bare, "config", "user.name", "Ann")
    git(world.bare, "config", "user.email", "ann@example.com")
    move(pointers)
    assert git(world.bare, "show", f"main:{PATH}").encode() + b"\n" == content("v1.1.0")


def test_a_branch_that_is_checked_out_elsewhere_is_refused_with_the_place(world: World) -> None:
    world.git("switch", "--quiet", "-c", "feature")
    elsewhere = world.root.parent / "elsewhere"
    world.git("worktree", "add", "--quiet", str(elsewhere), "main")
    before = world.git("rev-parse", "main")
    with pytest.raises(UsageError, match="checked out in another working tree") as caught:
        move(world.pointers())
    assert str(elsewhere) in caught.value.help
    assert world.git("rev-parse", "main") == before
    move(world.pointers(root=elsewhere))
    assert (elsewhere / PATH).read_bytes() == content("v1.1.0")
    assert git(elsewhere, "status", "--porcelain") == ""


def test_a_branch_that_is_being_rebased_is_left_to_the_rebase(world: World) -> None:
    world.git("switch", "--quiet", "-c", "base", "main")
    world.write("notes.txt", "base\n")
    world.commit("Base")
    world.git("switch", "--quiet", "main")
    world.write("notes.txt", "main\n")
    world.commit("Main")
    git(world.root, "rebase", "--quiet", "base", check=False)
    before = world.git("rev-parse", "main")
    with pytest.raises(UsageError, match="is being rebased"):
        move(world.pointers("main"))
    assert world.git("rev-parse", "main") == before


def test_a_working_tree_that_is_gone_does_not_count(world: World) -> None:
    world.git("switch", "--quiet", "-c", "feature")
    elsewhere = world.root.parent / "elsewhere"
    world.git("worktree", "add", "--quiet", str(elsewhere), "main")
    shutil.rmtree(elsewhere)
    move(world.pointers())
    assert at_tip(world) == content("v1.1.0")


def test_the_variables_of_a_hook_lead_nowhere_else(world: World, tmp_path: Path) -> None:
    other = make_world(tmp_path)
    before = other.git("rev-parse", "main")
    os.environ |= {"GIT_DIR": str(other.root / ".git"), "GIT_INDEX_FILE": "/nowhere/index"}
    move(world.pointers())
    assert at_tip(world) == content("v1.1.0")
    assert other.git("rev-parse", "main") == before


# Who commits, hooks and signatures


def test_without_an_identity_the_two_lines_that_set_it_are_told(world: World) -> None:
    world.git("config", "--unset", "user.email")
    with pytest.raises(UsageError, match="does not know who commits") as caught:
        move(world.pointers())
    assert "git config user.name" in caught.value.help
    assert "git config user.email" in caught.value.help
    assert status(world) == ""


def test_an_identity_of_the_environment_counts(world: World) -> None:
    os.environ |= {
        "GIT_AUTHOR_NAME": "Bot",
        "GIT_AUTHOR_EMAIL": "bot@example.com",
        "GIT_COMMITTER_NAME": "Bot",
        "GIT_COMMITTER_EMAIL": "bot@example.com",
    }
    assert world.pointers().who() == "Bot <bot@example.com>"
    move(world.pointers())
    assert world.git("log", "-1", "--format=%an %ae %cn") == "Bot bot@example.com Bot"


def hook(world: World, name: str, script: str) -> None:
    path = world.root / ".git" / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {name} >> {world.root.parent}/hooks.log\n{script}\n")
    path.chmod(0o755)


def hooks_that_ran(world: World) -> set[str]:
    log = world.root.parent / "hooks.log"
    return set(log.read_text().split()) if log.exists() else set()


def test_hooks_of_a_commit_do_not_run_and_hooks_of_a_move_do(world: World) -> None:
    for name in ("pre-commit", "commit-msg", "post-commit", "pre-push", "reference-transaction"):
        hook(world, name, "")
    placed(world.pointers())
    assert hooks_that_ran(world) == set()
    move(world.pointers(), options=PUSH)
    assert hooks_that_ran(world) == {"pre-push", "reference-transaction"}


def test_a_hook_that_forbids_the_move_leaves_everything_as_it_was(world: World) -> None:
    hook(world, "reference-transaction", '[ "$1" != prepared ] || { echo frozen >&2; exit 1; }')
    before = world.git("rev-parse", "main")
    with pytest.raises(UsageError, match="update-ref"):
        move(world.pointers())
    assert (world.git("rev-parse", "main"), status(world)) == (before, "")
    assert (world.root / PATH).read_bytes() == content("v1.0.0")


def test_an_interrupt_right_after_the_branch_moved_leaves_nothing_half_done(world: World) -> None:
    interrupt = 'kill -INT "$(ps -o ppid= -p $PPID | tr -d " ")"; sleep 0.1'
    hook(world, "reference-transaction", f'[ "$1" != committed ] || {{ {interrupt}; }}')
    with pytest.raises(KeyboardInterrupt):
        move(world.pointers())
    assert at_tip(world) == content("v1.1.0")
    assert status(world) == ""
    assert not (world.root / ".git" / "index.lock").exists()


def test_a_pre_push_hook_that_says_no_stops_the_move_everywhere(world: World) -> None:
    hook(world, "pre-push", "echo not on a friday >&2; exit 1")
    before = world.git("rev-parse", "main")
    with pytest.raises(RefusedError, match="not on a friday"):
        move(world.pointers(), options=PUSH)
    assert (world.git("rev-parse", "main"), world.pushed(), status(world)) == (before, before, "")


def test_commits_are_signed_where_the_user_signs_commits(world: World, tmp_path: Path) -> None:
    key = tmp_path / "key"
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)]
    subprocess.run(words, check=True)
    for name, value in {
        "commit.gpgsign": "yes",
        "gpg.format": "ssh",
        "user.signingkey": str(key),
    }.items():
        world.git("config", name, value)
    move(world.pointers())
    assert "SSH SIGNATURE" in world.git("cat-file", "commit", "main")
    key.unlink()
    with pytest.raises(UsageError, match="commit-tree"):
        move(world.pointers(), "v1.2.0")
    assert at_tip(world) == content("v1.1.0")


# Stale plans and other processes


def test_a_pointer_that_changed_since_is_a_stale_plan_that_says_who(world: World) -> None:
    pointers = world.pointers()
    token = placed(pointers).token
    world.git("config", "user.name", "Bea")
    move(world.pointers(), "v1.2.0")
    with pytest.raises(StalePlanError, match=r"by Bea .*Promote triage") as caught:
        pointers.replace("prod", "triage", token, content("v1.1.0"), SUBJECT)
    assert caught.value.exit_code == 7
    assert at_tip(world) == content("v1.2.0")


@pytest.mark.parametrize("expected", [None, "0" * 40, "x"])
def test_a_wrong_token_is_a_stale_plan(world: World, expected: str | None) -> None:
    with pytest.raises(StalePlanError):
        world.pointers().replace("prod", "triage", expected, content("v1.1.0"), SUBJECT)
    with pytest.raises(StalePlanError, match="never was there"):
        world.pointers().replace("prod", "nobody", "0" * 40, content("v1.1.0"), SUBJECT)


def test_another_pointer_that_moved_meanwhile_is_no_hindrance(world: World) -> None:
    pointers = world.pointers()
    token = placed(pointers).token
    other = world.pointers()
    other.replace("prod", "digest", placed(other, "digest").token, content("v1.9.0"), "Other")
    pointers.replace("prod", "triage", token, content("v1.1.0"), SUBJECT)
    assert at_tip(world) == content("v1.1.0")
    assert at_tip(world, path=pointer_path("prod", "digest")) == content("v1.9.0")


def test_after_a_move_the_pointer_is_read_anew(world: World) -> None:
    pointers = world.pointers()
    move(pointers)
    assert placed(pointers).pointer.digest == DIGESTS["v1.1.0"]
    move(pointers, "v1.2.0")
    assert len(pointers.moves("prod", "triage")) == 3


def test_an_index_that_another_git_holds_is_said_and_left_alone(world: World) -> None:
    lock = world.root / ".git" / "index.lock"
    lock.write_bytes(b"")
    with pytest.raises(TransientError, match="another git process holds the index") as caught:
        move(world.pointers(clock=TickingClock()))
    assert "remove the file" in caught.value.help
    assert lock.exists()


# Pushing


def test_a_pushed_move_is_here_and_there(world: World) -> None:
    written = move(world.pointers(), options=PUSH)
    assert written.pushed
    assert (world.pushed(), world.git("rev-parse", "origin/main")) == (written.commit,) * 2
    assert (world.git("rev-parse", "main"), status(world)) == (written.commit, "")


def test_a_push_onto_a_branch_that_moved_on_is_made_anew_on_its_tip(world: World) -> None:
    other = world.clone("other")
    other.write("notes.txt", "from there\n")
    other.commit("Theirs")
    other.git("push", "--quiet")
    world.write("other.txt", "mine\n")
    written = move(world.pointers(), options=PUSH)
    assert world.pushed() == written.commit == world.git("rev-parse", "main")
    assert world.git("log", "-2", "--format=%s", "main").split("\n") == [SUBJECT, "Theirs"]
    assert (world.root / "notes.txt").read_text() == "from there\n"
    assert (world.root / "other.txt").read_text() == "mine\n"
    assert status(world) == "M other.txt"


def test_the_same_pointer_changed_on_the_server_stops_the_push(world: World) -> None:
    other = world.clone("other")
    other.git("config", "user.name", "Bea")
    move(other.pointers(), "v1.2.0", PUSH)
    before = world.git("rev-parse", "main")
    with pytest.raises(StalePlanError, match="by Bea") as caught:
        move(world.pointers(), options=PUSH)
    assert (world.git("rev-parse", "main"), status(world)) == (before, "")
    assert caught.value.help.startswith("bring main up to date first (git pull)")


def test_commits_that_were_not_pushed_are_not_pushed_along(world: World) -> None:
    world.write("notes.txt", "mine\n")
    world.commit("Not for others yet")
    with pytest.raises(UsageError, match="has commits that were not pushed"):
        move(world.pointers(), options=PUSH)
    assert world.pushed() == world.git("rev-parse", "main^")


def test_branches_that_have_parted_are_refused(world: World) -> None:
    other = world.clone("other")
    other.write("notes.txt", "theirs\n")
    other.commit("Theirs")
    other.git("push", "--quiet")
    world.write("other.txt", "ours\n")
    world.commit("Ours")
    with pytest.raises(UsageError, match="have parted"):
        move(world.pointers(), options=PUSH)


def test_a_change_in_the_way_of_the_servers_commits_is_named_before_the_push(world: World) -> None:
    other = world.clone("other")
    other.write("notes.txt", "theirs\n")
    other.commit("Theirs")
    other.git("push", "--quiet")
    world.write("notes.txt", "mine\n")
    with pytest.raises(UsageError, match=r"notes\.txt"):
        move(world.pointers(), options=PUSH)
    assert world.pushed() == other.git("rev-parse", "main")
    assert (world.root / "notes.txt").read_text() == "mine\n"


def test_a_server_that_protects_its_branch_is_heard_and_nothing_moves(world: World) -> None:
    refuse = world.bare / "hooks" / "pre-receive"
    refuse.parent.mkdir(exist_ok=True)
    refuse.write_text("#!/bin/sh\necho main is protected >&2\nexit 1\n")
    refuse.chmod(0o755)
    before = world.git("rev-parse", "main")
    with pytest.raises(RefusedError, match="main is protected") as caught:
        move(world.pointers(), options=PUSH)
    assert "--branch" in caught.value.help
    assert (world.git("rev-parse", "main"), world.pushed(), status(world)) == (before, before, "")


def test_a_server_that_is_gone_is_worth_another_try(world: World) -> None:
    world.bare.rename(world.bare.with_name("moved.git"))
    before = world.git("rev-parse", "main")
    with pytest.raises(TransientError, match="cannot reach the remote"):
        move(world.pointers(), options=PUSH)
    assert world.git("rev-parse", "main") == before


def test_an_address_with_a_password_is_shown_without_it(world: World) -> None:
    world.git("remote", "set-url", "origin", "https://ann:hunter22@127.0.0.1:9/x.git")
    with pytest.raises(TransientError) as caught:
        move(world.pointers(), options=PUSH)
    assert "hunter22" not in caught.value.message + caught.value.help


def test_a_push_without_a_remote_says_so(world: World) -> None:
    world.git("remote", "remove", "origin")
    with pytest.raises(UsageError, match="main has no remote to push to"):
        move(world.pointers(), options=PUSH)


# A branch of its own


def test_a_new_branch_begins_at_the_servers_tip_and_leaves_the_checkout_alone(world: World) -> None:
    other = world.clone("other")
    other.write("notes.txt", "theirs\n")
    theirs = other.commit("Theirs")
    other.git("push", "--quiet")
    world.write(PATH, content("v1.7.0"))
    before = world.git("rev-parse", "main"), status(world)
    written = move(world.pointers(), options=WriteOptions(branch="promote/triage-v1.1.0"))
    assert (written.branch, written.pushed) == ("promote/triage-v1.1.0", True)
    assert written.open == "a pull request of `promote/triage-v1.1.0` into `main`"
    assert git(world.bare, "rev-parse", "promote/triage-v1.1.0") == written.commit
    assert git(world.bare, "rev-parse", "promote/triage-v1.1.0^") == theirs == world.pushed()
    assert (world.git("rev-parse", "main"), status(world)) == before


def test_the_address_that_the_server_names_is_what_to_open(world: World) -> None:
    tell = world.bare / "hooks" / "post-receive"
    tell.parent.mkdir(exist_ok=True)
    tell.write_text("#!/bin/sh\necho 'Open: https://example.com/pulls/new?b=x' >&2\n")
    tell.chmod(0o755)
    written = move(world.pointers(), options=WriteOptions(branch="promote/x"))
    assert written.open == "https://example.com/pulls/new?b=x"


def test_without_a_remote_the_new_branch_stays_here(world: World) -> None:
    world.git("remote", "remove", "origin")
    written = move(world.pointers(), options=WriteOptions(branch="promote/x"))
    assert (written.pushed, written.open) == (False, "merge `promote/x` into `main`")
    assert world.git("rev-parse", "promote/x") == written.commit


@pytest.mark.parametrize("where", ["here", "there"])
def test_a_branch_that_exists_is_not_written_over(world: World, where: str) -> None:
    git(world.root if where == "here" else world.bare, "branch", "promote/x", "main")
    with pytest.raises(UsageError, match="has a branch promote/x already"):
        move(world.pointers(), options=WriteOptions(branch="promote/x"))


def test_a_name_that_clashes_with_a_branch_is_refused(world: World) -> None:
    world.git("branch", "promote")
    with pytest.raises(UsageError, match="promote/x cannot be a branch beside promote"):
        move(world.pointers(), options=WriteOptions(branch="promote/x"))


@pytest.mark.parametrize("name", ["-f", "a..b", "x y", "@{-1}"])
def test_a_name_that_git_does_not_take_is_refused(world: World, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a branch"):
        move(world.pointers(), options=WriteOptions(branch=name))


def test_a_new_branch_that_the_server_does_not_take_is_taken_back_here(world: World) -> None:
    refuse = world.bare / "hooks" / "pre-receive"
    refuse.parent.mkdir(exist_ok=True)
    refuse.write_text("#!/bin/sh\nexit 1\n")
    refuse.chmod(0o755)
    with pytest.raises(RefusedError):
        move(world.pointers(), options=WriteOptions(branch="promote/x"))
    assert world.git("branch", "--list", "promote/x") == ""
