"""Tools that the texts for the model speak of: the agent must have them."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from runner.config.advice import near
from runner.config.parts import Part, Parts
from runner.domain.diagnostics import Diagnostic
from runner.notation.problems import Problem
from runner.notation.text import position

NAME = r"(?P<{}>[A-Za-z][A-Za-z0-9]*(?:[_/.][A-Za-z0-9]+)+)"
CALL = r"call|calls|calling|invoke|invokes|invoking|ruf|rufe|rufst"
USE = r"use|uses|using|via|with|nutze|benutze|verwende|mit"
MENTION = re.compile(
    rf"(?i:\b(?:{CALL})\s+(?:(?:the|das)\s+)?(?:tool\s+)?)`{NAME.format('a')}`"
    rf"|(?i:\b(?:call|invoke)\s+){NAME.format('b')}\b(?!`)"
    rf"|(?i:\btool\s+)`{NAME.format('c')}`"
    rf"|`{NAME.format('d')}`(?i:\s+tool\b)"
    rf"|`{NAME.format('e')}\([^`\n]*\)`"
    rf"|(?i:\b(?:{USE})\s+(?:(?:the|das)\s+)?)`{NAME.format('misspelt')}`(?i:(?!\s+tool\b))"
)
NEARLY = 0.9
"""What is only said to be used may be a field or a file: it counts when it is nearly a tool."""
NEGATED = re.compile(
    r"(?i)\b(?:never|not|cannot|no|nie|niemals|nicht|kein|keine|keinesfalls)\b|n['\u2019]t\b"
)
NEGATED_AFTER = re.compile(r"(?i)\b(?:nie|niemals|nicht|keinesfalls)\b")
CLAUSE_END = re.compile(r"[.!?;:,()\n]")
LONGEST_CLAUSE = 120
FILE = re.compile(r"\.(md|txt|ya?ml|json|csv|py|sh|log|html|pdf|com|org|net|example|io)$")


def check_prompt(parts: Parts) -> Iterator[Diagnostic]:
    """Yield a warning for each tool that instructions or task tell the model to call, and is not.

    Only what is said to be called counts, in English or German, and only names of several words:
    `create_ticket`. Of what is said to be used, what is nearly the name of a tool.
    """
    if parts.agent is None or parts.tool_names is None:
        return
    hidden = {part.value.name for part in parts.tools if not part.value.offered}
    offered = parts.tool_names - hidden
    known = {*offered} | {name.rsplit("/", 1)[-1] for name in offered} | _other_names(parts)
    for text in (parts.instructions, parts.task):
        if text is not None:
            yield from _unknown(text, known, offered)


def _other_names(parts: Parts) -> set[str]:
    """Names that a text may well mean instead: properties, variables and files."""
    assert parts.agent is not None
    schemas = [part.value for part in (parts.input_schema, parts.output_schema) if part]
    schemas += [tool.value.input_schema for tool in parts.tools]
    schemas += [tool.value.output_schema or {} for tool in parts.tools]
    names = {name for schema in schemas for name in _properties(schema, 10)}
    return names | set(parts.agent.variables) | set(parts.files.snapshot.files)


def _properties(node: Any, depth: int) -> Iterator[str]:
    if depth == 0:
        return
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            yield from node["properties"]
        for value in node.values():
            yield from _properties(value, depth - 1)
    elif isinstance(node, list):
        for value in node:
            yield from _properties(value, depth - 1)


def _unknown(text: Part[str], known: set[str], offered: frozenset[str]) -> Iterator[Diagnostic]:
    told: set[str] = set()
    for found in MENTION.finditer(text.value):
        group = found.lastgroup or "a"
        name = found[group]
        if name in told or name in known or FILE.search(name) or _negated(text.value, found):
            continue
        if group == "misspelt" and not get_close_matches(name, known, n=1, cutoff=NEARLY):
            continue
        told.add(name)
        listed = ", ".join(f"`{tool}`" for tool in sorted(offered)[:8])
        advice = near(name, offered) or (f"its tools are {listed}" if listed else "it has no tools")
        message = f"the text tells the model to call `{name}`, and the agent has no such tool"
        yield _at(text, name, found.start(group), message, advice)


def _negated(text: str, found: re.Match[str]) -> bool:
    """Whether the clause around a mention says not to do it."""
    before = text[max(found.start() - LONGEST_CLAUSE, 0) : found.start()]
    after = text[found.end() : found.end() + LONGEST_CLAUSE]
    within = f"{CLAUSE_END.split(before)[-1]}{found[0].partition('`')[0]}"
    return bool(NEGATED.search(within) or NEGATED_AFTER.search(CLAUSE_END.split(after)[0]))


def _at(text: Part[str], name: str, start: int, message: str, advice: str) -> Diagnostic:
    if text.source.spans is not None:
        return text.source.warning("AC221", message, text.loc, advice)
    line, column = position(text.value, start)
    problem = Problem("AC221", message, line, column, len(name), advice)
    return text.source.text_problem(problem).model_copy(update={"severity": "warning"})
