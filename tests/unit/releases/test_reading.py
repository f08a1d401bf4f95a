"""What of a directory is an agent, and what is refused with its place."""

import os
import subprocess
from pathlib import Path

import pytest

from runner.domain.diagnostics import ConfigError, Diagnostic
from runner.domain.errors import UsageError
from runner.releases.collecting import MOST_FILES
from runner.releases.reading import agent_directories, read_directory


@pytest.fixture
def agent(tmp_path: Path) -> Path:
    directory = tmp_path / "triage"
    directory.mkdir()
    (directory / "agent.yaml").write_bytes(b"a")
    return directory


def problems(agent: Path) -> list[Diagnostic]:
    with pytest.raises(ConfigError) as caught:
        read_directory(agent, "agents/triage")
    return list(caught.value.diagnostics)


def test_what_is_not_part_of_an_agent_is_left_out(agent: Path) -> None:
    for name in (".env", ".git/config", "v1.0.0/agent.yaml", "tools/__pycache__/x.pyc", "current"):
        (agent / name).parent.mkdir(parents=True, exist_ok=True)
        (agent / name).write_bytes(b"x")
    (agent / "tools" / "current").write_bytes(b"kept")
    (agent / "tools" / ".hidden").symlink_to("/etc/passwd")
    assert list(read_directory(agent, "t").files) == ["agent.yaml", "tools/current"]


@pytest.mark.parametrize("target", ["agent.yaml", "/etc/passwd", "nowhere", ".."])
def test_a_link_is_refused_wherever_it_leads(agent: Path, target: str) -> None:
    (agent / "link").symlink_to(target)
    [found] = problems(agent)
    assert (found.code, found.place.file) == ("AC020", "agents/triage/link")


def test_a_pipe_is_refused_and_not_read(agent: Path) -> None:
    os.mkfifo(agent / "pipe")
    assert [found.code for found in problems(agent)] == ["AC020"]


def test_an_agent_that_is_itself_a_link_is_refused(agent: Path) -> None:
    link = agent.with_name("linked")
    link.symlink_to(agent)
    assert [found.code for found in problems(link)] == ["AC020"]


def test_a_file_of_100_mb_is_refused_without_reading_it(agent: Path) -> None:
    with (agent / "big").open("wb") as file:
        file.truncate(100_000_000)
    [found] = problems(agent)
    assert (found.code, found.place.file) == ("AC021", "agents/triage/big")
    assert "100,000,000 bytes" in found.message


def test_too_many_files_are_refused(agent: Path) -> None:
    for number in range(MOST_FILES):
        (agent / f"f{number}").touch()
    [found] = problems(agent)
    assert (found.code, found.place.file) == ("AC022", "agents/triage")


def test_too_many_bytes_are_refused(agent: Path) -> None:
    for number in range(19):
        with (agent / f"f{number:02}").open("wb") as file:
            file.truncate(1 << 20)
    assert [found.code for found in problems(agent)] == ["AC022"]


def test_directories_without_an_end_are_refused(agent: Path) -> None:
    (agent / "/".join("d" * 600) / "x").mkdir(parents=True)
    assert [found.code for found in problems(agent)] == ["AC022"]


@pytest.mark.parametrize("name", ["a\nb", "a\\b"])
def test_a_name_that_is_not_portable_is_refused(agent: Path, name: str) -> None:
    (agent / name).touch()
    assert [found.code for found in problems(agent)] == ["AC023"]


def test_a_name_that_is_not_utf8_is_refused(agent: Path) -> None:
    os.close(os.open(os.fsencode(agent) + b"/a\xff", os.O_CREAT))
    assert [found.code for found in problems(agent)] == ["AC023"]


def test_names_that_fold_to_one_are_refused(agent: Path) -> None:
    for name in ("Prompt.md", "prompt.md", "e\u0301", "\u00e9"):
        (agent / name).touch()
    assert [found.code for found in problems(agent)] == ["AC023", "AC023"]


def test_a_decomposed_name_is_read_in_nfc(agent: Path) -> None:
    (agent / "Zoe\u0308.txt").touch()
    assert "Zo\u00eb.txt" in read_directory(agent, "t").files


def test_an_lfs_pointer_is_refused(agent: Path) -> None:
    (agent / "data.csv").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    [found] = problems(agent)
    assert found.code == "AC024"
    assert "git lfs pull" in found.help


def test_all_problems_are_told_at_once_in_order(agent: Path) -> None:
    (agent / "b").symlink_to("x")
    (agent / "a\\").touch()
    assert [found.place.file for found in problems(agent)] == [
        "agents/triage/a\\",
        "agents/triage/b",
    ]


def git(directory: Path, *words: str) -> None:
    env = {**os.environ, "HOME": str(directory), "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", "-C", directory, *words], check=True, env=env, capture_output=True)


def test_what_git_ignores_is_left_out_and_what_it_tracks_is_kept(agent: Path) -> None:
    git(agent.parent, "init", "-q")
    (agent.parent / ".gitignore").write_text("*.log\nbuild/\nforced.txt\n")
    for name in ("run.log", "build/x", "deep/er/y.log", "forced.txt", "kept.txt"):
        (agent / name).parent.mkdir(parents=True, exist_ok=True)
        (agent / name).touch()
    git(agent, "add", "-f", "forced.txt")
    assert list(read_directory(agent, "t").files) == ["agent.yaml", "forced.txt", "kept.txt"]


def test_an_agent_that_git_ignores_as_a_whole_is_read(agent: Path) -> None:
    git(agent.parent, "init", "-q")
    (agent.parent / ".gitignore").write_text("triage/\n")
    assert list(read_directory(agent, "t").files) == ["agent.yaml"]


def test_settings_of_a_foreign_repository_start_no_program(agent: Path) -> None:
    git(agent.parent, "init", "-q")
    trap = agent.parent / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {agent.parent}/sprung\n")
    trap.chmod(0o755)
    git(agent.parent, "config", "core.fsmonitor", str(trap))
    read_directory(agent, "t")
    assert not (agent.parent / "sprung").exists()


def test_a_broken_repository_is_told(agent: Path) -> None:
    (agent.parent / ".git").write_text("gitdir: /nowhere\n")
    with pytest.raises(UsageError, match="git cannot say which files are ignored"):
        read_directory(agent, "t")


def test_agents_are_directories_with_the_name_of_one(agent: Path) -> None:
    for name in ("environments", "v1.0.0", "Upper", "b-2"):
        (agent.parent / name).mkdir()
    (agent.parent / "file").touch()
    assert agent_directories(agent.parent) == ["b-2", "triage"]
    assert agent_directories(agent.parent / "none") == []
