"""Versions: every release of an agent, where it is live, how it did, and what changed in it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Static

from runner.app.comparing.diff_view import Compared
from runner.app.comparing.diffing import Difference
from runner.app.released.statistics import Statistics, with_digests
from runner.app.released.table import VersionRow, VersionTable, list_agents
from runner.domain.errors import AgentctlError
from runner.tui.look import Cell
from runner.tui.page import Page, bound
from runner.tui.screens.diff_meaning import hanging
from runner.tui.screens.diff_refs import RefsDialog
from runner.tui.screens.versions_agent import AgentDialog
from runner.tui.screens.versions_detail import Detail
from runner.tui.screens.versions_reads import read_counts, read_difference, read_table, start_of
from runner.tui.screens.versions_rows import COLUMNS, VersionRows, VersionsTable, columns_for
from runner.tui.tints import text_of
from runner.tui.widgets.lines import LineView

KEPT = 64
"""Comparisons that are kept."""


class VersionsPage(Page):
    """The versions of one agent."""

    NAME = "versions"
    TITLE = "Versions"
    HINTS = (
        ("diff", "diff"),
        ("base", "base"),
        ("swap", "swap"),
        ("refs", "REFs"),
        ("runs", "runs"),
        ("promote", "promote"),
        ("rollback", "roll back"),
        ("dry_run", "dry run"),
        ("agent", "agent"),
        ("yank", "copy"),
    )
    BINDINGS: ClassVar[list[Any]] = [
        bound("d", "diff", "Diff of the base and this version", "versions"),
        bound("space", "base", "Compare with this version: the base", "versions"),
        bound("X", "swap", "Compare the other way round", "versions"),
        bound("W", "refs", "Compare any two versions, environments, the worktree", "versions"),
        bound("l", "runs", "Runs of this version", "versions"),
        bound("p", "promote", "Promote this version", "versions"),
        bound("R", "rollback", "Roll back to this version", "versions"),
        bound("t", "dry_run", "Dry run of this version", "versions"),
        bound("a", "agent", "Another agent", "versions"),
    ]
    DEFAULT_CSS = """
    VersionsPage #caption { height: 1; display: none; }
    VersionsPage.-narrow #caption { display: block; }
    VersionsPage #split { height: 1fr; }
    VersionsPage #rows { height: 1fr; }
    VersionsPage #detail { height: 45%; border-top: solid $panel; }
    VersionsPage.-short #detail { display: none; }
    VersionsPage.-wide #split { layout: horizontal; }
    VersionsPage.-wide #rows { width: 3fr; height: 100%; }
    VersionsPage.-wide #detail {
        display: block; width: 2fr; height: 100%; border-top: none; border-left: solid $panel;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._agent: str | None = None
        self._table: VersionTable | None = None
        self._statistics: Statistics | None = None
        self._swapped = False
        self._picking = False
        self._known: dict[Compared, Difference | str] = {}
        self._told: tuple[str, Compared | None] | None = None
        """What the pane is about."""

    def compose_body(self) -> ComposeResult:
        """Yield the table, and what is to be said of the version under the cursor."""
        yield Static(id="caption")
        with Container(id="split"):
            yield VersionsTable(COLUMNS, id="rows")
            yield LineView(id="detail")

    def on_ready(self) -> None:
        """Draw the line between both as this terminal can."""
        if self.look.ascii:
            self.query_one("#detail").styles.border_top = ("ascii", "gray")
            self.query_one("#detail").styles.border_left = ("ascii", "gray")

    @property
    def versions(self) -> VersionsTable:
        """The table."""
        return self.query_one(VersionsTable)

    def choose(self, agent: str) -> None:
        """Show another agent's versions."""
        if agent == self._agent:
            return
        self._agent, self._table, self._statistics = agent, None, None
        self._swapped = False
        self.versions.clear_marks()
        self.forget()
        self.refresh_data()
        self.restate()

    def refresh_data(self) -> None:
        """Read the list; the first time which agents there are."""
        world = self.world
        if self._agent is None:
            self.read("agents", partial(list_agents, world.root, world.state))
        else:
            self.read("table", partial(read_table, world, self._agent), target=self._agent)

    def on_read(self, what: str, value: Any) -> None:
        """Show what was read, and read what takes longer."""
        taking: dict[str, Callable[[Any], None]] = {
            "agents": self._take_agents,
            "table": self._take_table,
            "statistics": self._take_statistics,
            "difference": self._take_difference,
        }
        taking[what](value)
        self._tell()

    def on_unread(self, what: str, error: AgentctlError) -> None:
        """Say why; a dialog whose agents could not be read does not come later."""
        self._picking = self._picking and what != "agents"
        super().on_unread(what, error)

    def _take_agents(self, agents: Sequence[str]) -> None:
        if self._picking:
            self._picking = False
            if not self.is_current:
                return
            self.app.push_screen(AgentDialog(agents, self._agent, self.choose))
        elif agents and self._agent is None:
            self.choose(agents[0])

    def _take_table(self, table: VersionTable) -> None:
        first = self._table is None
        self._table = table
        self._known = {each: found for each, found in self._known.items() if each.stays}
        self._show()
        if first:
            self.versions.go_to(start_of(table, self.world.environment))
        world = self.world
        call = partial(read_counts, world, table, self._statistics)
        self.read("statistics", call, target=table.agent)

    def _take_statistics(self, statistics: Statistics) -> None:
        self._statistics = statistics
        if self._table is not None:
            self._table = with_digests(self._table, statistics)
            self._show()

    def _take_difference(self, value: tuple[Compared, Difference | str]) -> None:
        compared, found = value
        self._known[compared] = found
        while len(self._known) > KEPT:
            self._known.pop(next(iter(self._known)))
        self._show_detail()

    def _tell(self) -> None:
        """Say what is missing, in a line that stays."""
        if self._unread:
            return  # what could not be read matters more, and is said already
        table = self._table
        if table is None:
            nobody = self._agent is None and not self.reading
            self.banner("no agent here: agentctl new AGENT" if nobody else None, "warning")
            return
        notes = list(table.notes)
        if not table.released:
            notes.append(f"{table.agent} has no release yet: agentctl release {table.agent}")
        if self._statistics and not self._statistics.whole:
            notes.append("a shallow clone knows the end of the past alone")
        notes += [f"{each.environment}: {each.note}" for each in table.lives if not each.version]
        self.banner("; ".join(notes) or None, "warning")

    def _show(self) -> None:
        if self._table is None:
            return
        base = next(iter(self.versions.marks), None)
        environment = self.world.environment
        rows = VersionRows(self._table, self._statistics, environment, self.look, base)
        self.versions.columns_are(columns_for(rows))
        self.versions.show(rows)
        self.query_one("#caption", Static).update(text_of(self.app, self._caption(self._table)))
        self._compare()
        self.restate()

    def _caption(self, table: VersionTable) -> Cell:
        """Return what the head has no room for in a narrow terminal."""
        count = f"  {table.released} release{'' if table.released == 1 else 's'}"
        return ((f" {table.agent}", "strong"), (self._live(" in "), "live"), (count, "dim"))

    def _live(self, word: str) -> str:
        """Return what is live in the environment that is looked at; empty where nothing is."""
        environment = self.world.environment
        live = self._table.live_in(environment) if self._table and environment else None
        if live is None or live.version is None:
            return ""
        return f"  {live.version} live{word + live.environment if word else ''}"

    def on_virtual_table_moved(self) -> None:
        """Compare the version that the cursor came to."""
        self._compare()

    def on_virtual_table_marked(self) -> None:
        """Compare with another base."""
        self._show()

    def on_virtual_table_opened(self) -> None:
        """Enter, and a double click."""
        self.action_diff()

    @property
    def chosen(self) -> VersionRow | None:
        """The version under the cursor."""
        key = self.versions.cursor_key
        return self._table.row(key) if self._table and key else None

    @property
    def compared(self) -> Compared | None:
        """The base, by itself the version before, and the version under the cursor."""
        row, table = self.chosen, self._table
        if row is None or table is None:
            return None
        marked = [key for key in self.versions.marks if key != row.version and key in table.places]
        older = table.before(row.version)
        base = marked[0] if marked else older.version if older else None
        if base is None:
            return None
        sides = (row.version, base) if self._swapped else (base, row.version)
        return Compared(table.agent, *sides)

    def _compare(self) -> None:
        """Show what is known; while one comparison is read, only the last one asked for waits."""
        self._show_detail()
        compared = self.compared
        if compared and compared not in self._known and self._has_detail:
            self.read("difference", partial(read_difference, self.world, compared))

    @property
    def _has_detail(self) -> bool:
        """Whether there is room beside, or below, the table."""
        return self.breadth == "wide" or not self.short

    def _show_detail(self) -> None:
        row, table, compared = self.chosen, self._table, self.compared
        if row is None or table is None:
            return
        found = self._known.get(compared) if compared else None
        trouble = found if isinstance(found, str) else ""
        difference = found if isinstance(found, Difference) else None
        detail = Detail(table, self._statistics, row, compared, difference, trouble)
        view, simple = self.query_one(LineView), self.look.ascii
        width = view.room or self.app.size.width
        lines = [
            row for cell in detail.lines(self.look) for row in hanging(cell, width, simple=simple)
        ]
        view.show(lines, keep=(row.version, compared) == self._told)
        self._told = row.version, compared

    def on_resize(self) -> None:
        """Break the lines for the new width; a pane that came needs something to show."""
        self.call_after_refresh(self._compare)

    def action_diff(self) -> None:
        """Show the whole comparison."""
        compared = self.compared
        if compared is None:
            self.toast("nothing before it to compare with; space marks a base")
            return
        self.ui.open_diff(compared.agent, compared.before, compared.after)

    def action_base(self) -> None:
        """Mark the version under the cursor as the base."""
        self.versions.action_mark()

    def action_swap(self) -> None:
        """Compare the other way round."""
        self._swapped = not self._swapped
        self._compare()

    def action_refs(self) -> None:
        """Ask for any two REFs."""
        if self._agent is None:
            return
        asked = self.compared or Compared(self._agent, "worktree", "worktree")
        asked = Compared(asked.agent, asked.before, asked.after, self.world.environment)
        self.app.push_screen(RefsDialog(asked), self._asked)

    def _asked(self, found: Compared | None) -> None:
        if found is not None:
            self.ui.open_diff(found.agent, found.before, found.after)

    async def action_runs(self) -> None:
        """Show the runs of the version."""
        if row := self.chosen:
            await self.ui.open_runs(f"agent:{self._agent} version:{row.version}")

    def action_promote(self) -> None:
        """Ask about a promotion to the environment that is looked at."""
        self._move("promote")

    def action_rollback(self) -> None:
        """Ask about going back to the version."""
        self._move("rollback")

    def _move(self, action: str) -> None:
        row, environment = self.chosen, self.world.environment
        if environment is None:
            self.toast("no environments: agentctl.yaml declares none", bad=True)
        elif row and self._agent:
            self.ui.open_move(action, self._agent, environment, row.version)

    def action_dry_run(self) -> None:
        """Ask for the input of a dry run of the version."""
        if (row := self.chosen) and self._agent:
            self.ui.open_dry_run(self._agent, row.version)

    def action_agent(self) -> None:
        """Ask for another agent."""
        self._picking = True
        self.read("agents", partial(list_agents, self.world.root, self.world.state))

    def crumbs(self) -> tuple[str, ...]:
        """Return the agent, and what is live in the environment that is looked at."""
        if self._agent is None:
            return (self.TITLE,)
        live = self._live("").strip()
        shown = (live,) if live and self.breadth != "narrow" else ()
        return (self.TITLE, self._agent, *shown)

    def command(self) -> str:
        """Return the command that lists them."""
        return f"agentctl releases list {self._agent or 'AGENT'}"

    def yanks(self) -> Sequence[tuple[str, str]]:
        """Return the names of the version under the cursor, and the command of the comparison."""
        row, compared = self.chosen, self.compared
        if row is None:
            return ()
        told = (
            ("version", f"{self._agent}@{row.version}"),
            ("digest", row.digest or ""),
            ("commit", row.commit or ""),
            ("diff command", compared.command() if compared else ""),
        )
        return tuple((word, text) for word, text in told if text)
