"""docs/reference/keys.md: every key of the terminal UI, by screen, with the name of its action."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from textual.binding import Binding

from docs.generator.tables import table
from runner.tui.frame import NAMES

HEAD = ("key", "what it does", "action")
PLACES = (
    ("Everywhere", "runner.tui.ui:AgentctlUi"),
    ("In lists", "runner.tui.widgets.table:VirtualTable"),
    ("In texts", "runner.tui.widgets.lines:LineView"),
    ("Fleet", "runner.tui.screens.fleet:FleetPage"),
    ("Runs", "runner.tui.screens.runs:RunsPage"),
    ("One run", "runner.tui.screens.run:RunPage"),
    ("Two runs", "runner.tui.screens.compare:ComparePage"),
    ("Versions", "runner.tui.screens.versions:VersionsPage"),
    ("Diff", "runner.tui.screens.diff:DiffPage"),
    ("Schedules", "runner.tui.screens.schedules:SchedulesPage"),
    ("Rollback and promotion", "runner.tui.asking.move:MoveDialog"),
    ("Dry run", "runner.tui.asking.dry_run:DryRunDialog"),
)
OPENING = """\
# Keys of the terminal UI

`?` shows the keys of the screen that one is on, and does what one chooses there. Each action has a
name; `ui.yaml` gives it other keys:

```text
theme: blue-orange
keys:
  fleet.rollback: f8
  table.down: "j,down,ctrl+n"
```

The file is `$XDG_CONFIG_HOME/agentctl/ui.yaml`, or `~/.config/agentctl/ui.yaml`;
`AGENTCTL_UI_CONFIG` and `--config` name another one. With `--read-only`, actions that change
something are not offered.
"""


def keys_page() -> str:
    """Return the page."""
    lines = [OPENING]
    for title, place in PLACES:
        module, _, name = place.partition(":")
        lines += [f"## {title}", "", *table(HEAD, _rows(getattr(import_module(module), name))), ""]
    return "\n".join(lines)


def _rows(kind: Any) -> list[tuple[str, str, str]]:
    """One row an action; keys that do the same stand together."""
    found: dict[str, tuple[list[str], str, str]] = {}
    for binding in _bindings(kind.BINDINGS):
        row = (binding.key.split(","), binding.description, binding.id or "")
        found.setdefault(binding.action, row)
    return [
        (" ".join(f"`{NAMES.get(key, key)}`" for key in keys), words, f"`{name}`")
        for keys, words, name in found.values()
    ]


def _bindings(bindings: Sequence[Any]) -> Iterator[Binding]:
    yield from (each for each in bindings if isinstance(each, Binding))
