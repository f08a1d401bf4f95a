"""examples.yaml: few-shot exchanges as an author writes them, and the messages they become."""

import json
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from runner.config.messages import KEYS
from runner.domain.messages import AssistantMessage, Message, ToolCall, ToolMessage, UserMessage
from runner.domain.noun import Noun


class ExampleUser(Noun):
    """What the user says."""

    user: str = Field(description="Text of a user's message.")


class ExampleCall(Noun):
    """A call that the assistant makes in an example."""

    id: str | None = Field(None, description="Id of the call; counted when absent.")
    name: str = Field(description="Name of the tool.")
    arguments: dict[str, Any] = Field(
        default_factory=dict, description="Arguments; they keep to the tool's inputSchema."
    )


class ExampleAssistant(Noun):
    """What the assistant says, or which tools it calls."""

    assistant: str = Field("", description="Text of the assistant's message.")
    tool_calls: tuple[ExampleCall, ...] = Field(
        (), description="Calls it makes; each is followed by its `tool` message."
    )


class ExampleTool(Noun):
    """What a tool gave, in the order of the calls."""

    tool: str = Field(description="Name of the tool, or id of the call.")
    result: Any = Field(description="Its result: text as it is, anything else as JSON.")


def _kind(value: Any) -> str:
    """The model that a message is read as: the key that says who speaks decides."""
    keys = set(value) if isinstance(value, dict) else set()
    if not keys & set(KEYS):
        keys = {word for key in keys for word in get_close_matches(key, KEYS, n=1)}
    if isinstance(value, ExampleUser) or "user" in keys:
        return "ExampleUser"
    if isinstance(value, ExampleTool) or "tool" in keys or "result" in keys:
        return "ExampleTool"
    return "ExampleAssistant"


ExampleMessage = Annotated[
    Annotated[ExampleUser, Tag("ExampleUser")]
    | Annotated[ExampleAssistant, Tag("ExampleAssistant")]
    | Annotated[ExampleTool, Tag("ExampleTool")],
    Discriminator(_kind),
]


class Exchange(Noun):
    """One example: a user's message, and what follows up to the assistant's last word."""

    messages: tuple[ExampleMessage, ...] = Field(
        min_length=2,
        description="`{user: ...}`, `{assistant: ..., tool_calls: [...]}` and `{tool: NAME, "
        "result: ...}` in order; it ends with an assistant's text.",
    )


def conversation(exchanges: Iterable[Exchange]) -> tuple[Message, ...]:
    """Return exchanges as messages; the calls must have been checked with `order_problem`."""
    messages: list[Message] = []
    for number, exchange in enumerate(exchanges, start=1):
        messages += _messages(exchange, f"example-{number}")
    return tuple(messages)


def order_problem(exchange: Exchange) -> tuple[int, str] | None:
    """Return the index of the first message that is out of order, and why; None if none is."""
    if not isinstance(exchange.messages[0], ExampleUser):
        return 0, "an example begins with a `user` message"
    waiting: list[ExampleCall] = []
    for index, message in enumerate(exchange.messages):
        if isinstance(message, ExampleTool):
            call = _answered(waiting, message.tool)
            if call is None:
                return index, f"no call of `{message.tool}` waits for a result here"
            waiting.remove(call)
        elif waiting:
            return index, f"the call of `{waiting[0].name}` has no `tool` message before this one"
        elif isinstance(message, ExampleAssistant):
            waiting = list(message.tool_calls)
    last = exchange.messages[-1]
    if not isinstance(last, ExampleAssistant) or last.tool_calls or not last.assistant:
        return len(exchange.messages) - 1, "an example ends with a text of the assistant"
    return None


def _answered(waiting: list[ExampleCall], name: str) -> ExampleCall | None:
    return next((call for call in waiting if name in {call.id, call.name}), None)


def _messages(exchange: Exchange, prefix: str) -> list[Message]:
    messages: list[Message] = []
    waiting: list[tuple[str, ExampleCall]] = []
    count = 0
    for message in exchange.messages:
        if isinstance(message, ExampleUser):
            messages.append(UserMessage(text=message.user))
        elif isinstance(message, ExampleAssistant):
            waiting = [
                (call.id or f"{prefix}-{count + offset}", call)
                for offset, call in enumerate(message.tool_calls, start=1)
            ]
            count += len(waiting)
            calls = tuple(_tool_call(identifier, call) for identifier, call in waiting)
            messages.append(AssistantMessage(text=message.assistant, tool_calls=calls))
        else:
            call = _answered([call for _, call in waiting], message.tool)
            entry = next(entry for entry in waiting if entry[1] is call)
            waiting.remove(entry)
            text = message.result if isinstance(message.result, str) else _compact(message.result)
            messages.append(ToolMessage(call_id=entry[0], name=entry[1].name, text=text))
    return messages


def _tool_call(identifier: str, call: ExampleCall) -> ToolCall:
    return ToolCall(id=identifier, name=call.name, arguments=_json(call.arguments))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _compact(value: Any) -> str:
    """Return a result as the model sees real ones (`tools.shape`)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
