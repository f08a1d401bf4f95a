"""Tools: MCP's `Tool` object word for word, each with how we call it."""

from math import inf
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

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


class Step(Noun):
    """One call of a composite tool: another tool of the same file, with its arguments."""

    name: str = Field(
        pattern=r"^[a-z][a-z0-9_]{0,31}$", description="Name that later steps refer to it by."
    )
    tool: str = Field(description="Name of a tool of this file that is not composite itself.")
    arguments: dict[str, Any] = Field(
        default_factory=dict,
        description="Arguments: a value as it stands, or {from: JMESPath} over `input` (the "
        "composite's own arguments) and `steps.NAME` (results of earlier steps).",
    )


class CompositeCall(Noun):
    """Declared steps, one after the other: one call for the model."""

    kind: Literal["composite"] = Field(description="`composite`: several calls in order.")
    steps: tuple[Step, ...] = Field(
        min_length=1, max_length=32, description="Calls in order; the first that fails ends it."
    )
    output: str | None = Field(
        None, description="JMESPath over `input` and `steps`; the last step's result when absent."
    )


class UnboundCall(Noun):
    """Nothing is behind the tool yet: a dry run simulates it, a live run is refused."""

    kind: Literal["unbound"] = Field(description="`unbound`: no program is behind it yet.")


Call = Annotated[
    HttpCall | CommandCall | PythonCall | CompositeCall | UnboundCall, Field(discriminator="kind")
]


class ResultShape(Noun):
    """What of a result the model sees: selected, renamed, counted, cut, in this order."""

    select: str | None = Field(None, description="JMESPath over a JSON result.")
    rename: dict[str, str] = Field(
        default_factory=dict,
        description="Old name to new name of fields: of the object, or of each object of the list. "
        "A field whose new name is taken keeps its old one.",
    )
    count_by: tuple[str, ...] = Field(
        (),
        description="Fields of a list's objects, by their new names, whose values are counted over "
        "the whole list: the 20 most frequent, the rest as `other`.",
    )
    max_items: int | None = Field(
        None, ge=1, description="Items of a list at the most; what is cut is said."
    )
    max_text: int | None = Field(
        None, ge=20, description="Characters of one text at the most; what is cut is said."
    )
    max_chars: int = Field(20_000, ge=100, description="Characters; what is cut is said.")

    @model_validator(mode="after")
    def _names_of_their_own(self) -> "ResultShape":
        if len(set(self.rename.values())) < len(self.rename):
            raise ValueError("`rename` gives two fields the same name")
        return self


class DryRunResult(Noun):
    """What the model sees instead of an effect."""

    result: Any = Field(description="Checked against outputSchema.")


class ToolSpec(Noun):
    """One tool: what the model is shown, what it may do, and how it is called."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9_./-]{1,128}$", description="Name that the model calls it by."
    )
    offered: bool = Field(
        True, description="False hides it from the model: only composite tools call it."
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

    @property
    def timeout_s(self) -> float:
        """Seconds that one call may take by itself; infinite where only the run's limit holds."""
        if isinstance(self.call, CompositeCall | UnboundCall):
            return inf
        return self.call.timeout
