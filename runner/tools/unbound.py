"""Tools that nothing is behind: simulated in a dry run, also where they only read."""

from runner.domain.failure import Failure, FailureError
from runner.domain.ports import Prepared, ToolRequest
from runner.domain.tool import UnboundCall
from runner.tools.context import ToolContext
from runner.tools.simulated import Simulated

NOTHING_BEHIND = "was not executed, because nothing is behind it yet"


def prepare(_call: UnboundCall, request: ToolRequest, context: ToolContext) -> Prepared:
    """Make a simulation ready.

    Raises:
        FailureError: this is no dry run. A live run is refused before it comes to this.
    """
    if context.mode != "dry_run":
        message = f"nothing is behind {request.spec.name}: it cannot be called"
        raise FailureError(Failure(kind="tool_failed", message=message))
    return Simulated(request.spec, NOTHING_BEHIND)
