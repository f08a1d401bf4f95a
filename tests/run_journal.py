"""Journals that a test writes line by line, at the times that it wants."""

from pathlib import Path
from typing import Any

from runner.domain.events import (
    Event,
    ModelAnswered,
    ModelAsked,
    RunFinished,
    RunStarted,
    ToolFinished,
    ToolStarted,
)
from runner.domain.failure import Failure
from runner.domain.limits import Limits
from runner.domain.messages import TokenUsage, ToolCall
from runner.journal.chain import Tip
from runner.journal.writer import FileJournal
from runner.testing import TickingClock

START = RunStarted(
    agent="a",
    version="v1.0.0",
    released=True,
    digest="h1:x",
    origin="memory",
    values={},
    mode="dry_run",
    model="test/m",
    model_url="http://127.0.0.1:1",
    limits=Limits(),
    trigger="manual",
    attempt=1,
    attended=False,
    job="j",
    input={},
    runner="0",
)
RATE = Failure(kind="rate_limit", message="429, slow down", status=429)
BROKEN = Failure(kind="tool_failed", message="500")


class Journal:
    """A journal that a test writes line by line; numbers are seconds that pass."""

    def __init__(self, root: Path, run: str = "R1") -> None:
        self.clock = TickingClock()
        self.file = FileJournal.create(root, run, "a", self.clock, lambda data: data)
        self.path = self.file.path

    def write(self, *lines: Event | float) -> "Journal":
        for line in lines:
            if isinstance(line, int | float):
                self.clock.tick(line)
            else:
                self.file.append(line)
        return self

    def end(self) -> "Journal":
        self.file.close()
        return self

    def raw(self, data: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(data)

    def sealed(self, fields: dict[str, Any]) -> None:
        """Append a line of a type that FileJournal would not write, and keep the chain."""
        text = self.path.read_bytes().splitlines(keepends=True)
        tip = Tip("run", self.path.stem, len(text), text[-1][-67:-3].decode())
        line, _tip = tip.seal("2026-01-01T01:00:00.000000Z", fields)
        self.raw(line)


def asked(turn: int = 1) -> ModelAsked:
    return ModelAsked(step=f"t{turn}.model", reserved_tokens=100, reserved_cost_usd=0.5)


def answered(turn: int = 1, text: str = "hello", cost: float = 0.25, **more: Any) -> ModelAnswered:
    fields: dict[str, Any] = {
        "step": f"t{turn}.model",
        "text": text,
        "tool_calls": (),
        "usage": TokenUsage(input=10, output=2),
        "cost_usd": cost,
        "finish_reason": "stop",
        "request_id": None,
        "model": None,
        "duration_s": 2.0,
    }
    return ModelAnswered(**fields | more)


def calls(turn: int = 1, *names: str, text: str = "") -> ModelAnswered:
    made = tuple(ToolCall(id=f"c{n}", name=name, arguments="{}") for n, name in enumerate(names))
    return answered(turn, text, tool_calls=made, finish_reason="tool_calls")


def begun(step: str = "t1.c1", tool: str = "pay", **more: Any) -> ToolStarted:
    fields: dict[str, Any] = {
        "step": step,
        "tool": tool,
        "arguments": {"n": 1},
        "effect": "write",
        "idempotent": True,
        "key": f"key of {step}",
        "permission": "the tool says so",
    }
    return ToolStarted(**fields | more)


def ended(step: str = "t1.c1", tool: str = "pay", text: str = "ok", **more: Any) -> ToolFinished:
    fields: dict[str, Any] = {
        "step": step, "tool": tool, "outcome": "done", "text": text, "duration_s": 1.0,
    }  # fmt: skip
    return ToolFinished(**fields | more)


def finished(**more: Any) -> RunFinished:
    fields = {
        "status": "succeeded",
        "outcome": "none",
        "task_id": "j",
        "duration_s": 3.0,
        "iterations": 1,
        "tool_calls": 0,
        "tokens": TokenUsage(),
        "cost_usd": None,
        "model": "test/m",
        "prompt_version": "a@v1.0.0",
    }
    return RunFinished.model_validate({**fields, **more})
