"""`make test-model`: the first agent and the demo's agent, with a real model that answers live.

Not part of `make test`: it needs an OpenAI-compatible server with tool calls, named by
AGENTCTL_TEST_MODEL_URL. A small model errs, so the tests look at what agentctl promises whatever
the model says: an end, a whole journal, no effect in a dry run, no effect twice.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
URL = os.environ.get("AGENTCTL_TEST_MODEL_URL", "http://127.0.0.1:8900/v1")
PATIENCE_S = 900
ENDS = {"succeeded": 0, "failed": 1, "stopped": 5}
SINCE = "2026-11-01"


@dataclass
class Home:
    """A new user's directory."""

    root: Path

    def agentctl(self, *args: str, code: int | None = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "runner", *args],
            cwd=self.root,
            env={"PATH": os.environ["PATH"], "HOME": str(self.root), "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert "Traceback" not in done.stderr
        assert code in {None, done.returncode}, f"{args}: {done.returncode}\n{done.stderr}"
        return done.stdout

    def run(self, *args: str) -> dict[str, Any]:
        """Run an agent, and check what holds for every run."""
        out = self.agentctl("run", *args, "-o", "json", code=None)
        run: dict[str, Any] = json.loads(out)
        assert run["status"] in ENDS
        assert run["totals"]["tokens"]["input"] > 0
        assert self.agentctl("audit", "verify").startswith("verified")
        return run

    def name_the_model(self, agent: str) -> None:
        path = self.root / f"agent-configs/{agent}/agent.yaml"
        text = re.sub(r"base_url: \S+", f"base_url: {URL}", path.read_text())
        text = re.sub(r"(?m)^  timeout: \S+", "  timeout: 10m", text)
        path.write_text(re.sub(r"timeout: \d+m\}", "timeout: 14m}", text))


@pytest.fixture(scope="module", autouse=True)
def _server() -> None:
    try:
        urllib.request.urlopen(f"{URL}/models", timeout=10).read()
    except OSError as error:
        pytest.exit(
            f"no model answers at {URL}/models ({error}); AGENTCTL_TEST_MODEL_URL names one"
        )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def tickets() -> Iterator[str]:
    command = [sys.executable, str(ROOT / "docs/demo/ticket_service.py"), "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


def opened(url: str) -> list[dict[str, str]]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        found: list[dict[str, str]] = json.load(answer)["tickets"]
    return found


def test_the_first_agent_counts_words_and_a_recording_plays_back_the_same(home: Home) -> None:
    home.agentctl("new", "hello")
    home.name_the_model("hello")
    home.agentctl("validate", "hello", "--strict")
    home.agentctl("doctor", "hello")
    asked = ("hello", "-i", "text=one two three")
    home.run(*asked, "--dry-run")
    live = home.run(*asked, "--record", "hello.cassette.jsonl")
    assert live["run"][-8:] in home.agentctl("show", "last")
    played = home.run(*asked, "--cassette", "hello.cassette.jsonl")
    assert (played["status"], played["output"]) == (live["status"], live["output"])


def test_the_demos_agent_opens_tickets_live_and_none_in_a_dry_run(home: Home, tickets: str) -> None:
    shutil.copytree(ROOT / "agent-configs", home.root / "agent-configs")
    shutil.copy(ROOT / "agentctl.yaml", home.root)
    home.name_the_model("invoice-triage")
    values = (
        f"--set=invoices_csv={ROOT / 'docs/demo/data/invoices.csv'}",
        f"--set=tickets_url={tickets}",
    )
    asked = ("invoice-triage", "-i", f"since={SINCE}", *values)
    dry = home.run(*asked, "--dry-run")
    assert opened(tickets) == []
    assert all(effect["outcome"] == "simulated" for effect in dry["effects"])
    live = home.run(*asked)
    done = [effect for effect in live["effects"] if effect["outcome"] == "done"]
    invoices = [ticket["invoice"] for ticket in opened(tickets)]
    assert len(invoices) == len(set(invoices)) <= len(done)
    assert set(invoices) == {effect["arguments"]["invoice"] for effect in done}
