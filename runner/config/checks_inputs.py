"""What is declared and what is used: input, variables, `subject`."""

from collections.abc import Iterator
from typing import Any

from runner.config.advice import near
from runner.config.loose import is_closed, properties_of
from runner.config.parts import Part, Parts
from runner.config.pointers import pointer_loc
from runner.domain.agent import AgentFile
from runner.domain.diagnostics import Diagnostic
from runner.notation import template
from runner.notation.problems import Problem

COMBINED = frozenset({"$ref", "allOf", "anyOf", "oneOf", "if", "patternProperties"})
TEXTS = ("instructions", "task")
EVERYTHING = frozenset({"items", "keys", "values", "get"})


def check_inputs(parts: Parts) -> Iterator[Diagnostic]:
    """Yield a warning for each input that is used without being declared."""
    if parts.agent is None:
        return
    for field in TEXTS:
        text = _template(parts, parts.agent, field)
        if text and not template.check(text.value):
            yield from _undeclared(parts, text)
    yield from _subject(parts, parts.agent)


def check_usage(parts: Parts) -> Iterator[Diagnostic]:
    """Yield a warning for what is declared and not used, in an agent that has no error.

    With an error, the wrong name may be the one that is missing here.
    """
    if parts.agent is None or _meant_as_template(parts, parts.agent):
        return
    texts = [part for field in TEXTS if (part := _template(parts, parts.agent, field))]
    used = {name for text in texts for name in template.names(text.value)}
    yield from _unused_inputs(parts, parts.agent, used)
    yield from _unused_variables(parts, parts.agent, used)


def _template(parts: Parts, agent: AgentFile, field: str) -> Part[str] | None:
    text: Part[str] | None = getattr(parts, field)
    return text if getattr(agent, field).template else None


def _meant_as_template(parts: Parts, agent: AgentFile) -> bool:
    """A text whose marks are not rendered is told as AC215; what it would use is used then."""
    plain = [getattr(parts, field) for field in TEXTS if not getattr(agent, field).template]
    return any(text is not None and template.looks_like_one(text.value) for text in plain)


def _undeclared(parts: Parts, text: Part[str]) -> Iterator[Diagnostic]:
    """An input that a template reads and nothing promises: a run without it stops."""
    schema = parts.input_schema.value if parts.input_schema else None
    if parts.agent and parts.agent.input_schema is not None and schema is None:
        return  # it could not be read; that is told
    if schema is not None and (is_closed(schema) or COMBINED & set(schema)):
        return  # a closed one is checked as AC213
    for name in sorted(template.names(text.value)):
        root, _, attribute = name.partition(".")
        if (
            root != "input"
            or not attribute
            or attribute in EVERYTHING | set(properties_of(schema or {}))
        ):
            continue
        why = "the agent has no input_schema" if schema is None else "input_schema does not list it"
        message = f"`{name}` is declared nowhere: {why}"
        advice = f"declare `{attribute}` in input_schema, with `additionalProperties: false`"
        yield _at(text, name, message, advice)


def _at(text: Part[str], name: str, message: str, advice: str) -> Diagnostic:
    if text.source.spans is not None:
        return text.source.warning("AC217", message, text.loc, advice)
    number = next((n for n, t in enumerate(text.value.split("\n"), 1) if name in t), 1)
    column = max(text.value.split("\n")[number - 1].find(name), 0) + 1
    problem = Problem("AC217", message, number, column, len(name), advice)
    found = text.source.text_problem(problem)
    return found.model_copy(update={"severity": "warning"})


def _unused_inputs(parts: Parts, agent: AgentFile, used: set[str]) -> Iterator[Diagnostic]:
    schema = parts.input_schema
    if schema is None or "input" in used or {f"input.{name}" for name in EVERYTHING} & used:
        return
    subject = (agent.subject or "").split("/")[1:2]
    for name in properties_of(schema.value):
        if f"input.{name}" not in used and name not in subject:
            message = f"nothing uses the input `{name}`"
            advice = f"write `{{{{ input.{name} }}}}` in the task (`template: jinja`), or remove it"
            loc = (*schema.loc, "properties", name)
            yield schema.source.key_warning("AC216", message, loc, advice)


def _unused_variables(parts: Parts, agent: AgentFile, used: set[str]) -> Iterator[Diagnostic]:
    if "values" in used:
        return
    named = {id(part.source): part.source.data for part in parts.tools}
    referred = {name for data in named.values() for name in _referred(data)}
    for name in agent.variables:
        if name not in referred and f"values.{name}" not in used:
            message = f"nothing uses the variable `{name}`"
            advice = f"use it: `{{var: {name}}}` in a tool, `{{{{ values.{name} }}}}` in a template"
            yield parts.main.key_warning("AC218", message, ("variables", name), advice)


def _referred(node: Any) -> Iterator[str]:
    """Yield every name of a `{var: NAME}` in the data of a tools file."""
    if isinstance(node, dict):
        if isinstance(node.get("var"), str):
            yield node["var"]
        for value in node.values():
            yield from _referred(value)
    elif isinstance(node, list):
        for value in node:
            yield from _referred(value)


def _subject(parts: Parts, agent: AgentFile) -> Iterator[Diagnostic]:
    schema = parts.input_schema.value if parts.input_schema else None
    if agent.subject is None or schema is None or not is_closed(schema):
        return
    name = str(pointer_loc({}, agent.subject)[0])
    if name not in properties_of(schema):
        message = f"`subject` names `{agent.subject}`, and input_schema has no property `{name}`"
        advice = near(name, properties_of(schema)) or "name a property of the input"
        yield parts.main.warning("AC230", message, ("subject",), advice)
