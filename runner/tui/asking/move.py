"""Asking about a promotion or a rollback: the plan, a reason, a name, and then what was done.

Nothing moves before a person agrees, with `y` where it says so or a click there; never by Enter.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from runner.app.moves.agreed import Agreed, make_move, missing
from runner.app.moves.lines import Line, done_lines
from runner.app.moves.moving import Applied, Wish
from runner.app.moves.preview import Preview, command_of, preview_move, undo_wish
from runner.app.tones import Tone
from runner.domain.errors import AgentctlError, StalePlanError
from runner.domain.plan import Action
from runner.domain.pointing import WriteOptions
from runner.tui.asking.hiding import error_lines, hidden, hiding
from runner.tui.asking.move_box import WORDS, MoveBox
from runner.tui.asking.parts import Confirm, Toggle
from runner.tui.reading import Flight, Reading
from runner.tui.tints import look_of

if TYPE_CHECKING:
    from runner.tui.world import World

REST_S = 0.4
"""After so long without a key it is planned with another REF."""
OPENERS = {"rollback": "R", "promote": "p"}
OPENING = (".rollback", ".promote", ".undo")
READ_ONLY = " read-only: nothing is moved from here. esc goes back"
REFUSED = (
    ("esc", "cancel", "leave"),
    ("ctrl+r", "plan again", "plan_again"),
    ("c", "copy", "copy"),
)
KEYS = (
    ("esc", "cancel", "leave"),
    ("d", "full diff", "full_diff"),
    ("x", "dry run first", "dry_run"),
    ("c", "copy", "copy"),
)
Phase = Literal["planning", "shown", "stale", "moving", "done"]


class Told(Message, bubble=False):
    """A worker takes a step."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


@dataclass(frozen=True)
class Seen:
    """A preview and its lines with the project's patterns hidden: not pushed, and pushed."""

    preview: Preview
    lines: tuple[tuple[Line, ...], tuple[Line, ...]]


