"""README, followed as a new user would: every `agentctl` line of it runs."""

import re
import shlex
from pathlib import Path
from typing import Any

import yaml

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)


def lines_of(heading: str) -> list[list[str]]:
    """The `agentctl` lines of a section, as words."""
    section = README[README.index(f"## {heading}") :].split("\n## ")[0]
    joined = "\n".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL)).replace("\\\n", " ")
    words = [shlex.split(line, comments=True) for line in joined.splitlines()]
    return [line[1:] for line in words if line and line[0].endswith("agentctl")]


def test_the_first_agent_of_the_readme_works(project: Any, provider: Any, tmp_path: Path) -> None:
    project.root = tmp_path / "first"
    project.root.mkdir()
    commands = lines_of("Your first agent")
    assert [command[0] for command in commands] == [
        "new", "validate", "run", "run", "show", "audit",
    ]  # fmt: skip
    for command in commands:
        done = project.agentctl(*command)
        assert done.code == 0, (command, done.err)
        if command[0] == "new":
            agent = project.root / "agent-configs/hello/agent.yaml"
            agent.write_text(agent.read_text().replace("http://127.0.0.1:8900/v1", provider.url))


def test_the_shown_yaml_is_what_an_agent_takes(project: Any) -> None:
    [shown] = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    wanted = yaml.safe_load(shown)
    agent = project.agent / "agent.yaml"
    text = re.sub(r"model:\n(  .*\n)+", "", agent.read_text())
    agent.write_text(re.sub(r"limits:.*\n", "", text) + shown)
    assert {"model", "limits"} == set(wanted)
    done = project.agentctl("validate", "opener")
    assert done.code == 0, done.out


def test_the_demo_agents_lines_name_real_flags(project: Any) -> None:
    [command] = lines_of("The demo's agent with a live model")
    assert command[:2] == ["run", "invoice-triage"]
    helped = project.agentctl("run", "--help").out
    assert all(word in helped for word in command if word.startswith("-"))
