"""The application: its screens, what they share, and how one gets from one to another."""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from textual.app import App
from textual.binding import Binding
from textual.command import CommandPalette, Provider
from textual.filter import Monochrome, NoColor
from textual.screen import Screen

from runner.app.fleet.pulse import Pulse, read_pulse
from runner.app.fleet.stamps import Stamp, stamps
from runner.domain.errors import AgentctlError
from runner.tui.look import Look
from runner.tui.opening import Opening, show
from runner.tui.page import Page
from runner.tui.reading import Flight, Reading
from runner.tui.registry import SCREENS
from runner.tui.themes import THEMES
from runner.tui.world import World

TICK_S, WATCH_S, PULSE_S = 1.0, 0.5, 5.0
"""How often the head is drawn, files are looked at, and everything is read again."""
FIRST = Opening(SCREENS[0].name)


def _palette() -> type[Provider]:
    """Return what ctrl+p lists; imported when it is first opened."""
    from runner.tui.palette import UiCommands  # noqa: PLC0415

    return UiCommands


class AgentctlUi(App[None], Reading):
    """The terminal UI. It owns no logic: what it shows and does is asked of `runner.app`.

    Who started it is told what crashed it, and by which signal it was asked to end.
    """

    TITLE = "agentctl"
    CSS = """
    SearchIcon { display: none; }
    #body { height: 1fr; }
    .-ascii Toast { border-left: ascii $foreground-muted; }
    .-ascii CommandPalette #--input { border: none; border-top: ascii $primary; }
    .-ascii CommandPalette CommandList { border: none; border-bottom: ascii $primary; }
    .-ascii CommandPalette LoadingIndicator { display: none; }
    """
    COMMANDS: ClassVar[set[Any]] = {_palette}
    BINDINGS: ClassVar[list[Any]] = [
        *(
            Binding(each.key, f"go('{each.name}')", each.title, id=f"go.{each.name}", show=False)
            for each in SCREENS
        ),
        Binding("question_mark", "help", "Help", id="app.help", show=False),
        Binding("colon", "command_line", "Command", id="app.command", show=False),
        Binding("y", "yank", "Copy", id="app.yank", show=False),
        Binding("e", "next_environment", "Next environment", id="app.environment", show=False),
        Binding("ctrl+r", "reload", "Read again", id="app.reload", show=False),
        Binding("escape", "back", "Back", id="app.back", show=False),
        Binding("q", "leave", "Back, or quit", id="app.leave", show=False),
    ]

    def __init__(self, world: World, look: Look, opening: Opening = FIRST) -> None:
        # Without colours Textual would make greys of them; with the terminal's own it draws none.
        super().__init__(ansi_color=None if look.colour else True)
        # Textual looks at NO_COLOR alone; what was asked for with --color counts as well.
        others = [each for each in self._filters if not isinstance(each, NoColor | Monochrome)]
        self._filters = others if look.colour else [*others, NoColor()]
        self.no_color = not look.colour
        self.set_class(look.ascii, "-ascii")
        self._flights: dict[str, Flight] = {}
        self._world = world
        self.look = look
        self.pulse: Pulse | None = None
        self._trail: list[str] = []
        """The screens that led here, each to the next."""
        self.unread = False
        """Whether the last look at the project failed."""
        self._stamps: tuple[Stamp, ...] = ()
        self._opening = opening
        self.asked_to_end = 0
        """The signal by which the process was asked to end; 0 for none."""
        for entry in SCREENS:
            self.add_mode(entry.name, entry.make)
        for theme in THEMES:
            self.register_theme(theme)

    @property
    def world(self) -> World:
        """What is looked at."""
        return self._world

    @property
    def page(self) -> Page | None:
        """The screen that is shown; None while a dialog is, and when the last one is gone."""
        return self.screen if self.screen_stack and isinstance(self.screen, Page) else None

    async def on_mount(self) -> None:
        """Show the first screen, and begin to watch."""
        self.theme = self.look.theme if self.look.theme in self.available_themes else THEMES[0].name
        self.set_keymap(dict(self.look.keys))
        await self.switch_mode(self._opening.below)
        self._look()
        self.set_interval(TICK_S, self._tick)
        self.set_interval(WATCH_S, self._watch)
        self.set_interval(PULSE_S, self._look)
        self.call_later(self._show_opening)

    async def _show_opening(self) -> None:
        """Open what is on top of the first screen, once that is there."""
        await show(self, self._opening)

    def end(self, signal_number: int) -> None:
        """Leave, because the process was asked to end."""
        self.asked_to_end = signal_number
        self.exit()

    @property
    def crash(self) -> Exception | None:
        """What ended it, if a bug did."""
        return self._exception

    def _fatal_error(self) -> None:
        """End. Textual would print the crash here, with every local variable."""
        self._close_messages_no_wait()

    def _tick(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Page):
                screen.restate()

    def _watch(self) -> None:
        if "stamps" not in self._flights:
            root, state = self.world.root, self.world.state
            self.read("stamps", lambda: stamps(root, state))

    def _look(self) -> None:
        world = self.world
        where = (world.root, world.state, world.environment, world.clock)
        if "pulse" not in self._flights:
            self.read("pulse", lambda: read_pulse(*where))
        if (page := self.page) and not page.reading:
            page.refresh_data()

    def on_read(self, what: str, value: Any) -> None:
        """Take the pulse, or notice that files have changed."""
        if what == "pulse":
            self.pulse, self.unread = value, False
            self.world.environments = value.places.names
            self.world.protected = value.places.protected
            if self.world.environment is None and value.places.default:
                self.switch_environment(value.places.default)  # settings that are mended by now
            self._tick()
        elif value != self._stamps:
            first, self._stamps = not self._stamps, value
            if not first:
                self.world.look_again()
                self._look()

    def on_unread(self, what: str, error: AgentctlError) -> None:
        """The head says that what is shown is old; each screen says why for itself."""
        if what == "pulse":
            self.unread = True
            self._tick()

    def changed(self) -> None:
        """Read everything again: something was done."""
        self.world.look_again()
        self._look()

    def switch_environment(self, name: str) -> None:
        """Look at another environment; what is being read for this one is dropped."""
        if name == self.world.environment:
            return
        self.world.environment = name
        self.world.epoch += 1
        self.forget()
        for stack in self._screen_stacks.values():
            for screen in stack:
                if isinstance(screen, Page):
                    screen.forget()
        self.changed()
        self._tick()

    def action_next_environment(self) -> None:
        """Look at the environment after this one."""
        names = self.world.environments
        if not names:
            self.notify("no environments: agentctl.yaml declares none", markup=False)
            return
        at = names.index(self.world.environment) if self.world.environment in names else -1
        self.switch_environment(names[(at + 1) % len(names)])

    async def action_go(self, name: str) -> None:
        """Show one of the screens that number keys open."""
        self._trail.clear()
        await self.switch_mode(name)

    async def _lead_to(self, name: str) -> Page | None:
        """Show one of these screens, with nothing on top of it; what leaves it leads back here."""
        here = self.current_mode
        if name in self._trail:
            del self._trail[self._trail.index(name) :]
        elif name != here:
            self._trail.append(here)
        await self.switch_mode(name)
        while len(self.screen_stack) > 1 and isinstance(self.screen, Page):
            self.pop_screen()
        first = self.screen_stack[0]
        return first if isinstance(first, Page) else None

    async def action_back(self) -> None:
        """Leave what was opened on top of a screen, or a screen that another one led to."""
        if len(self.screen_stack) > 1:
            self.pop_screen()
        elif self._trail:
            await self.switch_mode(self._trail.pop())

    async def action_leave(self) -> None:
        """Leave what was opened last; on the screen where one began, the application."""
        if len(self.screen_stack) > 1 or self._trail:
            await self.action_back()
        else:
            self.exit()

    async def action_quit(self) -> None:
        """End the application, from wherever; not while something is being written."""
        if any(getattr(screen, "writing", False) for screen in self.screen_stack):
            self.notify("it is being written: wait for its end", markup=False)
        else:
            await super().action_quit()

    def action_reload(self) -> None:
        """Read everything again."""
        self.changed()

    def action_help(self) -> None:
        """Show every key that does something here."""
        from runner.tui.asking.help import HelpDialog  # noqa: PLC0415  when it is asked for

        self.push_screen(HelpDialog())

    def action_command_palette(self) -> None:
        """Find what can be done by a few letters."""
        from runner.tui.palette import Palette  # noqa: PLC0415

        if not CommandPalette.is_open(cast("App[object]", self)):
            self.push_screen(Palette())

    def action_yank(self) -> None:
        """Show what can be copied here."""
        from runner.tui.asking.yank import YankDialog  # noqa: PLC0415

        self.push_screen(YankDialog())

    def action_command_line(self) -> None:
        """Ask for a command."""
        from runner.tui.asking.command_line import CommandLine  # noqa: PLC0415

        self.push_screen(CommandLine())

    def open_run(self, run: str) -> None:
        """Show one run, by its id."""
        from runner.tui.screens.run import RunPage  # noqa: PLC0415

        self._open(RunPage(run))

    async def open_runs(self, query: str) -> None:
        """Show the runs that match a query."""
        from runner.tui.screens.runs import RunsPage  # noqa: PLC0415

        page = await self._lead_to("runs")
        if isinstance(page, RunsPage):
            page.ask(query)

    async def open_versions(self, agent: str) -> None:
        """Show the versions of an agent."""
        from runner.tui.screens.versions import VersionsPage  # noqa: PLC0415

        page = await self._lead_to("versions")
        if isinstance(page, VersionsPage):
            page.choose(agent)

    def open_diff(self, agent: str, before: str, after: str | None) -> None:
        """Show how two versions of an agent differ; the REFs are those of `agentctl diff`."""
        from runner.tui.screens.diff import DiffPage  # noqa: PLC0415

        self._open(DiffPage(agent, before, after))

    def open_compare(self, left: str, right: str) -> None:
        """Show two runs beside each other, by their ids."""
        from runner.tui.screens.compare import ComparePage  # noqa: PLC0415

        self._open(ComparePage(left, right))

    def open_move(
        self,
        action: str,
        agent: str,
        environment: str,
        ref: str | None = None,
        done: Callable[[], None] | None = None,
    ) -> None:
        """Ask about a promotion or a rollback; nothing moves before it is confirmed."""
        from runner.tui.asking.move import MoveDialog  # noqa: PLC0415

        if not self._refused():
            self._open(MoveDialog(action, agent, environment, ref, done))

    def open_dry_run(self, agent: str, ref: str) -> None:
        """Ask for the input of a dry run, and watch it."""
        from runner.tui.asking.dry_run import DryRunDialog  # noqa: PLC0415

        if not self._refused():
            self._open(DryRunDialog(agent, ref))

    def _refused(self) -> bool:
        if self.look.read_only:
            self.notify("read-only: start `agentctl ui` without --read-only", markup=False)
        return self.look.read_only

    def _open(self, screen: Screen[Any]) -> None:
        self.push_screen(screen)
