"""`:`: a line at the bottom that takes the words of agentctl's commands."""

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from runner.app.tones import Tone
from runner.domain.errors import AgentctlError, UsageError
from runner.tui.asking.completing import PREFIX, WordSuggester
from runner.tui.asking.words import ALIASES, VERBS, Command, read_command, resolved
from runner.tui.opening import show
from runner.tui.reading import Flight, Reading
from runner.tui.tints import look_of, text_of
from runner.tui.widgets.cells import clean
from runner.tui.widgets.entry import Entry

if TYPE_CHECKING:
    from runner.tui.ui import AgentctlUi

EXAMPLES = "such as: runs status:failed, show last, diff AGENT A B, env staging, q"


class CommandLine(ModalScreen[None], Reading):
    """Asks for a command. What is wrong with it is said above it, and it stays to be mended."""

    AUTO_FOCUS = "#command"
    DEFAULT_CSS = """
    CommandLine { align: left bottom; }
    CommandLine > #box { height: auto; width: 100%; background: $panel; }
    CommandLine #said { height: auto; max-height: 4; padding: 0 1; }
    CommandLine #line { height: 1; }
    CommandLine #colon { width: 2; padding: 0 0 0 1; }
    CommandLine #command { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="command.leave", show=False),
        Binding("tab", "complete", "Complete", id="command.complete", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._flights: dict[str, Flight] = {}

    def compose(self) -> ComposeResult:
        """Put the line below what is said about it."""
        with Vertical(id="box"):
            yield Static(id="said", markup=False)
            with Horizontal(id="line"):
                yield Static(":", id="colon", markup=False)
                yield Entry(id="command", suggester=WordSuggester(self.world))

    def on_mount(self) -> None:
        """Say what can be typed; the screen below stays as it is, whatever the style sheet says."""
        self.styles.background = "transparent"
        self._hint("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say how the command that is being typed is written."""
        event.stop()
        self.forget()
        self._hint(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Carry the command out, once it was found to be one."""
        event.stop()
        try:
            command = read_command(event.value)
            self._check_environment(command)
        except UsageError as error:
            self._refuse(error)
            return
        if command is None:
            self.dismiss()
        elif command.opening is None:
            self._carry_out(command)
        else:
            self.read("command", partial(resolved, command, self.world.root, self.world.state))

    def on_read(self, what: str, value: Any) -> None:
        """Everything that the command names is there."""
        self._carry_out(value)

    def on_unread(self, what: str, error: AgentctlError) -> None:
        """Say why not; the line stays."""
        self._refuse(error)

    def action_leave(self) -> None:
        """Close without a command."""
        self.dismiss()

    def action_complete(self) -> None:
        """Take what is offered, as the right arrow does."""
        entry = self.query_one(Entry)
        entry.action_end()
        entry.action_cursor_right()

    def _carry_out(self, command: Command) -> None:
        self.dismiss()
        self.app.call_later(carry_out, self.ui, command)

    def _check_environment(self, command: Command | None) -> None:
        known = self.world.environments
        name = command.environment if command else None
        if name is not None and name not in known:
            hint = f"environments: {', '.join(known)}" if known else "agentctl.yaml declares none"
            raise UsageError(f"there is no environment `{name}`", help=hint)

    def _refuse(self, error: AgentctlError) -> None:
        self._say(error.message + (f"; {error.help}" if error.help else ""), "bad")

    def _hint(self, typed: str) -> None:
        name = typed.removeprefix(PREFIX).partition(" ")[0]
        verb = VERBS.get(ALIASES.get(name, name))
        self._say(verb.form if verb else EXAMPLES, "dim")

    def _say(self, text: str, tone: Tone) -> None:
        shown = clean(text, ascii=look_of(self.app).ascii)
        made = text_of(self.app, (shown, tone))
        made.no_wrap, made.overflow = False, "fold"
        self.query_one("#said", Static).update(made)


async def carry_out(ui: "AgentctlUi", command: Command) -> None:
    """Do what was asked for, on the screens below the line."""
    if command.does == "quit":
        ui.exit()
        return
    if command.does == "help":
        ui.action_help()
        return
    if command.environment is not None:
        ui.switch_environment(command.environment)
    opening = command.opening
    if opening is None:
        return
    if opening.name == opening.below:
        await ui.switch_mode(opening.name)
    await show(ui, opening)
    if command.row is not None and ui.page is not None:
        ui.page.stand_on(command.row)
