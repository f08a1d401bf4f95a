"""One step of a composite call: its arguments from what came before, its result for later ones."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runner.domain.events import ToolFinished
from runner.domain.failure import Failure, FailureError
from runner.domain.ports import ToolRequest
from runner.domain.tool import CompositeCall, Step, ToolSpec
from runner.notation.filling import filled, gaps
from runner.notation.jsonish import strict_json
from runner.notation.selection import select
from runner.notation.selection_paths import paths_read
from runner.orchestration.checking import Permitted, Refusal, permit
from runner.orchestration.effect import stand, was_made
from runner.orchestration.parts import Execution, StepResult, Talk
from runner.orchestration.single import refuse, single

Results = Mapping[str, StepResult]


@dataclass(frozen=True)
class StepFailed:
    """Why a step was not done, in words for the model."""

    text: str
    made: bool = False
    """The step had its effect; only its result is of no use."""
    again: bool = False
    """The same step may succeed when it is made again."""


def take(
    execution: Execution, talk: Talk, place: str, declared: Step, came: tuple[ToolRequest, Results]
) -> tuple[Talk, StepResult | StepFailed]:
    """Return what a step gave, or why it was not done; `came` is the composite call so far.

    Raises:
        Ended: a limit does not allow it, or nobody knows how its effect ended.
    """
    outer, results = came
    tool = next(t for t in execution.release.spec.tools if t.name == declared.tool)
    checked, arguments = _checked(execution, talk, (tool, declared), outer, results)
    if isinstance(checked, Refusal):
        # What JMESPath says of a value shows it, and an expression may put a secret together.
        redact = execution.parts.redactor.redact
        checked = Refusal(checked.reason, redact(checked.text))
        talk, refused = refuse(execution, talk, place, (tool.name, arguments), checked)
        return talk, StepFailed(refused.text)
    talk, finished = single(execution, talk, place, checked)
    if finished.outcome != "done":
        made = was_made(finished)
        return talk, StepFailed(finished.text, made=made, again=not made)
    return talk, _result(execution, place, tool, finished)


def put_together(request: ToolRequest, results: Results) -> Any:
    """Return the result of a composite call whose steps were all done, not yet shaped.

    Raises:
        FailureError: `tool_failed`, `output` does not fit what the steps gave.
    """
    call = request.spec.call
    assert isinstance(call, CompositeCall)
    if call.output is None:
        last = results[call.steps[-1].name]
        return last.remark if last.value is None and last.remark else last.value
    try:
        if problem := _cut([call.output], results):
            raise FailureError(Failure(kind="tool_failed", message=problem, made=True))
        return select(call.output, _data(request, results))
    except ValueError as error:
        message = "\n".join([str(error), *_remarks([call.output], results)])
        raise FailureError(Failure(kind="tool_failed", message=message, made=True)) from None


def _checked(
    execution: Execution,
    talk: Talk,
    step: tuple[ToolSpec, Step],
    outer: ToolRequest,
    results: Results,
) -> tuple[Permitted | Refusal, str]:
    """Return the step's call or its refusal, and its arguments as text."""
    tool, declared = step
    texts = [text for _loc, text in gaps(declared.arguments)]
    written = json.dumps(declared.arguments, ensure_ascii=False)
    if problem := _cut(texts, results):
        return Refusal("invalid", problem), written
    try:
        arguments = filled(declared.arguments, _data(outer, results), optional="input")
    except ValueError as error:
        return _invalid(f"its arguments cannot be made: {error}", texts, results), written
    asked = f"the call of {outer.spec.name}" if outer.would_ask else ""
    checked = permit(execution, talk, tool, arguments, asked=asked)
    if isinstance(checked, Refusal) and checked.reason == "invalid":
        checked = _invalid(checked.text, texts, results)
    return checked, json.dumps(arguments, ensure_ascii=False)


def _invalid(text: str, texts: list[str], results: Results) -> Refusal:
    return Refusal("invalid", "\n".join([text, *_remarks(texts, results)]))


def _remarks(texts: list[str], results: Results) -> list[str]:
    """Say which results that these expressions use are not what the steps gave."""
    return [results[name].remark for name in _used(texts, results) if results[name].remark]


def _data(outer: ToolRequest, results: Results) -> dict[str, Any]:
    steps = {name: result.value for name, result in results.items()}
    return {"input": outer.arguments, "steps": steps}


def _cut(texts: list[str], results: Results) -> str:
    """Say which result that these expressions use is not whole; empty when all are."""
    return next((results[n].remark for n in _used(texts, results) if results[n].cut), "")


def _used(texts: list[str], results: Results) -> list[str]:
    """Return the names of the steps whose results these expressions read."""
    paths = {path for text in texts for path in paths_read(text)}
    every = any(path in {(), ("steps",)} for path in paths)
    named = {path[1] for path in paths if path[:1] == ("steps",) and len(path) > 1}
    return [name for name in results if every or name in named]


def _result(execution: Execution, place: str, tool: ToolSpec, finished: ToolFinished) -> StepResult:
    """Return a result as it stands in the journal, so that a resumed run reads the same."""
    settled = stand(execution, place).settled
    if settled is not None and settled.done:
        return StepResult(None, remark=f"The result of {tool.name} is not known. {finished.text}")
    if len(finished.text) > tool.result.max_chars:
        remark = (
            f"the result of {tool.name} was cut at {tool.result.max_chars:,} characters, and what "
            "is cut cannot be used: ask for less, or raise `result.max_chars` of the tool"
        )
        return StepResult(finished.text, finished.simulated, remark, cut=True)
    try:
        value = strict_json(finished.text)
    except ValueError:
        value = finished.text
    return StepResult(value, finished.simulated)
