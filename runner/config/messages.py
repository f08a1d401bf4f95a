"""Messages of examples that have another form than ours: told whole, with what to write."""

import re
from difflib import get_close_matches
from typing import Any

from runner.config.source import Source
from runner.domain.diagnostics import Diagnostic
from runner.notation.tree import Loc

KEYS = ("user", "assistant", "tool_calls", "tool", "result")
SPEAKERS = {"user", "assistant", "tool"}
FORMS = (
    "`{user: TEXT}`, `{assistant: TEXT}`, "
    "`{assistant: TEXT, tool_calls: [{name: TOOL, arguments: {...}}]}` "
    "and `{tool: TOOL, result: ...}`"
)
SHORT = re.compile(r"[A-Za-z][\w .]{0,40}")


def in_our_form(source: Source, loc: Loc) -> tuple[Any, list[Diagnostic]]:
    """Return an example's data with a message of our form for each of another, and its problem."""
    data = source.at(loc)
    messages = data.get("messages") if isinstance(data, dict) else None
    if not isinstance(messages, list):
        return data, []
    found: list[Diagnostic] = []
    ours: list[Any] = []
    for index, message in enumerate(messages):
        if problem := _problem(source, (*loc, "messages", index), message):
            found.append(problem)
        ours.append({"user": ""} if problem else message)
    return {**data, "messages": ours}, found


def _problem(source: Source, loc: Loc, message: Any) -> Diagnostic | None:
    if not isinstance(message, dict) or not message or set(message) & SPEAKERS:
        return None
    near = any(get_close_matches(key, KEYS, n=1) for key in message)
    if "role" not in message and near:
        return None
    first = "role" if "role" in message else next(iter(message))
    text = f"unknown field `{first}`; a message has one of the forms {FORMS}"
    return source.key_problem("AC115", text, (*loc, first), _advice(message))


def _advice(message: dict[str, Any]) -> str:
    role, content = message.get("role"), message.get("content")
    if role == "tool":
        return "write `{tool: TOOL, result: ...}`, with the tool's name"
    if role not in {"user", "assistant"}:
        return "instructions stand in agent.yaml" if role in {"system", "developer"} else ""
    if "tool_calls" in message or "function_call" in message:
        return "write `{assistant: TEXT, tool_calls: [{name: TOOL, arguments: {...}}]}`"
    short = isinstance(content, str) and SHORT.fullmatch(content)
    return f"write `{{{role}: {content if short else 'TEXT'}}}`"
