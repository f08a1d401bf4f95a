"""Step 5: one tool call, from what the model wrote to what it is told.

known? strict JSON? valid? free of redaction marks? permitted? within limits? Then `tool.started` is
on disk, and only then the effect happens.
"""

import json
from dataclasses import dataclass, replace
from typing import Any, Literal

from runner.domain.effects import idempotency_key, identity, own_key
from runner.domain.events import ToolRefused
from runner.domain.limits import stop_before_call
from runner.domain.messages import ToolCall, ToolMessage
from runner.domain.permissions import ABSENT, Ruling, at, decide
from runner.domain.ports import ToolRequest
from runner.domain.tool import ToolSpec
from runner.notation.jsonish import strict_json
from runner.notation.schema import compile_schema, listed
from runner.orchestration.asking import stop_run
from runner.orchestration.effect import make, stand, was_made
from runner.orchestration.memory import last
from runner.orchestration.parts import Ended, Execution, Talk

Reason = Literal["unknown_tool", "malformed", "invalid", "redacted", "denied"]


@dataclass(frozen=True)
class Refusal:
    """Why a call is not made, in words that tell the model what to change."""

    reason: Reason
    text: str


REVEALING = Refusal("redacted", "Your answer held a secret. Answer again without it.")


def perform(execution: Execution, talk: Talk, step: str, call: ToolCall, *, redacted: bool) -> Talk:
    """Return the talk with the result of one tool call, or with the reason why it was not made.

    `redacted` says that the answer with the call contained a secret: then no call of it is made.

    Raises:
        Ended: a limit does not allow the call, or nobody knows how its effect ended.
    """
    checked = REVEALING if redacted else _check(execution, talk, call)
    if isinstance(checked, Refusal):
        return _refuse(execution, talk, step, call, checked)
    request, ruling = checked
    same = identity(request.spec.name, request.arguments)
    _stop_unless_within_limits(execution, talk, step, same)
    finished = make(execution, step, request, ruling.because)
    talk = replace(talk, spend=talk.spend.called(same))
    if finished.outcome == "in_doubt":
        raise Ended(talk, "in_doubt", failure=finished.failure, in_doubt=(step,))
    if was_made(finished):
        talk = replace(talk, made={**talk.made, same: talk.made.get(same, 0) + 1})
    return talk.said(ToolMessage(call_id=call.id, name=call.name, text=finished.text))


def _check(
    execution: Execution, talk: Talk, call: ToolCall
) -> Refusal | tuple[ToolRequest, Ruling]:
    tools = {tool.name: tool for tool in execution.release.spec.tools}
    tool = tools.get(call.name)
    if tool is None:
        known = ", ".join(sorted(tools)) or "none"
        return Refusal("unknown_tool", f"There is no tool {call.name!r}. Tools: {known}.")
    if execution.parts.redactor.marked(call.arguments):
        return Refusal("redacted", "The arguments hold a redacted secret. Leave it out.")
    arguments = _arguments(tool, call)
    if isinstance(arguments, Refusal):
        return arguments
    if execution.parts.redactor.marked(json.dumps(arguments, ensure_ascii=False)):
        return Refusal("redacted", "The arguments hold a redacted secret. Leave it out.")
    ruling = decide(execution.release.spec.agent.permissions, tool, arguments)
    return _permitted(execution, talk, ruling, tool, arguments)


def _arguments(tool: ToolSpec, call: ToolCall) -> dict[str, Any] | Refusal:
    try:
        arguments = strict_json(call.arguments.strip() or "{}")
    except ValueError as error:
        return Refusal("malformed", f"The arguments are not JSON: {error}. Send one JSON object.")
    if not isinstance(arguments, dict):
        return Refusal("malformed", "The arguments must be one JSON object.")
    problems = compile_schema(tool.input_schema).problems(arguments)
    if problems:
        broken = f"The arguments break the schema of {tool.name}:\n{listed(problems)}"
        return Refusal("invalid", broken)
    return arguments


def _permitted(
    execution: Execution, talk: Talk, ruling: Ruling, tool: ToolSpec, arguments: dict[str, Any]
) -> Refusal | tuple[ToolRequest, Ruling]:
    if ruling.decision == "deny":
        return Refusal("denied", f"{tool.name} is not permitted ({ruling.because}). Do without it.")
    would_ask = ruling.decision == "ask"
    if would_ask and execution.parts.on_ask == "deny":
        return Refusal(
            "denied",
            f"{tool.name} needs a person's permission ({ruling.because}) and nobody is there. "
            "Do without it.",
        )
    if would_ask:
        ruling = Ruling(decision="ask", because=f"would ask: {ruling.because}")
    key = _key(execution, talk, tool, arguments)
    return ToolRequest(spec=tool, arguments=arguments, key=key, would_ask=would_ask), ruling


def _key(execution: Execution, talk: Talk, tool: ToolSpec, arguments: dict[str, Any]) -> str:
    own = at(arguments, tool.idempotency_key) if tool.idempotency_key else ABSENT
    if own is not ABSENT:
        return own_key(execution.release.agent, tool.name, own)
    same = identity(tool.name, arguments)
    return idempotency_key(execution.job.id, same, talk.made.get(same, 0))


def _refuse(execution: Execution, talk: Talk, step: str, call: ToolCall, refusal: Refusal) -> Talk:
    journal = execution.parts.journal
    refused = last(journal.recorded(step), ToolRefused)
    same = f"{call.name}:{call.arguments}"
    if refused is None:
        _stop_unless_within_limits(execution, talk, step, same)
        refused = ToolRefused(
            step=step,
            tool=call.name,
            arguments=call.arguments,
            reason=refusal.reason,
            text=refusal.text,
        )
        journal.append(refused)
    talk = replace(talk, spend=talk.spend.called(same))
    return talk.said(ToolMessage(call_id=call.id, name=call.name, text=refused.text))


def _stop_unless_within_limits(execution: Execution, talk: Talk, step: str, same: str) -> None:
    """A call that is finished or settled costs nothing more; one in doubt comes first."""
    standing = stand(execution, step)
    settled = standing.settled is not None and standing.settled.done
    if standing.finished or standing.in_doubt or settled:
        return
    limits = execution.release.spec.agent.limits
    stop = stop_before_call(limits, talk.spend, same, execution.stopwatch.active_s())
    if stop:
        stop_run(execution, talk, stop)
