"""README, followed as a new user would: every `agentctl` line of its first agent runs.

That every other command parses and the shown YAML validates is held by contracts/test_docs.py.
"""

import re
import shlex
from pathlib import Path
from typing import Any

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


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
    assert commands[0][0] == "new"
    assert {"validate", "run", "show", "audit"} <= {command[0] for command in commands}
    for command in commands:
        done = project.agentctl(*command)
        assert done.code == 0, (command, done.err)
        if command[0] == "new":
            agent = project.root / "agent-configs/hello/agent.yaml"
            agent.write_text(agent.read_text().replace("http://127.0.0.1:8900/v1", provider.url))
