"""Step 2: the messages that a model sees first."""

import json

from runner.domain.errors import UsageError
from runner.domain.events import ConversationRendered
from runner.domain.failure import Failure
from runner.domain.limits import Spend
from runner.domain.messages import Message, SystemMessage, UserMessage
from runner.domain.references import TextSource
from runner.notation.template import render
from runner.orchestration.memory import last
from runner.orchestration.parts import Ended, Execution, Talk

ANSWER_RULE = (
    "\n\nWhen you are done, answer with JSON alone: no other text, no code fence. "
    "It must be valid against this JSON Schema:\n"
)


def opening(execution: Execution) -> Talk:
    """Return the talk before the first turn: recorded if there is one, else rendered now.

    Raises:
        Ended: a template names a variable that nothing gives. No money was spent.
    """
    journal = execution.parts.journal
    rendered = last(journal.recorded("t0"), ConversationRendered)
    if rendered is None:
        rendered = ConversationRendered(messages=_messages(execution))
        journal.append(rendered)
    talk = Talk(messages=())
    for message in rendered.messages:
        talk = talk.said(message)
    return talk


def _messages(execution: Execution) -> tuple[Message, ...]:
    spec = execution.release.spec
    redact = execution.parts.redactor.redact
    instructions = _text(execution, spec.agent.instructions, spec.instructions)
    if spec.output_schema is not None:
        instructions += ANSWER_RULE + json.dumps(spec.output_schema, ensure_ascii=False)
    task = _text(execution, spec.agent.task, spec.task)
    return (
        SystemMessage(text=redact(instructions)),
        *spec.examples,
        UserMessage(text=redact(task)),
    )


def _text(execution: Execution, source: TextSource, text: str) -> str:
    if source.template is None:
        return text
    context = {"input": execution.job.input, "values": execution.release.values}
    try:
        return render(text, context)
    except UsageError as error:
        talk = Talk(messages=(), spend=Spend())
        where = source.file or "agent.yaml"
        failure = Failure(kind="config", message=f"{where}: {error.message}")
        raise Ended(talk, "failed", failure=failure) from error
