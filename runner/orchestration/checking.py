"""What a call must be before it is made: known, JSON, valid, free of redaction marks, permitted."""

import json
from dataclasses import dataclass
from typing import Any, Literal

from runner.domain.effects import idempotency_key, identity, own_key
from runner.domain.messages import ToolCall
from runner.domain.permissions import ABSENT, Ruling, at, decide
from runner.domain.ports import ToolRequest
from runner.domain.tool import ToolSpec
from runner.notation.jsonish import strict_json
from runner.notation.schema import compile_schema, listed
from runner.orchestration.parts import Execution, Talk

Reason = Literal["unknown_tool", "malformed", "invalid", "redacted", "denied"]


@dataclass(frozen=True)
class Refusal:
    """Why a call is not made, in words that tell the model what to change."""

    reason: Reason
    text: str


@dataclass(frozen=True)
class Permitted:
    """A call that may be made, and what allowed it."""

    request: ToolRequest
    because: str


MARKED = Refusal("redacted", "The arguments hold a redacted secret. Leave it out.")


def check(execution: Execution, talk: Talk, call: ToolCall) -> Refusal | Permitted:
    """Return what the model's call becomes, or why it is not made."""
    tools = {tool.name: tool for tool in execution.release.spec.tools if tool.offered}
    tool = tools.get(call.name)
    if tool is None:
        known = ", ".join(sorted(tools)) or "none"
        return Refusal("unknown_tool", f"There is no tool {call.name!r}. Tools: {known}.")
    if execution.parts.redactor.marked(call.arguments):
        return MARKED
    try:
        arguments = strict_json(call.arguments.strip() or "{}")
    except ValueError as error:
        return Refusal("malformed", f"The arguments are not JSON: {error}. Send one JSON object.")
    if not isinstance(arguments, dict):
        return Refusal("malformed", "The arguments must be one JSON object.")
    return permit(execution, talk, tool, arguments)


def permit(
    execution: Execution,
    talk: Talk,
    tool: ToolSpec,
    arguments: dict[str, Any],
    *,
    asked: str = "",
) -> Refusal | Permitted:
    """Return a call of a known tool that may be made, or why not.

    `asked` names what a person would have to allow first, where a dry run comes here through it.
    """
    if _revealing(execution, arguments):
        return MARKED
    problems = compile_schema(tool.input_schema).problems(arguments)
    if problems:
        broken = f"The arguments break the schema of {tool.name}:\n{listed(problems)}"
        return Refusal("invalid", broken)
    ruling = decide(execution.release.spec.agent.permissions, tool, arguments)
    if refusal := _not_permitted(execution, tool, ruling):
        return refusal
    asked = ruling.because if ruling.decision == "ask" else asked
    key = _key(execution, talk, tool, arguments)
    request = ToolRequest(tool, arguments, key, would_ask=bool(asked))
    return Permitted(request, f"would ask: {asked}" if asked else ruling.because)


def _revealing(execution: Execution, arguments: dict[str, Any]) -> bool:
    """Return whether arguments hold a mark, or a secret that a step put together from pieces."""
    text = json.dumps(arguments, ensure_ascii=False)
    redactor = execution.parts.redactor
    return redactor.marked(text) or redactor.redact(text) != text


def _not_permitted(execution: Execution, tool: ToolSpec, ruling: Ruling) -> Refusal | None:
    if ruling.decision == "deny":
        return Refusal("denied", f"{tool.name} is not permitted ({ruling.because}). Do without it.")
    if ruling.decision == "ask" and execution.parts.on_ask == "deny":
        return Refusal(
            "denied",
            f"{tool.name} needs a person's permission ({ruling.because}) and nobody is there. "
            "Do without it.",
        )
    return None


def _key(execution: Execution, talk: Talk, tool: ToolSpec, arguments: dict[str, Any]) -> str:
    own = at(arguments, tool.idempotency_key) if tool.idempotency_key else ABSENT
    if own is not ABSENT:
        return own_key(execution.release.agent, tool.name, own)
    same = identity(tool.name, arguments)
    return idempotency_key(execution.job.id, same, talk.made.get(same, 0))
