"""Answers in the OpenAI-compatible chat-completions format, as a pure function.

What servers get wrong and what can still be understood is understood here; anything else is a
`malformed_answer`. Judging an answer (cut, filtered, empty) is left to the loop.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from runner.domain.failure import Failure, FailureError
from runner.domain.messages import (
    AssistantMessage,
    FinishReason,
    ModelAnswer,
    ModelRequest,
    ToolCall,
)
from runner.notation.jsonish import strict_json
from runner.reasoning.classify import failed_body
from runner.reasoning.provider_error import find_error
from runner.reasoning.usage import read_usage
from runner.reasoning.wire import compact, wire_names

FINISH_REASONS: dict[str, FinishReason] = {
    "stop": "stop",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "content_filter": "content_filter",
}
BROKEN_OFF = frozenset({"error", "insufficient_system_resource"})
"""Words of gateways for an answer that the server gave up in its midst, under HTTP 200."""


def read_answer(body: bytes, request: ModelRequest, key: str | None = None) -> ModelAnswer:
    """Return the answer in the body of a 200.

    A refusal becomes the text of an answer that ended with `content_filter`, so that its tokens
    are counted. Where the server did not count tokens, bytes are taken: too many, never too few.

    Args:
        body: the response's body.
        request: what was asked; it names the tools and tells which call ids are taken.
        key: the secret that must not come back in an error's message.

    Raises:
        FailureError: an error body, or `malformed_answer`.
    """
    data = _parsed(body)
    _raise_error(data, key)
    completion = _completion(data)
    choice = completion.choices[0]
    if choice.finish_reason in BROKEN_OFF:
        raise _broken_off(choice.finish_reason)
    text, refusal = _text(choice.message), _refusal(choice.message)
    calls = _calls(choice.message.tool_calls or [], request)
    filtered = bool(refusal) and not calls
    return ModelAnswer(
        text=refusal if filtered and not text else text,
        tool_calls=calls,
        usage=read_usage(data, request),
        finish_reason="content_filter" if filtered else _finish_reason(choice.finish_reason),
        request_id=completion.id,
        model=completion.model,
    )


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class _Function(_Lenient):
    name: str
    arguments: Any = None


class _Call(_Lenient):
    id: str | None = None
    function: _Function


class _Said(_Lenient):
    content: str | list[Any] | None = None
    refusal: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(_Lenient):
    message: _Said
    finish_reason: str | None = None


class _Completion(_Lenient):
    choices: list[_Choice] = Field(min_length=1)
    id: str | None = None
    model: str | None = None


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        data = strict_json(body.decode("utf-8-sig"))
    except ValueError as error:
        raise _malformed(str(error)) from None
    if not isinstance(data, dict):
        raise _malformed("it is no JSON object")
    return data


def _raise_error(data: dict[str, Any], key: str | None) -> None:
    choices = data.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    answered = {"error": data.get("error")} if first else data
    error = find_error(answered, key)
    if error is None and isinstance(first, dict):
        error = find_error({"error": first.get("error")}, key)
    if error is not None:
        raise FailureError(failed_body(error))


def _completion(data: dict[str, Any]) -> _Completion:
    try:
        return _Completion.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _malformed(f"{place}: {first['msg']}") from None


def _malformed(problem: str) -> FailureError:
    message = f"the model's server answered 200, but not with a chat completion: {problem[:200]}"
    return FailureError(Failure(kind="malformed_answer", message=message, status=200))


def _broken_off(word: str) -> FailureError:
    message = f"the model's server broke its answer off: finish_reason is {word!r}"
    return FailureError(Failure(kind="overload", message=message, status=200))


def _text(said: _Said) -> str:
    if isinstance(said.content, list):
        return "".join(_parts(said.content, "text"))
    return said.content or ""


def _refusal(said: _Said) -> str:
    parts = said.content if isinstance(said.content, list) else []
    return said.refusal or "".join(_parts(parts, "refusal"))


def _parts(content: list[Any], kind: str) -> list[str]:
    texts = [part.get(kind) for part in content if isinstance(part, dict)]
    return [text for text in texts if isinstance(text, str)]


def _calls(calls: list[_Call], request: ModelRequest) -> tuple[ToolCall, ...]:
    ours = {theirs: name for name, theirs in wire_names(request).items()}
    taken = _taken_ids(request)
    result = []
    for number, call in enumerate(calls, 1):
        call_id = _unique(call.id or f"call-{len(request.messages)}-{number}", taken)
        name = call.function.name
        arguments = _arguments(call.function.arguments)
        result.append(ToolCall(id=call_id, name=ours.get(name, name), arguments=arguments))
    return tuple(result)


def _taken_ids(request: ModelRequest) -> set[str]:
    said = (message for message in request.messages if isinstance(message, AssistantMessage))
    return {call.id for message in said for call in message.tool_calls}


def _unique(wanted: str, taken: set[str]) -> str:
    """Return an id that no other call has, and take it; some servers reuse or leave out ids."""
    free, number = wanted, 1
    while free in taken:
        number += 1
        free = f"{wanted}-{number}"
    taken.add(free)
    return free


def _arguments(arguments: Any) -> str:
    """Return arguments as text, verbatim where they are text; none at all mean `{}`."""
    if isinstance(arguments, str):
        return arguments if arguments.strip() else "{}"
    return "{}" if arguments is None else compact(arguments)


def _finish_reason(word: str | None) -> FinishReason:
    return FINISH_REASONS.get(word or "", "other")
