"""The project's `redact` patterns: what they match is hidden from screens and exports.

Journals keep it, or nobody could verify them; `logs` into a pipe is the journal itself.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from runner.app.project import SETTINGS_FILE, open_project

HIDDEN = "[redacted]"


def screen_of(
    root: Path | None, state: Path | None, bundle: Path | None = None
) -> Callable[[Any], Any]:
    """Return what hides the patterns' matches in a text, or in every text of plain data.

    With a `bundle` the patterns are those that stand in it; no project has to be there then.

    Raises:
        UsageError: there is no project here.
        ConfigError: agentctl.yaml names patterns and cannot be read: nothing is shown unhidden.
    """
    if bundle is not None:
        from runner.app.bundled import open_with  # noqa: PLC0415  lists have no bundle

        return hider(open_with(root, state, bundle).settings.redact)
    project = open_project(root, state)
    path = project.root / SETTINGS_FILE
    # A list needs no settings, and most projects have no patterns: reading YAML costs 0.1 s.
    if not path.is_file() or b"redact" not in path.read_bytes():
        return _as_it_is
    return hider(project.settings.redact)


def hider(patterns: Sequence[str]) -> Callable[[Any], Any]:
    """Return what replaces every match of the regular expressions, in keys of mappings too."""
    compiled = [re.compile(pattern) for pattern in patterns]

    def hide(data: Any) -> Any:
        if isinstance(data, str):
            for pattern in compiled:
                data = pattern.sub(_mark, data)
            return data
        if isinstance(data, dict):
            return _distinct([(hide(key), hide(value)) for key, value in data.items()])
        return [hide(value) for value in data] if isinstance(data, list | tuple) else data

    return hide


def _distinct(entries: list[tuple[Any, Any]]) -> dict[Any, Any]:
    """Entries whose keys became the same are told apart by a number: none is lost."""
    shown: dict[Any, Any] = {}
    for key, value in entries:
        shown[key if key not in shown else f"{key} {len(shown) + 1}"] = value
    return shown


def _mark(found: re.Match[str]) -> str:
    return HIDDEN if found[0] else ""


def _as_it_is(data: Any) -> Any:
    return data
