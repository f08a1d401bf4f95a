"""Steps 3 and 4: what a turn may cost at the most, and the model's answer."""

import json
from dataclasses import replace

from runner.domain.events import LimitReached, ModelAnswered, ModelAsked, ModelFailed, ModelRetried
from runner.domain.failure import Failure, FailureError
from runner.domain.limits import LimitStop, Reservation, stop_before_turn
from runner.domain.messages import (
    AssistantMessage,
    ModelAnswer,
    ModelRequest,
    TokenUsage,
    ToolCall,
)
from runner.orchestration.memory import last
from runner.orchestration.parts import Ended, Execution, Talk
from runner.reasoning.retry import wait_before_retry

OVERHEAD_TOKENS = 512
"""Room for what a provider adds around messages and tools."""


def stop_unless_affordable(execution: Execution, talk: Talk, turn: int) -> None:
    """Raise Ended when the worst case of the next turn breaks a limit.

    A turn that an earlier process already paid for costs nothing more.
    """
    if last(execution.parts.journal.recorded(f"t{turn}.model"), ModelAnswered):
        return
    limits = execution.release.spec.agent.limits
    reserve = reservation(execution, talk)
    stop = stop_before_turn(limits, talk.spend, reserve, execution.stopwatch.active_s())
    if stop:
        stop_run(execution, talk, stop)


def stop_run(execution: Execution, talk: Talk, stop: LimitStop) -> None:
    """Journal which limit stops the run, and raise Ended."""
    execution.parts.journal.append(LimitReached(stop=stop, text=stop.sentence))
    raise Ended(talk, "stopped", stop=stop)


def reservation(execution: Execution, talk: Talk) -> Reservation:
    """Return the worst case of the next turn (see `domain.limits` for the bound)."""
    model = execution.release.spec.agent.model
    if talk.counted is None:
        offers = [offer.model_dump() for offer in execution.parts.toolbox.offers()]
        prompt = talk.uncounted + len(json.dumps(offers).encode())
    else:
        prompt = talk.counted.total + talk.uncounted
    worst = TokenUsage(input=prompt + OVERHEAD_TOKENS, output=model.settings.max_output_tokens)
    return Reservation(tokens=worst.total, cost_usd=model.price.cost(worst) if model.price else 0.0)


def ask(execution: Execution, talk: Talk, turn: int) -> tuple[Talk, ModelAnswered]:
    """Return the talk with the model's next answer, recorded or asked for now.

    Raises:
        Ended: the model gave no usable answer, or the time was up.
    """
    step = f"t{turn}.model"
    answered = last(execution.parts.journal.recorded(step), ModelAnswered)
    if answered is None:
        answered = _asked(execution, talk, step)
        execution.parts.journal.append(answered)
    spoken = AssistantMessage(text=answered.text, tool_calls=answered.tool_calls)
    talk = replace(
        talk,
        messages=(*talk.messages, spoken),
        spend=talk.spend.charged(answered.usage, answered.cost_usd or 0.0),
        counted=answered.usage,
        uncounted=0,
    )
    if failure := _unusable(answered):
        execution.parts.journal.append(ModelFailed(step=step, failure=failure))
        raise Ended(talk, "failed", failure=failure)
    return talk, answered


def _asked(execution: Execution, talk: Talk, step: str) -> ModelAnswered:
    reserve = reservation(execution, talk)
    model = execution.release.spec.agent.model
    execution.parts.journal.append(
        ModelAsked(
            step=step,
            reserved_tokens=reserve.tokens,
            reserved_cost_usd=reserve.cost_usd if model.price else None,
        )
    )
    before = execution.stopwatch.active_s()
    answer = _answer(execution, talk, step)
    text = execution.parts.redactor.redact(answer.text)
    tool_calls = tuple(_redacted(call, execution) for call in answer.tool_calls)
    return ModelAnswered(
        step=step,
        text=text,
        tool_calls=tool_calls,
        redacted=(text, tool_calls) != (answer.text, answer.tool_calls),
        usage=answer.usage,
        cost_usd=model.price.cost(answer.usage) if model.price else None,
        finish_reason=answer.finish_reason,
        request_id=answer.request_id,
        model=answer.model,
        duration_s=round(execution.stopwatch.active_s() - before, 6),
    )


def _redacted(call: ToolCall, execution: Execution) -> ToolCall:
    redact = execution.parts.redactor.redact
    return ToolCall(id=redact(call.id), name=redact(call.name), arguments=redact(call.arguments))


def _answer(execution: Execution, talk: Talk, step: str) -> ModelAnswer:
    """Ask until there is an answer, the policy gives up, or the time is up."""
    parts, model = execution.parts, execution.release.spec.agent.model
    request = ModelRequest(
        model=model.id,
        messages=talk.messages,
        tools=tuple(parts.toolbox.offers()),
        settings=model.settings.model_dump(exclude_none=True),
    )
    attempt = 1
    while True:
        try:
            with execution.heartbeat.during(step), parts.interrupts.during("read"):
                return parts.model.answer(request, min(model.timeout, execution.left_s()))
        except FailureError as error:
            _wait_or_end(execution, talk, step, attempt, error.failure)
        attempt += 1


def _wait_or_end(
    execution: Execution, talk: Talk, step: str, attempt: int, failure: Failure
) -> None:
    parts, left_s = execution.parts, execution.left_s()
    wait_s = wait_before_retry(failure, attempt, parts.jitter, left_s)
    if wait_s is not None:
        parts.journal.append(
            ModelRetried(step=step, failure=failure, wait_s=wait_s, attempt=attempt)
        )
        with execution.heartbeat.during(step), parts.interrupts.during("read"):
            parts.clock.sleep(wait_s)
        return
    parts.journal.append(ModelFailed(step=step, failure=failure))
    limit = execution.release.spec.agent.limits.timeout
    if left_s <= 0:
        used = execution.stopwatch.active_s()
        stop_run(execution, talk, LimitStop(limit="timeout", used=used, cap=limit))
    raise Ended(talk, "failed", failure=failure)


def _unusable(answered: ModelAnswered) -> Failure | None:
    """Return why an answer is not a success; one with tool calls is judged by its calls."""
    if answered.tool_calls:
        return None
    if answered.finish_reason == "length":
        return Failure(
            kind="cut_answer",
            message="the answer was cut at max_output_tokens; raise model.settings."
            "max_output_tokens or ask for less",
        )
    if answered.finish_reason == "content_filter":
        return Failure(kind="filtered_answer", message="the provider filtered the answer")
    if not answered.text.strip():
        return Failure(kind="empty_answer", message="the model answered with nothing")
    return None
