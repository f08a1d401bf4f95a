"""The four agents of the UI's world, version by version, as files."""

from dataclasses import dataclass

LONG_NAME = "weekly-compliance-report-maker"
"""Thirty characters, which no column of 80 may cut."""
NAMES = ("invoice-triage", "kb-sync", "refund-bot", LONG_NAME)
Files = dict[str, str]

HEAD = """\
spec_version: 1
name: {name}
description: {description}
scope: {{does: [{does}], does_not: [{does_not}]}}
owners: [{owner}]
subject: /{subject}

variables:
  service_url: {{type: string, format: uri, description: Where the agent writes to.}}

model:
  id: openai/gpt-4o-mini-2024-07-18
  base_url: http://127.0.0.1:8900/v1
  settings: {{max_output_tokens: 2048, temperature: {temperature}}}
  timeout: 60s
  price: {{input: 0.25, cached_input: 0.03, output: 2.00}}

instructions: {{file: system-prompt.md}}
task: {{text: "{task}", template: jinja}}
input_schema:
  type: object
  required: [{subject}]
  additionalProperties: false
  properties:
    {subject}: {{type: string, description: What this run is about.}}

tools: {{file: tools.yaml}}
schedules: {{file: schedules.yaml}}
limits: {{max_iterations: {turns}, max_tool_calls: 20, max_identical_calls: 3, max_tokens: 200000, \
max_cost_usd: 0.50, timeout: 10m}}
"""
READ = """\
- name: {name}
  description: {description}
  inputSchema:
    type: object
    required: [{argument}]
    additionalProperties: false
    properties: {{{argument}: {{type: string, description: What to look for.}}}}
  annotations: {{readOnlyHint: true}}
  call: {{kind: http, method: GET, url: {{var: service_url}}, query: [{argument}], timeout: 20s}}
"""
WRITE = """\
- name: {name}
{hidden}  description: {description}
  inputSchema:
    type: object
    required: [to, text]
    additionalProperties: false
    properties:
      to: {{type: string, description: Whom it is for.}}
      text: {{type: string, description: What to write.}}
  annotations: {{readOnlyHint: false, destructiveHint: false, idempotentHint: {idempotent}}}
  call: {{kind: http, method: POST, url: {{var: service_url}}, timeout: 20s}}
  dry_run: {{result: {{id: X-0}}}}
"""
COMPOSITE = """\
- name: refund_and_tell
  description: Refund an order, then tell the customer.
  inputSchema:
    type: object
    required: [to, text]
    additionalProperties: false
    properties:
      to: {type: string, description: The order.}
      text: {type: string, description: What to tell the customer.}
  annotations: {readOnlyHint: false, destructiveHint: false, idempotentHint: false}
  call:
    kind: composite
    steps:
      - name: refund
        tool: create_refund
        arguments: {to: {from: input.to}, text: {from: input.text}}
      - name: note
        tool: send_note
        arguments: {to: {from: input.to}, text: {from: steps.refund.id}}
    output: "{refund: steps.refund.id, note: steps.note.id}"
"""
SCHEDULE = """\
- name: {name}
  type: recurring
  cron: "{cron}"
  timezone: Europe/Berlin
  misfire: coalesce
  start_deadline: 4h
  overlap: skip
  jitter: {jitter}
  input: {{{subject}: "{about}"}}
"""
ONCE = """\
- name: year-end
  type: once
  at: "2026-12-31T18:00:00+01:00"
  input: {invoice: "INV-2026"}
"""
PROMPT_1 = """\
You are the invoice triage agent.

Read the invoice with `get_invoice`. An invoice needs a person when its amount is above 10,000 EUR,
when its supplier is new, or when its tax number is missing.

For each invoice that needs a person:
1. Write one ticket with `create_ticket`.
2. Always ask before you write to a customer.
3. Answer with the number of the ticket and one sentence that says why.

Never pay an invoice. Never delete one.
"""
PROMPT_1_1 = PROMPT_1.replace("10,000 EUR", "5,000 EUR").replace(
    "Never pay", "Invoices of the same group (IC-...) need nobody.\n\nNever pay"
)
PROMPT_1_2 = PROMPT_1_1.replace(
    "Always ask before you write to a customer.",
    "Send the customer a receipt with `send_email` as soon as the ticket is there.",
).replace("Read the invoice", "Read each invoice")
REFUND = """\
You answer refund requests. Look the order up with `find_order`, then refund it and tell the
customer with `refund_and_tell`. Refund nothing above 200 EUR.
"""
SYNC = """\
Copy what changed in the handbook to the knowledge base: one `update_page` for each page.
"""
REPORT = """\
Write the weekly compliance report: look at each control with `find_control`, and file one summary.
"""


@dataclass(frozen=True)
class Written:
    """One version of one agent."""

    agent: str
    version: str
    at: str
    """When it was committed and released, RFC 3339 in UTC."""
    files: Files


def _agent(head: dict[str, object], prompt: str, tools: str, schedules: str) -> Files:
    return {
        "agent.yaml": HEAD.format(**head),
        "system-prompt.md": prompt,
        "tools.yaml": tools,
        "schedules.yaml": schedules,
    }


