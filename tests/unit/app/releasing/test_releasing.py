"""Releases: every gate, and the one tag that is made when all are met."""

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runner.app.project import open_project
from runner.app.released.versions import releases_of
from runner.app.releasing.releasing import Made, make_release, plan_release
from runner.app.releasing.source import FindingsError
from runner.app.releasing.version import Wish
from runner.domain.change import Bump
from runner.domain.errors import AgentctlError, GateError, TransientError, UsageError
from runner.releases.directories import DirStore
from tests.pointer_world import git, settle_in
from tests.release_world import AGENT, ReleaseWorld, make_release_world


@pytest.fixture
def world(tmp_path: Path) -> ReleaseWorld:
    return make_release_world(tmp_path / "here")


def message(world: ReleaseWorld, tag: str) -> str:
    return world.git("cat-file", "tag", tag).partition("\n\n")[2]


def test_a_release_is_an_annotated_tag_with_the_digest_in_its_message(world: ReleaseWorld) -> None:
    made = world.release()
    assert world.tags() == ["hello/v0.1.0"]
    assert world.git("cat-file", "-t", "hello/v0.1.0") == "tag"
    assert world.git("rev-parse", "hello/v0.1.0^{}") == world.git("rev-parse", "HEAD")
    assert message(world, "hello/v0.1.0").endswith(f"Agentctl-Digest: {made.plan.digest}")
    project = open_project(world.root, None)
    assert releases_of(project).load("hello", "v0.1.0").digest == made.plan.digest
    assert made.by == "Ann <ann@example.com>"


def test_planning_changes_nothing(world: ReleaseWorld) -> None:
    before = world.git("for-each-ref")
    plan_release(world.root, None, Wish("hello"))
    assert world.git("for-each-ref") == before


@pytest.mark.parametrize(
    ("kind", "from_zero", "from_one"),
    [
        ("patch", "v0.1.1", "v1.0.1"),
        ("minor", "v0.2.0", "v1.1.0"),
        ("major", "v0.2.0", "v2.0.0"),
    ],
)
def test_the_step_is_what_the_changes_ask_for(
    world: ReleaseWorld, kind: Bump, from_zero: str, from_one: str
) -> None:
    world.git("tag", "-a", "-m", "by hand", "hello/v0.1.0", "HEAD")
    world.change(kind)
    assert plan_release(world.root, None, Wish("hello")).version == from_zero
    world.git("tag", "-a", "-m", "by hand", "hello/v1.0.0", "HEAD~1")
    assert plan_release(world.root, None, Wish("hello")).version == from_one


def test_the_message_says_what_changed(world: ReleaseWorld) -> None:
    world.release()
    world.change("minor")
    world.release()
    told = message(world, "hello/v0.2.0")
    assert told.startswith("hello v0.2.0\n\nChanges since v0.1.0: 1 behaviour.")
    assert "- instructions:" in told


def test_a_person_s_message_is_kept_as_it_is(world: ReleaseWorld) -> None:
    world.release(message="# Spring\n\nAgentctl-Digest: h1:no\n")
    told = message(world, "hello/v0.1.0")
    assert told.startswith("# Spring\n\nAgentctl-Digest: h1:no\n\nAgentctl-Digest: h1:")
    listed = releases_of(open_project(world.root, None)).versions("hello")
    assert listed[0].digest != "h1:no"


@pytest.mark.parametrize("text", ["", "  \n", "a\x1b[2J", "-----BEGIN SSH SIGNATURE-----\nx"])
def test_a_message_that_git_could_not_keep_is_refused(world: ReleaseWorld, text: str) -> None:
    with pytest.raises(UsageError, match="message"):
        world.release(message=text)
    assert world.tags() == []


def test_nothing_is_released_twice(world: ReleaseWorld) -> None:
    world.release()
    with pytest.raises(GateError, match=r"has not changed since v0\.1\.0"):
        world.release()
    assert "to the byte" in " ".join(world.release("v0.1.1").plan.notes)


