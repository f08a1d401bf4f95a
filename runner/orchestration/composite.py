"""A call of a composite tool: for the model one call, for the world its steps one after the other.

Each step is checked, limited, journaled and made like any call; it is named `t3.c1.s2`. The first
that is refused or fails ends the call, and the model is told which steps were done before it. The
same call made again goes on after these, as a resumed run does: no step is done twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from runner.domain.effects import identity
from runner.domain.events import ToolFinished, ToolStarted
from runner.domain.failure import Failure, FailureError
from runner.domain.ports import ToolOutput, ToolRequest
from runner.domain.tool import CompositeCall, Step
from runner.orchestration.checking import Permitted
from runner.orchestration.effect import stand
from runner.orchestration.parts import Execution, StepResult, Talk
from runner.orchestration.single import stop_unless_within_limits
from runner.orchestration.step import StepFailed, put_together, take
from runner.tools.shape import shape


@dataclass(frozen=True)
class End:
    """How a composite call ended, before it is told."""

    results: dict[str, StepResult]
    failed: StepFailed | None = None
    where: Step | None = None
    """The step that failed."""


def follow(
    execution: Execution, talk: Talk, step: str, permitted: Permitted
) -> tuple[Talk, ToolFinished]:
    """Return how a composite call ended, its steps recorded or made now, and what it cost.

    Raises:
        Ended: a limit does not allow the next step, or nobody knows how the effect of one ended.
    """
    request = permitted.request
    same = identity(request.spec.name, request.arguments)
    recorded = stand(execution, step).finished
    before_s = execution.stopwatch.active_s()
    _begin(execution, talk, step, permitted)
    talk, end = _steps(execution, talk.called(same), step, request, over=recorded is not None)
    finished = recorded or _told(execution, step, request, end)
    if recorded is None:
        took = round(execution.stopwatch.active_s() - before_s, 6)
        finished = finished.model_copy(update={"duration_s": took})
        execution.parts.journal.append(finished)
    return _counted(talk, same, finished, end), finished


def _begin(execution: Execution, talk: Talk, step: str, permitted: Permitted) -> None:
    """Journal the start, unless an earlier process did."""
    request = permitted.request
    standing = stand(execution, step)
    if standing.open or standing.finished:
        return
    stop_unless_within_limits(execution, talk, identity(request.spec.name, request.arguments))
    execution.parts.journal.append(
        ToolStarted(
            step=step,
            tool=request.spec.name,
            arguments=request.arguments,
            effect="steps",
            idempotent=request.spec.idempotent,
            key=request.key,
            permission=permitted.because,
        )
    )


def _steps(
    execution: Execution, talk: Talk, step: str, request: ToolRequest, *, over: bool
) -> tuple[Talk, End]:
    """Make the steps. A call that is over makes none that it did not make then."""
    results = dict(talk.unfinished.get(identity(request.spec.name, request.arguments), {}))
    for number, declared in enumerate(_declared(request), 1):
        if declared.name in results:
            continue
        execution.parts.interrupts.check()
        place = f"{step}.s{number}"
        if over and not execution.parts.journal.recorded(place):
            break
        talk, taken = take(execution, talk, place, declared, (request, results))
        if isinstance(taken, StepFailed):
            return talk, End(results, taken, declared)
        results[declared.name] = taken
    return talk, End(results)


def _told(execution: Execution, step: str, request: ToolRequest, end: End) -> ToolFinished:
    """Return the end as it is journaled and as the model is told it."""
    simulated = any(result.simulated for result in end.results.values())
    text, failure = "", None
    if end.failed is None:
        try:
            text = _shaped(execution, request, end, simulated=simulated)
        except FailureError as error:
            failure = Failure(
                kind="tool_failed", message=_not_put_together(request, error), made=True
            )
    else:
        failure = Failure(
            kind="tool_failed", message=_stopped_at(request, end), made=end.failed.made
        )
    redact = execution.parts.redactor.redact
    if failure is not None:
        failure = failure.model_copy(update={"message": redact(failure.message)})
    return ToolFinished(
        step=step,
        tool=request.spec.name,
        outcome="failed" if failure else "done",
        simulated=simulated and failure is None,
        text=failure.message if failure else redact(text),
        failure=failure,
        duration_s=0.0,
    )


def _shaped(execution: Execution, request: ToolRequest, end: End, *, simulated: bool) -> str:
    """Return the composed result. What is made of simulated ones need not keep outputSchema."""
    spec = request.spec
    if simulated:
        spec = spec.model_copy(update={"output_schema": None})
    output = ToolOutput(data=put_together(request, end.results))
    return shape(spec, output, execution.parts.redactor.redact)


def _not_put_together(request: ToolRequest, error: FailureError) -> str:
    done = _listed(_declared(request))
    return f"Steps done: {done}. Only the result is of no use: {error.failure.message}"


def _stopped_at(request: ToolRequest, end: End) -> str:
    """Say which steps were done, which failed and why, and what the model should do."""
    assert end.failed
    assert end.where
    steps = _declared(request)
    done = [step for step in steps if step.name in end.results]
    later = steps[steps.index(end.where) + 1 :]
    lines = [
        f"Steps done: {_listed(done)}.",
        f"Failed: {_listed([end.where])}: {end.failed.text}",
        *([f"Not started: {_listed(later)}."] if later else []),
    ]
    if done and end.failed.again:
        lines.append(
            f"Do not do the steps done again: the same call of {request.spec.name}, with the same "
            f"arguments, goes on with {end.where.name}."
        )
    elif done:
        lines.append("Do not do the steps done again.")
    return "\n".join(lines)


def _declared(request: ToolRequest) -> tuple[Step, ...]:
    call = request.spec.call
    assert isinstance(call, CompositeCall)
    return call.steps


def _listed(steps: Sequence[Step]) -> str:
    return ", ".join(f"{step.name} ({step.tool})" for step in steps) or "none"


def _counted(talk: Talk, same: str, finished: ToolFinished, end: End) -> Talk:
    """Return the talk that knows what a later call with the same arguments begins with."""
    unfinished = {key: value for key, value in talk.unfinished.items() if key != same}
    if finished.outcome == "done":
        return replace(talk, unfinished=unfinished).counted_as_made(same)
    return replace(talk, unfinished={**unfinished, same: _kept(end)})


def _kept(end: End) -> dict[str, StepResult]:
    """Return what is not made again: a step that had its effect counts, of use or not."""
    if end.where is None or end.failed is None or not end.failed.made:
        return end.results
    remark = f"The result of {end.where.tool} is of no use: {end.failed.text}"
    return {**end.results, end.where.name: StepResult(None, remark=remark)}
