"""A project on disk, and real runs in it: what the benchmarks of agentctl itself measure."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runner.app.executing.composing import Composition, composed
from runner.app.executing.running import RunOptions, run_agent
from runner.app.project import open_project
from runner.app.released.versions import load_release
from runner.app.story.view import RunView
from runner.boundary.clock import SystemClock
from runner.boundary.ids import new_run_id
from runner.domain.job import Job
from runner.domain.messages import ModelAnswer, ModelRequest
from runner.domain.release import Release
from runner.orchestration.parts import Parts
from runner.orchestration.run import execute
from runner.testing import TableToolbox, calls, says
from tests.bench.figures import Cost, cost_of_call
from tests.bench.model_server import FINAL, INSTRUCTIONS, MODEL, arguments, order

KEY = "BENCH_KEY"
AGENT = """\
spec_version: 1
name: bench
description: Note things down.
model:
  id: test/MODEL
  base_url: SERVER/v1
  api_key: {env: BENCH_KEY}
  timeout: 30s
  price: {input: 0.25, output: 2.0}
instructions: {file: system-prompt.md}
task: {text: "{{ input.order }}", template: jinja}
input_schema:
  type: object
  additionalProperties: false
  required: [order]
  properties: {order: {type: string, maxLength: 80, description: What to do.}}
tools: {file: tools.yaml}
permissions:
  deny: ["delete_*", {tool: "note*", when: {/text: "secret*"}}]
limits: {max_iterations: 300, max_tool_calls: 300, max_tokens: 9000000, timeout: 10m}
"""
TOOL = """\
- name: NAME
  description: Note one thing down.
  inputSchema:
    type: object
    additionalProperties: false
    required: [text, rank]
    properties:
      text: {type: string, maxLength: 500, description: What to note.}
      rank: {type: integer, minimum: 1, description: Where it stands.}
  annotations: {readOnlyHint: false, destructiveHint: false, idempotentHint: true}
  call: CALL
"""
CALLS = {
    "note": '{kind: http, method: POST, url: "SERVER/note", timeout: 10s}',
    "note_command": "{kind: command, argv: [cat]}",
    "note_python": "{kind: python, file: note.py, function: note}",
}
FUNCTION = 'def note(text, rank):\n    return {"noted": rank}\n'


@dataclass(frozen=True)
class World:
    """A project with the agent `bench`, whose model and tool are at `server`."""

    root: Path
    server: str

    @classmethod
    def make(cls, root: Path, server: str) -> "World":
        os.environ.setdefault(KEY, os.urandom(16).hex())
        agent = root / "agent-configs" / "bench"
        agent.mkdir(parents=True)
        spec = AGENT.replace("MODEL", MODEL).replace("SERVER", server)
        (agent / "agent.yaml").write_text(spec)
        tools = "".join(
            TOOL.replace("NAME", name).replace("CALL", call.replace("SERVER", server))
            for name, call in CALLS.items()
        )
        (agent / "tools.yaml").write_text(tools)
        (agent / "system-prompt.md").write_text(INSTRUCTIONS)
        (agent / "note.py").write_text(FUNCTION)
        return cls(root, server)

    @property
    def state(self) -> Path:
        return self.root / ".agentctl"

    def release(self) -> Release:
        return load_release(open_project(self.root, None), "bench", {})

    def run(self, count: int) -> RunView:
        """Run the agent as `agentctl run` does: load, validate, ask the server, journal."""
        options = RunOptions("bench", lambda _spec: {"order": order("note", count)})
        ended = run_agent(self.root, None, options, lambda _event: None, lambda _text: None)
        assert ended.status == "succeeded", ended
        return ended

    @contextmanager
    def parts(self, release: Release, task: str) -> Iterator[tuple[Job, Parts]]:
        """Yield a job and the parts that the product composes for it."""
        run = new_run_id(SystemClock())
        job = Job(id=run, run=run, input={"order": task})
        composition = Composition(open_project(self.root, None), release, job)
        with composed(composition, lambda _event: None, lambda _text: None) as (parts, _recorded):
            yield job, parts

    def converse(self, release: Release, task: str) -> Any:
        """Return the answer to a task: through the real model client, the tool a function."""
        with self.parts(release, task) as (job, parts):
            return succeed(job, release, in_memory(parts, release))

    def execute(
        self, release: Release, count: int, tool: str = "note", *, function: bool = True
    ) -> Cost:
        """Return what the loop costs with a model in memory; `function` puts the tool there too."""
        with self.parts(release, order(tool, count)) as (job, real):
            played = replace(real, model=PlayedModel(tool, count))
            parts = in_memory(played, release) if function else played
            return cost_of_call(lambda: succeed(job, release, parts), children=True)


@dataclass
class PlayedModel:
    """A ModelClient without a wire: so many calls of one tool, then a text."""

    tool: str
    count: int
    made: int = 0

    def answer(self, request: ModelRequest, within_s: float) -> ModelAnswer:
        self.made += 1
        if self.made > self.count:
            return says(FINAL)
        return calls(self.tool, json.dumps(arguments(self.made)), f"call_{self.made}")


def in_memory(parts: Parts, release: Release) -> Parts:
    """Return the parts with each tool a plain function of this process."""
    function: Callable[[dict[str, Any]], Any] = lambda given: {"noted": given["rank"]}  # noqa: E731
    tools = release.spec.tools
    return replace(parts, toolbox=TableToolbox(tools, {tool.name: function for tool in tools}))


def succeed(job: Job, release: Release, parts: Parts) -> Any:
    """Return the output of a run that must succeed."""
    ended = execute(job, release, parts)
    assert ended.status == "succeeded", ended
    return ended.output