def _write(name: str, description: str, *, idempotent: bool = True, offered: bool = True) -> str:
    hidden = "" if offered else "  offered: false\n"
    said = "true" if idempotent else "false"
    return WRITE.format(name=name, description=description, idempotent=said, hidden=hidden)


def _schedule(name: str, cron: str, subject: str, about: str, jitter: str = "1m") -> str:
    return SCHEDULE.format(name=name, cron=cron, subject=subject, about=about, jitter=jitter)


INVOICE = {
    "name": "invoice-triage",
    "description": "Sort new invoices and open a ticket for each exception.",
    "does": "Read invoices, Open tickets",
    "does_not": "Pay, Delete",
    "owner": "team-finops",
    "subject": "invoice",
    "task": "Triage invoice {{ input.invoice }}.",
    "temperature": 0.2,
    "turns": 12,
}
REFUNDS = {
    "name": "refund-bot",
    "description": "Answer refund requests of customers.",
    "does": "Read orders, Refund small orders",
    "does_not": "Refund more than 200 EUR",
    "owner": "team-care",
    "subject": "order",
    "task": "Answer the refund request for order {{ input.order }}.",
    "temperature": 0,
    "turns": 8,
}
PAGES = {
    "name": "kb-sync",
    "description": "Keep the knowledge base in step with the handbook.",
    "does": "Read the handbook, Update pages",
    "does_not": "Delete pages",
    "owner": "team-docs",
    "subject": "topic",
    "task": "Bring everything about {{ input.topic }} up to date.",
    "temperature": 0,
    "turns": 6,
}
CONTROLS = {
    "name": LONG_NAME,
    "description": "Write the weekly report on controls.",
    "does": "Read controls, File a report",
    "does_not": "Change a control",
    "owner": "team-risk",
    "subject": "week",
    "task": "Write the report of week {{ input.week }}.",
    "temperature": 0,
    "turns": 10,
}
GET_INVOICE = READ.format(name="get_invoice", description="Read one invoice.", argument="invoice")
TICKET = _write("create_ticket", "Open one ticket for a person.")
EMAIL = _write("send_email", "Send a customer an e-mail.")
TRIAGE_CRON = _schedule("half-hourly", "*/30 8-17 * * 1-5", "invoice", "all new", "2m")
FIND_ORDER = READ.format(name="find_order", description="Read one order.", argument="order")
REFUND_TOOLS = (
    FIND_ORDER
    + _write("create_refund", "Refund an order.", idempotent=False, offered=False)
    + _write("send_note", "Tell the customer.", offered=False)
    + COMPOSITE
)
SYNC_TOOLS = READ.format(
    name="list_changes", description="List what changed.", argument="topic"
) + _write("update_page", "Replace one page.", idempotent=False)
FIND_CONTROL = READ.format(name="find_control", description="Read one control.", argument="control")

VERSIONS = (
    Written(
        "invoice-triage",
        "v1.0.0",
        "2026-11-02T09:00:00Z",
        _agent(INVOICE, PROMPT_1, GET_INVOICE + TICKET, TRIAGE_CRON),
    ),
    Written(
        "refund-bot",
        "v2.0.0",
        "2026-11-02T10:00:00Z",
        _agent(
            REFUNDS,
            REFUND,
            REFUND_TOOLS,
            _schedule("queue", "15 * * * *", "order", "queue"),
        ),
    ),
    Written(
        LONG_NAME,
        "v1.0.0",
        "2026-11-03T09:00:00Z",
        _agent(
            CONTROLS,
            REPORT,
            FIND_CONTROL + _write("file_report", "File the report."),
            _schedule("mondays", "0 7 * * 1", "week", "last"),
        ),
    ),
    Written(
        "kb-sync",
        "v0.3.0",
        "2026-11-04T09:00:00Z",
        _agent(PAGES, SYNC, SYNC_TOOLS, _schedule("nightly", "30 2 * * *", "topic", "all")),
    ),
    Written(
        "invoice-triage",
        "v1.1.0",
        "2026-11-10T09:00:00Z",
        _agent(INVOICE, PROMPT_1_1, GET_INVOICE + TICKET, TRIAGE_CRON + ONCE),
    ),
    Written(
        LONG_NAME,
        "v1.1.0",
        "2026-11-16T09:00:00Z",
        _agent(
            {**CONTROLS, "turns": 14},
            REPORT + "Name the owner of every control that failed.\n",
            FIND_CONTROL + _write("file_report", "File the report."),
            _schedule("mondays", "0 7 * * 1", "week", "last"),
        ),
    ),
    Written(
        "refund-bot",
        "v2.1.0",
        "2026-11-17T09:00:00Z",
        _agent(
            {**REFUNDS, "temperature": 0.9},
            REFUND.replace("200 EUR", "500 EUR"),
            REFUND_TOOLS,
            _schedule("queue", "*/20 * * * *", "order", "queue"),
        ),
    ),
    Written(
        "invoice-triage",
        "v1.2.0",
        "2026-11-20T08:30:00Z",
        _agent(
            {**INVOICE, "temperature": 0.7, "turns": 20},
            PROMPT_1_2,
            GET_INVOICE + TICKET + EMAIL,
            _schedule("quarter-hourly", "*/15 7-18 * * 1-5", "invoice", "all new", "1m") + ONCE,
        ),
    ),
)
"""Every version, in the order in which they were released."""
