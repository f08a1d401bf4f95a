"""The lines of a journal. The chain's own fields (run, seq, ts, prev, hash) are added by `journal`.

Steps are named by place: `t3.model` is the answer of turn 3, `t3.c1` its first tool call.
"""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from runner.domain.agent import Price
from runner.domain.failure import Failure
from runner.domain.job import Mode, OutcomeWord, Status
from runner.domain.limits import Limits, LimitStop
from runner.domain.messages import Message, TokenUsage, ToolCall
from runner.domain.noun import Noun

JOURNAL_VERSION = 1
Effect = Literal["read", "write", "simulated", "steps"]
"""`steps`: of a composite tool, whose effects are those of its steps."""
CallOutcome = Literal["done", "failed", "in_doubt"]


class RunStarted(Noun):
    """Line 0: everything that the run depends on."""

    type: Literal["run.started"] = "run.started"
    journal_version: int = JOURNAL_VERSION
    agent: str
    version: str = Field(description="vX.Y.Z or worktree.")
    released: bool = Field(description="False for a worktree: an unreleased run.")
    digest: str
    commit: str | None = None
    tag: str | None = Field(None, description="Object id of the release's annotated tag.")
    pointer_commit: str | None = Field(
        None, description="Commit that the environment's pointer was read from."
    )
    origin: str = Field(description="Where the version was loaded from.")
    environment: str | None = None
    values: dict[str, Any]
    mode: Mode
    model: str
    model_url: str
    price: Price | None = Field(None, description="What the model costs, as far as it is known.")
    limits: Limits
    trigger: str
    attempt: int
    attended: bool
    job: str
    input: dict[str, Any]
    subject: str | None = None
    runner: str = Field(description="agentctl's version.")


class RunResumed(Noun):
    """A new process goes on with the run."""

    type: Literal["run.resumed"] = "run.resumed"
    active_s: float = Field(description="Active seconds before.")
    runner: str


class RunInterrupted(Noun):
    """The process was asked to end; the run can be resumed."""

    type: Literal["run.interrupted"] = "run.interrupted"
    signal: int
    active_s: float


class RunProgress(Noun):
    """A sign of life during a long step."""

    type: Literal["run.progress"] = "run.progress"
    step: str
    active_s: float


class JournalRecovered(Noun):
    """A torn last line was cut."""

    type: Literal["journal.recovered"] = "journal.recovered"
    cut_bytes: int
    cut_sha256: str


class ConversationRendered(Noun):
    """The messages that the model sees first."""

    type: Literal["conversation.rendered"] = "conversation.rendered"
    step: str = "t0"
    messages: tuple[Message, ...]


class ModelAsked(Noun):
    """The model is about to be asked; the worst case was reserved."""

    type: Literal["model.asked"] = "model.asked"
    step: str
    reserved_tokens: int
    reserved_cost_usd: float | None = None


class ModelRetried(Noun):
    """A failed request is made again after a wait."""

    type: Literal["model.retried"] = "model.retried"
    step: str
    failure: Failure
    wait_s: float
    attempt: int = Field(description="The attempt that failed, from 1.")


class ModelAnswered(Noun):
    """The model's answer."""

    type: Literal["model.answered"] = "model.answered"
    step: str
    text: str
    tool_calls: tuple[ToolCall, ...]
    usage: TokenUsage
    cost_usd: float | None
    finish_reason: str
    request_id: str | None
    model: str | None
    redacted: bool = Field(False, description="A secret was taken out; no call of it is made.")
    duration_s: float


class ModelFailed(Noun):
    """The model gave no usable answer."""

    type: Literal["model.failed"] = "model.failed"
    step: str
    failure: Failure


class ToolRefused(Noun):
    """A call that was not made; the text went back to the model."""

    type: Literal["tool.refused"] = "tool.refused"
    step: str
    tool: str
    arguments: str = Field(description="As the model wrote them.")
    reason: Literal["unknown_tool", "malformed", "invalid", "redacted", "denied"]
    text: str


class ToolStarted(Noun):
    """Written, and on disk, before the effect."""

    type: Literal["tool.started"] = "tool.started"
    step: str
    tool: str
    arguments: dict[str, Any]
    effect: Effect
    idempotent: bool
    key: str = Field(description="Idempotency key.")
    permission: str = Field(description="What allowed it.")
    process_group: int | None = None
    attempt: int = 1


class ToolFinished(Noun):
    """What a call gave."""

    type: Literal["tool.finished"] = "tool.finished"
    step: str
    tool: str
    outcome: CallOutcome
    simulated: bool = False
    text: str = Field(description="What the model sees.")
    failure: Failure | None = None
    duration_s: float


class ToolSettled(Noun):
    """A person says how a call in doubt ended."""

    type: Literal["tool.settled"] = "tool.settled"
    step: str
    done: bool
    reason: str


class OutputRejected(Noun):
    """An answer broke output_schema and went back to the model."""

    type: Literal["output.rejected"] = "output.rejected"
    step: str
    text: str


class LimitReached(Noun):
    """The run stops before the next spend."""

    type: Literal["limit.reached"] = "limit.reached"
    stop: LimitStop
    text: str


class RunFinished(Noun):
    """The end, with the fields of the classic `agent_run_complete` record."""

    type: Literal["run.finished"] = "run.finished"
    status: Status
    outcome: OutcomeWord
    output: Any = None
    failure: Failure | None = None
    stop: LimitStop | None = None
    in_doubt: tuple[str, ...] = ()
    task_id: str
    duration_s: float
    iterations: int
    tool_calls: int
    tokens: TokenUsage
    cost_usd: float | None
    model: str
    prompt_version: str


Event = Annotated[
    RunStarted
    | RunResumed
    | RunInterrupted
    | RunProgress
    | JournalRecovered
    | ConversationRendered
    | ModelAsked
    | ModelRetried
    | ModelAnswered
    | ModelFailed
    | ToolRefused
    | ToolStarted
    | ToolFinished
    | ToolSettled
    | OutputRejected
    | LimitReached
    | RunFinished,
    Field(discriminator="type"),
]
EVENTS: TypeAdapter[Event] = TypeAdapter(Event, config=ConfigDict(defer_build=True))
