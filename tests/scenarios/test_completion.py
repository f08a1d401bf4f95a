"""TAB in a shell: fast, about this project, and never an error."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HEAVY = ("pydantic", "yaml", "rich", "httpx", "jinja2")
LOADED = (
    "import sys, runner.__main__ as m\n"
    "try: m.main()\n"
    "finally: print(*sorted(sys.modules), file=sys.stderr)"
)


@pytest.fixture
def agents(project: Any) -> Any:
    version = project.write("agent-configs/opener/v1.0.0/agent.yaml", "")
    assert version.is_file()
    return project


def completed(project: Any, kind: str, **env: str) -> str:
    project.environment.update(env, _AGENTCTL_COMPLETE=f"{kind}_complete")
    done = project.agentctl()
    assert done.code == 0
    assert done.err == ""
    out: str = done.out
    return out


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("agentctl val", ["validate"]),
        ("agentctl runs --st", ["--status"]),
        ("agentctl runs --status fa", ["failed"]),
        ("agentctl runs --agent o", ["opener"]),
        ("agentctl run op", ["opener"]),
        ("agentctl run opener@", ["opener@dev", "opener@worktree", "opener@v1.0.0"]),
        ("agentctl show ", ["last", "opener"]),
        ("agentctl audit verify la", ["last"]),
        ("agentctl explain AC115", ["AC115"]),
        ("agentctl help ex", ["exit-codes", "explain"]),
        ("agentctl cost --by v", ["version"]),
        ("agentctl -C nowhere run ", []),
        ("agentctl no-such-command ", []),
        ("agentctl run 'unclosed", []),
    ],
)
def test_bash_is_offered(agents: Any, line: str, offered: list[str]) -> None:
    out = completed(agents, "bash", COMP_LINE=line)
    assert out.splitlines() == [f"plain,{word}" for word in offered]


def test_zsh_and_fish_are_offered_words_with_what_they_are(agents: Any) -> None:
    asked = {"COMP_WORDS": "agentctl run op", "COMP_CWORD": "2"}
    assert completed(agents, "zsh", **asked).splitlines() == ["plain", "opener", "agent"]
    asked = {"COMP_WORDS": "agentctl run op", "COMP_CWORD": "op"}
    assert completed(agents, "fish", **asked) == "plain,opener\tagent\n"


@pytest.mark.parametrize("kind", ["bash", "zsh", "fish", "powershell", "nonsense"])
def test_a_question_that_makes_no_sense_is_answered_by_nothing(agents: Any, kind: str) -> None:
    assert completed(agents, kind, COMP_CWORD="x") == ""


@pytest.mark.parametrize(
    "line", ["agentctl ", "agentctl run o", "agentctl show ", "agentctl runs --"]
)
def test_nothing_heavy_is_imported_for_a_tab(agents: Any, line: str) -> None:
    child = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=agents.root,
        env={**agents.environment, "_AGENTCTL_COMPLETE": "bash_complete", "COMP_LINE": line},
        capture_output=True,
        text=True,
        check=True,
    )
    assert child.stdout
    assert set(child.stderr.split()).isdisjoint(HEAVY)


@pytest.fixture
def in_bash(agents: Any, tmp_path: Path) -> Any:
    """What bash itself puts into COMPREPLY for a line."""
    bash = shutil.which("bash")
    assert bash, "the tests need bash"
    script = tmp_path / "completion.bash"
    script.write_text(agents.agentctl("completion", "bash").out)
    called = tmp_path / "bin" / "agentctl"
    called.parent.mkdir()
    called.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m runner "$@"\n')
    called.chmod(0o755)

    def ask(line: str) -> list[str]:
        text = (
            f'source "{script}"; COMP_LINE="$1"; COMP_POINT=${{#1}}; '
            '_agentctl_completion agentctl; printf "%s\\n" "${COMPREPLY[@]}"'
        )
        child = subprocess.run(
            [bash, "--norc", "-c", text, "bash", line],
            cwd=agents.root,
            env={**agents.environment, "PATH": f"{called.parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert child.stderr == ""
        return child.stdout.split()

    return ask


def test_bash_completes_after_sourcing_the_script(in_bash: Any) -> None:
    assert in_bash("agentctl ru") == ["run", "runs"]
    assert in_bash("agentctl run o") == ["opener"]


def test_bash_is_given_only_what_follows_the_at_sign_it_broke_the_word_at(in_bash: Any) -> None:
    assert in_bash("agentctl run opener@v") == ["v1.0.0"]
    assert in_bash("agentctl run opener@") == ["dev", "worktree", "v1.0.0"]


def test_outside_a_project_bash_is_told_nothing(in_bash: Any, agents: Any) -> None:
    shutil.rmtree(agents.root / "agent-configs")
    (agents.root / "agentctl.yaml").unlink()
    assert in_bash("agentctl run ") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_says_where_it_asks(project: Any, shell: str) -> None:
    done = project.agentctl("completion", shell)
    assert done.code == 0
    assert f"_AGENTCTL_COMPLETE={shell}_complete" in done.out
    assert f"agentctl completion {shell}" in project.agentctl("completion", "--help").out
