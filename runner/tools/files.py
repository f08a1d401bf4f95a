"""Files of the release that tools start; a path never leads out of it."""

from pathlib import Path

from runner.tools.answer import failed
from runner.tools.context import ToolContext


def find(path: str, context: ToolContext) -> Path | None:
    """Return a file of the release by its relative path, or None where there is none.

    Raises:
        FailureError: `tool_failed`, the path leads out of the release.
    """
    root = context.release_dir.resolve()
    try:
        file = (root / path).resolve()
    except (OSError, ValueError):
        return None
    if not file.is_relative_to(root):
        raise failed(f"{path} leads out of the release")
    return file if file.is_file() else None