def test_a_pre_release_is_finished_with_the_same_files(world: ReleaseWorld) -> None:
    world.release()
    world.change("minor")
    world.release("0.2.0-rc.1")
    assert world.release().plan.version == "v0.2.0"


# --- the directory


@pytest.mark.parametrize(
    ("state", "change"),
    [
        ("modified", lambda world: world.write(f"{AGENT}/system-prompt.md", "Else.\n")),
        ("untracked", lambda world: world.write(f"{AGENT}/new.md", "New.\n")),
        ("deleted", lambda world: (world.root / AGENT / "tools/count.py").unlink()),
        (
            "staged",
            lambda world: (
                world.write(f"{AGENT}/system-prompt.md", "Else.\n"),
                world.git("add", "."),
            ),
        ),
    ],
)
def test_what_no_commit_holds_is_refused_by_name(world: ReleaseWorld, state: str, change) -> None:
    change(world)
    with pytest.raises(GateError, match=rf"{AGENT}/\S+  \({state}\)"):
        world.release()
    assert world.tags() == []


def test_only_that_agent_s_own_files_count(world: ReleaseWorld) -> None:
    world.write("agent-configs/other/system-prompt.md", "Else.\n")
    world.write("notes.txt", "mine\n")
    world.write(".gitignore", ".agentctl/\n*.log\n")
    for path in ("debug.log", ".swap", "__pycache__/x.pyc", "v0.0.1/agent.yaml"):
        world.write(f"{AGENT}/{path}", "x")
    assert world.release("v0.1.0").plan.version == "v0.1.0"


def test_a_file_that_git_was_told_not_to_look_at_is_found(world: ReleaseWorld) -> None:
    world.git("update-index", "--skip-worktree", f"{AGENT}/system-prompt.md")
    world.write(f"{AGENT}/system-prompt.md", "Do something else.\n")
    with pytest.raises(GateError, match="is not what the commit holds"):
        world.release()


def test_other_line_ends_on_disk_are_released_as_the_commit_has_them(world: ReleaseWorld) -> None:
    for name in (".gitattributes", "agentctl.yaml"):
        (world.root / name).unlink()
    world.commit()
    world.git("config", "core.autocrlf", "true")
    world.git("rm", "-r", "-q", "--cached", ".")
    world.git("reset", "--hard", "-q")
    assert b"\r\n" in (world.root / AGENT / "system-prompt.md").read_bytes()
    made = world.release()
    assert "other line ends" in made.plan.notes[0]
    prompt = made.plan.source.snapshot.files["system-prompt.md"]
    assert b"\r" not in prompt


def test_errors_are_all_told_and_nothing_is_made(world: ReleaseWorld) -> None:
    world.replace(f"{AGENT}/agent.yaml", "max_iterations", "max_iteratons")
    world.replace(f"{AGENT}/tools.yaml", "readOnlyHint", "readonlyHint")
    world.commit()
    with pytest.raises(FindingsError) as caught:
        world.release()
    assert len(caught.value.diagnostics) >= 2
    assert caught.value.exit_code == 1
    assert world.tags() == []


def test_a_link_in_the_commit_is_a_finding(world: ReleaseWorld) -> None:
    (world.root / AGENT / "link.md").symlink_to("/etc/passwd")
    world.commit()
    with pytest.raises(FindingsError, match="a link"):
        world.release()


def test_a_file_that_lies_in_lfs_is_a_finding(world: ReleaseWorld) -> None:
    world.write(f"{AGENT}/big.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:1\n")
    world.commit()
    with pytest.raises(FindingsError, match="LFS"):
        world.release()


# --- the branch


def test_a_head_outside_the_default_branch_is_refused(world: ReleaseWorld) -> None:
    world.git("switch", "--quiet", "-c", "idea")
    assert plan_release(world.root, None, Wish("hello")).source.branch == "main"
    world.change("minor")
    with pytest.raises(GateError, match="is not in main"):
        world.release()


