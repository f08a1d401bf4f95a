"""A small agent as a release, to change in one place at a time."""

from collections.abc import Callable
from typing import Any

import pytest

from runner.config.load import load_spec
from runner.domain.change import Change
from runner.domain.release import Release
from runner.domain.snapshot import Snapshot
from runner.rollout.comparing import compare

AGENT = """\
spec_version: 1
name: triage
description: Sort invoices.
owners: [team-finops]
variables:
  tickets_url: {type: string, format: uri}
  tone: {type: string, default: kind}
model:
  id: openai/gpt-5-mini-2025-08-07
  base_url: http://127.0.0.1:8900/v1
  api_key: {env: OPENAI_API_KEY}
  price: {input: 0.25, output: 2.0}
instructions: {file: system-prompt.md, template: jinja}
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
limits: {max_iterations: 20, timeout: 10m, max_cost_usd: 0.5}
"""
TOOLS = """\
- name: create_ticket
  description: Open one ticket.
  inputSchema:
    type: object
    additionalProperties: false
    required: [invoice]
    properties: {invoice: {type: string, description: Number}}
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
  inputSchema: {type: object, properties: {}, additionalProperties: false}
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
- messages:
    - user: No invoices.
    - assistant: Nothing to do.
"""
FILES = {
    "agent.yaml": AGENT,
    "tools.yaml": TOOLS,
    "schedules.yaml": SCHEDULES,
    "examples.yaml": EXAMPLES,
    "system-prompt.md": "You triage. Be {{ values.tone }}.\n",
    "output.schema.json": '{"type": "object"}\n',
    "tools/read.sh": "#!/bin/sh\ncat\n",
    "README.md": "An agent.\n",
}
Edit = tuple[str, str, str]
"""A file, a text in it, and what takes its place."""
Changed = Callable[..., Release]


@pytest.fixture
def release() -> Changed:
    """Make a release of the small agent with changed texts, and files added or removed (None)."""

    def make(*edits: Edit, files: dict[str, str | bytes | None] | None = None) -> Release:
        texts: dict[str, Any] = dict(FILES)
        for path, old, new in edits:
            assert old in texts[path], old
            texts[path] = texts[path].replace(old, new)
        texts |= files or {}
        data = {
            path: text.encode() if isinstance(text, str) else text
            for path, text in texts.items()
            if text is not None
        }
        snapshot = Snapshot(data)
        spec = load_spec(snapshot, "triage", "agent-configs/triage")
        return Release("triage", "v1.0.0", snapshot, spec, "agent-configs/triage")

    return make


@pytest.fixture
def changes(release: Changed) -> Callable[..., tuple[Change, ...]]:
    """Compare the small agent with a changed one."""

    def run(*edits: Edit, **more: Any) -> tuple[Change, ...]:
        return compare(release(), release(*edits, **more)).changes

    return run


@pytest.fixture
def back(release: Changed) -> Callable[..., tuple[Change, ...]]:
    """Compare a changed agent with the small one."""

    def run(*edits: Edit, **more: Any) -> tuple[Change, ...]:
        return compare(release(*edits, **more), release()).changes

    return run
