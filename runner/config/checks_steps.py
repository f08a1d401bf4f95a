"""What must hold for composite tools, and for the tools that only these call."""

from collections.abc import Iterator

from runner.config.parts import Parts
from runner.domain.diagnostics import Diagnostic
from runner.domain.tool import CompositeCall


def check_steps(parts: Parts) -> Iterator[Diagnostic]:
    """Yield the problems of composite tools, and of tools that nobody can call."""
    tools = {part.value.name: part.value for part in parts.tools}
    known = (parts.tool_names or frozenset()) | frozenset(tools)
    called: set[str] = set()
    found: list[Diagnostic] = []
    for part in parts.tools:
        call = part.value.call
        if isinstance(call, CompositeCall):
            called |= {step.tool for step in call.steps}
            from runner.config.checks_composite import check_composite  # noqa: PLC0415  few have one

            found += check_composite(part, call, tools, known)
    yield from found
    if not any(diagnostic.code == "AC321" for diagnostic in found):
        yield from _hidden(parts, called)


def _hidden(parts: Parts, called: set[str]) -> Iterator[Diagnostic]:
    for part in parts.tools:
        if not part.value.offered and part.value.name not in called:
            message = f"nobody can call `{part.value.name}`: it is not offered, and in no step"
            advice = "let a composite tool call it, or remove `offered: false`"
            yield part.source.warning("AC329", message, (*part.loc, "offered"), advice)
