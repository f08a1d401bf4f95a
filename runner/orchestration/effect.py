"""Making a checked call: started on disk, then the effect, then finished on disk.

A writing call whose end is not known is made again with the same key when the tool is idempotent;
otherwise it is left, and the run ends in doubt until a person settles it.
"""

from dataclasses import dataclass

from runner.domain.events import ToolFinished, ToolSettled, ToolStarted
from runner.domain.failure import Failure, FailureError
from runner.domain.ports import Prepared, ToolRequest
from runner.orchestration.parts import Execution
from runner.tools.shape import shape

TRIES = 3
"""How often an idempotent call with an unknown end is made at the most."""
WAIT_S = 1.0
AGAIN = "making it again could do it twice"


def make(execution: Execution, step: str, request: ToolRequest, because: str) -> ToolFinished:
    """Return how a call ended: as recorded by an earlier process, or made now."""
    standing = stand(execution, step)
    if standing.finished is not None:
        return standing.finished
    if standing.settled is not None and standing.settled.done:
        return _finish(execution, _settled(step, request, standing.settled))
    started = standing.open
    if started is None:
        return _made(execution, step, request, because)
    if started.process_group:
        execution.parts.end_group(started.process_group)
    writes = started.effect == "write"
    if writes and (not started.idempotent or execution.left_s() <= 0):
        return _finish(execution, _left_in_doubt(step, request))
    return _made(execution, step, request, because, first=started.attempt + 1, in_doubt=writes)


@dataclass(frozen=True)
class Standing:
    """Where a call stands after earlier processes of the run."""

    open: ToolStarted | None = None
    """Started, and nobody recorded an end or settled it since."""
    finished: ToolFinished | None = None
    settled: ToolSettled | None = None
    """What a person said since the last start."""

    @property
    def in_doubt(self) -> bool:
        """Whether an effect may have happened that nobody knows of."""
        return self.open is not None and self.open.effect == "write"


def stand(execution: Execution, step: str) -> Standing:
    """Return where a call stands. Only what came after the last start of the call counts."""
    standing = Standing()
    for event in execution.parts.journal.recorded(step):
        if isinstance(event, ToolStarted):
            standing = Standing(open=event)
        elif isinstance(event, ToolFinished):
            standing = Standing(finished=event, settled=standing.settled)
        elif isinstance(event, ToolSettled):
            standing = Standing(settled=event)
    return standing


def _made(
    execution: Execution,
    step: str,
    request: ToolRequest,
    because: str,
    *,
    first: int = 1,
    in_doubt: bool = False,
) -> ToolFinished:
    """Make the call; while its end is in doubt and it is idempotent, again with the same key.

    Once an attempt is in doubt, only success takes the doubt away: a later attempt that did not
    arrive says nothing about the one before.
    """
    for attempt in range(first, first + TRIES):
        finished = _attempt(execution, step, request, because, attempt)
        if in_doubt and finished.outcome == "failed" and not was_made(finished):
            finished = _still_in_doubt(finished)
        in_doubt = finished.outcome == "in_doubt"
        last = attempt == first + TRIES - 1 or execution.left_s() <= WAIT_S
        if not in_doubt or not request.spec.idempotent or last:
            break
        with execution.parts.interrupts.during("read"):
            execution.parts.clock.sleep(WAIT_S)
    return _finish(execution, finished)


def was_made(finished: ToolFinished) -> bool:
    """Return whether a call is known to have had its effect, of use or not."""
    return finished.outcome == "done" or bool(finished.failure and finished.failure.made)


def _still_in_doubt(finished: ToolFinished) -> ToolFinished:
    text = f"an earlier attempt may have been done, and this one was not: {finished.text}"
    failure = Failure(kind="in_doubt", message=text)
    return finished.model_copy(update={"outcome": "in_doubt", "text": text, "failure": failure})


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
    within_s = min(request.spec.timeout_s, max(execution.left_s(), 0.001))
    redact = parts.redactor.redact
    with execution.heartbeat.during(step), parts.interrupts.during(prepared.effect):
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
    again = "there is no time to make it again" if request.spec.idempotent else AGAIN
    message = (
        f"{request.spec.name} was started by a process that ended before the result was known, "
        f"and {again}"
    )
    return ToolFinished(
        step=step,
        tool=request.spec.name,
        outcome="in_doubt",
        text=message,
        failure=Failure(kind="in_doubt", message=message),
        duration_s=0.0,
    )
