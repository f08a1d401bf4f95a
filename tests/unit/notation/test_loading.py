"""Heavy libraries wait until a file needs them."""

import subprocess
import sys


def test_reading_an_agent_s_files_loads_neither_jinja_nor_croniter_before_they_are_needed() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import sys, runner.config.load; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert {"jinja2", "croniter"} & set(said.stdout.split()) == set()
