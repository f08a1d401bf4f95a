"""Releases kept as tags, from the command line: run, look, list, verify."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click import UsageError
from click.testing import CliRunner

from runner.cli.main import cli
from runner.domain.errors import AgentctlError
from tests.scenarios.conftest import Project, Provider, Tickets, opens
from tests.tag_world import Repository, new_key, settled, sign

AGENT = "agent-configs/opener"


@dataclass(frozen=True)
class Said:
    """How a command ended, called in this process."""

    code: int
    out: str
    err: str

    @property
    def items(self) -> Any:
        return json.loads(self.out)["items"]


@dataclass(frozen=True)
class Tagged:
    """A project in a repository whose agent has the tag v1.0.0."""

    project: Project
    repository: Repository

    def ask(self, *words: str) -> Said:
        done = CliRunner().invoke(
            cli, ["-C", str(self.project.root), *words], standalone_mode=False
        )
        error = done.exception
        if error is not None and not isinstance(error, AgentctlError):
            raise error
        text = f"{error.message}\n{error.help}" if isinstance(error, AgentctlError) else ""
        code = error.exit_code if isinstance(error, AgentctlError) else done.return_value
        return Said(code or 0, done.stdout, done.stderr + text)

    def digest(self, version: str = "v1.0.0") -> str:
        found: str = json.loads(self.ask("show", f"opener@{version}", "-o", "json").out)["digest"]
        return found

    def change(self, text: str = "# changed\n") -> None:
        file = self.repository.root / AGENT / "agent.yaml"
        file.write_text(file.read_text() + text)
        self.repository.commit()

    def tag(self, version: str, message: str = "Release") -> str:
        return self.repository.tag(version, message, "opener")

    def point(self, **fields: str) -> None:
        """Let prod point at v1.0.0."""
        lines = {"version": "v1.0.0", "digest": f'"{self.digest()}"', **fields}
        text = "".join(f"{name}: {value}\n" for name, value in lines.items())
        self.project.write("agent-configs/environments/prod/opener.yaml", text)
        self.repository.commit()


@pytest.fixture
def tagged(project: Project, tickets: Tickets) -> Tagged:
    repository = settled(project.root)
    project.write(".gitignore", ".agentctl/\n")
    project.write("agentctl.yaml", "environments: {dev: {}, prod: {}}\n")
    repository.commit("Begin")
    made = Tagged(project, repository)
    made.tag("v1.0.0")
    made.change()
    return made


def test_a_run_from_a_tag_journals_digest_commit_and_tag(
    tagged: Tagged, provider: Provider, tickets: Tickets
) -> None:
    provider.answer = opens("a")
    value = f"tickets_url={tickets.url}"
    done = tagged.project.agentctl("run", "opener@v1.0.0", "--set", value)
    assert done.code == 0, done.err
    start = tagged.project.events()[0]
    repository = tagged.repository
    assert start["version"] == "v1.0.0"
    assert start["released"]
    assert start["digest"] == tagged.digest()
    assert start["commit"] == repository.git("rev-parse", "opener/v1.0.0^{commit}")
    assert start["tag"] == repository.git("rev-parse", "refs/tags/opener/v1.0.0")
    assert start["origin"] == "opener/v1.0.0:./agent-configs/opener"


def test_show_and_validate_read_the_tag_and_not_the_working_copy(tagged: Tagged) -> None:
    (tagged.project.agent / "agent.yaml").write_text("broken: [")
    assert "opener@v1.0.0: Open tickets." in tagged.ask("show", "opener@v1.0.0").out
    assert tagged.ask("validate", "opener@v1.0.0").code == 0


def test_validate_takes_an_environment_and_what_was_before_in_it(tagged: Tagged) -> None:
    tagged.point()
    first = tagged.digest()
    tagged.tag("v1.1.0")
    tagged.point(version="v1.1.0", digest=f'"{tagged.digest("v1.1.0")}"')
    assert first != tagged.digest("v1.1.0")
    assert "ok  opener@v1.1.0" in tagged.ask("validate", "opener", "--env", "prod").err
    assert "ok  opener@v1.0.0" in tagged.ask("validate", "opener@previous", "--env", "prod").err
    done = tagged.ask("validate", "--production", "--env", "prod", "opener", "-o", "json")
    assert {item["version"] for item in done.items} == {"v1.1.0"}


@pytest.mark.parametrize("words", [(), ("--staged",), ("agent-configs/opener",)])
def test_an_environment_without_an_agent_means_nothing_to_validate(
    tagged: Tagged, words: tuple[str, ...]
) -> None:
    done = tagged.ask("validate", "--env", "prod", *words)
    assert (done.code, "--env" in done.err) == (2, True)


def test_the_newest_release_that_is_judged_may_be_a_tag(tagged: Tagged) -> None:
    done = tagged.ask("validate", "--production", "opener", "-o", "json")
    assert {item["version"] for item in done.items} == {"v1.0.0"}


def test_a_limit_below_nothing_is_a_mistake(tagged: Tagged) -> None:
    with pytest.raises(UsageError, match="not in the range"):
        tagged.ask("releases", "list", "opener", "--limit", "-1")


def test_a_mistake_in_a_tag_is_placed_as_git_names_the_file(tagged: Tagged) -> None:
    tagged.change("descripton: x\n")
    tagged.tag("v1.1.0")
    done = tagged.ask("validate", "opener@v1.1.0")
    assert done.code == 1
    assert "opener/v1.1.0:./agent-configs/opener/agent.yaml:" in done.out


def test_an_agent_that_was_removed_still_has_its_releases(tagged: Tagged) -> None:
    digest = tagged.digest()
    tagged.project.write("agent-configs/other/agent.yaml", "name: other\n")
    shutil.rmtree(tagged.project.agent)
    tagged.repository.commit()
    assert tagged.digest() == digest
    listed = tagged.ask("releases", "list", "opener", "-o", "json").items
    verified = tagged.ask("releases", "verify", "--all", "-o", "json").items
    assert [item["version"] for item in listed] == ["v1.0.0"]
    assert [item["agent"] for item in verified] == ["opener"]


def test_a_version_that_a_pointer_names_and_nobody_has_is_told(tagged: Tagged) -> None:
    tagged.point()
    tagged.repository.git("tag", "--delete", "opener/v1.0.0")
    assert tagged.ask("show", "opener@prod").code == 2
    done = tagged.ask("releases", "verify", "--all", "-o", "json")
    assert done.code == 1
    assert [item["result"] for item in done.items] == ["unreadable"]
    assert "no tag opener/v1.0.0" in done.err


@pytest.mark.parametrize("ref", ["1.0.0", "V1.0.0", "v1.0"])
def test_what_is_nearly_a_version_is_told_how_one_is_written(tagged: Tagged, ref: str) -> None:
    done = tagged.ask("show", f"opener@{ref}")
    assert (done.code, "with a small v" in done.err) == (2, True)


def test_a_directory_and_a_tag_of_one_version_must_agree(tagged: Tagged) -> None:
    kept = tagged.project.agent / "v1.0.0"
    tagged.repository.git("worktree", "add", "-q", "--detach", "../old", "opener/v1.0.0")
    shutil.copytree(tagged.project.root.parent / "old" / AGENT, kept)
    digest = tagged.digest()
    listed = tagged.ask("releases", "list", "opener", "-o", "json").items
    assert listed[0]["places"] == ["directory", "tag"]
    (kept / "agent.yaml").write_text("name: opener\n")
    done = tagged.ask("show", "opener@v1.0.0")
    assert done.code == 4
    assert f"opener/v1.0.0:./agent-configs/opener: {digest}" in done.err
    assert "agent-configs/opener/v1.0.0: h1:" in done.err
    found = tagged.ask("releases", "verify", "opener@v1.0.0")
    assert (found.code, "SECURITY ERROR: opener@v1.0.0 is not what it was" in found.err) == (
        4,
        True,
    )


def test_a_directory_with_windows_line_ends_is_told_as_that(tagged: Tagged) -> None:
    tagged.repository.git("worktree", "add", "-q", "--detach", "../old", "opener/v1.0.0")
    kept = tagged.project.agent / "v1.0.0"
    shutil.copytree(tagged.project.root.parent / "old" / AGENT, kept)
    file = kept / "agent.yaml"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    done = tagged.ask("show", "opener@v1.0.0")
    assert done.code == 4
    assert "differ in their line ends alone (CRLF)" in done.err
    assert "agent-configs/** text eol=lf" in done.err


def test_a_version_directory_needs_no_git(tagged: Tagged, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(tagged.project.agent, tagged.project.agent / "v3.0.0")
    (tagged.project.root / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tagged.project.root / "empty"))
    assert tagged.ask("show", "opener@v3.0.0").code == 0
    done = tagged.ask("show", "opener@v1.0.0")
    assert done.code == 2
    assert "version directories: v3.0.0; there is no git here" in done.err


def test_a_tag_that_was_moved_is_refused_by_what_the_pointer_knows(tagged: Tagged) -> None:
    first = tagged.digest()
    tagged.point(commit=tagged.repository.git("rev-parse", "opener/v1.0.0^{commit}"))
    tagged.tag("v1.0.0")
    done = tagged.ask("show", "opener@prod")
    assert done.code == 4
    assert f": {first}" in done.err
    found = tagged.ask("releases", "verify", "opener", "-o", "json")
    assert found.code == 4
    kinds = {problem["kind"] for problem in found.items[0]["problems"]}
    assert kinds == {"digest", "commit"}


def test_a_tag_that_was_moved_to_the_same_files_is_told_by_verify(tagged: Tagged) -> None:
    tagged.point(commit=tagged.repository.git("rev-parse", "opener/v1.0.0^{commit}"))
    old = tagged.repository.git("rev-parse", "opener/v1.0.0^{commit}")
    tagged.repository.git("checkout", "-q", "--detach", old)
    tagged.repository.git("commit", "-q", "--allow-empty", "-m", "Nothing")
    tagged.tag("v1.0.0")
    tagged.repository.git("checkout", "-q", "main")
    done = tagged.ask("releases", "verify", "opener@v1.0.0")
    assert done.code == 4
    assert "the tag of opener@v1.0.0 was moved" in done.err
    assert f"commit {old}" in done.err


def test_a_digest_in_the_message_of_a_tag_counts(tagged: Tagged) -> None:
    digest = tagged.digest()
    tagged.tag("v1.1.0", f"Release\n\nAgentctl-Digest: {digest}\n")
    done = tagged.ask("show", "opener@v1.1.0")
    assert done.code == 4
    assert f"the message of tag opener/v1.1.0: {digest}" in done.err


def test_a_blocked_release_is_known_by_its_digest(tagged: Tagged) -> None:
    hold = (
        f'{{blocked: [{{version: v1.1.0, digest: "{tagged.digest()}"}}], reason: bad, by: ann, '
        "at: 2026-11-20T09:00:00Z}"
    )
    tagged.point(hold=hold)
    tagged.tag("v1.1.0")
    done = tagged.ask("releases", "verify", "opener@v1.1.0")
    assert done.code == 4
    assert "the hold in" in done.err


def test_a_replayed_tag_is_refused_and_verify_goes_on_with_the_others(tagged: Tagged) -> None:
    tagged.repository.git("update-ref", "refs/tags/opener/v9.9.9", "refs/tags/opener/v1.0.0")
    assert tagged.ask("show", "opener@v9.9.9").code == 4
    done = tagged.ask("releases", "verify", "--all", "-o", "json")
    assert done.code == 4
    assert [item["result"] for item in done.items] == ["tampered", "verified"]
    assert [problem["kind"] for problem in done.items[0]["problems"]] == ["tag"]


def test_a_tag_of_something_else_does_not_stop_the_verification_of_all(tagged: Tagged) -> None:
    tagged.repository.git("tag", "opener/v0.1.0", "HEAD^{tree}")
    tagged.repository.git("rm", "-rq", "--cached", AGENT)
    tagged.repository.git("commit", "-q", "-m", "Without the agent")
    tagged.repository.git("tag", "opener/v0.2.0")
    done = tagged.ask("releases", "verify", "--all", "-o", "json")
    assert done.code == 1
    assert [item["result"] for item in done.items] == ["verified", "unreadable", "unreadable"]
    assert "has no directory" in done.err
    assert "leads to a tree" in done.err


def test_what_is_in_order_is_verified(tagged: Tagged) -> None:
    tagged.point()
    done = tagged.ask("releases", "verify", "opener@prod", "-o", "json")
    assert done.code == 0
    [item] = done.items
    assert (item["result"], item["digest"]) == ("verified", tagged.digest())
    assert any("prod/opener.yaml" in source for source in item["agreeing"])
    assert item["signature"]["state"] == "unsigned"


def test_verify_says_what_it_wants(tagged: Tagged) -> None:
    assert tagged.ask("releases", "verify").code == 2
    assert tagged.ask("releases", "verify", "opener", "--all").code == 2
    assert "nothing is promised" in tagged.ask("releases", "verify", "opener@worktree").err
    assert "no agent 'opner'" in tagged.ask("releases", "verify", "opner").err


def test_a_list_shows_the_newest_and_how_many_there_are(tagged: Tagged) -> None:
    for number in (1, 2, 10):
        tagged.tag(f"v1.{number}.0")
    tagged.repository.git("tag", "opener/v1.11.0")
    done = tagged.ask("releases", "list", "opener", "--limit", "2")
    rows = [line.split() for line in done.out.splitlines()]
    assert [row[0] for row in rows] == ["VERSION", "v1.11.0", "v1.10.0"]
    assert [row[2] for row in rows] == ["TAG", "plain", "annotated"]
    assert "the newest 2 of 5; --limit 0 shows all" in done.err


# Signatures.


@pytest.fixture
def key(tagged: Tagged) -> Path:
    """A key of Ann's, which the file of signers names."""
    made, line = new_key(tagged.project.root.parent, "ann")
    tagged.project.write(".signers", line)
    tagged.project.write("agentctl.yaml", "environments: {prod: {}}\nsigners: .signers\n")
    tagged.repository.commit()
    return made


