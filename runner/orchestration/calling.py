"""Step 5: one tool call, from what the model wrote to what it is told.

known? strict JSON? valid? free of redaction marks? permitted? within limits? Then `tool.started` is
on disk, and only then the effect happens. A composite tool's call is this for each of its steps.
"""

from runner.domain.messages import ToolCall, ToolMessage
from runner.domain.tool import CompositeCall
from runner.orchestration.checking import Refusal, check
from runner.orchestration.composite import follow
from runner.orchestration.parts import Execution, Talk
from runner.orchestration.single import refuse, single

REVEALING = Refusal("redacted", "Your answer held a secret. Answer again without it.")


def perform(execution: Execution, talk: Talk, step: str, call: ToolCall, *, redacted: bool) -> Talk:
    """Return the talk with the result of one tool call, or with the reason why it was not made.

    `redacted` says that the answer with the call contained a secret: then no call of it is made.

    Raises:
        Ended: a limit does not allow the call, or nobody knows how its effect ended.
    """
    checked = REVEALING if redacted else check(execution, talk, call)
    if isinstance(checked, Refusal):
        talk, refused = refuse(execution, talk, step, (call.name, call.arguments), checked)
        return talk.said(ToolMessage(call_id=call.id, name=call.name, text=refused.text))
    composite = isinstance(checked.request.spec.call, CompositeCall)
    talk, finished = (follow if composite else single)(execution, talk, step, checked)
    return talk.said(ToolMessage(call_id=call.id, name=call.name, text=finished.text))
