"""What must hold for few-shot examples: order, known tools, fitting arguments."""

from collections.abc import Iterator

from runner.config.examples import ExampleAssistant, ExampleCall, Exchange, order_problem
from runner.config.parts import Part, Parts
from runner.domain.diagnostics import Diagnostic
from runner.notation.schema import check_schema, compile_schema
from runner.notation.tree import Loc


def check_examples(parts: Parts) -> Iterator[Diagnostic]:
    """Yield the problems of examples.yaml."""
    for part in parts.examples:
        if problem := order_problem(part.value):
            index, message = problem
            yield part.source.problem("AC211", message, (*part.loc, "messages", index))
        for loc, call in _calls(part):
            yield from _call(parts, part, call, loc)


def _calls(part: Part[Exchange]) -> Iterator[tuple[Loc, ExampleCall]]:
    for index, message in enumerate(part.value.messages):
        if isinstance(message, ExampleAssistant):
            for number, call in enumerate(message.tool_calls):
                yield (*part.loc, "messages", index, "tool_calls", number), call


def _call(parts: Parts, part: Part[Exchange], call: ExampleCall, loc: Loc) -> Iterator[Diagnostic]:
    if parts.tool_names is not None and call.name not in parts.tool_names:
        message = f"the agent has no tool `{call.name}`"
        yield part.source.problem("AC212", message, (*loc, "name"))
        return
    tools = [tool.value for tool in parts.tools if tool.value.name == call.name]
    for tool in tools:
        if check_schema(tool.input_schema):
            continue
        for problem in compile_schema(tool.input_schema).problems(call.arguments):
            message = f"the arguments do not fit the tool's inputSchema: {problem}"
            yield part.source.problem("AC214", message, (*loc, "arguments"))