def test_the_default_branch_can_be_named(world: ReleaseWorld) -> None:
    world.git("switch", "--quiet", "-c", "stable")
    world.write("agentctl.yaml", "default_branch: stable\n")
    world.commit()
    assert world.release().plan.source.branch == "stable"


def test_a_default_branch_that_no_commit_names_does_not_count(world: ReleaseWorld) -> None:
    world.git("switch", "--quiet", "-c", "idea")
    world.change("minor")
    world.write("agentctl.yaml", "default_branch: idea\n")
    with pytest.raises(GateError, match="is not in main"):
        world.release()


def test_a_signature_that_the_commit_demands_is_not_undone_by_the_working_copy(
    world: ReleaseWorld,
) -> None:
    world.write("agentctl.yaml", "environments: {prod: {signed: true}}\n")
    world.commit()
    world.write("agentctl.yaml", "environments: {prod: {}}\n")
    tag = plan_release(world.root, None, Wish("hello")).tag
    assert tag is not None
    assert tag.sign


def test_a_detached_head_is_refused(world: ReleaseWorld) -> None:
    world.git("switch", "--quiet", "--detach")
    with pytest.raises(UsageError, match="detached"):
        world.release()


def test_a_bare_repository_is_refused(world: ReleaseWorld) -> None:
    world.git("config", "core.bare", "true")
    with pytest.raises(UsageError, match="bare"):
        world.release()


def test_a_repository_without_a_commit_is_refused(tmp_path: Path) -> None:
    world = make_release_world(tmp_path / "here")
    shutil.rmtree(world.root / ".git")
    world.git("init", "--quiet", "-b", "main")
    with pytest.raises(GateError, match="untracked"):
        world.release()
    world.write(".gitignore", "agent-configs/\n")
    with pytest.raises(GateError, match="no commit yet"):
        world.release()


def test_a_shallow_clone_says_how_to_complete_it(world: ReleaseWorld, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{world.root}", "shallow")
    with pytest.raises(UsageError) as caught:
        ReleaseWorld(tmp_path / "shallow").release()
    assert "git fetch --unshallow" in caught.value.help


# --- the version


@pytest.mark.parametrize("version", ["v0.2.0", "0.1.9", "v0.2.0-rc.1", "v0.0.1"])
def test_a_version_is_above_all_others(world: ReleaseWorld, version: str) -> None:
    world.release("v0.2.0")
    world.change("minor")
    with pytest.raises(GateError, match=r"exists already|is not above v0\.2\.0"):
        world.release(version)


def test_version_directories_count_as_well(world: ReleaseWorld) -> None:
    shutil.copytree(world.root / AGENT, world.root / AGENT / "v0.3.0")
    world.change("minor")
    with pytest.raises(GateError, match=r"not above v0\.3\.0"):
        world.release("v0.2.0")
    assert world.release().plan.version == "v0.4.0"


def test_a_version_that_exists_is_told_with_who_made_it(world: ReleaseWorld) -> None:
    world.release("v0.2.0")
    with pytest.raises(GateError, match=r"made by Ann <ann@example\.com>, 20\d\d-"):
        world.release("v0.2.0")


def test_a_version_whose_tag_was_removed_keeps_its_files(world: ReleaseWorld) -> None:
    digest = world.release().plan.digest
    pointer = f'version: v0.1.0\ndigest: "{digest}"\n'
    world.write("agent-configs/environments/staging/hello.yaml", pointer)
    world.git("tag", "-d", "hello/v0.1.0")
    assert plan_release(world.root, None, Wish("hello")).version == "v0.1.0"
    world.change("minor")
    with pytest.raises(GateError, match=r"v0\.1\.0 is known with other files"):
        world.release()
    assert world.release("v0.1.1").plan.version == "v0.1.1"


def test_version_and_step_together_are_refused(world: ReleaseWorld) -> None:
    with pytest.raises(UsageError, match="both name the version"):
        world.release("v0.2.0", step="minor")


def test_a_tag_in_the_way_is_told(world: ReleaseWorld) -> None:
    world.git("tag", "hello")
    with pytest.raises(UsageError, match="a tag called hello is in the way"):
        world.release()


def test_the_tags_can_be_called_otherwise(world: ReleaseWorld) -> None:
    world.write("agentctl.yaml", 'tag_format: "agents/{agent}-{version}"\n')
    world.commit()
    world.release()
    assert world.tags() == ["agents/hello-0.1.0"]


# --- the step


def test_too_small_a_step_is_refused(world: ReleaseWorld) -> None:
    world.release("v1.0.0")
    world.change("major")
    for said in ({"step": "minor"}, {"step": "patch"}, {"version": "v1.1.0"}):
        with pytest.raises(GateError, match="ask for a major step"):
            world.release(**said)
    assert world.release(step="major").plan.version == "v2.0.0"


def test_an_accepted_reason_is_kept_in_the_tag(world: ReleaseWorld) -> None:
    world.release("v1.0.0")
    world.change("major")
    made = world.release(step="patch", accepted="nobody calls\nit yet")
    assert made.plan.version == "v1.0.1"
    assert "Agentctl-Accepted: nobody calls it yet" in message(world, "hello/v1.0.1")
    assert "accepted, because" in " ".join(made.plan.notes)


# --- others at the same time


def test_of_eight_at_once_one_wins_and_the_others_say_who(world: ReleaseWorld) -> None:
    plan = plan_release(world.root, None, Wish("hello"))

    def attempt(_number: int) -> Made | AgentctlError:
        try:
            return make_release(plan)
        except AgentctlError as error:
            return error

    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(attempt, range(8)))
    lost = [end for end in ends if isinstance(end, AgentctlError)]
    assert len(lost) == 7
    assert all(isinstance(end, GateError) and "made by Ann" in end.message for end in lost)


