"""One checked call: within limits, made, and counted; or refused, and counted as well."""

from runner.domain.effects import identity
from runner.domain.events import ToolFinished, ToolRefused
from runner.domain.limits import stop_before_call
from runner.orchestration.asking import stop_run
from runner.orchestration.checking import Permitted, Refusal
from runner.orchestration.effect import make, stand, was_made
from runner.orchestration.memory import last
from runner.orchestration.parts import Ended, Execution, Talk


def single(
    execution: Execution, talk: Talk, step: str, permitted: Permitted
) -> tuple[Talk, ToolFinished]:
    """Return how one call ended, and the talk that has counted it.

    Raises:
        Ended: a limit does not allow the call, or nobody knows how its effect ended.
    """
    request = permitted.request
    same = identity(request.spec.name, request.arguments)
    standing = stand(execution, step)
    settled = standing.settled is not None and standing.settled.done
    # A call that is finished or settled costs nothing more; one in doubt comes first.
    if not (standing.finished or standing.in_doubt or settled):
        stop_unless_within_limits(execution, talk, same)
    finished = make(execution, step, request, permitted.because)
    talk = talk.called(same)
    if finished.outcome == "in_doubt":
        raise Ended(talk, "in_doubt", failure=finished.failure, in_doubt=(step,))
    return (talk.counted_as_made(same) if was_made(finished) else talk), finished


def refuse(
    execution: Execution, talk: Talk, step: str, written: tuple[str, str], refusal: Refusal
) -> tuple[Talk, ToolRefused]:
    """Return the refusal of a call, recorded or written now, and the talk that has counted it.

    `written` are the tool's name and the arguments as text.

    Raises:
        Ended: a limit does not allow another call.
    """
    journal = execution.parts.journal
    tool, arguments = written
    refused = last(journal.recorded(step), ToolRefused)
    same = f"{tool}:{arguments}"
    if refused is None:
        stop_unless_within_limits(execution, talk, same)
        refused = ToolRefused(
            step=step, tool=tool, arguments=arguments, reason=refusal.reason, text=refusal.text
        )
        journal.append(refused)
    return talk.called(same), refused


def stop_unless_within_limits(execution: Execution, talk: Talk, same: str) -> None:
    """Raise Ended when a limit does not allow the next call; `same` is its identity."""
    limits = execution.release.spec.agent.limits
    stop = stop_before_call(limits, talk.spend, same, execution.stopwatch.active_s())
    if stop:
        stop_run(execution, talk, stop)
