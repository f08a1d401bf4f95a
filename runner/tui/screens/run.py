"""One run: its steps on the axis of time, what each holds, and what can be checked of it."""

from collections.abc import Callable, Sequence
from functools import partial
from shlex import quote
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Resize

from runner.app.listing.run_list import short_id
from runner.app.plain_text import plain
from runner.app.story.proof import Proof, verdict_of
from runner.app.story.steps import Step, next_failed, resume_command, shown_steps
from runner.domain.errors import AgentctlError
from runner.domain.release import WORKTREE
from runner.tui.page import Page
from runner.tui.screens.run_head import TabBar, Told, head_lines
from runner.tui.screens.run_keys import COMMANDS, KEYS, STYLE, TABS
from runner.tui.screens.run_reads import (
    Payload,
    Seen,
    Tab,
    before,
    payload_of,
    see,
    tab_of,
    texts_of,
    verified,
    whole_of,
)
from runner.tui.screens.run_rows import NARROW_BAR, WIDE_BAR, Manner, StepRows, columns
from runner.tui.screens.run_tabs import payload_text
from runner.tui.screens.run_text import TabText, open_pager
from runner.tui.widgets.lines import LineView
from runner.tui.widgets.table import VirtualTable

LIVE_S = 0.5
"""How often a run that goes on is looked at."""


