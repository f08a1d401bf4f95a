"""What must hold inside agent.yaml beyond its shape."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from runner.config.addresses import host_problem
from runner.config.parts import Part, Parts
from runner.config.pointers import pointer_loc
from runner.config.values import value_problem
from runner.domain.agent import AgentFile
from runner.domain.diagnostics import Diagnostic
from runner.notation import template
from runner.notation.problems import Problem
from runner.notation.schema import check_schema
from runner.notation.text import position

HOST = re.compile(r"(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?")
HOST_V6 = re.compile(r"\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
CONTEXT = {"input", "values"}


def check_agent(parts: Parts) -> Iterator[Diagnostic]:
    """Yield the problems of agent.yaml, of its schemas and of its templates."""
    for field in ("input_schema", "output_schema"):
        part = getattr(parts, field)
        if part is not None:
            yield from check_schema_part(part, "AC206", f"`{field}`")
    if parts.agent is None:
        return
    yield from _name(parts, parts.agent)
    yield from _variables(parts, parts.agent)
    yield from _money(parts, parts.agent)
    yield from _base_url(parts, parts.agent)
    yield from _hosts(parts, parts.agent)
    for field in ("instructions", "task"):
        text: Part[str] | None = getattr(parts, field)
        if text and getattr(parts.agent, field).template:
            yield from _template(parts, parts.agent, text)
        elif text and (problem := template.looks_like_one(text.value)):
            yield _template_problem(text, problem).model_copy(update={"severity": "warning"})


def check_schema_part(part: Part[dict[str, Any]], code: str, what: str) -> Iterator[Diagnostic]:
    """Yield what is wrong with a JSON Schema, at its place."""
    for problem in check_schema(part.value):
        loc = pointer_loc(part.value, problem.pointer)
        message = f"{what} is not a valid JSON Schema: {problem.message}"
        yield part.source.problem(code, message, (*part.loc, *loc))


def _name(parts: Parts, agent: AgentFile) -> Iterator[Diagnostic]:
    if agent.name != parts.name:
        message = f"`name` is `{agent.name}`, and the agent's directory is `{parts.name}`"
        advice = f"write `name: {parts.name}`, or rename the directory"
        yield parts.main.problem("AC201", message, ("name",), advice)


def _variables(parts: Parts, agent: AgentFile) -> Iterator[Diagnostic]:
    for name, variable in agent.variables.items():
        if variable.default is None:
            continue
        if problem := value_problem(variable, variable.default):
            message = f"the default of `{name}` does not fit: {problem}"
            yield parts.main.problem("AC204", message, ("variables", name, "default"))


def _money(parts: Parts, agent: AgentFile) -> Iterator[Diagnostic]:
    if agent.limits.max_cost_usd is None:
        return
    if agent.model.price is None and agent.model.id not in parts.prices:
        message = f"a money limit needs a price, and `{agent.model.id}` has none"
        advice = "state `model.price` in USD per million tokens: {input: 0.25, output: 2.00}"
        yield parts.main.key_problem("AC208", message, ("limits", "max_cost_usd"), advice)


def _base_url(parts: Parts, agent: AgentFile) -> Iterator[Diagnostic]:
    if problem := host_problem(agent.model.base_url):
        advice = "write, for instance, `http://127.0.0.1:8900/v1`"
        yield parts.main.problem("AC210", problem, ("model", "base_url"), advice)


def _hosts(parts: Parts, agent: AgentFile) -> Iterator[Diagnostic]:
    for index, entry in enumerate(agent.network.allow):
        port = int(entry.rpartition(":")[2]) if re.search(r":[0-9]{1,5}$", entry) else 0
        form = HOST.fullmatch(entry) or HOST_V6.fullmatch(entry)
        if form is None or port > 65535 or ".." in entry:
            message = f"`{entry}` is not a host"
            advice = "write `host`, `host:port` or `*.domain`; no scheme, no path"
            yield parts.main.problem("AC209", message, ("network", "allow", index), advice)


def _template(parts: Parts, agent: AgentFile, part: Part[str]) -> Iterator[Diagnostic]:
    problems = template.check(part.value)
    for problem in problems:
        yield _template_problem(part, problem)
    if problems:
        return
    for name in sorted(template.names(part.value)):
        if message := _unknown_name(parts, agent, name):
            line, column = _written_at(part.value, name)
            yield _template_problem(part, Problem("AC213", message, line, column, len(name)))


def _written_at(text: str, name: str) -> tuple[int, int]:
    """Return where a template's marks hold a name first; the text may hold the same word before."""
    found = re.search(rf"(?<=\{{[{{%]).*?(?<![\w.'\"])({re.escape(name)})(?!\w)", text)
    return position(text, found.start(1)) if found else (1, 1)


def _template_problem(part: Part[str], problem: Problem) -> Diagnostic:
    """The place of a problem of a text: in its file, or in its block of agent.yaml."""
    source = part.source
    if source.spans is None:
        return source.text_problem(problem)
    mark = source.span(part.loc).value
    if source.lines[mark.line - 1][mark.column - 1 : mark.column] != "|":
        return source.problem(problem.code, problem.message, part.loc, problem.help)
    line = min(mark.line + problem.line, len(source.lines))
    text, shown = source.lines[line - 1], part.value.split("\n")[problem.line - 1]
    column = text.find(shown) + problem.column if shown in text else 1
    return source.text_problem(replace(problem, line=line, column=column))


def _unknown_name(parts: Parts, agent: AgentFile, name: str) -> str | None:
    root, _, attribute = name.partition(".")
    if root not in CONTEXT:
        return f"`{root}` is not known in a template; `input` and `values` are"
    if root == "values":
        unknown = attribute and attribute not in agent.variables
        return f"`{name}`: no variable is called `{attribute}`" if unknown else None
    schema = parts.input_schema.value if parts.input_schema else {}
    closed = schema.get("additionalProperties") is False
    properties = schema.get("properties")
    known = properties if isinstance(properties, dict) else {}
    if attribute and closed and attribute not in {*known, *template.METHOD_NAMES.split()}:
        return f"`{name}`: input_schema has no property `{attribute}`"
    return None
