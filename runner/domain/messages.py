"""The neutral conversation: what every model adapter translates from and into."""

from typing import Annotated, Any, Literal

from pydantic import Field

from runner.domain.noun import Noun

FinishReason = Literal["stop", "tool_calls", "length", "content_filter", "other"]


class TokenUsage(Noun):
    """Tokens as the provider counted them. `cached_input` is a part of `input`."""

    input: int = Field(0, ge=0, description="Tokens of the prompt, cached ones included.")
    cached_input: int = Field(0, ge=0, description="Tokens of the prompt read from a cache.")
    output: int = Field(0, ge=0, description="Tokens of the answer.")

    @property
    def total(self) -> int:
        """Input and output together."""
        return self.input + self.output

    def __add__(self, other: "TokenUsage") -> "TokenUsage":
        return TokenUsage(
            input=self.input + other.input,
            cached_input=self.cached_input + other.cached_input,
            output=self.output + other.output,
        )


class ToolCall(Noun):
    """A call as the model wrote it; the arguments are text until they were checked."""

    id: str = Field(description="The provider's id of the call.")
    name: str = Field(description="Name of the tool, in our spelling.")
    arguments: str = Field(description="Arguments as the model wrote them: JSON, one hopes.")


class SystemMessage(Noun):
    """The instructions."""

    role: Literal["system"] = "system"
    text: str


class UserMessage(Noun):
    """The task, or a word of the runner to the model."""

    role: Literal["user"] = "user"
    text: str


class AssistantMessage(Noun):
    """What the model said."""

    role: Literal["assistant"] = "assistant"
    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()


class ToolMessage(Noun):
    """What a tool call gave, as the model sees it."""

    role: Literal["tool"] = "tool"
    call_id: str
    name: str
    text: str


Message = Annotated[
    SystemMessage | UserMessage | AssistantMessage | ToolMessage, Field(discriminator="role")
]


class ToolOffer(Noun):
    """A tool as a model is shown it."""

    name: str
    description: str
    input_schema: dict[str, Any]


class ModelRequest(Noun):
    """One question to a model; it holds no secret and no address."""

    model: str = Field(description="provider/name of the model.")
    messages: tuple[Message, ...]
    tools: tuple[ToolOffer, ...] = ()
    settings: dict[str, Any] = Field(default_factory=dict, description="Settings as configured.")


class ModelAnswer(Noun):
    """One answer of a model."""

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    usage: TokenUsage = Field(default_factory=TokenUsage)
    finish_reason: FinishReason = "stop"
    request_id: str | None = Field(None, description="The provider's id of the request.")
    model: str | None = Field(None, description="The model's name as the provider states it.")