def test_a_later_version_made_meanwhile_is_seen(world: ReleaseWorld) -> None:
    plan = plan_release(world.root, None, Wish("hello"))
    world.git("tag", "-a", "-m", "by hand", "hello/v0.2.0", "HEAD")
    with pytest.raises(GateError, match=r"not above v0\.2\.0"):
        make_release(plan)


# --- directories


def test_a_version_directory_has_the_digest_of_the_tag(world: ReleaseWorld) -> None:
    made = world.release(vendor=True)
    stored = DirStore(world.root / "agent-configs").load("hello", "v0.1.0")
    assert stored.digest == made.plan.digest
    assert sorted(path.name for path in (world.root / AGENT).iterdir() if path.name[0] == ".") == []


def test_a_directory_that_would_lack_a_file_is_not_written(world: ReleaseWorld) -> None:
    world.write(f"{AGENT}/notes.log", "kept\n")
    world.commit()
    world.write(".gitignore", "*.log\n")
    with pytest.raises(GateError, match=r"notes\.log is committed and ignored"):
        world.release(vendor=True)
    assert "notes.log" in world.release().plan.source.snapshot.files


def test_without_git_a_release_is_a_directory(world: ReleaseWorld) -> None:
    shutil.rmtree(world.root / ".git")
    with pytest.raises(UsageError, match="no git repository"):
        world.release()
    made = world.release(vendor=True)
    assert (made.plan.version, made.tag_object) == ("v0.1.0", None)
    assert (world.root / AGENT / "v0.1.0/agent.yaml").is_file()
    with pytest.raises(GateError, match="has not changed"):
        world.release(vendor=True)
    with pytest.raises(UsageError, match="without git"):
        world.release("v0.2.0", vendor=True, sign=True)


def test_a_directory_is_not_left_when_the_tag_cannot_be_made(world: ReleaseWorld) -> None:
    world.git("tag", "hello")
    with pytest.raises(UsageError, match="in the way"):
        world.release(vendor=True)
    assert [path for path in (world.root / AGENT).iterdir() if "v0" in path.name] == []


# --- pushing


