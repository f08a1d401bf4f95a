"""The kinds of tools: one module each, and one line here."""

from collections.abc import Callable, Mapping
from typing import Any

from runner.domain.ports import Prepared, ToolRequest
from runner.domain.tool import CommandCall, HttpCall, PythonCall, UnboundCall
from runner.tools.command import prepare as command
from runner.tools.context import ToolContext
from runner.tools.http import prepare as http
from runner.tools.python import prepare as python
from runner.tools.unbound import prepare as unbound

KINDS: Mapping[type, Callable[[Any, ToolRequest, ToolContext], Prepared]] = {
    HttpCall: http,
    CommandCall: command,
    PythonCall: python,
    UnboundCall: unbound,
}


def prepare(request: ToolRequest, context: ToolContext) -> Prepared:
    """Make a call ready, whatever its kind.

    Raises:
        FailureError: it cannot be made (`tool_failed`), with what the model could change.
    """
    call = request.spec.call
    return KINDS[type(call)](call, request, context)
