"""The tools of a run: all of them for real, or, in a dry run, those that only read."""

from collections.abc import Sequence

from runner.domain.messages import ToolOffer
from runner.domain.ports import Prepared, Toolbox, ToolRequest
from runner.domain.tool import ToolSpec
from runner.tools.context import ToolContext
from runner.tools.kinds import prepare
from runner.tools.simulated import Simulated


class LiveToolbox:
    """Every call is made."""

    def __init__(self, tools: Sequence[ToolSpec], context: ToolContext) -> None:
        self._tools = tuple(tools)
        self._context = context

    def offers(self) -> Sequence[ToolOffer]:
        """Return the tools as the model is shown them."""
        return [
            ToolOffer(name=tool.name, description=tool.description, input_schema=tool.input_schema)
            for tool in self._tools
            if tool.offered
        ]

    def prepare(self, request: ToolRequest) -> Prepared:
        """Make a call ready without any effect."""
        return prepare(request, self._context)


class DryRunToolbox:
    """Reading calls are made; the others are simulated, and those a person would have to allow.

    A tool whose effect is not known (no readOnlyHint) counts as writing.
    """

    def __init__(self, live: Toolbox) -> None:
        self._live = live

    def offers(self) -> Sequence[ToolOffer]:
        """Return the same tools: the model does not know that this is a dry run."""
        return self._live.offers()

    def prepare(self, request: ToolRequest) -> Prepared:
        """Make a reading call ready, or a simulation."""
        if request.spec.reads_only and not request.would_ask:
            return self._live.prepare(request)
        return Simulated(request.spec)
