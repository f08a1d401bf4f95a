"""ctrl+p: the same list as the help, screens, environments and agents, by a few letters."""

from asyncio import to_thread
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from runner.app.completing import agent_names, offers
from runner.domain.errors import AgentctlError
from runner.tui.asking.doings import enabled
from runner.tui.page import Page
from runner.tui.tints import look_of
from runner.tui.widgets.cells import clean
from runner.tui.widgets.painted import WholeCells

if TYPE_CHECKING:
    from runner.tui.ui import AgentctlUi


@dataclass(frozen=True)
class Entry:
    """One line of the palette."""

    text: str
    run: Callable[[], Awaitable[Any] | Any]
    says: str


class Palette(CommandPalette):
    """The list. `--command-palette` is how Textual knows that it is open."""

    def __init__(self) -> None:
        super().__init__(placeholder="an action, a screen or an agent", id="--command-palette")

    def on_mount(self) -> None:
        """Draw its scroll bar as this terminal can."""
        if look_of(self.app).ascii:
            bar = self.query_one(CommandList).vertical_scrollbar
            bar.renderer = WholeCells  # type: ignore[misc]


class UiCommands(Provider):
    """What the palette finds. An agent's name finds its runs and its versions."""

    _agents: tuple[str, ...] = ()

    async def startup(self) -> None:
        """Read the agents' names; without a project there are none."""
        world = self._ui.world
        try:
            found = await to_thread(offers, agent_names, world.root, world.state, "")
        except (AgentctlError, OSError):
            return
        self._agents = tuple(name for name, _says in found)

    async def discover(self) -> Hits:
        """Yield what can be done here, before anything is typed."""
        for entry in self._actions():
            text = Content(clean(entry.text))
            yield DiscoveryHit(text, entry.run, entry.text, _plain(entry.says))

    async def search(self, query: str) -> Hits:
        """Yield what matches, with its worth."""
        matcher = self.matcher(query)
        for entry in (*self._actions(), *self._places()):
            score = matcher.match(entry.text)
            if score > 0:
                text = Content(clean(entry.text))
                yield Hit(score, text, entry.run, entry.text, _plain(entry.says))

    @property
    def _ui(self) -> "AgentctlUi":
        return cast("AgentctlUi", self.app)

    def _actions(self) -> Iterator[Entry]:
        ui = self._ui
        for doing in enabled(self.screen):
            run = partial(ui.run_action, doing.action, doing.node)
            yield Entry(doing.label, run, f"{doing.key_words(ui)}  {doing.where}")

    def _places(self) -> Iterator[Entry]:
        ui = self._ui
        if not isinstance(self.screen, Page):
            return  # a dialog is answered first: it would stay open on a screen that is left
        for name in ui.world.environments:
            if name != ui.world.environment:
                go = partial(ui.switch_environment, name)
                yield Entry(f"Environment {name}", go, "look at another environment")
        for name in self._agents:
            yield Entry(f"Runs of {name}", partial(ui.open_runs, f"agent:{name}"), "its runs")
            yield Entry(f"Versions of {name}", partial(ui.open_versions, name), "its versions")


def _plain(text: str) -> str:
    """The palette reads its help as markup: nothing in ours is."""
    return clean(text).replace("[", "(").replace("]", ")")
