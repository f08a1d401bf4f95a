"""A call that changes nothing: what a dry run makes in the place of an effect."""

from runner.domain.events import Effect
from runner.domain.ports import ToolOutput
from runner.domain.tool import ToolSpec

UNCHANGED = "was not executed and nothing was changed"


class Simulated:
    """A call that changes nothing; `why` tells the model so where no result is declared."""

    process_group: int | None = None
    effect: Effect = "simulated"

    def __init__(self, spec: ToolSpec, why: str = UNCHANGED) -> None:
        self._spec = spec
        self._why = why

    def run(self, within_s: float) -> ToolOutput:
        """Return the declared result, or a sentence that says that nothing happened."""
        if self._spec.dry_run is not None:
            return ToolOutput(data=self._spec.dry_run.result, simulated=True)
        sentence = (
            f"This is a dry run: {self._spec.name} {self._why}. Go on as if it had succeeded."
        )
        return ToolOutput(data=sentence, simulated=True)

    def abandon(self) -> None:
        """Return: nothing waits."""
