"""What an author writes in agent.yaml, and the AgentSpec that its files make together."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from runner.domain.limits import Limits
from runner.domain.messages import Message, TokenUsage
from runner.domain.noun import Noun
from runner.domain.permissions import Permissions
from runner.domain.quantities import AgentName, Duration
from runner.domain.references import FileRef, SecretRef, TextSource
from runner.domain.schedule import Schedule
from runner.domain.tool import ToolSpec

MILLION = 1_000_000


class Scope(Noun):
    """What the agent is for, in words for people and for the production checklist."""

    does: tuple[str, ...] = Field((), description="What the agent does.")
    does_not: tuple[str, ...] = Field((), description="What the agent must never do.")


class Variable(Noun):
    """A value that differs between environments; pointers hold the values."""

    type: str = Field(
        "string", pattern="^(string|integer|number|boolean)$", description="JSON Schema type."
    )
    format: str | None = Field(None, description="JSON Schema format, for instance `uri`.")
    description: str = Field("", description="What the value is for.")
    default: str | int | float | bool | None = Field(
        None, description="Value where a pointer gives none."
    )


class Price(Noun):
    """USD per million tokens."""

    input: float = Field(ge=0, description="USD per million input tokens.")
    cached_input: float | None = Field(
        None, ge=0, description="USD per million cached input tokens; `input` when absent."
    )
    output: float = Field(ge=0, description="USD per million output tokens.")

    def cost(self, usage: TokenUsage) -> float:
        """Return what the usage costs in USD."""
        cached = self.input if self.cached_input is None else self.cached_input
        fresh = max(usage.input - usage.cached_input, 0)
        total = fresh * self.input + usage.cached_input * cached + usage.output * self.output
        return total / MILLION


class ModelSettings(Noun):
    """Settings that every OpenAI-compatible model takes."""

    max_output_tokens: int = Field(4096, ge=1, description="Tokens of one answer at the most.")
    temperature: float | None = Field(None, ge=0, le=2, description="Randomness of the answer.")
    top_p: float | None = Field(None, gt=0, le=1, description="Nucleus sampling.")
    seed: int | None = Field(None, description="Seed, where the provider honours one.")
    stop: tuple[str, ...] | None = Field(None, description="Texts that end the answer.")
    parallel_tool_calls: bool | None = Field(None, description="Several calls in one answer.")
    reasoning_effort: str | None = Field(None, description="Effort word of a reasoning model.")


class ModelSpec(Noun):
    """The model that the agent asks, pinned."""

    id: str = Field(pattern=r"^[^/\s]+/\S+$", description="provider/name, pinned to a version.")
    base_url: str = Field(
        pattern=r"^https?://", description="Base address of an OpenAI-compatible server."
    )
    api_key: SecretRef | None = Field(None, description="Where the key is kept.")
    settings: ModelSettings = Field(default_factory=ModelSettings, description="Settings.")
    timeout: Duration = Field(60.0, description="One request at the most.")
    price: Price | None = Field(None, description="USD per million tokens.")

    @property
    def name(self) -> str:
        """The name as the provider knows it, without our provider prefix."""
        return self.id.split("/", 1)[1]


class Network(Noun):
    """Hosts beyond those that the spec names itself."""

    allow: tuple[str, ...] = Field((), description="`host` or `host:port`; `*.` at the start.")


class Waiver(Noun):
    """A warning, or an item of the production checklist, that somebody accepts for a while."""

    check: str = Field(
        pattern=r"^(AC[0-9]{3}|[a-z][a-z-]*)$",
        description="Code of a warning (AC315), or item of `validate --production`.",
    )
    file: str | None = Field(
        None, description="Only in this file of the agent; everywhere when absent."
    )
    reason: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        min_length=10, description="Why it is accepted, for those who read it."
    )
    until: date = Field(description="Last day it holds (YYYY-MM-DD); then the finding is back.")


class AgentFile(Noun):
    """agent.yaml as written. Files that it names are read into the AgentSpec."""

    spec_version: int = Field(ge=1, le=1, description="Version of this format: 1.")
    name: AgentName = Field(description="The agent's name: its directory's name.")
    description: str = Field(min_length=1, description="What the agent is for, in one line.")
    scope: Scope = Field(default_factory=Scope, description="What it does and does not.")
    owners: tuple[str, ...] = Field((), description="Teams or people who answer for it.")
    subject: str | None = Field(
        None, pattern="^/", description="JSON pointer into the input: what a run is about."
    )
    variables: dict[str, Variable] = Field(
        default_factory=dict, description="Values that differ between environments."
    )
    model: ModelSpec = Field(description="The model.")
    instructions: TextSource = Field(description="The system prompt.")
    task: TextSource = Field(description="The first user message of a run.")
    input_schema: FileRef | dict[str, Any] | None = Field(
        None, description="JSON Schema of the input: in place, or {file: ...}."
    )
    output_schema: FileRef | dict[str, Any] | None = Field(
        None, description="JSON Schema of the answer; a break goes back to the model."
    )
    tools: FileRef | None = Field(None, description="The tools file: tools.yaml or tools.json.")
    examples: FileRef | None = Field(None, description="The few-shot examples: examples.yaml.")
    schedules: FileRef | None = Field(None, description="The schedules: schedules.yaml.")
    network: Network = Field(default_factory=Network, description="Hosts it may reach.")
    permissions: Permissions = Field(
        default_factory=Permissions, description="Which tool calls may run."
    )
    limits: Limits = Field(default_factory=Limits, description="What one run may use.")
    waivers: tuple[Waiver, ...] = Field(
        (), description="Findings that are accepted, each with a reason and a last day."
    )


class Example(Noun):
    """One few-shot exchange, shown to the model before the task."""

    messages: tuple[Message, ...] = Field(min_length=2, description="Messages in order.")


class AgentSpec(Noun):
    """What an author wrote: agent.yaml with the content of every file that it names."""

    agent: AgentFile
    instructions: str
    task: str
    tools: tuple[ToolSpec, ...] = ()
    examples: tuple[Message, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    input_schema: dict[str, Any] | None = None
    output_schema: dict[str, Any] | None = None
