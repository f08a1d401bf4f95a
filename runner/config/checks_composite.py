"""What must hold for one composite tool: its steps, and what these take from each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from runner.config.advice import near
from runner.config.parts import Part
from runner.config.step_arguments import argument_problems
from runner.domain.diagnostics import Diagnostic
from runner.domain.tool import CompositeCall, Step, ToolSpec, UnboundCall
from runner.notation.filling import FROM, gaps, parts_of
from runner.notation.selection import check as check_selection
from runner.notation.selection_paths import ITEMS, Path, paths_read
from runner.notation.tree import Loc

INPUT, STEPS = "input", "steps"
Tools = Mapping[str, ToolSpec]


@dataclass(frozen=True)
class Composite:
    """One composite tool, and the tools that its steps may call."""

    part: Part[ToolSpec]
    call: CompositeCall
    tools: Tools
    known: frozenset[str]
    """Names of all tools of the file, of broken entries too."""

    def step_loc(self, index: int, *rest: str | int) -> Loc:
        """Return the path of a step, or of a part of it."""
        return (*self.part.loc, "call", "steps", index, *rest)


def check_composite(
    part: Part[ToolSpec], call: CompositeCall, tools: Tools, known: frozenset[str]
) -> Iterator[Diagnostic]:
    """Yield the problems of a composite tool.

    `tools` are those of the file by name, `known` the names of all of them, of broken ones too.
    """
    composite = Composite(part, call, tools, known)
    yield from _names(composite)
    yield from _called(composite)
    yield from _hints(composite)
    yield from _meaningless(composite)
    yield from _expressions(composite)
    for index, step in enumerate(composite.call.steps):
        yield from _mixed(composite, index, step)
        tool = composite.tools.get(step.tool)
        if tool is not None and not isinstance(tool.call, CompositeCall):
            arguments = composite.step_loc(index, "arguments")
            for loc, message, advice in argument_problems(composite.part.value, step, tool):
                where = (*arguments, *loc)
                yield composite.part.source.problem("AC325", message, where, advice)


def _names(composite: Composite) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for index, step in enumerate(composite.call.steps):
        if step.name in seen:
            message = f"a step `{step.name}` stands before it already"
            loc = composite.step_loc(index, "name")
            yield composite.part.source.problem("AC320", message, loc, "give it its own name")
        seen.add(step.name)


def _called(composite: Composite) -> Iterator[Diagnostic]:
    for index, step in enumerate(composite.call.steps):
        tool = composite.tools.get(step.tool)
        message = advice = ""
        if step.tool not in composite.known:
            message, advice = f"there is no tool `{step.tool}`", near(step.tool, composite.known)
        elif tool is not None and isinstance(tool.call, CompositeCall):
            message = f"`{step.tool}` is composite itself"
            advice = "call its steps here, one by one: composite tools do not nest"
        if message:
            loc = composite.step_loc(index, "tool")
            yield composite.part.source.problem("AC321", message, loc, advice)


def _hints(composite: Composite) -> Iterator[Diagnostic]:
    """What the tool says of itself must hold for each of its steps."""
    tool = composite.part.value
    called = [composite.tools[s.tool] for s in composite.call.steps if s.tool in composite.tools]
    said = tool.annotations
    for name, claimed, keeps, breach in (
        ("readOnlyHint", tool.reads_only, _reads, "writes"),
        ("idempotentHint", said.idempotent_hint, _repeats, "is not idempotent"),
        ("destructiveHint", not said.destructive_hint, _spares, "may destroy"),
    ):
        breaking = next((one for one in called if not keeps(one)), None)
        if claimed and breaking is not None:
            message = f"its step calls `{breaking.name}`, which {breach}"
            loc = (*composite.part.loc, "annotations", name)
            yield composite.part.source.problem("AC326", message, loc)


def _reads(tool: ToolSpec) -> bool:
    return tool.reads_only


def _repeats(tool: ToolSpec) -> bool:
    return tool.idempotent


def _spares(tool: ToolSpec) -> bool:
    return tool.reads_only or not tool.annotations.destructive_hint


def _meaningless(composite: Composite) -> Iterator[Diagnostic]:
    tool = composite.part.value
    for field, present in (
        ("dry_run", tool.dry_run is not None),
        ("idempotency_key", tool.idempotency_key is not None),
    ):
        if present:
            message = f"`{field}` means nothing here: each step has that of its own tool"
            loc = (*composite.part.loc, field)
            yield composite.part.source.key_problem("AC328", message, loc, "remove it")


def _mixed(composite: Composite, index: int, step: Step) -> Iterator[Diagnostic]:
    """`from` beside other keys, or not a text: neither a gap nor surely meant as it stands."""
    for name, argument in step.arguments.items():
        for loc, value in parts_of(argument, (name,)):
            if not isinstance(value, Mapping) or FROM not in value:
                continue
            where = composite.step_loc(index, "arguments", *loc, FROM)
            if len(value) > 1:
                message = "`from` stands alone, and here it has other keys beside it"
                advice = (
                    "write the whole value as JMESPath: {from: \"{name: input.name, to: 'x'}\"}"
                )
                yield composite.part.source.key_problem("AC324", message, where, advice)
            elif not isinstance(value[FROM], str):
                message = "`from` takes a JMESPath expression"
                yield composite.part.source.problem("AC324", message, where)


def _expressions(composite: Composite) -> Iterator[Diagnostic]:
    for index, step in enumerate(composite.call.steps):
        for loc, text in gaps(step.arguments):
            where = composite.step_loc(index, "arguments", *loc)
            yield from _expression(composite, text, where, index)
    if composite.call.output is not None:
        where = (*composite.part.loc, "call", "output")
        yield from _expression(composite, composite.call.output, where, len(composite.call.steps))


def _expression(composite: Composite, text: str, where: Loc, before: int) -> Iterator[Diagnostic]:
    """Check an expression that may read the input and the first `before` steps."""
    if problem := check_selection(text):
        yield composite.part.source.problem("AC322", problem.message, where)
        return
    paths = sorted(paths_read(text))
    for path in paths:
        if found := _dangling(composite, path, before):
            yield composite.part.source.problem("AC323", found[0], where, found[1])
    for step in composite.call.steps[:before]:
        tool = composite.tools.get(step.tool)
        if tool is not None and _imagined(tool) and any(_reads_step(p, step.name) for p in paths):
            message = f"in a dry run `steps.{step.name}` would be no result of `{tool.name}`"
            advice = f"give `{tool.name}` a `dry_run` result with what is read here"
            yield composite.part.source.problem("AC327", message, where, advice)


def _imagined(tool: ToolSpec) -> bool:
    """Whether a dry run gives a sentence instead of a result."""
    made = tool.reads_only and not isinstance(tool.call, UnboundCall)
    return not made and tool.dry_run is None


def _reads_step(path: Path, name: str) -> bool:
    return path in {(), (STEPS,)} or path[:2] == (STEPS, name)


def _dangling(composite: Composite, path: Path, before: int) -> tuple[str, str] | None:
    """Return message and help for a path that leads to nothing, or None."""
    if not path:
        return None
    if path[0] not in {INPUT, STEPS}:
        message = f"`{path[0]}` is neither `input` nor `steps`"
        return message, near(path[0], [INPUT, STEPS]) or f"did you mean `input.{path[0]}`?"
    if len(path) == 1 or path[1] == ITEMS:
        return None
    if path[0] == INPUT:
        return _not_declared(composite.part.value, path[1])
    names = [step.name for step in composite.call.steps]
    if path[1] in names[:before]:
        return None
    if path[1] in names:
        return f"the step `{path[1]}` is not done by then", "a step sees those before it"
    return f"there is no step `{path[1]}`", near(path[1], names[:before])


def _not_declared(tool: ToolSpec, name: str) -> tuple[str, str] | None:
    properties = tool.input_schema.get("properties")
    declared = list(properties) if isinstance(properties, dict) else []
    if name in declared or tool.input_schema.get("additionalProperties") is not False:
        return None
    return f"`{name}` is not a property of inputSchema", near(name, declared)
