"""Tools that nothing is behind: simulated in a dry run, also where they only read."""

from runner.domain.events import Effect
from runner.domain.failure import Failure, FailureError
from runner.domain.ports import Prepared, ToolOutput, ToolRequest
from runner.domain.tool import ToolSpec, UnboundCall
from runner.tools.context import ToolContext


def prepare(_call: UnboundCall, request: ToolRequest, context: ToolContext) -> Prepared:
    """Make a simulation ready.

    Raises:
        FailureError: this is no dry run. A live run is refused before it comes to this.
    """
    if context.mode != "dry_run":
        message = f"nothing is behind {request.spec.name}: it cannot be called"
        raise FailureError(Failure(kind="tool_failed", message=message))
    return Imagined(request.spec)


class Imagined:
    """A call that has nowhere to go."""

    process_group: int | None = None
    effect: Effect = "simulated"

    def __init__(self, spec: ToolSpec) -> None:
        self._spec = spec

    def run(self, within_s: float) -> ToolOutput:
        """Return the declared result, or a sentence that says that there is none."""
        if self._spec.dry_run is not None:
            return ToolOutput(data=self._spec.dry_run.result, simulated=True)
        sentence = (
            f"This is a dry run: {self._spec.name} was not executed, because nothing is behind it "
            "yet. Go on as if it had succeeded."
        )
        return ToolOutput(data=sentence, simulated=True)

    def abandon(self) -> None:
        """Return: nothing waits."""
