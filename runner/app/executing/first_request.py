"""The first request that a release sends to its model, byte for byte, without sending it."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner.boundary.clock import SystemClock
from runner.boundary.egress import Egress
from runner.boundary.http import HttpClient
from runner.boundary.ids import jitter, new_run_id
from runner.boundary.secrets import SecretBook
from runner.domain.errors import UsageError
from runner.domain.events import Effect, Event
from runner.domain.failure import Failure, FailureError
from runner.domain.job import Job
from runner.domain.messages import ModelAnswer, ModelRequest
from runner.domain.release import Release
from runner.orchestration.parts import Parts
from runner.orchestration.run import execute
from runner.reasoning.wire import request_body
from runner.tools.context import ToolContext
from runner.tools.toolbox import LiveToolbox

EXAMPLES: dict[str, Any] = {
    "string": "an example",
    "integer": 1,
    "number": 1.5,
    "boolean": True,
    "null": None,
}


def first_request(release: Release, given: dict[str, Any]) -> bytes:
    """Return the body that the first turn of a run with this input would post.

    The run is the real one, up to the model; it is neither journaled nor asked anything.

    Raises:
        UsageError: the run ends before it asks its model.
    """
    run = new_run_id(SystemClock())
    model, journal = _Listener(), _Unwritten()
    with closing(HttpClient(Egress(()))) as http:
        parts = Parts(
            model=model,
            toolbox=LiveToolbox(release.spec.tools, _context(release, run, http)),
            journal=journal,
            clock=SystemClock(),
            redactor=SecretBook(()),
            interrupts=_NobodyCalls(),
            jitter=jitter,
        )
        ended = execute(Job(id=run, run=run, mode="dry_run", input=given), release, parts)
    if not model.bodies:
        why = ended.failure.message if ended.failure else ended.stop.sentence if ended.stop else ""
        raise UsageError(
            f"{release.origin} sends no first request with the example input: {why}",
            help="give an input with which it runs: -i KEY=VALUE",
        )
    return model.bodies[0]


def example_input(schema: dict[str, Any] | None) -> dict[str, Any]:
    """Return an input that has every property which the schema lists."""
    value = _example(schema or {})
    return value if isinstance(value, dict) else {}


def _example(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return "an example"
    for said in ("const", "default"):
        if said in schema:
            return schema[said]
    for listed in ("enum", "examples"):
        if isinstance(schema.get(listed), list) and schema[listed]:
            return schema[listed][0]
    properties = schema.get("properties")
    if isinstance(properties, dict):
        return {name: _example(inner) for name, inner in properties.items()}
    kind = schema.get("type")
    if kind == "array":
        return [_example(schema.get("items"))]
    return {} if kind == "object" else EXAMPLES.get(str(kind), "an example")


def _context(release: Release, run: str, http: HttpClient) -> ToolContext:
    return ToolContext(
        release_dir=Path(),
        scratch=Path(),
        mode="dry_run",
        values=release.values,
        environment={},
        secret=lambda ref: ref.label,
        http=http,
        run=run,
    )


@dataclass
class _Listener:
    """A model that keeps what it is asked, and answers nothing."""

    bodies: list[bytes] = field(default_factory=list)

    def answer(self, request: ModelRequest, within_s: float) -> ModelAnswer:
        self.bodies.append(request_body(request))
        raise FailureError(Failure(kind="bad_request", message="nobody was asked"))


class _Unwritten:
    """A journal of a run that does not happen."""

    def append(self, event: Event) -> None:
        return

    def recorded(self, step: str) -> Sequence[Event]:
        return ()


class _NobodyCalls:
    """Interrupts as Python has them: nothing here needs an orderly end."""

    def check(self) -> None:
        return

    @contextmanager
    def during(self, effect: Effect) -> Iterator[None]:
        yield
