"""The format's own sample: it loads once the parts that are not supported are taken out."""

from typing import Any

import pytest

from runner.config.load import check_spec
from runner.domain.snapshot import Snapshot

AGENT = """\
spec_version: 1
name: invoice-triage                 # the directory's name
description: Sort new invoices and open a ticket for each exception.
scope: {does: [Read invoices, Open tickets], does_not: [Pay, Delete]}
owners: [team-finops]
subject: /since                    # JSON pointer into the input

variables:                           # what differs between environments
  tickets_url: {type: string, format: uri, description: Where tickets are opened.}

model:
  id: openai/gpt-5-mini-2025-08-07   # provider/name, pinned
  base_url: http://127.0.0.1:8900/v1 # any OpenAI-compatible server
  api_key: {env: OPENAI_API_KEY}     # {env: NAME} or {file: path}
  settings: {max_output_tokens: 2048}
  timeout: 60s
  price: {input: 0.25, cached_input: 0.03, output: 2.00}     # USD per million tokens
fallback: []                         # further models, each complete like `model`

instructions: {file: system-prompt.md}
task: {text: "Triage the invoices since {{ input.since }}.", template: jinja}
input_schema:
  {type: object, required: [since], additionalProperties: false,
   properties: {since: {type: string, format: date-time, description: First day.}}}
output_schema: {file: output.schema.json}

tools: {file: tools.yaml}
network: {allow: [tickets.example, "127.0.0.1:8900"]}

permissions:
  ask: [{tool: create_ticket, when: {/priority: P1}}]
  deny: ["delete_*"]
  unattended: deny

limits: {max_iterations: 20, max_tool_calls: 60, max_identical_calls: 3, max_output_retries: 2,
         max_tokens: 200000, max_cost_usd: 0.50, timeout: 10m}

schedules: {file: schedules.yaml}
"""
UNSUPPORTED = """\
mcp_servers:
  ledger: {command: [ledger-mcp], env: {TOKEN: {env: LEDGER_TOKEN}}, allowed_tools: [list_invoices]}
budget: {runs_per_hour: 20, daily_usd: 5, monthly_usd: 80}
retry: {max_attempts: 3, backoff: [2m, 10m]}
on_failure: {webhook: {url: {env: ALERT_URL}, secret: {env: ALERT_SECRET}}, pause_after: 3}
"""
TOOLS = """\
- name: create_ticket
  description: Open one ticket. Call it once per invoice that needs a person.
  inputSchema: {type: object, additionalProperties: false, required: [invoice, priority],
    properties: {invoice: {type: string, description: Invoice number},
                 priority: {enum: [P1, P2], description: P1 pages someone}}}
  annotations: {readOnlyHint: false, destructiveHint: false, idempotentHint: true}
  call: {kind: http, method: POST, url: {var: tickets_url},
         headers: {Authorization: {env: TICKETS_TOKEN, prefix: "Bearer "}}, timeout: 20s}
  result: {select: "{id: id, url: html_url}", max_chars: 4000}      # JMESPath
  dry_run: {result: {id: T-0, url: "https://tickets.example/T-0"}}
"""
SCHEDULES = """\
- {name: nightly, type: recurring, cron: "0 2 * * *", timezone: Europe/Berlin, misfire: coalesce,
   start_deadline: 30m, overlap: skip, jitter: 2m,
   input: {since: {from: last_success.slot, default: "2026-01-01T00:00:00Z"}}}
- {name: launch, type: once, at: "2026-12-01T09:00:00+01:00",
   input: {since: "2026-11-01T00:00:00Z"}}
"""


@pytest.fixture
def check() -> Any:
    def run(agent: str) -> Any:
        files = {
            "agent.yaml": agent,
            "tools.yaml": TOOLS,
            "schedules.yaml": SCHEDULES,
            "system-prompt.md": "You triage invoices.\n",
            "output.schema.json": '{"type": "object"}',
        }
        data = {path: text.encode() for path, text in files.items()}
        return check_spec(Snapshot(data), "invoice-triage", "agent-configs/invoice-triage")

    return run


def test_the_sample_loads(check: Any) -> None:
    spec, found = check(AGENT)
    assert found == ()
    assert spec.agent.limits.timeout == 600
    assert spec.agent.permissions.ask[0].when == {"/priority": "P1"}
    assert spec.tools[0].call.timeout == 20
    assert spec.tools[0].idempotent
    assert spec.schedules[0].start_deadline == 1800


def test_what_this_version_lacks_is_said_field_by_field(check: Any) -> None:
    spec, found = check(AGENT + UNSUPPORTED)
    assert spec is None
    assert {diagnostic.code for diagnostic in found} == {"AC110"}
    assert [diagnostic.message.split("`")[1] for diagnostic in found] == [
        "mcp_servers",
        "budget",
        "retry",
        "on_failure",
    ]
