"""Asking about a dry run: what it begins with; then it is watched like any other run.

The run is a process of its own, so it goes on when this is closed, and can be cancelled from here
for as long as it is open.
"""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from runner.app.executing.dry_running import DryRun, Offer, offer_dry_run, start_dry_run
from runner.app.listing.run_list import short_id
from runner.app.moves.lines import Line
from runner.app.plain_text import escaped
from runner.app.screening import HIDDEN
from runner.app.tones import Tone
from runner.domain.errors import AgentctlError
from runner.tui.asking.dry_run_box import DryRunBox
from runner.tui.asking.hiding import error_lines, hiding
from runner.tui.asking.parts import Confirm, Picker
from runner.tui.reading import Flight, Reading
from runner.tui.tints import look_of

if TYPE_CHECKING:
    from runner.tui.world import World

READ_ONLY = " read-only: nothing is run from here. esc goes back"
SENT_SO = f"{HIDDEN} is sent as it stands here, now that the input was changed"
LOOK_S = 0.5
"""How often it is asked whether the run goes on."""
KEYS = (("esc", "cancel", "leave"), ("up down", "another input", "pick"))
WATCHED = (("esc", "back", "leave"), ("o", "watch it", "watch"), ("x", "cancel the run", "cancel"))
OVER = (("esc", "back", "leave"), ("o", "look at it", "watch"))
Phase = Literal["reading", "asking", "starting", "running", "over"]
Checked = tuple[int | None, str]
"""The example that an input is, None for one that was changed, and its text."""


