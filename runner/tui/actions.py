"""The names of every action that a key can be given to: ids of bindings, `fleet.rollback`."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import walk_packages

from textual.binding import Binding
from textual.dom import DOMNode

import runner.tui
from runner.tui.page import Page
from runner.tui.ui import AgentctlUi
from runner.tui.widgets.lines import LineView
from runner.tui.widgets.table import VirtualTable

OURS = "runner.tui"
Keys = dict[str, frozenset[str]]
"""Keys by the name of the action that they call."""


def action_names() -> frozenset[str]:
    """Return the ids of all bindings of our screens, dialogs and widgets."""
    return frozenset(name for kind in _ours() for name in _keys(kind))


def clashes(chosen: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield each action that is given a key which something else on its screen has.

    It comes with the key and the name of the other action. Keys are as in a user's file.
    """
    everywhere: Keys = {}
    for shared in (AgentctlUi, VirtualTable, LineView):
        everywhere |= _keys(shared)
    seen = set()
    for kind in _ours():
        usual = _keys(kind) | (everywhere if issubclass(kind, Page) else {})
        now = {name: _split(chosen.get(name, "")) or keys for name, keys in usual.items()}
        for name, key, other in _shared(usual, now):
            if (name, key) not in seen:
                seen.add((name, key))
                yield name, key, other


def _shared(usual: Keys, now: Keys) -> Iterator[tuple[str, str, str]]:
    """Yield what was given a key, newly, that another one has by now."""
    for name, keys in now.items():
        for key in sorted(keys - usual[name]):
            others = sorted(each for each in now if each != name and key in now[each])
            if others:
                yield name, key, others[0]


def _keys(kind: type[DOMNode]) -> Keys:
    """Return the keys of a screen's or a widget's own actions, by their names."""
    found: Keys = {}
    for each in kind.__dict__.get("BINDINGS", ()):
        if isinstance(each, Binding) and each.id:
            found[each.id] = found.get(each.id, frozenset()) | _split(each.key)
    return found


def _split(keys: str) -> frozenset[str]:
    return frozenset(filter(None, keys.split(",")))


def _ours() -> Iterator[type[DOMNode]]:
    for module in walk_packages(runner.tui.__path__, f"{OURS}."):
        import_module(module.name)
    yield from (kind for kind in _kinds(DOMNode) if kind.__module__.startswith(OURS))


def _kinds(kind: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds(each)
