"""A new agent is right from the start."""

import subprocess
import sys
from pathlib import Path

import pytest

from runner.config.load import load_spec
from runner.config.scaffold import new_agent
from runner.domain.snapshot import Snapshot


def test_a_new_agent_loads_and_only_reads() -> None:
    spec = load_spec(Snapshot(new_agent("first-one")), "first-one", "agent-configs/first-one")
    assert spec.agent.name == "first-one"
    assert spec.agent.model.api_key is None
    assert all(tool.reads_only for tool in spec.tools)


def test_its_tool_works(tmp_path: Path) -> None:
    (tmp_path / "count.py").write_bytes(new_agent("a")["tools/count.py"])
    code = "import count; print(count.count_words('one two\\nthree'))"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert result.stdout == "{'words': 3, 'lines': 2}\n"


@pytest.mark.parametrize("name", ["", "Upper", "../x", "environments", "a b"])
def test_a_name_that_no_agent_can_have_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        new_agent(name)