def state(tagged: Tagged, version: str, *options: str) -> tuple[int, str]:
    done = tagged.ask("releases", "verify", f"opener@{version}", "-o", "json", *options)
    return done.code, done.items[0]["signature"]["state"]


def test_a_tag_that_a_signer_signed_is_good(tagged: Tagged, key: Path) -> None:
    sign(tagged.repository, "opener/v1.1.0", key)
    done = tagged.ask("releases", "verify", "opener@v1.1.0", "--signed", "-o", "json")
    assert done.code == 0
    assert done.items[0]["signature"] == {"state": "good", "said": "signed by ann@example.com"}


def test_a_signed_tag_under_another_name_is_a_replay(tagged: Tagged, key: Path) -> None:
    sign(tagged.repository, "opener/v1.1.0", key)
    tagged.repository.git("update-ref", "refs/tags/opener/v1.2.0", "refs/tags/opener/v1.1.0")
    assert tagged.repository.git("tag", "--points-at", "HEAD").split()[-1] == "opener/v1.2.0"
    done = tagged.ask("releases", "verify", "opener@v1.2.0", "--signed")
    assert done.code == 4
    assert "the tag object in it: opener/v1.1.0" in done.err


def test_a_key_that_nobody_allowed_is_an_integrity_problem(tagged: Tagged, key: Path) -> None:
    evil, line = new_key(tagged.project.root.parent, "eve")
    sign(tagged.repository, "opener/v1.1.0", evil)
    assert state(tagged, "v1.1.0") == (4, "unknown")
    other = tagged.project.write("others", line)
    assert state(tagged, "v1.1.0", "--signers", str(other)) == (0, "good")


