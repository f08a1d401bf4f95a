"""Tools that are programs: no shell, JSON arguments on stdin, JSON or text on stdout."""

import shutil
from pathlib import Path

from runner.domain.ports import Prepared, ToolRequest
from runner.domain.tool import CommandCall
from runner.tools.answer import failed
from runner.tools.child import start
from runner.tools.context import ToolContext
from runner.tools.files import find


def prepare(call: CommandCall, request: ToolRequest, context: ToolContext) -> Prepared:
    """Start the program behind its gate.

    Raises:
        FailureError: `tool_failed`, there is no such program.
    """
    program, *rest = (context.text(word) for word in call.argv)
    return start([str(_locate(program, context)), *rest], request, context)


def _locate(program: str, context: ToolContext) -> Path:
    """In the release first, then on PATH; a path with `/` is meant literally."""
    if not Path(program).is_absolute() and (file := find(program, context)):
        return _executable(file, program)
    if "/" in program and not Path(program).is_absolute():
        raise failed(f"the release has no program {program}")
    found = shutil.which(program, path=context.environment.get("PATH"))
    if found is None:
        raise failed(f"there is no program {program} in the release or on PATH")
    return Path(found).absolute()


def _executable(file: Path, program: str) -> Path:
    if shutil.which(str(file)) is None:
        raise failed(f"{program} is not executable: its first line must start with #!")
    return file