class MoveDialog(ModalScreen[None], Reading):
    """One move of one pointer, from the question to what it did, and back again."""

    DEFAULT_CSS = "MoveDialog { align: center middle; }"
    AUTO_FOCUS = "#reason"
    DEAF_S: ClassVar[float] = 0.3
    """For so long the key that opened it is not listened to: it may still be held down."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", id="move.leave", show=False),
        Binding("d", "full_diff", "Full diff", id="move.diff", show=False),
        Binding("x", "dry_run", "Dry run first", id="move.dry_run", show=False),
        Binding("c", "copy", "Copy the command", id="move.copy", show=False),
        Binding("ctrl+r", "plan_again", "Plan again", id="move.again", show=False),
        Binding("u", "undo", "Undo", id="move.undo", show=False),
    ]

    def __init__(
        self,
        action: str,
        agent: str,
        environment: str,
        ref: str | None = None,
        done: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self._flights: dict[str, Flight] = {}
        self._wish = Wish(cast("Action", action), agent, environment, ref)
        self._finished = done
        self._phase: Phase = "planning"
        self._seen: Seen | None = None
        self._applied: Applied | None = None
        self._news: list[Line] = []
        self._ignored = {OPENERS.get(action, ""), "enter"}
        self._began_s = 0.0
        self._moved = False

    @property
    def box(self) -> MoveBox:
        """What is shown."""
        return self.query_one(MoveBox)

    def compose(self) -> ComposeResult:
        """Show the box; where nothing may be changed, a word about that."""
        if look_of(self.app).read_only:
            yield Static(Text(READ_ONLY))
        else:
            yield MoveBox(self.ignores)

    def on_mount(self) -> None:
        """Begin to plan."""
        look = look_of(self.app)
        if look.read_only:
            return
        opening = {key for name, key in look.keys.items() if name.endswith(OPENING)}
        self._begin(self._wish, self._ignored | opening)
        self.set_interval(1.0, self._tell_state)

    def _begin(self, wish: Wish, ignored: set[str]) -> None:
        """Ask about a move from its beginning."""
        self._wish, self._applied, self._news = wish, None, []
        self._ignored = ignored
        self.set_timer(self.DEAF_S, self._listen)
        self.box.begin(wish, protected=wish.environment in self.world.protected)
        self._plan()

    def _listen(self) -> None:
        """Listen to every key: one that is still held down would have come by now."""
        self._ignored = set()

    def ignores(self, key: str) -> bool:
        """Return whether a key is not listened to yet."""
        return key in self._ignored

    def on_key(self, event: events.Key) -> None:
        """Stop such a key where no field has the focus."""
        if self.ignores(event.key):
            event.stop()

    # Planning

    def _plan(self) -> None:
        """Let a worker plan what the fields ask for now."""
        wish, world = self._wish, self.world
        self._phase, self._seen = "planning", None
        self._began_s = world.clock.monotonic()
        self.read("preview", partial(_looked, world, wish), target=wish)
        self._tell(keep=False)

    def on_read(self, what: str, value: Any) -> None:
        """Show a plan, or what was done."""
        if what == "move":
            self._show_done(*value)
        elif self.box.said("ref") == (self._wish.ref or ""):  # else it is typed further, and read
            self._seen, self._phase = value, "shown"
            self.box.offer(value.preview, self._wish)
            error = value.preview.error
            self._news = error_lines("why not", error) if error else self._news
            self._tell(keep=False)

    def on_unread(self, what: str, error: AgentctlError) -> None:
        """Say why it was not done; nothing has moved, and the dialog stays."""
        self._phase = "stale" if isinstance(error, StalePlanError) else "shown"
        if what == "move":
            self.box.enable(on=True)
        self._news = error_lines("not done", error)
        self._tell(keep=False)

    # What a person says

    def on_input_changed(self, event: Input.Changed) -> None:
        """Plan again for another REF once nobody types any more; take the rest as it comes."""
        event.stop()
        if event.input.id == "ref":
            self._phase, self._seen = "planning", None
            self.set_timer(REST_S, partial(self._take_ref, event.value))
        self._tell()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on to the next field."""
        event.stop()
        if event.input.id == "ref":
            self._take_ref(event.value)
        self.box.go_on(event.input)

    def _take_ref(self, said: str) -> None:
        """Plan with a REF, unless it was typed further meanwhile, or is planned already."""
        if said.strip() != self.box.said("ref") or self._phase in {"moving", "done"}:
            return
        ref = said.strip() or None
        if ref == self._wish.ref and (self._seen is not None or self.reading):
            return
        self._wish, self._news = replace(self._wish, ref=ref, lift_hold=False), []
        self._plan()

    def on_toggle_switched(self, event: Toggle.Switched) -> None:
        """Plan again for a hold that is lifted; show what a push adds."""
        event.stop()
        if event.toggle.id == "lift":
            self._wish, self._news = replace(self._wish, lift_hold=event.toggle.on), []
            self._plan()
        else:
            self._tell()

    def action_plan_again(self) -> None:
        """Look at how it stands now."""
        if self._phase in {"shown", "stale"}:
            self._news = []
            self._plan()

    # Doing it

    def on_confirm_agreed(self, event: Confirm.Agreed) -> None:
        """Carry out what is shown, once."""
        event.stop()
        seen = self._seen
        if self._phase != "shown" or not seen or not seen.preview.plan or self._lacks():
            return
        wish = replace(seen.preview.wish, reason=self.box.said("reason"))
        agreed = Agreed(seen.preview.plan, wish, WriteOptions(push=self.box.pushes))
        self._phase, self._news = "moving", []
        self._began_s = self.world.clock.monotonic()
        self.box.enable(on=False)
        self.read("move", partial(self._made, self.world, agreed), target=agreed)
        self._tell(keep=False)

    def _made(self, world: "World", agreed: Agreed) -> tuple[Applied, tuple[Line, ...]]:
        """In a worker: carry it out, and post each step; return what was done, and in words."""

        def tell(step: str) -> None:
            self.post_message(Told(step))

        with hiding(world):
            applied = make_move(world.root, world.state, agreed, tell, world.clock)
        return applied, hidden(world, done_lines(applied, agreed.options))

    def on_told(self, event: Told) -> None:
        """Show the step that a worker takes."""
        if self._phase == "moving":
            self._news.append(Line("doing", event.text, "live"))
            self._tell()

    def _show_done(self, applied: Applied, lines: tuple[Line, ...]) -> None:
        self._phase, self._applied, self._seen, self._moved = "done", applied, None, True
        self._news = list(lines)
        self.box.hide_fields()
        self._tell(keep=False)
        self.ui.changed()

    def action_undo(self) -> None:
        """Ask about the opposite move, as the planner names it."""
        undo = undo_wish(self._applied.plan) if self._applied else None
        if self._phase == "done" and undo:
            self.box.show_fields()
            self._begin(undo, {"u", "enter"})

    @property
    def writing(self) -> bool:
        """Whether a pointer is being moved: nobody leaves before it is known how that ended."""
        return self._phase == "moving"

    def action_leave(self) -> None:
        """Go back; not while it is being written."""
        if self.writing:
            self._toast("it is being written: wait for its end")
            return
        self.dismiss()
        if self._moved and self._finished:
            self._finished()

    def action_full_diff(self) -> None:
        """Show all that differs."""
        plan = self._seen.preview.plan if self._seen else None
        if plan and plan.before:
            self.ui.open_diff(plan.agent, plan.before.version, plan.after.version)
        elif plan:
            self._toast("there is nothing to compare with: no pointer was there")

    def action_dry_run(self) -> None:
        """Try what would be live, without an effect."""
        plan = self._seen.preview.plan if self._seen else None
        if plan:
            self.ui.open_dry_run(plan.agent, plan.after.version)

    def action_copy(self) -> None:
        """Copy the command line that does the same."""
        self.app.copy_to_clipboard(self._same())
        self._toast("copied the command")

    def _toast(self, text: str) -> None:
        self.notify(text, markup=False)

    # Showing it

    def _tell(self, *, keep: bool = True) -> None:
        """Show facts, state, and what can be done now."""
        done, lines = self._phase == "done", list(self._news)
        if self._seen:
            lines += self._seen.lines[self.box.pushes]
        self.box.tell(lines, keep=keep)
        word = "" if done else WORDS[self._wish.action]
        self.box.confirm(word, ready=self._phase == "shown" and not self._lacks())
        undo = (("u", "undo", "undo"),) if self._applied and self._applied.plan.undo else ()
        planned = self._seen is None or self._seen.preview.plan
        keys = KEYS if planned and self._phase != "stale" else REFUSED
        keys = (("esc", "back", "leave"), *undo) if done else keys
        self.box.keys(() if self.writing else keys)
        self._tell_state()

    def _tell_state(self) -> None:
        text, tone = self._state()
        self.box.say(text, tone, self._same())

    def _state(self) -> tuple[str, Tone]:
        seconds = round(self.world.clock.monotonic() - self._began_s)
        elapsed = f", {seconds} s" if seconds else ""
        if self._phase == "planning":
            return f"planning{elapsed}", "live"
        if self._phase == "moving":
            return f"writing{elapsed}", "live"
        if self._phase == "stale":
            return "nothing has moved: the plan is stale. ctrl+r plans again", "bad"
        if self._phase == "done":
            return "done", "good"
        if lacks := self._lacks():
            held = self._seen is not None and self._seen.preview.liftable
            return f"{lacks}: it is held. Lift the hold, or esc" if held else lacks, "warning"
        return f"tab to `{WORDS[self._wish.action]}`, then y; or click it", "good"

    def _lacks(self) -> str:
        """Return what is still missing, of what is shown."""
        if self._seen is None:
            return "there is no plan"
        return missing(self._seen.preview, self.box.said("reason"), self.box.said("typed"))

    def _same(self) -> str:
        """Return the command line that does the same, with the project's patterns hidden."""
        wish = self._seen.preview.wish if self._seen else self._wish
        same = command_of(replace(wish, reason=self.box.said("reason")), push=self.box.pushes)
        return str(self.world.hide(same))


def _looked(world: "World", wish: Wish) -> Seen:
    """In a worker: plan a move, and make its lines."""
    preview = preview_move(world.root, world.state, wish, world.clock)
    if preview.error:
        world.hide_error(preview.error)
    here, pushed = (hidden(world, preview.lines(push=push)) for push in (False, True))
    return Seen(preview, (here, pushed))
