"""docs/reference/events.md: every line that a journal can have, and its fields."""

from docs.generator.tables import Fields, Row, Schema, reference, table
from runner.config.schemas import CHAIN, schemas

HEAD = ("field", "type", "default", "meaning")
SHARED = {
    "Failure": "failure",
    "Limits": "limits",
    "LimitStop": "limit stop",
    "TokenUsage": "token usage",
    "ToolCall": "tool call",
    "SystemMessage": "system message",
    "UserMessage": "user message",
    "AssistantMessage": "assistant message",
    "ToolMessage": "tool message",
}
WORDS = {
    "type": "Which event it is.",
    "journal_version": "Version of this format.",
    "agent": "The agent's name.",
    "digest": "Digest of the version's files.",
    "commit": "Commit that the pointer names.",
    "environment": "Environment whose pointer named the version.",
    "values": "Values of the agent's variables.",
    "mode": "How effects are treated.",
    "model": "The model, as configured.",
    "model.answered.model": "The model as the provider states it.",
    "model_url": "Base address of the model's server.",
    "limits": "What the run may use.",
    "trigger": "What made the job: `manual`.",
    "attempt": "Which attempt this is, from 1.",
    "attended": "Whether somebody is there to answer questions.",
    "job": "Id of the job: the caller's `--key`, else the run's id.",
    "input": "The input, checked.",
    "subject": "What the run is about.",
    "runner": "Version of agentctl.",
    "signal": "Number of the signal.",
    "active_s": "Seconds of active time so far.",
    "step": "Place in the run: `t3.model` is the answer of turn 3, `t3.c1` its first call.",
    "cut_bytes": "How many bytes were cut.",
    "cut_sha256": "SHA-256 of what was cut, in hex.",
    "messages": "The messages in order.",
    "reserved_tokens": "Tokens that the turn may use at the most.",
    "reserved_cost_usd": "USD that the turn may cost at the most; none without a price.",
    "failure": "What went wrong.",
    "wait_s": "Seconds until the next attempt.",
    "text": "What was said.",
    "tool.refused.text": "What the model is told.",
    "output.rejected.text": "What the model is told.",
    "limit.reached.text": "The stop in words.",
    "tool_calls": "How many calls were made or refused.",
    "model.answered.tool_calls": "Calls that the model wants.",
    "assistant message.tool_calls": "Calls that the model wants.",
    "usage": "Tokens of the answer, as the provider counted them.",
    "cost_usd": "What it cost in USD; none without a price.",
    "finish_reason": "Why the model stopped.",
    "request_id": "The provider's id of the request.",
    "duration_s": "How long it took, in seconds.",
    "tool": "The tool's name.",
    "reason": "Why the call was not made.",
    "tool.settled.reason": "How the person knows.",
    "arguments": "The arguments of the call.",
    "effect": "What the call can do to the world.",
    "idempotent": "Whether the same call twice is one effect.",
    "process_group": "Process group of the tool's child, which `resume` ends first.",
    "outcome": "How it ended.",
    "simulated": "Whether it was only simulated, in a dry run.",
    "done": "Whether the effect happened.",
    "limit": "The limit.",
    "stop": "Which limit, what was used, and the cap.",
    "status": "How the run ended.",
    "output": "The answer: text, or JSON that keeps to `output_schema`.",
    "in_doubt": "Steps whose effect nobody knows.",
    "task_id": "The job's id.",
    "iterations": "Model answers.",
    "tokens": "Tokens of all turns.",
    "prompt_version": "`<agent>@<version>`.",
    "kind": "Which failure; see [failures](../failures.md).",
    "role": "Who speaks.",
    "call_id": "Id of the call that this is the result of.",
    "name": "The tool's name.",
}
OPENING = """\
# Events

Every line of a journal is one of these events. What a line looks like, how it is chained, and what
that proves, is told in [the journal](../journal.md).

Every line has these fields as well:
"""


def events_page() -> str:
    """Return the page."""
    schema = schemas()["journal-event.schema.json"]
    definitions = schema["$defs"]
    fields = Fields(definitions, SHARED)
    chain = [(f"`{name}`", field["description"]) for name, field in CHAIN.items()]
    lines = [OPENING, *table(("field", "meaning"), chain), ""]
    for choice in schema["oneOf"]:
        model = definitions[str(reference(choice))]
        kind = model["properties"]["type"]["const"]
        own = {name: f for name, f in model["properties"].items() if name not in {*CHAIN, "type"}}
        lines += [f"## {kind}", "", model["description"], ""]
        lines += [*_rows(fields, {**model, "properties": own}, kind), ""]
    lines += ["## Parts of events", ""]
    for name, word in SHARED.items():
        if name in definitions:
            lines += [f"### {word}", "", definitions[name]["description"], ""]
            lines += [*_rows(fields, definitions[name], word), ""]
    return "\n".join(lines)


def _rows(fields: Fields, model: Schema, kind: str) -> list[str]:
    rows = [(row.path, row.type, row.default, meaning(row, kind)) for row in fields.of(model)]
    return table(HEAD, rows)


def meaning(row: Row, kind: str = "") -> str:
    """Return the field's own words, those of its name in this event, or those of its name."""
    name = row.path.strip("`").rsplit(".", 1)[-1]
    return row.words or WORDS.get(f"{kind}.{name}", WORDS.get(name, ""))