@pytest.fixture
def server(world: ReleaseWorld) -> Path:
    bare = world.root.parent / "server.git"
    git(world.root.parent, "init", "--quiet", "--bare", "-b", "main", str(bare))
    world.git("remote", "add", "origin", str(bare))
    world.git("push", "--quiet", "-u", "origin", "main")
    return bare


def test_just_that_tag_is_pushed(world: ReleaseWorld, server: Path) -> None:
    world.git("tag", "-a", "-m", "mine", "mine")
    world.git("config", "push.followTags", "true")
    before = git(server, "rev-parse", "main")
    world.change("minor")
    world.release(push=True)
    assert git(server, "tag", "--list") == "hello/v0.1.0"
    assert git(server, "rev-parse", "main") == before


def test_what_the_remote_has_already_is_seen_before(world: ReleaseWorld, server: Path) -> None:
    settle_in(server)
    git(server, "tag", "-a", "-m", "theirs", "hello/v0.2.0", "main")
    for version in ("v0.1.0", "v0.2.0"):
        with pytest.raises(GateError, match=r"origin has hello v0\.2\.0 already"):
            world.release(version, push=True)
    assert world.tags() == []
    assert world.release("v0.3.0", push=True).plan.remote == "origin"


def test_a_refused_push_leaves_the_tag_and_says_how_to_remove_it(
    world: ReleaseWorld, server: Path
) -> None:
    plan = plan_release(world.root, None, Wish("hello", push=True))
    settle_in(server)
    git(server, "tag", "-a", "-m", "theirs", "hello/v0.1.0", "main")
    with pytest.raises(GateError, match=r"origin refused it: .*already exists") as caught:
        make_release(plan)
    assert "git tag -d hello/v0.1.0" in caught.value.help
    assert world.tags() == ["hello/v0.1.0"]


def test_a_hook_of_the_user_may_refuse_the_push(world: ReleaseWorld, server: Path) -> None:
    hook = world.write(".git/hooks/pre-push", "#!/bin/sh\necho not today >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(GateError, match="refused it: not today"):
        world.release(push=True)
    assert git(server, "tag", "--list") == ""


def test_a_remote_that_is_not_there_is_worth_another_try(world: ReleaseWorld, server: Path) -> None:
    plan = plan_release(world.root, None, Wish("hello", push=True))
    shutil.rmtree(server)
    with pytest.raises(TransientError, match="not reached"):
        world.release(push=True)
    assert world.tags() == []
    with pytest.raises(TransientError, match="was made, but origin was not reached") as caught:
        make_release(plan)
    assert "git push origin refs/tags/hello/v0.1.0" in caught.value.help


def test_without_a_remote_nothing_is_made(world: ReleaseWorld) -> None:
    with pytest.raises(UsageError, match="no remote"):
        world.release(push=True)
    assert world.tags() == []


# --- signing


def test_a_tag_is_signed_on_request(world: ReleaseWorld, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    world.git("config", "gpg.format", "ssh")
    world.git("config", "user.signingkey", str(key))
    world.release(sign=True)
    assert "BEGIN SSH SIGNATURE" in message(world, "hello/v0.1.0")


def test_an_environment_can_demand_signed_releases(world: ReleaseWorld, tmp_path: Path) -> None:
    world.git("config", "gpg.format", "ssh")
    world.git("config", "user.signingkey", str(tmp_path / "nothing"))
    assert plan_release(world.root, None, Wish("hello")).tag.sign is False
    world.write("agentctl.yaml", "environments: {prod: {signed: true}}\n")
    world.commit()
    assert plan_release(world.root, None, Wish("hello")).tag.sign is True


def test_a_tag_that_cannot_be_signed_is_not_made(world: ReleaseWorld, tmp_path: Path) -> None:
    world.git("config", "gpg.format", "ssh")
    world.git("config", "user.signingkey", str(tmp_path / "nothing"))
    with pytest.raises(UsageError, match="could not be signed"):
        world.release(sign=True)
    assert world.tags() == []
