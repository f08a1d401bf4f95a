"""Step 1: the line that everything after it depends on."""

import json

from runner.domain.events import RunResumed, RunStarted
from runner.domain.job import Job
from runner.domain.permissions import ABSENT, at
from runner.orchestration.parts import Execution


def start(execution: Execution) -> None:
    """Journal the start of the run, or that a new process goes on with it."""
    parts = execution.parts
    if parts.resumed_after_s is not None:
        parts.journal.append(RunResumed(active_s=parts.resumed_after_s, runner=parts.runner))
        return
    job, release = execution.job, execution.release
    agent = release.spec.agent
    parts.journal.append(
        RunStarted(
            agent=release.agent,
            version=release.version,
            released=release.released,
            digest=release.digest,
            commit=release.commit,
            tag=release.tag,
            pointer_commit=release.pointer_commit,
            origin=release.origin,
            environment=release.environment,
            values=release.values,
            mode=job.mode,
            model=agent.model.id,
            model_url=agent.model.base_url,
            price=agent.model.price,
            limits=agent.limits,
            trigger=job.trigger,
            attempt=job.attempt,
            attended=job.attended,
            job=job.id,
            input=job.input,
            subject=subject(agent.subject, job),
            runner=parts.runner,
        )
    )


def subject(pointer: str | None, job: Job) -> str | None:
    """Return what the run is about: the input's value at the agent's `subject` pointer."""
    value = at(job.input, pointer) if pointer else ABSENT
    if value is ABSENT:
        return None
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