class RunPage(Page):
    """A run, by its id."""

    NAME = "run"
    TITLE = "Run"
    HINTS = (
        ("open_step", "read"),
        ("next_failed", "failed step"),
        ("compare_previous", "diff to run before"),
        ("verify", "verify"),
        ("pager", "pager"),
        ("rollback", "roll back"),
        ("yank", "copy"),
    )
    BINDINGS: ClassVar[list[Any]] = KEYS
    DEFAULT_CSS = STYLE

    def __init__(self, run: str) -> None:
        super().__init__()
        self._part = run
        self._seen: Seen | None = None
        self._payload: Payload | None = None
        self._steps: tuple[Step, ...] = ()
        """Those that are listed."""
        self._tab = "step"
        self._begun = False
        self._failed_only = False
        self._folded = True

    def compose_body(self) -> ComposeResult:
        """Yield the run's lines, its steps beside what one holds, the other tabs, the tab bar."""
        yield Told(id="about")
        with Horizontal(id="panes"):
            yield VirtualTable(columns(NARROW_BAR), id="steps", newest="bottom")
            yield LineView(id="payload")
        yield TabText(self.world.hide, id="text")
        yield TabBar(id="tabs")

    def on_ready(self) -> None:
        """Watch a run that goes on more often than everything else."""
        if self.look.ascii:
            self._payload_view.styles.border_left = ("ascii", "white")
        self._tell_tabs()
        self.set_interval(LIVE_S, self._watch)

    def refresh_data(self) -> None:
        """Read what the journal has by now."""
        reader = self._seen.reader if self._seen else None
        self.read("run", partial(see, self.world, self._part, reader))

    def _watch(self) -> None:
        if self._seen and self._seen.run.alive and self.is_current and not self.reading:
            self.refresh_data()

    def on_read(self, what: str, value: Any) -> None:
        """Show what a worker read."""
        shown: dict[str, Callable[[Any], None]] = {
            "run": self._show_run,
            "payload": self._show_payload,
            "tab": self._show_tab,
            "proof": self._show_proofs,
            "whole": self._open_pager,
            "before": self._open_compare,
        }
        shown[what](value)
        self._tell_notices()

    @property
    def step(self) -> Step | None:
        """The step under the cursor."""
        at, steps = self._table.cursor, self._steps
        return steps[at] if at < len(steps) else None

    @property
    def _table(self) -> VirtualTable:
        return self.query_one("#steps", VirtualTable)

    @property
    def _payload_view(self) -> LineView:
        return self.query_one("#payload", LineView)

    @property
    def _text(self) -> TabText:
        return self.query_one(TabText)

    def _show_run(self, seen: Seen) -> None:
        previous, self._seen = self._seen, seen
        run = seen.run
        if not run.complete:
            self.refresh_data()
        if previous is not None and previous.run == run and not run.alive:
            return
        self.query_one("#about", Told).tell([*head_lines(run, self.look, self.world.hide)])
        self._show_rows()
        if run.complete and not self._begun:
            self._begin()
        self._read_payload()
        shown = self._text.tab
        if shown and shown.lines != run.lines and self._tab not in {"step", "config"}:
            self._read_this_tab()
        self.restate()

    def _begin(self) -> None:
        """Stand where a person looks first: at the end of what goes on, else at what failed."""
        assert self._seen is not None
        run, self._begun = self._seen.run, True
        if run.alive:
            self._table.follow = True
        elif self._table.cursor:
            return
        elif run.status != "succeeded" and (failed := next_failed(run.steps, -1, 1)) is not None:
            self._table.go_to(run.steps[failed].key)

    def _show_rows(self) -> None:
        if self._seen is None:
            return
        world = self.world
        wide = WIDE_BAR if self.breadth == "wide" else NARROW_BAR
        manner = Manner(self.look, world.hide, world.now(), wide, self._folded)
        self._table.columns_are(columns(wide))
        self._steps = shown_steps(self._seen.run.steps, failed_only=self._failed_only)
        self._table.show(StepRows(self._seen.run, self._steps, manner))

    def on_resize(self, event: Resize) -> None:
        """Draw bars that fit."""
        self._show_rows()

    def on_virtual_table_moved(self) -> None:
        """Read what the step holds that the cursor came to."""
        self._read_payload()

    def on_virtual_table_opened(self) -> None:
        """Enter, and a second click on a step."""
        self.action_open_step()

    def on_tab_bar_chosen(self, message: TabBar.Chosen) -> None:
        """Show the tab that was clicked."""
        self.action_tab(message.name)

    def _read_payload(self) -> None:
        seen, step = self._seen, self.step
        if seen is None or step is None:
            self._payload = None
            empty = "nothing went wrong so far" if self._failed_only else "no step yet"
            self._payload_view.show([(empty, "dim")], keep=False)
            return
        self.read("payload", partial(payload_of, self.world, seen, step), target=step.key)

    def _show_payload(self, payload: Payload) -> None:
        same = self._payload is not None and self._payload.key == payload.key
        if same and self._payload == payload:
            return
        self._payload = payload
        made = payload_text(payload.sections, self.world.hide)
        self._payload_view.show(made.lines, wrap=True, keep=same, stops=made.stops)

    def _read_this_tab(self) -> None:
        if self._seen is not None and self._tab != "step":
            call = partial(tab_of, self.world, self._seen, self._tab, self._text.index)
            self.read("tab", call, target=self._tab)

    def _show_tab(self, tab: Tab) -> None:
        if tab.name == self._tab and self._seen is not None:
            self._text.tell(tab, self._seen, self.step)

    def _show_proofs(self, proofs: tuple[Proof, ...]) -> None:
        said, bad = verdict_of(proofs)
        self.toast(said, bad=bad)
        self._text.proofs = proofs
        if self._tab == "evidence":
            self._text.again()

    def on_unread(self, what: str, error: AgentctlError) -> None:
        """Say why something could not be read; what is shown stays."""
        super().on_unread(what, error)
        self._tell_notices(error.message)

    def _tell_notices(self, error: str = "") -> None:
        """Say what is wrong with the journal, and what could not be read just now."""
        notices = self._seen.run.notices if self._seen else ()
        harmless = all(notice.kind in {"torn", "newer"} for notice in notices)
        told = [self.world.hide(notice.sentence) for notice in notices] + [error] * bool(error)
        if error or not self._unread:
            self.banner("; ".join(told) or None, "bad" if error or not harmless else "warning")

    def _tell_tabs(self) -> None:
        notes = ["failed only"] * self._failed_only + ["idle shown"] * (not self._folded)
        tabs = [(name, self._key_of_tab(name), title) for name, (_key, title) in TABS.items()]
        self.query_one(TabBar).tell(tabs, self._tab, notes)

    def _key_of_tab(self, name: str) -> str:
        return self.look.keys.get(f"run.{name}", TABS[name][0])

    def action_tab(self, name: str) -> None:
        """Show a tab."""
        self._tab = name
        self._tell_tabs()
        self.set_class(name != "step", "-tabbed")
        self._text.begin()
        if name == "step":
            (self._payload_view if self._reads_payload else self._table).focus()
        else:
            self._text.focus()
            self._read_this_tab()
        self.restate()

    @property
    def _reads_payload(self) -> bool:
        return self.has_class("-full") or (self.breadth == "narrow" and self.has_class("-detail"))

    def action_turn_tab(self, steps: int) -> None:
        """Show the tab after this one, or before it."""
        names = list(TABS)
        self.action_tab(names[(names.index(self._tab) + steps) % len(names)])

    def action_next_failed(self) -> None:
        """Go to the next step that went wrong."""
        self._go_failed(1)

    def action_previous_failed(self) -> None:
        """Go to the step before that went wrong."""
        self._go_failed(-1)

    def _go_failed(self, direction: int) -> None:
        steps = self._steps
        at = next_failed(steps, self._table.cursor, direction)
        if at is None:
            self.toast(f"no step {'after' if direction > 0 else 'before'} this one went wrong")
        else:
            self._table.go_to(steps[at].key)

    def action_failed_only(self) -> None:
        """List only what went wrong, or everything again."""
        self._failed_only = not self._failed_only
        self._show_rows()
        self._read_payload()
        self._tell_tabs()

    def action_fold(self) -> None:
        """Fold time in which nobody worked, or the instructions among the messages."""
        if self._tab == "messages":
            self._text.fold()
            return
        self._folded = not self._folded
        self._show_rows()
        self._tell_tabs()

    def action_open_step(self) -> None:
        """Read what the step holds."""
        if self._tab == "step" and self.step is not None:
            self.add_class("-detail")
            self._payload_view.focus()

    def action_fill(self) -> None:
        """Give the payload the whole screen, or a part of it again."""
        if self._tab == "step":
            self.toggle_class("-full")
            (self._payload_view if self._reads_payload else self._table).focus()

    def action_next_part(self) -> None:
        """Go to the next part of the text that is shown."""
        self._shown_view.action_stop(1)

    def action_part_before(self) -> None:
        """Go to the part before."""
        self._shown_view.action_stop(-1)

    @property
    def _shown_view(self) -> LineView:
        return self._payload_view if self._tab == "step" else self._text

    async def action_close(self) -> None:
        """Leave what was opened last: the whole screen, a tab, a step, and then the run."""
        if self._tab != "step":
            self.action_tab("step")
        elif self.has_class("-full"):
            self.action_fill()
        elif self.has_class("-detail"):
            self.remove_class("-detail")
            self._table.focus()
        else:
            await self.ui.action_back()

    def action_pager(self) -> None:
        """Open all of what is shown in the person's pager."""
        seen, step = self._seen, self.step
        if seen is None or step is None:
            return
        if self._tab in {"step", "jsonl"}:
            self.read("whole", partial(whole_of, self.world, seen, step), target=step.key)
        else:
            self._open_pager(plain(self._text.text))

    def _open_pager(self, text: str) -> None:
        if complaint := open_pager(self.app, text):
            self.toast(complaint, bad=True)

    def action_verify(self) -> None:
        """Verify journal, ledger and release, and show what was found."""
        if self._seen is not None:
            self.action_tab("evidence")
            self.read("proof", partial(verified, self.world, self._seen))

    def action_resume(self) -> None:
        """Copy the command that goes on with the run."""
        command = resume_command(self._seen.run) if self._seen else None
        if command is None:
            self.toast("nothing to resume: the run has ended, or is executed now")
            return
        self.app.copy_to_clipboard(command)
        self.toast(f"copied: {command}")

    def action_compare_previous(self) -> None:
        """Compare with the run before of the same agent and environment."""
        if self._seen is not None:
            self.read("before", partial(before, self.world, self._seen))

    def _open_compare(self, other: str | None) -> None:
        if other is None or self._seen is None:
            self.toast("there is no earlier run of this agent in this environment")
        else:
            self.ui.open_compare(other, self._seen.run.run)

    async def action_open_versions(self) -> None:
        """Show the versions of the agent."""
        if self._seen and self._seen.run.start:
            await self.ui.open_versions(self._seen.run.start.agent)

    def action_rollback(self) -> None:
        """Ask about a rollback of the agent where the run ran."""
        start = self._seen.run.start if self._seen else None
        if start is None or start.environment is None or start.version == WORKTREE:
            self.toast("the run was not one of a released version in an environment")
        else:
            self.ui.open_move("rollback", start.agent, start.environment)

    def crumbs(self) -> tuple[str, ...]:
        """Return which run this is; whose it is where the head has room, else it stands below."""
        seen, wide = self._seen, self.breadth != "narrow"
        label = f" {seen.run.label}" if seen and seen.run.start and wide else ""
        return ("Runs", f"{short_id(seen.run.run if seen else self._part)}{label}")

    def command(self) -> str:
        """Return the command that prints what is shown."""
        label = self._seen.run.label if self._seen else self._part
        form = COMMANDS.get(self._tab, "agentctl show {run}")
        return form.format(run=quote(short_id(self._part)), label=quote(label))

    def yanks(self) -> Sequence[tuple[str, str]]:
        """Return the id, the journal, and the step's path, data and text."""
        seen, step = self._seen, self.step
        if seen is None:
            return (("run id", self._part),)
        found = [("run id", seen.run.run), ("journal", str(seen.run.path))]
        if step is None:
            return found
        found.append(("step", f"{seen.run.run} {step.place or step.key}"))
        return [*found, *texts_of(seen, step, self._payload, self.world.hide)]
