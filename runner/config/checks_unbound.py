"""Tools with nothing behind them yet."""

from collections.abc import Iterator

from runner.config.parts import Parts
from runner.domain.diagnostics import Diagnostic
from runner.domain.tool import UnboundCall


def check_unbound(parts: Parts) -> Iterator[Diagnostic]:
    """Yield a warning for each tool that can only be simulated."""
    for part in parts.tools:
        if isinstance(part.value.call, UnboundCall):
            name = part.value.name
            message = f"nothing is behind `{name}`: a dry run simulates it, a live run is refused"
            advice = "give it a `call`, for instance {kind: command, argv: [...]}"
            found = part.source.problem("AC231", message, (*part.loc, "name"), advice)
            yield found.model_copy(update={"severity": "warning"})
