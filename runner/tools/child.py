"""A call that is a child process: its environment, its gate, and what its end means."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from runner.boundary.process import RUN_MARKER, Finished, GatedChild, launch
from runner.boundary.secrets import with_prefix
from runner.domain.events import Effect
from runner.domain.failure import Failure, FailureError
from runner.domain.ports import ToolOutput, ToolRequest
from runner.domain.references import SecretRef
from runner.domain.tool import CommandCall, PythonCall
from runner.tools.answer import decode, end, failed, read_answer, unknown_end
from runner.tools.context import ToolContext

RETURNED = 79
"""Exit status of a Python function that returned, but nothing that can be told in JSON."""


@dataclass
class PreparedChild:
    """A child that waits for `run`. Its arguments go to its stdin as one JSON object."""

    request: ToolRequest
    context: ToolContext
    child: GatedChild
    max_bytes: int

    def __post_init__(self) -> None:
        self.process_group: int | None = self.child.process_group
        self.effect: Effect = "read" if self.request.spec.reads_only else "write"

    def run(self, within_s: float) -> ToolOutput:
        """Let the child go and return what it wrote to stdout.

        Raises:
            FailureError: `tool_failed` for an exit status other than 0: that is an answer.
                `in_doubt` for a writing tool that was ended before it exited.
        """
        finished = self.child.run(within_s)
        if finished.returncode is None or finished.returncode < 0:
            raise unknown_end(self._cut_short(finished, within_s), writes=self._writes)
        if finished.returncode == RETURNED and isinstance(self.request.spec.call, PythonCall):
            failure = Failure(kind="tool_failed", message=self._no_json(finished), made=True)
            raise FailureError(failure)
        if finished.returncode > 0:
            raise failed(self._complaint(finished))
        if finished.truncated:
            return self._too_long()
        return ToolOutput(data=read_answer(finished.stdout))

    def abandon(self) -> None:
        """End the child; harmless after `run`."""
        self.child.abandon()

    @property
    def _writes(self) -> bool:
        return not self.request.spec.reads_only

    def _cut_short(self, finished: Finished, within_s: float) -> str:
        name = self.request.spec.name
        if finished.truncated:
            limit = self.max_bytes
            return f"{name} was ended because it wrote more than {limit:,} bytes; ask for less"
        if finished.returncode is None:
            return f"{name} was ended because it took longer than {within_s:.1f} s"
        return f"{name} was ended by signal {-finished.returncode}"

    def _complaint(self, finished: Finished) -> str:
        """Stderr, or stdout of a program that complains there."""
        said = end(finished.stderr_tail, self.context) or end(decode(finished.stdout), self.context)
        status = finished.returncode
        return f"{self.request.spec.name} failed with exit status {status}: {said or 'no message'}"

    def _no_json(self, finished: Finished) -> str:
        said = end(finished.stderr_tail, self.context)
        done = "The call was made: do not repeat it. " if self._writes else ""
        return f"{done}The result of {self.request.spec.name} is not JSON: {said}"

    def _too_long(self) -> ToolOutput:
        """It exited with 0, so a writing call is done; only what it said is lost."""
        spec = self.request.spec
        message = f"{spec.name} wrote more than {self.max_bytes:,} bytes"
        if self._writes:
            return ToolOutput(data=f"{message}, so its answer was dropped. The call is done.")
        raise failed(f"{message}; ask for less")


def start(argv: Sequence[str], request: ToolRequest, context: ToolContext) -> PreparedChild:
    """Start a child behind its gate.

    Raises:
        FailureError: `tool_failed`, the system could not start it.
    """
    call = request.spec.call
    assert isinstance(call, CommandCall | PythonCall)
    try:
        child = launch(
            argv,
            cwd=context.working_directory(),
            env=_environment(call, request, context),
            stdin=_json(request.arguments),
            max_bytes=call.max_bytes,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "a NUL character in a value"
        raise failed(f"{request.spec.name} could not be started: {reason}") from None
    return PreparedChild(request, context, child, call.max_bytes)


def _environment(
    call: CommandCall | PythonCall, request: ToolRequest, context: ToolContext
) -> dict[str, str]:
    """PATH, what is declared, and where it is. No byte code: a release is checked for strays."""
    declared = {name: _value(source, context) for name, source in call.env.items()}
    return {
        "PATH": context.environment.get("PATH", os.defpath),
        "PYTHONDONTWRITEBYTECODE": "1",
        **declared,
        "AGENTCTL_RELEASE_DIR": str(context.release_dir),
        "AGENTCTL_MODE": context.mode,
        "AGENTCTL_IDEMPOTENCY_KEY": request.key,
        RUN_MARKER: context.run,
    }


def _value(source: Any, context: ToolContext) -> str:
    if isinstance(source, SecretRef):
        return with_prefix(source, context.secret(source))
    return context.text(source)


def _json(arguments: dict[str, Any]) -> bytes:
    return json.dumps(arguments, separators=(",", ":")).encode("ascii")