def test_settings_of_the_repository_make_no_signature_good(tagged: Tagged, key: Path) -> None:
    evil, line = new_key(tagged.project.root.parent, "eve")
    sign(tagged.repository, "opener/v1.1.0", evil)
    mark = tagged.project.root.parent / "started"
    program = tagged.project.root.parent / "evil"
    program.write_text(
        f"#!/bin/sh\ntouch '{mark}'\necho 'Good \"git\" signature for ann'\nexit 0\n"
    )
    program.chmod(0o755)
    allowed = tagged.project.root.parent / "allowed"
    allowed.write_text(line)
    tagged.repository.git("config", "gpg.ssh.allowedSignersFile", str(allowed))
    for name in ("gpg.program", "gpg.ssh.program", "gpg.openpgp.program", "gpg.x509.program"):
        tagged.repository.git("config", name, str(program))
    assert state(tagged, "v1.1.0") == (4, "unknown")
    assert not mark.exists()


def test_plain_and_unsigned_tags_count_only_where_a_signature_is_wanted(
    tagged: Tagged, key: Path
) -> None:
    tagged.repository.git("tag", "opener/v1.1.0")
    assert state(tagged, "v1.0.0") == (0, "unsigned")
    assert state(tagged, "v1.1.0") == (0, "plain")
    assert state(tagged, "v1.0.0", "--signed") == (1, "unsigned")
    assert state(tagged, "v1.1.0", "--signed") == (1, "plain")


