"""What must hold for tools beyond their shape."""

import re
from collections.abc import Iterator

from runner.config.addresses import ADDRESS, host_problem
from runner.config.advice import near
from runner.config.checks_agent import check_schema_part
from runner.config.files import Reference
from runner.config.functions import function_problem, top_level_names
from runner.config.loose import lacks
from runner.config.parts import Part, Parts
from runner.config.source import located
from runner.domain.diagnostics import Diagnostic
from runner.domain.references import VariableRef
from runner.domain.tool import CommandCall, HttpCall, PythonCall, ToolSpec
from runner.notation.problems import Problem
from runner.notation.schema import check_schema, compile_schema
from runner.notation.tree import Loc

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def check_tools(parts: Parts) -> Iterator[Diagnostic]:
    """Yield the problems of the tools file."""
    first: dict[str, int] = {}
    for part in parts.tools:
        name = part.value.name
        line = part.source.span((*part.loc, "name")).value.line
        if name in first:
            message = f"a tool `{name}` stands on line {first[name]} already"
            yield part.source.problem("AC301", message, (*part.loc, "name"))
        first.setdefault(name, line)
        yield from _hints(part)
        yield from _schemas(part)
        yield from _key(part)
        yield from _results(part)
        yield from _variables(parts, part)
        yield from _call(parts, part)


def _hints(part: Part[ToolSpec]) -> Iterator[Diagnostic]:
    if part.value.annotations.read_only_hint is None:
        message = f"`{part.value.name}` does not say whether it writes"
        advice = "add `readOnlyHint: true` or `readOnlyHint: false` to its annotations"
        yield part.source.key_problem("AC302", message, (*part.loc, "annotations"), advice)


def _schemas(part: Part[ToolSpec]) -> Iterator[Diagnostic]:
    tool = part.value
    schema = Part(tool.input_schema, part.source, (*part.loc, "inputSchema"))
    broken = list(check_schema_part(schema, "AC303", "`inputSchema`"))
    yield from broken
    if not broken and tool.input_schema.get("type") != "object":
        message = "`inputSchema` must be the schema of an object"
        yield part.source.key_problem("AC303", message, schema.loc, "add `type: object`")
    if tool.output_schema is not None:
        output = Part(tool.output_schema, part.source, (*part.loc, "outputSchema"))
        yield from check_schema_part(output, "AC304", "`outputSchema`")


def _key(part: Part[ToolSpec]) -> Iterator[Diagnostic]:
    pointer = part.value.idempotency_key
    if pointer is not None and lacks(part.value.input_schema, pointer):
        message = f"inputSchema has no argument `{pointer}`, so no call has this key"
        name = pointer.split("/")[1]
        advice = near(name, _properties(part)) or _known(part)
        yield part.source.problem("AC319", message, (*part.loc, "idempotency_key"), advice)


def _results(part: Part[ToolSpec]) -> Iterator[Diagnostic]:
    tool = part.value
    if tool.result.select is not None:
        yield from _selection(part, tool.result.select)
    if tool.dry_run is None or tool.output_schema is None or check_schema(tool.output_schema):
        return
    for broken in compile_schema(tool.output_schema).problems(tool.dry_run.result):
        message = f"the dry-run result does not fit outputSchema: {broken}"
        yield part.source.problem("AC306", message, (*part.loc, "dry_run", "result"))


def _selection(part: Part[ToolSpec], expression: str) -> Iterator[Diagnostic]:
    from runner.notation.selection import check  # noqa: PLC0415  JMESPath, where a tool uses it

    if problem := check(expression):
        loc: Loc = (*part.loc, "result", "select")
        yield part.source.problem("AC305", problem.message, loc, problem.help)


def _variables(parts: Parts, part: Part[ToolSpec]) -> Iterator[Diagnostic]:
    if parts.agent is None:
        return
    for loc, reference in _references(part.value):
        if reference.var not in parts.agent.variables:
            message = f"`{reference.var}` is not a variable of this agent"
            known = ", ".join(f"`{name}`" for name in parts.agent.variables)
            advice = f"declared are {known}" if known else "declare it in agent.yaml, `variables`"
            yield part.source.problem("AC203", message, (*part.loc, "call", *loc, "var"), advice)


def _references(tool: ToolSpec) -> Iterator[tuple[Loc, VariableRef]]:
    call = tool.call
    places: list[tuple[Loc, object]] = []
    if isinstance(call, HttpCall):
        places = [(("url",), call.url)]
    elif isinstance(call, CommandCall | PythonCall):
        places = [(("env", name), value) for name, value in call.env.items()]
    if isinstance(call, CommandCall):
        places += [(("argv", index), value) for index, value in enumerate(call.argv)]
    for loc, value in places:
        if isinstance(value, VariableRef):
            yield loc, value


