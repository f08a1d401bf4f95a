"""Making a checked call: started on disk, then the effect, then finished on disk.

A writing call whose end is not known is made again with the same key when the tool is idempotent;
otherwise it is left, and the run ends in doubt until a person settles it.
"""

from runner.domain.events import ToolFinished, ToolSettled, ToolStarted
from runner.domain.failure import Failure, FailureError
from runner.domain.ports import Prepared, ToolRequest
from runner.orchestration.heartbeat import heartbeat
from runner.orchestration.memory import last
from runner.orchestration.parts import Execution
from runner.tools.shape import shape

TRIES = 3
"""How often an idempotent call with an unknown end is made at the most."""
WAIT_S = 1.0


def make(execution: Execution, step: str, request: ToolRequest, because: str) -> ToolFinished:
    """Return how a call ended: as recorded by an earlier process, or made now."""
    journal = execution.parts.journal
    earlier = journal.recorded(step)
    finished = last(earlier, ToolFinished)
    if finished and finished.outcome != "in_doubt":
        return finished
    settled, started = last(earlier, ToolSettled), last(earlier, ToolStarted)
    if settled and settled.done:
        return _finish(execution, _settled(step, request, settled))
    if started and started.process_group:
        execution.parts.end_group(started.process_group)
    if started and not settled and started.effect == "write" and not started.idempotent:
        return _finish(execution, _left_in_doubt(step, request))
    return _made(execution, step, request, because, started.attempt + 1 if started else 1)


def _made(
    execution: Execution, step: str, request: ToolRequest, because: str, first: int
) -> ToolFinished:
    for attempt in range(first, first + TRIES):
        finished = _attempt(execution, step, request, because, attempt)
        again = finished.outcome == "in_doubt" and request.spec.idempotent
        if not again or attempt == first + TRIES - 1 or execution.left_s() <= WAIT_S:
            break
        with execution.parts.interrupts.during("read"):
            execution.parts.clock.sleep(WAIT_S)
    return _finish(execution, finished)


def _attempt(
    execution: Execution, step: str, request: ToolRequest, because: str, attempt: int
) -> ToolFinished:
    before_s = execution.stopwatch.active_s()
    prepared: Prepared | None = None
    try:
        prepared = execution.parts.toolbox.prepare(request)
        execution.parts.journal.append(_started(step, request, because, prepared, attempt))
        return _run(execution, step, request, prepared, before_s)
    except FailureError as error:
        return _failed(execution, step, request, error.failure, before_s)
    finally:
        if prepared is not None:
            prepared.abandon()


def _started(
    step: str, request: ToolRequest, because: str, prepared: Prepared, attempt: int
) -> ToolStarted:
    return ToolStarted(
        step=step,
        tool=request.spec.name,
        arguments=request.arguments,
        effect=prepared.effect,
        idempotent=request.spec.idempotent,
        key=request.key,
        permission=because,
        process_group=prepared.process_group,
        attempt=attempt,
    )


def _run(
    execution: Execution, step: str, request: ToolRequest, prepared: Prepared, before_s: float
) -> ToolFinished:
    parts = execution.parts
    within_s = min(request.spec.call.timeout, max(execution.left_s(), 0.001))
    redact = parts.redactor.redact
    with heartbeat(execution, step), parts.interrupts.during(prepared.effect):
        output = prepared.run(within_s)
    # Twice: before the cut, and after control characters that may have split a secret are gone.
    return ToolFinished(
        step=step,
        tool=request.spec.name,
        outcome="done",
        simulated=output.simulated,
        text=redact(shape(request.spec, output, redact)),
        duration_s=_since(execution, before_s),
    )


def _failed(
    execution: Execution, step: str, request: ToolRequest, failure: Failure, before_s: float
) -> ToolFinished:
    text = execution.parts.redactor.redact(failure.message)
    return ToolFinished(
        step=step,
        tool=request.spec.name,
        outcome="in_doubt" if failure.kind == "in_doubt" else "failed",
        text=text,
        failure=failure.model_copy(update={"message": text}),
        duration_s=_since(execution, before_s),
    )


def _since(execution: Execution, before_s: float) -> float:
    return round(execution.stopwatch.active_s() - before_s, 6)


def _finish(execution: Execution, finished: ToolFinished) -> ToolFinished:
    execution.parts.journal.append(finished)
    return finished


def _settled(step: str, request: ToolRequest, settled: ToolSettled) -> ToolFinished:
    text = f"A person found that this call was done: {settled.reason}"
    return ToolFinished(
        step=step, tool=request.spec.name, outcome="done", text=text, duration_s=0.0
    )


def _left_in_doubt(step: str, request: ToolRequest) -> ToolFinished:
    message = (
        f"{request.spec.name} was started by a process that ended before the result was known, "
        "and making it again could do it twice"
    )
    return ToolFinished(
        step=step,
        tool=request.spec.name,
        outcome="in_doubt",
        text=message,
        failure=Failure(kind="in_doubt", message=message),
        duration_s=0.0,
    )
