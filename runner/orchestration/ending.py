"""Steps 6 and 7: is the answer what was promised, and the last line of the journal."""

import json
import re
from typing import Any

from runner.domain.events import ModelAnswered, OutputRejected, RunFinished
from runner.domain.job import Job, OutcomeWord, Run, Totals
from runner.domain.limits import stop_before_output_retry
from runner.domain.messages import UserMessage
from runner.domain.release import Release
from runner.notation.jsonish import strict_json
from runner.notation.schema import compile_schema, listed
from runner.orchestration.asking import stop_run
from runner.orchestration.memory import last
from runner.orchestration.parts import Ended, Execution, Talk

FENCE = re.compile(r"```(?:json)?\s*\n(?P<body>.*?)\n?\s*```", re.DOTALL)


def accept(execution: Execution, talk: Talk, turn: int, answer: ModelAnswered) -> Talk:
    """End the run with the answer, or return the talk in which the model is told what is wrong.

    Raises:
        Ended: the answer is accepted, or it broke output_schema once too often.
    """
    schema = execution.release.spec.output_schema
    output, problem = (answer.text, "") if schema is None else _parsed(answer.text, schema)
    if not problem:
        outcome: OutcomeWord = "reported_success" if execution.job.mode == "live" else "none"
        raise Ended(talk, "succeeded", output=output, outcome=outcome)
    step = f"t{turn}.output"
    if stop := stop_before_output_retry(execution.release.spec.agent.limits, talk.spend):
        stop_run(execution, talk, stop)
    rejected = last(execution.parts.journal.recorded(step), OutputRejected)
    if rejected is None:
        rejected = OutputRejected(step=step, text=problem)
        execution.parts.journal.append(rejected)
    told = talk.said(UserMessage(text=rejected.text))
    return told.output_given_back()


def _parsed(text: str, schema: dict[str, Any]) -> tuple[Any, str]:
    """Return the answer as JSON and what is wrong with it, in words for the model."""
    fenced = FENCE.fullmatch(text.strip())
    try:
        output = strict_json(fenced["body"] if fenced else text.strip())
    except ValueError as error:
        return None, f"Your answer is not JSON: {error}. Answer again, with the JSON alone."
    problems = compile_schema(schema).problems(output)
    if not problems:
        return output, ""
    rule = json.dumps(schema, ensure_ascii=False)
    return (
        None,
        f"Your answer breaks the schema:\n{listed(problems)}\nThe schema is {rule}. Answer again.",
    )


def finish(execution: Execution, ended: Ended) -> Run:
    """Journal the end and return the run."""
    totals = _totals(execution, ended.talk)
    execution.parts.journal.append(last_event(execution.job, execution.release, ended, totals))
    return Run(
        id=execution.job.run,
        status=ended.status,
        outcome=ended.outcome,
        output=ended.output,
        totals=totals,
        failure=ended.failure,
        stop=ended.stop,
        in_doubt=ended.in_doubt,
    )


def last_event(job: Job, release: Release, ended: Ended, totals: Totals) -> RunFinished:
    """Return the last line of a run's journal."""
    return RunFinished(
        status=ended.status,
        outcome=ended.outcome,
        output=ended.output,
        failure=ended.failure,
        stop=ended.stop,
        in_doubt=ended.in_doubt,
        task_id=job.id,
        duration_s=totals.duration_s,
        iterations=totals.iterations,
        tool_calls=totals.tool_calls,
        tokens=totals.tokens,
        cost_usd=totals.cost_usd,
        model=release.spec.agent.model.id,
        prompt_version=f"{release.agent}@{release.version}",
    )


def _totals(execution: Execution, talk: Talk) -> Totals:
    spend = talk.spend
    priced = execution.release.spec.agent.model.price is not None
    return Totals(
        iterations=spend.iterations,
        tool_calls=spend.tool_calls,
        tokens=spend.tokens,
        cost_usd=spend.cost_usd if priced else None,
        duration_s=execution.stopwatch.active_s(),
    )