def _call(parts: Parts, part: Part[ToolSpec]) -> Iterator[Diagnostic]:
    call = part.value.call
    if isinstance(call, HttpCall):
        yield from _url(part, call)
        yield from _query(part, call)
    elif isinstance(call, PythonCall):
        yield from _function(parts, part, call)
    elif isinstance(call, CommandCall):
        yield from _argv(parts, part, call)


def _function(parts: Parts, part: Part[ToolSpec], call: PythonCall) -> Iterator[Diagnostic]:
    yield from _file(parts, part, call.file, ("call", "file"))
    loc = (*part.loc, "call", "function")
    if not call.function.isidentifier():
        message = f"`{call.function}` is not the name of a Python function"
        yield part.source.problem("AC307", message, loc)
    elif call.file in parts.files.snapshot.files:
        data = parts.files.snapshot.files[call.file]
        names = top_level_names(data)
        if isinstance(names, Problem):
            yield located(data, parts.files.shown(call.file), names)
        elif problem := function_problem(names, call.function, call.file):
            yield part.source.problem("AC313", problem[0], loc, problem[1])


def _argv(parts: Parts, part: Part[ToolSpec], call: CommandCall) -> Iterator[Diagnostic]:
    program, files = call.argv[0], parts.files.snapshot.files
    if isinstance(program, str) and "/" in program and not program.startswith("/"):
        yield from _file(parts, part, program, ("call", "argv", 0))
    if isinstance(program, str) and not files.get(program, b"#!").startswith(b"#!"):
        message = f"`{program}` does not start with `#!`, so it cannot be started"
        advice = "begin it with, for instance, `#!/usr/bin/env python3`"
        yield part.source.problem("AC312", message, (*part.loc, "call", "argv", 0), advice)
    for index, argument in enumerate(call.argv[1:], 1):
        if isinstance(argument, str) and argument in files:
            message = f"`{argument}` is not found there: a command runs in a scratch directory"
            advice = f"let `{argument}` be argv[0], with `#!` in its first line"
            loc = (*part.loc, "call", "argv", index)
            yield part.source.problem("AC311", message, loc, advice)


def _file(parts: Parts, part: Part[ToolSpec], path: str, loc: Loc) -> Iterator[Diagnostic]:
    problem = parts.files.missing(path, Reference(part.source, (*part.loc, *loc)))
    if problem:
        yield problem


def _url(part: Part[ToolSpec], call: HttpCall) -> Iterator[Diagnostic]:
    loc = (*part.loc, "call", "url")
    text = call.url.suffix if isinstance(call.url, VariableRef) else call.url
    if isinstance(call.url, str):
        match = ADDRESS.fullmatch(call.url)
        if match is None or "{" in match["authority"]:
            message = "the address must be `http(s)://host/path`, with arguments in its path only"
            yield part.source.problem("AC310", message, loc)
            return
        if problem := host_problem(call.url):
            yield part.source.problem("AC310", problem, loc)
            return
        text = match["path"]
        if "{" in f"{match['query']}{match['fragment']}":
            message = "an argument cannot stand in the query of the address"
            yield part.source.problem("AC310", message, loc, "name it under `query`")
    for name in PLACEHOLDER.findall(text):
        yield from _path_argument(part, name, loc)


def _path_argument(part: Part[ToolSpec], name: str, loc: Loc) -> Iterator[Diagnostic]:
    required = part.value.input_schema.get("required")
    if name not in _properties(part):
        message = f"`{{{name}}}` in the path is not a property of inputSchema"
        yield part.source.problem("AC308", message, loc, _known(part))
    elif not isinstance(required, list) or name not in required:
        message = f"`{{{name}}}` in the path is not required by inputSchema"
        yield part.source.problem("AC308", message, loc, f"add `{name}` to `required`")


def _query(part: Part[ToolSpec], call: HttpCall) -> Iterator[Diagnostic]:
    for index, name in enumerate(call.query):
        if name not in _properties(part):
            message = f"`{name}` is not a property of inputSchema"
            loc = (*part.loc, "call", "query", index)
            yield part.source.problem("AC309", message, loc, _known(part))


def _properties(part: Part[ToolSpec]) -> dict[str, object]:
    properties = part.value.input_schema.get("properties")
    return properties if isinstance(properties, dict) else {}


def _known(part: Part[ToolSpec]) -> str:
    names = ", ".join(f"`{name}`" for name in _properties(part))
    return f"its properties are {names}" if names else "it has no properties"
