"""Two versions of an agent: what the changes mean, then the text of every file."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult

from runner.app.comparing.diff_view import Compared, DiffView, read_view
from runner.domain.errors import AgentctlError
from runner.domain.release import WORKTREE
from runner.tui.look import Look, Piece
from runner.tui.page import Page, bound
from runner.tui.screens.diff_lines import NARROWEST, Laid, Manner, lay_out
from runner.tui.screens.diff_meaning import semantic_lines
from runner.tui.screens.diff_refs import RefsDialog
from runner.tui.widgets.lines import LineView


class DiffPage(Page):
    """How two versions of an agent differ."""

    NAME = "diff"
    TITLE = "Diff"
    HINTS = (
        ("unified", "unified"),
        ("sides", "side by side"),
        ("words", "words"),
        ("less", "less"),
        ("more", "more"),
        ("everything", "all lines"),
        ("swap", "swap"),
        ("refs", "other REFs"),
        ("rollback", "roll back"),
        ("yank", "copy"),
    )
    BINDINGS: ClassVar[list[Any]] = [
        bound("u", "unified", "One column, lines before above lines after", "diff"),
        bound("s", "sides", f"Side by side, from {NARROWEST} columns", "diff"),
        bound("w", "words", "Marks inside changed lines, on and off", "diff"),
        bound("left_curly_bracket", "less", "Fewer lines around a change", "diff"),
        bound("right_curly_bracket", "more", "More lines around a change", "diff"),
        bound("a", "everything", "Every line, or only those around a change", "diff"),
        bound("X", "swap", "The other way round", "diff"),
        bound("W", "refs", "Compare other versions, environments, the worktree", "diff"),
        bound("p", "promote", "Promote the version that is compared with", "diff"),
        bound("R", "rollback", "Roll back to the version before", "diff"),
        bound("t", "dry_run", "Dry run of the version that is compared with", "diff"),
    ]
    DEFAULT_CSS = "DiffPage LineView { height: 1fr; }"

    def __init__(self, agent: str, before: str, after: str | None = None) -> None:
        super().__init__()
        self._compared = Compared(agent, before, after or WORKTREE)
        self._view: DiffView | None = None
        self._laid = Laid()
        self._manner = Manner(0)

    def compose_body(self) -> ComposeResult:
        """Yield the one text."""
        yield LineView(id="diff")

    def on_ready(self) -> None:
        """Take the environment that `previous` is meant in."""
        self._compared = replace(self._compared, environment=self.world.environment)
        self.query_one(LineView).show([self._waiting])

    @property
    def _waiting(self) -> Piece:
        return f"reading {self.look.glyph('…', '...')}", "dim"

    def refresh_data(self) -> None:
        """Read both versions; two releases are read once, since they never change."""
        if self._view is not None and not self._laid.cells:
            self._lay()  # what was being laid out was dropped with the environment
        if self._view is not None and self._compared.stays:
            return
        world, compared, before = self.world, self._compared, self._view
        self.read(
            "view",
            partial(read_view, world.root, world.state, compared, world.clock, before),
            target=compared,
        )

    def on_read(self, what: str, value: Any) -> None:
        """Lay out what was read, or show what was laid out."""
        if what == "view":
            if value is not self._view:
                self._view = value
                self._lay()
        else:
            self._show(value)

    def on_unread(self, what: str, error: AgentctlError) -> None:
        """Say why; without anything to show, in its place."""
        super().on_unread(what, error)
        if self._view is None:
            self.query_one(LineView).show([(error.message, "bad"), (error.help or "", "dim")])

    def on_resize(self) -> None:
        """Lay the texts out for the new width, once the text has it."""
        self.call_after_refresh(self._lay)

    def _lay(self) -> None:
        if self._view is None or not self.is_attached:
            return
        self._manner = replace(self._manner, width=max(self.query_one(LineView).room, 20))
        self.read("layout", partial(_laid, self._view, self._manner, self.look))
        self.restate()

    def _show(self, laid: Laid) -> None:
        view, place = self.query_one(LineView), None
        if self._laid.places:
            place = self._laid.places[min(view.top, len(self._laid.places) - 1)]
        self._laid = laid
        view.show(laid.cells, stops=laid.stops, keep=place is not None)
        if place is not None:
            view.go_to(laid.row_of(place))

    def compare(self, before: str, after: str) -> None:
        """Compare two other REFs of the agent."""
        self._turn_to(replace(self._compared, before=before, after=after))

    def _turn_to(self, compared: Compared) -> None:
        self._compared, self._view, self._laid = compared, None, Laid()
        self.forget()
        self.query_one(LineView).show([self._waiting], keep=False)
        self.refresh_data()
        self.restate()

    def action_unified(self) -> None:
        """Show one column."""
        self._take(replace(self._manner, sides=False))

    def action_sides(self) -> None:
        """Show both versions beside each other, where there is room."""
        if self.app.size.width < NARROWEST:
            self.toast(f"side by side needs {NARROWEST} columns; here are {self.app.size.width}")
        self._take(replace(self._manner, sides=True))

    def action_words(self) -> None:
        """Mark words inside changed lines, or not."""
        self._take(replace(self._manner, words=not self._manner.words))

    def action_more(self) -> None:
        """Show one more line on each side of a change."""
        context = self._manner.context
        self._take(replace(self._manner, context=None if context is None else context + 1))

    def action_less(self) -> None:
        """Show one line less on each side of a change."""
        context = Manner(0).context if self._manner.context is None else self._manner.context
        self._take(replace(self._manner, context=max((context or 0) - 1, 0)))

    def action_everything(self) -> None:
        """Show every line, or only those around a change."""
        context = Manner(0).context if self._manner.context is None else None
        self._take(replace(self._manner, context=context))

    def _take(self, manner: Manner) -> None:
        self._manner = manner
        self._lay()

    def action_swap(self) -> None:
        """Compare the other way round."""
        self._turn_to(self._compared.swapped())

    def action_refs(self) -> None:
        """Ask for two other REFs."""
        self.app.push_screen(RefsDialog(self._compared), self._asked)

    def _asked(self, found: Compared | None) -> None:
        if found is not None:
            self._turn_to(found)

    def action_promote(self) -> None:
        """Ask about promoting the version that is compared with."""
        self._move("promote", self._compared.after or WORKTREE)

    def action_rollback(self) -> None:
        """Ask about going back to the version before."""
        self._move("rollback", self._compared.before)

    def _move(self, action: str, ref: str) -> None:
        environment = self.world.environment
        if environment is None:
            self.toast("no environments: agentctl.yaml declares none", bad=True)
            return
        self.ui.open_move(action, self._compared.agent, environment, ref)

    def action_dry_run(self) -> None:
        """Ask for the input of a dry run of the version that is compared with."""
        self.ui.open_dry_run(self._compared.agent, self._compared.after or WORKTREE)

    def crumbs(self) -> tuple[str, ...]:
        """Return what is compared, and how it is shown where there is room to say it."""
        compared = self._compared
        arrow = self.look.glyph("→", "->")
        names = f"{compared.before} {arrow} {compared.after or WORKTREE}"
        if self.breadth == "narrow":
            return (self.TITLE, names)
        return (self.TITLE, compared.agent, names, self._shown_as())

    def _shown_as(self) -> str:
        manner = self._manner
        how = "side by side" if manner.beside else "unified"
        context = "all lines" if manner.context is None else f"context {manner.context}"
        return f"{how}, {context}{'' if manner.words else ', no words'}"

    def command(self) -> str:
        """Return the command that prints the same."""
        return f"{self._compared.command()} -v"

    def yanks(self) -> Sequence[tuple[str, str]]:
        """Return both digests."""
        if self._view is None:
            return ()
        sides = self._view.difference.comparison
        return (("digest before", sides.before.digest), ("digest after", sides.after.digest))


def _laid(view: DiffView, manner: Manner, look: Look) -> Laid:
    """For a worker: the rows of a comparison."""
    return lay_out(semantic_lines(view.difference), view.files(), manner, look)
