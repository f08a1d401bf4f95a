"""Requests in the OpenAI-compatible chat-completions format, as a pure function."""

import json
import re
from typing import Any

from pydantic import ValidationError

from runner.domain.agent import ModelSettings
from runner.domain.failure import Failure, FailureError
from runner.domain.messages import (
    AssistantMessage,
    Message,
    ModelRequest,
    ToolMessage,
    ToolOffer,
)
from runner.notation.jsonish import strict_json
from runner.reasoning.toolnames import provider_names

COMPLETION_TOKENS = re.compile(r"openai/(ft:)?(gpt-([5-9]|[1-9][0-9])|o[0-9])")
"""OpenAI's reasoning models refuse `max_tokens`; other servers may not know its successor."""


def request_body(request: ModelRequest) -> bytes:
    """Return the JSON body of a request, in UTF-8.

    Raises:
        FailureError: `config`, when the settings are none of ours.
    """
    names = wire_names(request)
    settings = _settings(request)
    body: dict[str, Any] = {
        "model": request.model.partition("/")[2],
        "messages": [_message(message, names) for message in request.messages],
    }
    if request.tools:
        body["tools"] = [_tool(tool, names) for tool in request.tools]
    else:
        settings.pop("parallel_tool_calls", None)
    tokens = settings.pop("max_output_tokens")
    word = "max_completion_tokens" if COMPLETION_TOKENS.match(request.model) else "max_tokens"
    return compact({**body, word: tokens, **settings}).encode()


def wire_names(request: ModelRequest) -> dict[str, str]:
    """Return `{our name: provider's name}` of the tools that are offered or mentioned."""
    names = [tool.name for tool in request.tools]
    for message in request.messages:
        if isinstance(message, AssistantMessage):
            names += [call.name for call in message.tool_calls]
    return provider_names(names)


def compact(value: Any) -> str:
    """Return a value as JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _settings(request: ModelRequest) -> dict[str, Any]:
    try:
        settings = ModelSettings.model_validate(request.settings)
    except ValidationError as error:
        message = f"model.settings cannot be used: {error.errors()[0]['msg']}"
        raise FailureError(Failure(kind="config", message=message)) from None
    return settings.model_dump(mode="json", exclude_none=True)


def _message(message: Message, names: dict[str, str]) -> dict[str, Any]:
    if isinstance(message, ToolMessage):
        return {"role": "tool", "tool_call_id": message.call_id, "content": message.text}
    if not isinstance(message, AssistantMessage) or not message.tool_calls:
        return {"role": message.role, "content": message.text}
    calls = [
        {
            "id": call.id,
            "type": "function",
            "function": {
                "name": names[call.name],
                "arguments": _repeatable(call.arguments),
            },
        }
        for call in message.tool_calls
    ]
    return {"role": "assistant", "content": message.text or None, "tool_calls": calls}


def _repeatable(arguments: str) -> str:
    """Return arguments that may stand in a conversation: servers parse them, and fail on others."""
    try:
        whole = isinstance(strict_json(arguments), dict)
    except ValueError:
        whole = False
    return arguments if whole else compact({"malformed_arguments": arguments})


def _tool(tool: ToolOffer, names: dict[str, str]) -> dict[str, Any]:
    function = {
        "name": names[tool.name],
        "description": tool.description,
        "parameters": tool.input_schema,
    }
    return {"type": "function", "function": function}
