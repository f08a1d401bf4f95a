"""Where runs leave their memory: can it be written, and does git leave it alone?"""

from pathlib import Path

from runner.boundary.git_ignore import ignores
from runner.boundary.probe import nearest, writable


def state_problem(root: Path, state: Path) -> tuple[str, str] | None:
    """Return what is wrong with the state directory, and what to do; None when it is right."""
    if not writable(state):
        reason = f"{nearest(state)} cannot be written, so no run can begin"
        return reason, "change its owner, or name another directory with --state-dir"
    if state.is_relative_to(root) and not ignores(root, state):
        reason = f"git does not ignore {state.relative_to(root)}/, which holds inputs and results"
        return reason, f"add `{state.relative_to(root)}/` to .gitignore"
    return None
