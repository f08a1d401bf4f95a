from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from runner.domain.agent import AgentFile, AgentSpec
from runner.domain.events import Event
from runner.domain.failure import Failure
from runner.domain.job import Job, Run
from runner.domain.messages import ModelAnswer
from runner.domain.release import Release
from runner.domain.snapshot import Snapshot
from runner.domain.tool import ToolSpec
from runner.orchestration.parts import Parts
from runner.orchestration.run import execute
from runner.testing import (
    MemoryJournal,
    NeverInterrupted,
    NoSecrets,
    ScriptedModel,
    TableToolbox,
    TickingClock,
)
from runner.tools.toolbox import DryRunToolbox

READ = {
    "name": "look",
    "description": "Look something up.",
    "inputSchema": {
        "type": "object",
        "additionalProperties": False,
        "required": ["what"],
        "properties": {"what": {"type": "string"}},
    },
    "annotations": {"readOnlyHint": True},
    "call": {"kind": "command", "argv": ["true"]},
}
WRITE = {
    **READ,
    "name": "open_ticket",
    "description": "Open a ticket.",
    "annotations": {"readOnlyHint": False, "destructiveHint": False, "idempotentHint": True},
}
ONCE = {
    **WRITE,
    "name": "pay",
    "annotations": {"readOnlyHint": False, "destructiveHint": False},
}
OWN_KEY = {**WRITE, "name": "file_case", "idempotency_key": "/what"}
WIPE = {**READ, "name": "wipe", "annotations": {"readOnlyHint": False}}


@dataclass
class Stage:
    """A run of a small agent whose every part is in memory."""

    journal: MemoryJournal
    model: ScriptedModel
    toolbox: TableToolbox
    clock: TickingClock
    run: Callable[[], Run]

    def events(self, kind: str) -> list[Any]:
        return [event for event in self.journal.events if event.type == kind]


@pytest.fixture(scope="session")
def stage() -> Callable[..., Stage]:
    def build(
        *script: ModelAnswer | Failure,
        functions: Mapping[str, Callable[[dict[str, Any]], Any]] | None = None,
        past: Sequence[Event] = (),
        after_s: float = 1.0,
        on_ask: Any = "deny",
        output_schema: dict[str, Any] | None = None,
        more_tools: Sequence[dict[str, Any]] = (),
        dry: bool = False,
        **agent: Any,
    ) -> Stage:
        found = lambda arguments: {"found": arguments["what"]}  # noqa: E731
        table = {"look": found, "open_ticket": found, "pay": found, "wipe": found}
        table["file_case"] = found
        written = (READ, WRITE, ONCE, OWN_KEY, WIPE, *more_tools)
        tools = tuple(ToolSpec.model_validate(tool) for tool in written)
        journal = MemoryJournal(past=past)
        model = ScriptedModel(script)
        clock = TickingClock()
        toolbox = TableToolbox(tools, {**table, **(functions or {})})
        file = AgentFile.model_validate(
            {
                "spec_version": 1,
                "name": "small",
                "description": "A small agent.",
                "model": {"id": "test/scripted", "base_url": "http://127.0.0.1:1/v1"},
                "instructions": {"text": "Be small."},
                "task": {"text": "Do it."},
                **agent,
            }
        )
        spec = AgentSpec(
            agent=file,
            instructions=file.instructions.text or "",
            task=file.task.text or "",
            tools=tools,
            output_schema=output_schema,
        )
        release = Release(
            agent="small",
            version="v1.0.0",
            snapshot=Snapshot({"agent.yaml": b"x"}),
            spec=spec,
            origin="memory",
        )
        parts = Parts(
            model=model,
            toolbox=DryRunToolbox(toolbox) if dry else toolbox,
            journal=journal,
            clock=clock,
            redactor=NoSecrets(),
            interrupts=NeverInterrupted(),
            jitter=lambda upper: upper,
            on_ask=on_ask,
            resumed_after_s=after_s if past else None,
        )
        job = Job(id="job-1", run="01JD0000000000000000000000")
        return Stage(journal, model, toolbox, clock, lambda: execute(job, release, parts))

    return build
