"""The fleet: is everything that should run running, and in the right version?"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.events import Resize
from textual.widgets import Input

from runner.app.fleet.filtering import ORDERS, Filter, arranged, arranged_lines, parse_filter
from runner.app.fleet.reading import FleetReader
from runner.app.listing.query import Term
from runner.domain.errors import AgentctlError, UsageError
from runner.tui.frame import NAMES, PLAIN_NAMES
from runner.tui.look import Cell, Piece
from runner.tui.page import Hint, bound
from runner.tui.screens.fleet_doing import FleetChoice
from runner.tui.screens.fleet_filter import Asking, FilterLine, Summary, counted
from runner.tui.screens.fleet_matrix import NEEDS, MatrixRows, MatrixTable
from runner.tui.screens.fleet_pane import Pane
from runner.tui.screens.fleet_reading import Resting, read_fleet, read_matrix, read_why
from runner.tui.screens.fleet_rows import FleetRows
from runner.tui.widgets.lines import LineView
from runner.tui.widgets.table import VirtualTable

OF_THE_LIST = ("order", "wide")


class FleetPage(FleetChoice):
    """All agents of an environment, or, as a matrix, of all."""

    NAME = "fleet"
    TITLE = "Fleet"
    HINTS = (
        ("open_runs", "runs"),
        ("filter", "filter"),
        ("diff", "diff"),
        ("rollback", "roll back"),
        ("promote", "promote"),
        ("versions", "versions"),
        ("dry_run", "dry run"),
        ("troubled", "troubled"),
        ("matrix", "matrix"),
        ("order", "order"),
        ("wide", "wide"),
        ("yank", "copy"),
    )
    BINDINGS: ClassVar[list[Any]] = [
        bound("enter", "open_runs", "Runs of the agent here", "fleet"),
        bound("slash", "filter", "Filter: sync:behind -health:healthy ok<90 name", "fleet"),
        bound(
            "d",
            "diff",
            "Diff of what was live before and now; of a cell and its right one",
            "fleet",
        ),
        bound("R", "rollback", "Roll back", "fleet"),
        bound("p", "promote", "Promote here; a cell of the matrix, to its right", "fleet"),
        bound("v", "versions", "Versions of the agent", "fleet"),
        bound("t", "dry_run", "Dry run of what is live", "fleet"),
        bound("exclamation_mark", "troubled", "Only what asks for a person", "fleet"),
        bound("E", "matrix", "Agents by environments", "fleet"),
        bound("s", "order", "Another order", "fleet"),
        bound("w", "wide", "All columns", "fleet"),
        bound("escape", "calm", "No filter; back", "fleet"),
    ]
    DEFAULT_CSS = """
    FleetPage VirtualTable { height: 1fr; }
    FleetPage #matrix { display: none; }
    FleetPage #why { height: 10; border-top: solid $panel; }
    FleetPage.-short #why { height: 5; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._reader: FleetReader | None = None
        self._resting = Resting()
        self._terms: tuple[Term, ...] = ()
        self._troubled = self._wide = False
        self._order = ORDERS[0]
        self._many = 0
        self._mistake = ""

    def compose_body(self) -> ComposeResult:
        """Yield the filter, the counts, both tables of which one is shown, and the pane."""
        yield Asking(id="asking")
        yield Summary(id="summary")
        yield VirtualTable((), id="rows")
        yield MatrixTable((), id="matrix")
        yield LineView(id="why")

    def on_ready(self) -> None:
        """Draw the line above the pane as this terminal can; keys go to the table."""
        if self.look.ascii:
            self.query_one("#why").styles.border_top = ("ascii", "gray")
        self.table.focus()

    # Reading

    def refresh_data(self) -> None:
        """Read the environment, or all of them."""
        world = self.world
        try:
            self._reader = self._reader or FleetReader(world.root, world.state, world.clock)
        except AgentctlError as error:
            self.on_unread("fleet", error)
            return
        if self.in_matrix:
            self.read("matrix", partial(read_matrix, world, self._reader))
        else:
            where = world.environment
            self.read("fleet", partial(read_fleet, world, self._reader, where), target=where)

    def forget(self) -> None:
        """Another environment is looked at: its agents are not known yet."""
        super().forget()
        self._shown.pop(False, None)
        self._why, self._column = None, None
        if self.is_mounted and not self.in_matrix:
            self._show()

    def on_read(self, what: str, value: Any) -> None:
        """Show what was read."""
        self._tell()
        if what == "why":
            self._why = value
            self._show_pane()
            return
        self._shown[what == "matrix"] = value
        if self.in_matrix == (what == "matrix"):
            self._show()
            self._tell()
            self._ask_why()

    def on_unread(self, what: str, error: AgentctlError) -> None:
        """Say why; what was read before stays."""
        super().on_unread(what, error)
        self.query_one("#summary", Summary).tell(self._summary())

    def _tell(self) -> None:
        """Say what is wrong with the filter, else what the project lacks."""
        notes = self.shown.notes if self.shown else ()
        if self._unread:
            return  # what could not be read matters more, and is said already
        if self._mistake:
            self.banner(self._mistake)
        else:
            self.banner("; ".join(notes) or None, "warning")

    def _ask_why(self) -> None:
        """Read why the chosen agent is as it is; of several asked for, the last one."""
        self._resting.tell(self.place)
        if self.place and self._reader:
            self.read("why", partial(read_why, self.world, self._reader, self._resting))

    # Showing

    def on_resize(self, _event: Resize) -> None:
        """Choose the columns for the new width; the matrix may come or go."""
        self._switch()

    def _switch(self) -> None:
        """Show the table that is wanted and fits."""
        was_hidden = not self.table.display
        for table in self.query(VirtualTable):
            table.display = (table.id == "matrix") == self.in_matrix
        if was_hidden and not self.query_one(Asking).display:
            self.table.focus()
        self._show()
        if self.shown is None:
            self.refresh_data()
        self.restate()

    def _show(self) -> None:
        """Give the table its rows again."""
        shown = self.shown
        if shown and shown.fleet:
            found = arranged(shown.fleet.rows, self._filter, self._order)
            rows = FleetRows(found, shown.names, self.look, shown.fleet.now)
            self.table.columns_are(rows.columns(self.app.size.width, wide=self._wide))
            self.table.show(rows)
            self._many = len(rows)
        elif shown and shown.matrix:
            lines = arranged_lines(shown.matrix.lines, self._filter)
            matrix = MatrixRows(lines, shown.matrix.stages, shown.names, self.look, self._chosen)
            self.table.columns_are(matrix.columns())
            self.table.show(matrix)
            self._many = len(matrix)
        self.query_one("#summary", Summary).tell(self._summary())
        self._show_pane()

    @property
    def _filter(self) -> Filter:
        return Filter(self._terms, self._troubled)

    def _chosen(self) -> tuple[str | None, int]:
        return self.table.cursor_key, self.column

    def _summary(self) -> Iterator[Piece]:
        shown = self.shown
        if shown is None:
            yield ("not read", "warning") if self._unread else ("reading", "dim")
            return
        matrix = shown.matrix.lines if shown.matrix else ()
        rows = shown.fleet.rows if shown.fleet else [cell for each in matrix for cell in each.cells]
        yield from counted(rows, self._many, len(shown.names), self.look)
        if self._troubled:
            yield "   only troubled", "accent"
        if self._order != ORDERS[0]:
            yield f"   by {self._order}", "accent"
        text = self.query_one(FilterLine).value
        if text and not self.query_one(Asking).display:
            yield f"   /{text}", "accent"

    def _show_pane(self) -> None:
        row = self.row
        where = f"in {row.environment}: " if row and self.in_matrix else ""
        pane = Pane(self.look, self.world.now(), self._key_of, where)
        lines: list[Cell] = [("no agent is shown", "dim")]
        if self._filter != Filter():
            lines = [(f"no agent is shown: {self._key_of('calm')} takes the filter away", "dim")]
        if row:
            lines = [*pane.lines(row, self.why)]
        self.query_one("#why", LineView).show(lines, wrap=True, keep=self.why is not None)

    def _key_of(self, action: str) -> str:
        key = self.key_of(action) if self.check_action(action, ()) else ""
        shown = NAMES.get(key, key)
        return PLAIN_NAMES.get(shown, shown) if self.look.ascii else shown

    def hints(self) -> Sequence[Hint]:
        """Name the matrix where there is room for it."""
        roomy = self.app.size.width >= NEEDS
        return [hint for hint in super().hints() if roomy or hint[0] != "matrix"]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The matrix has one order, and all its columns."""
        if action in OF_THE_LIST and self.in_matrix:
            return False
        return super().check_action(action, parameters)

    def on_virtual_table_moved(self, message: VirtualTable.Moved) -> None:
        """Say why the agent that the cursor came to is as it is."""
        if message.table is self.table:
            self._show_pane()
            self._ask_why()

    def on_matrix_table_turned(self, message: MatrixTable.Turned) -> None:
        """Choose another environment of the matrix."""
        matrix = self.shown.matrix if self.shown else None
        if matrix:
            self._column = min(max(self.column + message.steps, 0), len(matrix.stages) - 1)
            self._show()
            self._ask_why()

    # What is typed

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(Asking).begin()

    def on_input_changed(self, message: Input.Changed) -> None:
        """Filter while it is typed; half a condition is told below it."""
        message.stop()
        try:
            self._terms, self._mistake = parse_filter(message.value), ""
        except UsageError as error:
            self._mistake = f"{error.message}; {error.help}" if error.help else error.message
        self._tell()
        self._show()

    def on_filter_line_left(self) -> None:
        """Keys go to the table again."""
        self.query_one(Asking).end()
        self.table.focus()
        self._show()

    async def action_calm(self) -> None:
        """Take the filter away; without one, go back."""
        line = self.query_one(FilterLine)
        if line.value or self._troubled:
            self._troubled, line.value = False, ""
            self._show()
        else:
            await self.ui.action_back()

    def action_troubled(self) -> None:
        """Show only what asks for a person, or all again."""
        self._troubled = not self._troubled
        self._show()

    def action_order(self) -> None:
        """Show the rows in the next order."""
        self._order = ORDERS[(ORDERS.index(self._order) + 1) % len(ORDERS)]
        self._show()

    def action_wide(self) -> None:
        """Show all columns, or those there is room for."""
        self._wide = not self._wide
        self._show()

    def action_matrix(self) -> None:
        """Show all environments, or one."""
        if self.app.size.width < NEEDS:
            key = self.key_of("next_environment")
            self.toast(f"the matrix needs {NEEDS} columns; {key} shows the next environment")
            return
        agent = self.table.cursor_key
        self._wants_matrix = not self._wants_matrix
        self._switch()
        if agent is not None:
            self.table.go_to(agent)
        self.refresh_data()

    # What it is called

    def crumbs(self) -> tuple[str, ...]:
        """Return the screen's name."""
        return (self.TITLE, "matrix") if self.in_matrix else (self.TITLE,)

    def command(self) -> str:
        """Return the command that prints the same."""
        environment = self.world.environment
        one = environment and not self.in_matrix
        return f"agentctl status --env {environment}" if one else "agentctl status"
