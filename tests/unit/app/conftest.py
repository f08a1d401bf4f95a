"""A project with one agent, to check in this process; and git without the machine's settings."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runner.app.checking import Report, check
from runner.testing import TickingClock

AGENT = """\
spec_version: 1
name: opener
description: Open tickets.
scope: {does: [Open tickets], does_not: [Close tickets]}
owners: [team-a]
model: {id: test/scripted, base_url: "http://127.0.0.1:9/v1"}
instructions: {file: system-prompt.md}
task: {text: Go.}
tools: {file: tools.yaml}
limits: {max_iterations: 5, max_tokens: 90000, timeout: 5m}
"""
TOOLS = """\
- name: open_ticket
  description: Open one ticket.
  inputSchema:
    type: object
    additionalProperties: false
    properties: {title: {type: string, description: What it is about}}
  annotations: {readOnlyHint: false, destructiveHint: false, idempotentHint: true}
  call: {kind: http, url: "http://127.0.0.1:9/tickets"}
  dry_run: {result: {id: T-0}}
"""


class Small:
    """A project on the disk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("agent.yaml", AGENT)
        self.write("tools.yaml", TOOLS)
        self.write("system-prompt.md", "You open tickets.\n")

    def write(self, path: str, text: str, version: str = "") -> None:
        target = self.root / "agent-configs/opener" / version / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def change(self, path: str, old: str, new: str, version: str = "") -> None:
        target = self.root / "agent-configs/opener" / version / path
        text = target.read_text()
        assert old in text
        target.write_text(text.replace(old, new, 1))

    def release(self, version: str) -> None:
        for path in ("agent.yaml", "tools.yaml", "system-prompt.md"):
            text = (self.root / "agent-configs/opener" / path).read_text()
            self.write(path, text, version)

    def waive(self, check: str, until: str = "2026-06-30", more: str = "") -> None:
        with (self.root / "agent-configs/opener/agent.yaml").open("a") as file:
            file.write(
                f"waivers: [{{check: {check}, reason: It was agreed so., until: {until}{more}}}]\n"
            )

    def report(self, *targets: str) -> Report:
        """What is found on 2026-01-01."""
        return check(self.root, None, targets, TickingClock())


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine() -> Iterator[None]:
    before = dict(os.environ)
    os.environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path)


@pytest.fixture
def codes() -> Callable[[Report], list[str]]:
    return lambda report: [diagnostic.code for diagnostic in report.diagnostics]