def test_another_kind_of_signature_is_never_good(tagged: Tagged, key: Path) -> None:
    text = "Release\n-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n"
    tagged.tag("v1.1.0", text)
    assert state(tagged, "v1.1.0", "--signed") == (1, "foreign")


def test_a_signed_tag_whose_message_was_changed_is_badly_signed(tagged: Tagged, key: Path) -> None:
    sign(tagged.repository, "opener/v1.1.0", key)
    data = tagged.repository.git("cat-file", "tag", "opener/v1.1.0") + "\n"
    forged = tagged.repository.git(
        "hash-object",
        "-t",
        "tag",
        "-w",
        "--stdin",
        stdin=data.replace("Release", "Relaese").encode(),
    )
    tagged.repository.git("update-ref", "refs/tags/opener/v1.1.0", forged)
    assert state(tagged, "v1.1.0") == (4, "unknown")


def test_a_signed_tag_without_a_file_of_signers_is_unchecked(tagged: Tagged, key: Path) -> None:
    sign(tagged.repository, "opener/v1.1.0", key)
    tagged.project.write("agentctl.yaml", "environments: {prod: {}}\n")
    tagged.repository.commit()
    assert state(tagged, "v1.1.0") == (0, "unchecked")
    assert state(tagged, "v1.1.0", "--signed") == (1, "unchecked")


