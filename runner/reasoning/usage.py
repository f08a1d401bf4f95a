"""The tokens of an answer: as the server counted them, or else more than there can have been."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from runner.domain.messages import ModelRequest, TokenUsage
from runner.reasoning.wire import compact, request_body


def read_usage(data: dict[str, Any], request: ModelRequest) -> TokenUsage:
    """Return the tokens of a chat completion that has at least one choice.

    Reasoning that a server counts in its total only is output. A server that counts nothing, or
    a prompt of nothing, is not believed: then bytes are taken, so that limits never undercount.
    """
    usage = data.get("usage")
    try:
        counted = _Counted.model_validate(usage)
    except ValidationError:
        return _estimate(data, request)
    output = max(counted.completion_tokens, counted.total_tokens - counted.prompt_tokens)
    cached = min(_cached(usage), counted.prompt_tokens)
    return TokenUsage(input=counted.prompt_tokens, cached_input=cached, output=output)


def _cached(usage: Any) -> int:
    details = usage.get("prompt_tokens_details")
    found = details.get("cached_tokens") if isinstance(details, dict) else None
    cached = usage.get("prompt_cache_hit_tokens") if found is None else found
    return max(cached, 0) if isinstance(cached, int) else 0


def _estimate(data: dict[str, Any], request: ModelRequest) -> TokenUsage:
    """Return the bytes of what was sent and said: a tokenizer makes at most one token of each."""
    said = compact(data["choices"][0]["message"])
    return TokenUsage(input=len(request_body(request)), output=len(said.encode()))


class _Counted(BaseModel):
    model_config = ConfigDict(extra="ignore")

    prompt_tokens: int = Field(gt=0, le=10**12)
    completion_tokens: int = Field(ge=0, le=10**12)
    total_tokens: int = Field(0, ge=0, le=10**12)
