"""What the dialog of a move is made of: the plan, the fields, and what confirms."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from runner.app.moves.lines import Line
from runner.app.moves.moving import Wish
from runner.app.moves.preview import Preview
from runner.app.tones import Tone
from runner.tui.asking.parts import (
    Confirm,
    Facts,
    Field,
    Ignores,
    Toggle,
    Typed,
    Ways,
    key_words,
)
from runner.tui.look import Cell
from runner.tui.tints import look_of, text_of

WORDS = {"rollback": "Roll back", "promote": "Promote"}
SHOWN_WAYS = 4


class MoveBox(Vertical):
    """It shows what it is told, and says what was typed; it decides nothing."""

    DEFAULT_CSS = """
    MoveBox {
        width: 104; max-width: 100%; height: 100%; max-height: 40;
        background: $surface; border: round $primary;
    }
    MoveBox.-protected { border: round $error; }
    MoveBox.-ascii { border: ascii $primary; }
    MoveBox.-ascii.-protected { border: ascii $error; }
    MoveBox #plan { height: 1fr; }
    MoveBox #state, MoveBox #same {
        height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis;
    }
    MoveBox.-ascii #state, MoveBox.-ascii #same { text-overflow: clip; }
    MoveBox #keys { width: 1fr; height: 1; }
    MoveBox #last { height: 1; }
    """

    def __init__(self, ignores: Ignores) -> None:
        super().__init__(id="box")
        self._ignores = ignores

    def compose(self) -> ComposeResult:
        """Put the plan above the fields, and what confirms into the last corner."""
        yield Facts(id="plan")
        yield Field("Release", Ways(self._ignores, id="ref"))
        yield Field("Reason", Typed(self._ignores, id="reason"))
        yield Field("Agent's name", Typed(self._ignores, id="typed"), id="named")
        yield Toggle(id="lift")
        yield Toggle(id="push")
        yield Static(id="state")
        yield Static(id="same")
        with Horizontal(id="last"):
            yield Static(id="keys")
            yield Confirm(id="confirm")

    def on_mount(self) -> None:
        """Draw the border as this terminal can."""
        self.set_class(look_of(self.app).ascii, "-ascii")

    def said(self, field: str) -> str:
        """Return what stands in `ref`, `reason` or `typed` (the agent's name)."""
        return self.query_one(f"#{field}", Typed).value.strip()

    @property
    def pushes(self) -> bool:
        """Whether a push was asked for; never where there is no server."""
        push = self.query_one("#push", Toggle)
        return push.display and push.on

    def begin(self, wish: Wish, *, protected: bool) -> None:
        """Empty the fields for another move; the reason has the focus."""
        self.border_title = f"{WORDS[wish.action]} {wish.agent} in {wish.environment}"
        with self.prevent(Input.Changed):
            self.query_one("#ref", Ways).value = wish.ref or ""
            for field in ("reason", "typed"):
                self.query_one(f"#{field}", Typed).value = ""
        typed = self.query_one("#typed", Typed)
        typed.placeholder = f"{wish.environment} is protected: type {wish.agent}"
        self.guard(protected=protected)
        for toggle in self.query(Toggle):
            toggle.display = False
        self.enable(on=True)
        self.query_one("#reason", Typed).focus()

    def guard(self, *, protected: bool) -> None:
        """Ask for the agent's name, or do not."""
        self.set_class(protected, "-protected")
        self.query_one("#named", Field).display = protected

    def offer(self, preview: Preview, wish: Wish) -> None:
        """Show what can be chosen for a move that was planned, or refused."""
        ways = self.query_one("#ref", Ways)
        ways.ways = preview.ways
        taken = preview.plan.after.version if preview.plan else preview.wish.ref or "none"
        others = ", ".join(way.ref for way in preview.ways[:SHOWN_WAYS])
        ways.placeholder = f"{taken}, chosen (up and down: {others})" if others else taken
        if preview.around:
            self.guard(protected=preview.around.rules.protected)
        needed = wish.action == "rollback" or wish.lift_hold
        self.query_one("#reason", Typed).placeholder = (
            "required" if needed else "kept in the commit"
        )
        lift, push = self.query_one("#lift", Toggle), self.query_one("#push", Toggle)
        lift.display = preview.liftable or wish.lift_hold
        lift.tell("lift the hold: it may run there again", on=wish.lift_hold)
        push.display = bool(preview.server)
        push.tell(f"push to {preview.server}", on=push.on)

    def enable(self, *, on: bool) -> None:
        """Let the fields be changed, or let nothing be changed: the plan has the focus then."""
        for field in (*self.query(Typed), *self.query(Toggle)):
            field.disabled = not on
        if not on:
            self.query_one(Facts).focus()

    def hide_fields(self) -> None:
        """Leave what was done alone on the screen."""
        for part in (*self.query(Field), *self.query(Toggle), *self.query("#same")):
            part.display = False

    def show_fields(self) -> None:
        """Show again what `hide_fields` hid."""
        for part in (*self.query(Field), *self.query("#same")):
            part.display = True

    def go_on(self, field: Input) -> None:
        """Give the focus to what comes after a field: the next one, or what carries it out.

        While that is not ready, the first field comes after the last one.
        """
        fields: list[Widget] = [each for each in self.query(Typed) if each.focusable]
        at = fields.index(field) if field in fields else -1
        stops = [*fields, *(each for each in self.query(Confirm) if each.focusable)]
        stops[(at + 1) % len(stops)].focus()

    def tell(self, lines: Sequence[Line], *, keep: bool) -> None:
        """Show facts; `keep` leaves them scrolled as they are."""
        self.query_one(Facts).tell(lines, keep=keep)

    def say(self, text: str, tone: Tone, same: str) -> None:
        """Say in a line how it stands, and in another one which command does the same."""
        cell: Cell = (text, tone)
        self.query_one("#state", Static).update(text_of(self.app, cell))
        self.query_one("#same", Static).update(text_of(self.app, (("$ ", "dim"), (same, "plain"))))

    def confirm(self, word: str, *, ready: bool) -> None:
        """Name what carries it out; no word, nothing to carry out."""
        confirm = self.query_one(Confirm)
        confirm.display = bool(word)
        confirm.tell(word, ready=ready)

    def keys(self, hints: Sequence[tuple[str, str, str]]) -> None:
        """Name the keys that do something: the key, a word, the screen's action."""
        self.query_one("#keys", Static).update(key_words(self, hints))
