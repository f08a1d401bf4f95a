"""Tools: MCP's `Tool` object word for word, each with how we call it."""

from typing import Annotated, Any, Literal

from pydantic import Field

from runner.domain.noun import Noun
from runner.domain.quantities import Duration
from runner.domain.references import SecretRef, VariableRef

WRITING_BODY = frozenset({"POST", "PUT", "PATCH"})


class Annotations(Noun):
    """MCP's tool annotations with MCP's defaults; readOnlyHint has none on our own tools."""

    title: str | None = Field(None, description="Title for people.")
    read_only_hint: bool | None = Field(
        None, alias="readOnlyHint", description="True when the tool changes nothing. Must be said."
    )
    destructive_hint: bool = Field(
        True, alias="destructiveHint", description="False when it only adds."
    )
    idempotent_hint: bool = Field(
        False, alias="idempotentHint", description="True when the same call twice is one effect."
    )
    open_world_hint: bool = Field(
        True, alias="openWorldHint", description="True when it meets things outside our control."
    )


class HttpCall(Noun):
    """One HTTP request."""

    kind: Literal["http"] = Field(description="`http`: one request.")
    method: Literal["GET", "DELETE", "POST", "PUT", "PATCH"] = Field(
        "POST", description="HTTP method."
    )
    url: str | VariableRef = Field(
        description="Address; `{name}` in its path takes an argument. Or {var: name}."
    )
    headers: dict[str, str | SecretRef] = Field(
        default_factory=dict, description="Headers; secrets by reference."
    )
    query: tuple[str, ...] = Field((), description="Arguments that go into the query.")
    ok: tuple[int, ...] = Field(
        (200, 201, 202, 204), min_length=1, description="Statuses that mean done."
    )
    timeout: Duration = Field(30.0, description="The whole request at the most.")
    max_bytes: int = Field(1 << 20, ge=1, description="Bytes of the answer at the most.")


class CommandCall(Noun):
    """One program, without a shell; arguments as JSON on stdin, result on stdout."""

    kind: Literal["command"] = Field(description="`command`: one program.")
    argv: tuple[str | VariableRef, ...] = Field(
        min_length=1, description="Program and arguments; argv[0] is looked up in the release."
    )
    env: dict[str, str | SecretRef | VariableRef] = Field(
        default_factory=dict, description="Environment variables; nothing else is inherited."
    )
    timeout: Duration = Field(30.0, description="After it the process group is ended.")
    max_bytes: int = Field(1 << 20, ge=1, description="Bytes of stdout at the most.")


class PythonCall(Noun):
    """One function of a file in the release, run in a child process."""

    kind: Literal["python"] = Field(description="`python`: one function.")
    file: str = Field(description="Path relative to the agent's directory.")
    function: str = Field(description="Name of the function; it takes the arguments by name.")
    env: dict[str, str | SecretRef | VariableRef] = Field(
        default_factory=dict, description="Environment variables; nothing else is inherited."
    )
    timeout: Duration = Field(30.0, description="After it the process group is ended.")
    max_bytes: int = Field(1 << 20, ge=1, description="Bytes of the result at the most.")


Call = Annotated[HttpCall | CommandCall | PythonCall, Field(discriminator="kind")]


class ResultShape(Noun):
    """What of a result the model sees."""

    select: str | None = Field(None, description="JMESPath over a JSON result.")
    max_chars: int = Field(20_000, ge=100, description="Characters; what is cut is said.")


class DryRunResult(Noun):
    """What the model sees instead of an effect."""

    result: Any = Field(description="Checked against outputSchema.")


class ToolSpec(Noun):
    """One tool: what the model is shown, what it may do, and how it is called."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9_./-]{1,128}$", description="Name that the model calls it by."
    )
    title: str | None = Field(None, description="Title for people.")
    description: str = Field(min_length=1, description="What it does, for the model.")
    input_schema: dict[str, Any] = Field(
        alias="inputSchema", description="JSON Schema of the arguments: an object."
    )
    output_schema: dict[str, Any] | None = Field(
        None, alias="outputSchema", description="JSON Schema of the result."
    )
    annotations: Annotations = Field(description="What it may do to the world.")
    call: Call = Field(description="How it is called.")
    result: ResultShape = Field(
        default_factory=ResultShape,
        description="What of its result the model sees.",
    )
    dry_run: DryRunResult | None = Field(None, description="Its result in a dry run.")
    idempotency_key: str | None = Field(
        None, pattern="^/", description="JSON pointer into the arguments: its own key."
    )

    @property
    def reads_only(self) -> bool:
        """True when the tool says that it changes nothing; unknown counts as writing."""
        return self.annotations.read_only_hint is True

    @property
    def idempotent(self) -> bool:
        """True when the same call made twice has one effect."""
        return self.reads_only or self.annotations.idempotent_hint
