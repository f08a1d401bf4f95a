"""What can be done on a screen right now: one list for the help and for the palette."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from runner.tui.frame import NAMES, PLAIN_NAMES
from runner.tui.tints import look_of

LEFT_OUT = frozenset({"help", "help_quit", "screen.copy_text", "command_palette"})
"""What everybody knows, or what the list itself is."""
TEXTUALS = {"app.focus_next": "Next pane", "app.focus_previous": "Pane before"}
"""Its own actions, in our words."""
MOVES = ("table.", "lines.")
"""How the ids of keys begin that only move."""
HERE, MOVING, ANYWHERE = 0, 1, 2


@dataclass(frozen=True)
class Doing:
    """An action with its keys. `node` is whose action it is."""

    keys: tuple[str, ...]
    label: str
    action: str
    node: DOMNode
    enabled: bool
    rank: int
    where: str
    """The screen that it is for, `moving`, or `everywhere`."""

    def key_words(self, app: App[Any]) -> str:
        """Return its keys as they are written for people."""
        simple = look_of(app).ascii
        names = [NAMES.get(key, key.replace("ctrl+", "^")) for key in self.keys]
        return " ".join(PLAIN_NAMES.get(name, name) if simple else name for name in names)


def doings(screen: Screen[Any]) -> list[Doing]:
    """Return what can be done on a screen: its own actions, then moving, then the rest."""
    found: dict[tuple[str, DOMNode], Doing] = {}
    for key, active in screen.active_bindings.items():
        bound, node = active.binding, active.node
        if not bound.description or bound.action in LEFT_OUT:
            continue
        before = found.get((bound.action, node))
        keys = (*before.keys, key) if before else (key,)
        label, rank = TEXTUALS.get(bound.action, bound.description), _rank(bound, node, screen)
        if said := _said(screen, key) if rank == MOVING else "":
            label, rank = said, HERE
        where = ("moving", "everywhere")[rank - 1] if rank else _called(screen)
        found[bound.action, node] = Doing(
            keys, label, bound.action, node, active.enabled, rank, where
        )
    return sorted(found.values(), key=lambda doing: doing.rank)


def run_later(app: App[Any], doing: Doing) -> None:
    """Do it once the dialog in front is gone."""
    app.call_later(app.run_action, doing.action, doing.node)


def enabled(screen: Screen[Any]) -> Iterator[Doing]:
    """Yield what can be done and is not only moving about."""
    for doing in doings(screen):
        if doing.enabled and doing.rank != MOVING:
            yield doing


def _rank(bound: Binding, node: DOMNode, screen: Screen[Any]) -> int:
    """What a widget of ours does belongs to its screen; lists and Textual's widgets only move."""
    if isinstance(node, App):
        return ANYWHERE
    if bound.action in TEXTUALS or (bound.id or "").startswith(MOVES):
        return MOVING
    return HERE if node is screen or bound.id else MOVING


def _said(screen: Screen[Any], key: str) -> str:
    """Return what a screen says that a key of its list comes to; empty where it says nothing."""
    own = screen._bindings.key_to_bindings.get(key, ())
    return next((bound.description for bound in own if bound.id), "")


def _called(screen: Screen[Any]) -> str:
    return str(screen.TITLE or "here").lower()
