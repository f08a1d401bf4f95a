"""Shipped doubles for tests of agents and of agentctl itself. Product code never imports this.

Each does for real what its Protocol in `runner.domain.ports` says, only in memory and at once:
a model that plays a script, a clock that ticks when told, a journal in a list, tools in a table.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from runner.config.project import read_pointer
from runner.domain.errors import StalePlanError
from runner.domain.events import Effect, Event
from runner.domain.failure import Failure, FailureError
from runner.domain.messages import ModelAnswer, ModelRequest, ToolCall, ToolOffer
from runner.domain.pointing import NOT_PUSHED, Move, Placed, WriteOptions, Written
from runner.domain.ports import Prepared, ToolOutput, ToolRequest
from runner.domain.tool import ToolSpec

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class TickingClock:
    """A clock that stands still until somebody sleeps on it or ticks it."""

    elapsed_s: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.elapsed_s)

    def monotonic(self) -> float:
        return self.elapsed_s

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.elapsed_s += seconds

    def tick(self, seconds: float) -> None:
        """Let time pass without anybody sleeping."""
        self.elapsed_s += seconds


@dataclass
class ScriptedModel:
    """A model that gives its answers in order; a Failure in the script is raised."""

    script: Sequence[ModelAnswer | Failure]
    requests: list[ModelRequest] = field(default_factory=list)

    def answer(self, request: ModelRequest, within_s: float) -> ModelAnswer:
        self.requests.append(request)
        if len(self.requests) > len(self.script):
            message = f"the script has {len(self.script)} answers, and another one was asked for"
            raise FailureError(Failure(kind="bad_request", message=message))
        line = self.script[len(self.requests) - 1]
        if isinstance(line, Failure):
            raise FailureError(line)
        return line


def says(text: str) -> ModelAnswer:
    """Return an answer in text."""
    return ModelAnswer(text=text)


def calls(name: str, arguments: str = "{}", call_id: str = "call-1") -> ModelAnswer:
    """Return an answer that calls one tool; the arguments are JSON text, right or wrong."""
    call = ToolCall(id=call_id, name=name, arguments=arguments)
    return ModelAnswer(tool_calls=(call,), finish_reason="tool_calls")


@dataclass
class MemoryJournal:
    """A journal in a list; `past` is what an earlier process wrote."""

    past: Sequence[Event] = ()
    events: list[Event] = field(default_factory=list)

    def append(self, event: Event) -> None:
        self.events.append(event)

    def recorded(self, step: str) -> Sequence[Event]:
        return [event for event in self.past if getattr(event, "step", None) == step]

    def types(self) -> list[str]:
        """Return the types of the events in order."""
        return [event.type for event in self.events]


@dataclass
class TableToolbox:
    """Tools that are Python functions: `{name: function(arguments) -> result}`."""

    tools: Sequence[ToolSpec]
    functions: Mapping[str, Callable[[dict[str, Any]], Any]]
    keys: list[str] = field(default_factory=list)

    def offers(self) -> Sequence[ToolOffer]:
        return [
            ToolOffer(name=tool.name, description=tool.description, input_schema=tool.input_schema)
            for tool in self.tools
            if tool.offered
        ]

    def prepare(self, request: ToolRequest) -> Prepared:
        return _PreparedFunction(self, request)


class _PreparedFunction:
    process_group: int | None = None

    def __init__(self, box: TableToolbox, request: ToolRequest) -> None:
        self._box = box
        self._request = request
        self.effect: Effect = "read" if request.spec.reads_only else "write"

    def run(self, within_s: float) -> ToolOutput:
        self._box.keys.append(self._request.key)
        function = self._box.functions[self._request.spec.name]
        return ToolOutput(data=function(self._request.arguments))

    def abandon(self) -> None:
        return


@dataclass
class MemoryPointers:
    """Pointers in a table: every move is kept, and a stale one refused."""

    clock: TickingClock = field(default_factory=TickingClock)
    placed: dict[tuple[str, str], Placed] = field(default_factory=dict)
    made: dict[tuple[str, str], list[Move]] = field(default_factory=dict)

    def read(self, environment: str, agent: str) -> Placed | None:
        return self.placed.get((environment, agent))

    def moves(self, environment: str, agent: str) -> list[Move]:
        return self.made.get((environment, agent), [])[::-1]

    def replace(
        self,
        environment: str,
        agent: str,
        expected: str | None,
        content: bytes,
        message: str,
        options: WriteOptions = NOT_PUSHED,
    ) -> Written:
        place = (environment, agent)
        there = self.placed.get(place)
        if (there.token if there else None) != expected:
            raise StalePlanError("stale plan: the pointer was changed; nothing was moved")
        pointer, source = read_pointer(content, "memory"), f"{environment}/{agent}"
        moves = self.made.setdefault(place, [])
        moves.append(Move(self.clock.now(), "nobody", message, pointer=pointer))
        self.placed[place] = Placed(pointer, f"{source}@{len(moves)}", source)
        return Written(source, pushed=options.push)


class NoSecrets:
    """A redactor that knows no secret."""

    def redact(self, text: str) -> str:
        return text

    def marked(self, text: str) -> bool:
        return "[redacted:" in text


class NeverInterrupted:
    """Nobody presses Ctrl-C."""

    def check(self) -> None:
        return

    @contextmanager
    def during(self, effect: Effect) -> Iterator[None]:
        yield
