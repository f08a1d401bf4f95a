# ruff: noqa: E501  places in these files are asserted by line and column
"""A small agent that is right, to break in one place at a time."""

from collections.abc import Callable

import pytest

from runner.config.load import check_spec
from runner.domain.agent import AgentSpec, Price
from runner.domain.diagnostics import Diagnostic
from runner.domain.snapshot import Snapshot

AGENT = """\
spec_version: 1
name: triage
description: Sort invoices.
variables:
  tickets_url: {type: string, format: uri}
model:
  id: openai/gpt-5-mini-2025-08-07
  base_url: http://127.0.0.1:8900/v1
  api_key: {env: OPENAI_API_KEY}
instructions: {file: system-prompt.md}
task: {text: "Since {{ input.since }}", template: jinja}
input_schema:
  type: object
  required: [since]
  additionalProperties: false
  properties: {since: {type: string, format: date-time, description: Since when.}}
output_schema: {file: output.schema.json}
tools: {file: tools.yaml}
examples: {file: examples.yaml}
schedules: {file: schedules.yaml}
permissions: {deny: ["delete_*"]}
limits: {max_iterations: 20, timeout: 10m}
"""
TOOLS = """\
- name: create_ticket
  description: Open one ticket.
  inputSchema:
    type: object
    additionalProperties: false
    required: [invoice]
    properties: {invoice: {type: string, description: Number}, priority: {enum: [P1, P2], description: How urgent}}
  outputSchema: {type: object, required: [id]}
  annotations: {readOnlyHint: false, destructiveHint: false}
  call:
    kind: http
    url: {var: tickets_url}
    headers: {Authorization: {env: TICKETS_TOKEN, prefix: "Bearer "}}
  result: {select: "{id: id}"}
  dry_run: {result: {id: T-0}}
- name: read_lines
  description: Read lines.
  inputSchema: {type: object, properties: {path: {type: string, description: Path}}, additionalProperties: false}
  annotations: {readOnlyHint: true}
  call: {kind: command, argv: [tools/read.sh]}
"""
SCHEDULES = """\
- name: nightly
  type: recurring
  cron: "0 2 * * *"
  timezone: Europe/Berlin
  input: {since: {from: last_success.slot, default: "2026-01-01T00:00:00Z"}}
- name: launch
  type: once
  at: "2026-12-01T09:00:00+01:00"
  input: {since: "2026-11-01T00:00:00Z"}
"""
EXAMPLES = """\
- messages:
    - user: Invoice 7 is twice in the list.
    - assistant: I open a ticket.
      tool_calls: [{name: create_ticket, arguments: {invoice: "7"}}]
    - {tool: create_ticket, result: {id: T-1}}
    - assistant: Ticket T-1 is open.
"""

Check = Callable[..., tuple[AgentSpec | None, tuple[Diagnostic, ...]]]


@pytest.fixture
def good_files() -> dict[str, str]:
    return {
        "agent.yaml": AGENT,
        "tools.yaml": TOOLS,
        "schedules.yaml": SCHEDULES,
        "examples.yaml": EXAMPLES,
        "system-prompt.md": "You triage.\n",
        "output.schema.json": '{"type": "object"}\n',
        "tools/read.sh": "#!/bin/sh\ncat\n",
    }


@pytest.fixture
def check(good_files: dict[str, str]) -> Check:
    """Check the small agent with changed files: text, bytes, or None for a file that is absent."""

    def run(
        changed: dict[str, str | bytes | None] | None = None, prices: dict[str, Price] | None = None
    ) -> tuple[AgentSpec | None, tuple[Diagnostic, ...]]:
        files = {**good_files, **(changed or {})}
        data = {
            path: text.encode() if isinstance(text, str) else text
            for path, text in files.items()
            if text is not None
        }
        return check_spec(Snapshot(data), "triage", "agent-configs/triage", prices)

    return run


@pytest.fixture
def broken(check: Check, good_files: dict[str, str]) -> Callable[..., list[str]]:
    """Replace texts in a file, check, and return `code file:line:column: message` of each."""

    def run(file: str, *changes: tuple[str, str]) -> list[str]:
        text = good_files[file]
        for old, new in changes:
            assert text.count(old) >= 1, old
            text = text.replace(old, new, 1)
        return shown(check({file: text})[1])

    return run


def shown(found: tuple[Diagnostic, ...]) -> list[str]:
    return [
        f"{d.code} {d.place.file.removeprefix('agent-configs/triage/')}"
        f":{d.place.line}:{d.place.column}: {d.message}"
        for d in found
    ]