def test_signers_that_no_commit_holds_make_no_signature_good(
    tagged: Tagged, tmp_path: Path
) -> None:
    key, line = new_key(tmp_path, "eve")
    sign(tagged.repository, "opener/v1.1.0", key)
    tagged.project.write("agentctl.yaml", "signers: allowed\n")
    tagged.project.write("allowed", "# nobody yet\n")
    tagged.repository.commit()
    assert tagged.ask("releases", "verify", "opener@v1.1.0").code == 4
    tagged.project.write("allowed", line)
    done = tagged.ask("releases", "verify", "opener@v1.1.0")
    assert (done.code, "allowed is not what main has" in done.err) == (2, True)
    tagged.project.write("mine", line)
    tagged.project.write("agentctl.yaml", "signers: mine\n")
    tagged.project.write("allowed", "# nobody yet\n")
    assert tagged.ask("releases", "verify", "opener@v1.1.0").code == 4


def test_a_file_of_signers_that_is_not_there_is_said(tagged: Tagged, key: Path) -> None:
    done = tagged.ask("releases", "verify", "opener", "--signers", "nowhere")
    assert (done.code, "no file of signers nowhere" in done.err) == (2, True)


def test_a_machine_without_ssh_keygen_says_so(
    tagged: Tagged, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(tagged.repository, "opener/v1.1.0", key)
    only_git = tagged.project.root.parent / "bin"
    only_git.mkdir()
    (only_git / "git").symlink_to(shutil.which("git") or "")
    monkeypatch.setenv("PATH", str(only_git))
    done = tagged.ask("releases", "verify", "opener@v1.1.0", "--signed")
    assert done.code == 1
    assert "ssh-keygen is not on PATH" in done.err


def test_in_a_repository_with_sha256_directories_and_files_count_with_a_note(
    project: Project, tickets: Tickets
) -> None:
    project.write(".gitignore", ".agentctl/\n")
    project.write("agentctl.yaml", "environments: {dev: {}, prod: {}}\n")
    shutil.copytree(project.agent, project.agent / "v1.0.0")
    repository = settled(project.root, "--object-format=sha256")
    repository.commit("Begin")
    made = Tagged(project, repository)
    made.tag("v1.1.0")
    made.point(values=f'{{tickets_url: "{tickets.url}"}}')
    done = made.ask("releases", "list", "opener", "-o", "json")
    assert [item["version"] for item in done.items] == ["v1.0.0"]
    assert "names objects with sha256" in done.err
    assert made.ask("releases", "verify", "--all").code == 0
    assert made.ask("validate").code == 0
    assert made.ask("show", "opener@prod").code == 0
    ran = project.agentctl("run", "opener@prod", "--dry-run")
    assert "names objects with sha256" in ran.err
    refused = made.ask("release", "opener")
    assert (refused.code, "sha256" in refused.err) == (2, True)


def _counted_git(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a git before the real one on PATH that writes a line for each time it is started."""
    calls, wrapper = directory / "calls", directory / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\necho "$*" >> {calls}\nexec {shutil.which("git")} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    return calls


def test_many_agents_are_read_through_one_git(
    tagged: Tagged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tagged.point()
    calls = _counted_git(tmp_path, monkeypatch)
    assert tagged.ask("schedules", "list").code == 0
    few = calls.read_text().count("\n")
    for number in range(6):
        name = f"opener-{number}"
        shutil.copytree(tagged.project.agent, tagged.project.root / "agent-configs" / name)
        main = tagged.project.root / "agent-configs" / name / "agent.yaml"
        main.write_text(main.read_text().replace("name: opener", f"name: {name}"))
        pointer = f"agent-configs/environments/dev/{name}.yaml"
        tagged.project.write(pointer, "version: worktree\n")
    tagged.repository.commit()
    calls.write_text("")
    assert tagged.ask("schedules", "list").code == 0
    assert calls.read_text().count("\n") - few <= 6  # which files git ignores, once for each


READS = (
    "releases list opener",
    "releases verify --all",
    "show opener@prod",
    "diff opener v1.0.0 worktree",
    "validate",
    "validate --staged",
    "schedules list",
    "status",
    "history opener --env prod",
)


@pytest.mark.parametrize("command", READS)
def test_no_command_that_reads_starts_a_program_that_the_repository_names(
    tagged: Tagged, tmp_path: Path, command: str
) -> None:
    tagged.point(values='{tickets_url: "http://127.0.0.1:1/"}')
    mark, evil = tmp_path / "started", tmp_path / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {mark}\nexec cat\n")
    evil.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("reference-transaction", "post-index-change", "post-checkout", "pre-commit"):
        shutil.copy(evil, hooks / hook)
    git = tagged.repository.git
    for name in (
        "core.fsmonitor", "core.pager", "core.sshCommand", "core.askPass", "diff.external",
        "credential.helper", "gpg.program", "gpg.ssh.program", "diff.evil.textconv",
        "diff.evil.command", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process",
    ):  # fmt: skip
        git("config", name, str(evil))
    git("config", "core.hooksPath", str(hooks))
    git("config", "log.showSignature", "true")
    git("config", "diff.relative", "true")
    tagged.project.write(".git/info/attributes", "* diff=evil filter=evil\n")
    (tagged.project.agent / "agent.yaml").touch()  # what git knows of it is out of date
    assert tagged.ask(*command.split()).code == 0
    assert not mark.exists()


def test_a_bare_repository_is_read_and_compared_and_nothing_is_released_from_it(
    tmp_path: Path, project: Any
) -> None:
    project.environment |= {
        "GIT_AUTHOR_NAME": "Ann",
        "GIT_AUTHOR_EMAIL": "ann@example.com",
        "GIT_COMMITTER_NAME": "Ann",
        "GIT_COMMITTER_EMAIL": "ann@example.com",
    }
    project.root = tmp_path
    assert project.agentctl("init", "clone", "--agent", "hello").code == 0
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "clone", "-q", "--bare", "clone", bare], cwd=tmp_path, check=True)
    before = sorted(path.name for path in bare.iterdir())
    common = ("-C", str(bare), "--state-dir", str(tmp_path / "state"))
    for args in (
        ("releases", "list", "hello"),
        ("releases", "verify", "hello"),
        ("diff", "hello", "staging", "prod"),
        ("show", "hello@prod"),
        ("validate", "hello@v0.1.0"),
        ("history", "hello", "--env", "prod"),
    ):
        done = project.agentctl(*common, *args)
        assert done.code == 0, (args, done.err)
    [prod] = project.agentctl(*common, "status", "--env", "prod", "-o", "json").json["items"]
    assert (prod["version"], prod["sync"]["word"]) == ("v0.1.0", "synced")
    refused = project.agentctl(*common, "release", "hello", "--minor", "--yes")
    assert refused.code == 2
    assert "bare" in refused.err
    assert project.agentctl("-C", str(bare), "init", "--existing", str(bare)).code == 2
    assert sorted(path.name for path in bare.iterdir()) == before
