"""Tools that are functions of a file in the release, run in a child process."""

import sys

from runner.domain.ports import Prepared, ToolRequest
from runner.domain.tool import PythonCall
from runner.tools.answer import failed
from runner.tools.child import RETURNED, start
from runner.tools.context import ToolContext
from runner.tools.files import find

BOOTSTRAP = """
import importlib.util, json, os, sys

answer = os.fdopen(os.dup(1), "w", encoding="ascii")
os.dup2(2, 1)


def call(file, function):
    arguments = json.loads(sys.stdin.buffer.read())
    sys.path.insert(0, os.path.dirname(file))
    name = os.path.splitext(os.path.basename(file))[0]
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return getattr(module, function)(**arguments)


def give_up(error, status):
    sys.stdout.flush()
    words = str(error).strip()
    print(type(error).__name__ + (": " + words if words else ""), file=sys.stderr, flush=True)
    os._exit(status)


try:
    result = call(*sys.argv[1:])
except BaseException as error:
    give_up(error, 1)
try:
    answer.write(json.dumps(result, allow_nan=False))
except BaseException as error:
    give_up(error, RETURNED)
answer.flush()
""".replace("RETURNED", str(RETURNED))
"""Runs in the child. The result has stdout for itself; what the function prints goes to stderr."""


def prepare(call: PythonCall, request: ToolRequest, context: ToolContext) -> Prepared:
    """Start an interpreter behind its gate, isolated from the user's site and environment.

    Raises:
        FailureError: `tool_failed`, there is no such file.
    """
    file = find(call.file, context)
    if file is None:
        raise failed(f"the release has no file {call.file}")
    argv = [sys.executable, "-I", "-B", "-c", BOOTSTRAP, str(file), call.function]
    return start(argv, request, context)