class DryRunDialog(ModalScreen[None], Reading):
    """A dry run of one version of an agent."""

    DEFAULT_CSS = "DryRunDialog { align: center middle; }"
    AUTO_FOCUS = "#picker"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", id="dry_run.leave", show=False),
        Binding("o", "watch", "Watch it", id="dry_run.watch", show=False),
        Binding("x", "cancel", "Cancel the run", id="dry_run.cancel", show=False),
    ]

    def __init__(self, agent: str, ref: str) -> None:
        super().__init__()
        self._flights: dict[str, Flight] = {}
        self._target = f"{agent}@{ref}" if ref else agent
        self._phase: Phase = "reading"
        self._offer: Offer | None = None
        self._shown: tuple[str, ...] = ()
        """The text of each example, with the project's patterns hidden."""
        self._checked: Checked = (None, "")
        """What was typed last."""
        self._at = 0
        """Which one was chosen: two may look the same, with what differs hidden."""
        self._values = ""
        self._given: Mapping[str, Any] | None = None
        """What it begins with; None while it does not fit."""
        self._dry: DryRun | None = None
        self._run_id = ""
        self._error: AgentctlError | None = None

    @property
    def box(self) -> DryRunBox:
        """What is shown."""
        return self.query_one(DryRunBox)

    def compose(self) -> ComposeResult:
        """Show the box; where nothing may be run, a word about that."""
        if look_of(self.app).read_only:
            yield Static(Text(READ_ONLY))
        else:
            yield DryRunBox(self._target)

    def on_mount(self) -> None:
        """Read what it can begin with."""
        if look_of(self.app).read_only:
            return
        self.read("offer", partial(_offered, self.world, self._target))
        self.set_interval(LOOK_S, self._look)
        self._tell()

    def on_read(self, what: str, value: Any) -> None:
        """Show what it can begin with, take what was typed, or watch what has begun."""
        self._error = None
        if what == "offer":
            self._phase = "asking"
            self._offer, self._shown, self._values = value
            self.box.offer([example.name for example in self._offer.examples])
            self._take(0)
        elif what == "typed" and self._phase == "asking" and value[0] == self._checked:
            self._given = value[1]
        elif what == "start":
            self._phase, (self._dry, self._run_id) = "running", value
            self.box.hide_input()
            self.ui.open_run(self._run_id)
        self._tell()

    def on_unread(self, what: str, error: AgentctlError) -> None:
        """Say why; what was typed stays."""
        self._error = error
        if what == "typed":
            self._given = None
        elif what == "start":
            self._phase = "asking"
            self.box.enable(on=True)
        self._tell()

    def _take(self, at: int) -> None:
        """Begin with an example: as it is, whatever of it the screen hides."""
        assert self._offer is not None
        self._at = at
        self.box.write(self._shown[at])
        self._check(self._shown[at])

    def on_picker_picked(self, event: Picker.Picked) -> None:
        """Begin with another example."""
        event.stop()
        if self._phase == "asking":
            self._take(event.at)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Let a worker look whether what was typed fits."""
        event.stop()
        if self._phase == "asking":
            self._check(event.text_area.text)

    def _check(self, text: str) -> None:
        offer = self._offer
        assert offer is not None
        untouched = text == self._shown[self._at]
        self._given, self._checked = None, (self._at if untouched else None, text)
        # One at a time, whatever is typed meanwhile: a long input takes seconds.
        self.read("typed", partial(_fitting, self.world, offer, self._checked))
        self._tell()

    def on_confirm_agreed(self, event: Confirm.Agreed) -> None:
        """Start it, once."""
        event.stop()
        if self._phase != "asking" or self._offer is None or self._given is None:
            return
        self._phase, self._error = "starting", None
        self.box.enable(on=False)
        self.read("start", partial(_started, self.world, self._offer, self._given))
        self._tell()

    def _look(self) -> None:
        if self._phase == "running" and self._dry and self._dry.process.code is not None:
            self._phase = "over"
            self._tell()

    def action_watch(self) -> None:
        """Show the run."""
        if self._run_id:
            self.ui.open_run(self._run_id)

    def action_cancel(self) -> None:
        """Ask the run to end as Ctrl-C does."""
        if self._dry and self._phase == "running":
            self._dry.cancel()
            self.notify("asked the run to end; its journal says when it has", markup=False)

    def action_pick(self) -> None:
        """Give the focus to the inputs that can be chosen."""
        if self._phase == "asking":
            self.query_one(Picker).focus()

    def action_leave(self) -> None:
        """Go back; a run that has begun goes on."""
        if self._phase == "starting":
            self.notify("it is being started: wait for its first line", markup=False)
            return
        self.dismiss()

    def _tell(self) -> None:
        self.box.tell(self._facts())
        text, tone = self._state()
        same = self.world.hide(self._offer.command) if self._offer else ""
        self.box.say(text, tone, same)
        waits = self._phase in {"reading", "asking", "starting"}
        self.box.confirm(ready=self._phase == "asking" and self._given is not None, shown=waits)
        self.box.keys(KEYS if waits else WATCHED if self._phase == "running" else OVER)

    def _facts(self) -> list[Line]:
        lines = []
        if self._offer:
            release = self._offer.release
            lines.append(Line("version", f"{release.version}  {release.digest[:15]}…"))
            effects = "simulated: reading tools run, writing ones do not; the model is asked"
            lines.append(Line("effects", effects, "accent"))
            lines += [Line("values", self._values)] if self._values else []
        if self._run_id:
            lines.append(Line("run", self._run_id, "strong"))
        if self._phase == "asking" and self._changed_hidden:
            lines.append(Line("note", SENT_SO, "warning"))
        return lines + (error_lines("not yet", self._error) if self._error else [])

    @property
    def _changed_hidden(self) -> bool:
        """Whether what was typed has in it what only stands for what is hidden."""
        text = self.box.typed
        return HIDDEN in text and text not in self._shown

    def _state(self) -> tuple[str, Tone]:
        if self._phase == "reading":
            return ("there is nothing to run", "bad") if self._error else ("reading", "live")
        if self._phase == "starting":
            return "starting a process; it is shown as soon as its journal begins", "live"
        if self._phase == "running":
            return f"run {short_id(self._run_id)} goes on, also when this is closed", "live"
        if self._phase == "over":
            code = self._dry.process.code if self._dry else None
            tone: Tone = "plain" if code == 0 else "bad"
            return f"run {short_id(self._run_id)} has ended, exit code {code}", tone
        if self._given is None:
            return "the input does not fit" if self._error else "checking the input", "warning"
        return "tab past the input to `Start`, then y; or click it", "good"


def _offered(world: "World", name: str) -> tuple[Offer, tuple[str, ...], str]:
    """In a worker: what it can begin with, and the texts that are shown of it."""
    with hiding(world):
        offer = offer_dry_run(world.root, world.state, name, world.environment, world.clock)
    shown = tuple(escaped(world.hide(example.text)) for example in offer.examples)
    return offer, shown, world.hide(", ".join(offer.values))


def _fitting(world: "World", offer: Offer, checked: Checked) -> tuple[Checked, dict[str, Any]]:
    """In a worker: the input that was typed, or the example as it is; and which that was."""
    at, text = checked
    with hiding(world):
        given = offer.typed(text) if at is None else offer.fitting(offer.examples[at].input)
    return checked, given


def _started(world: "World", offer: Offer, given: Mapping[str, Any]) -> tuple[DryRun, str]:
    """In a worker: start it, and wait for its first line."""
    with hiding(world):
        run = start_dry_run(world.root, world.state, offer, given)
        return run, run.begun()
