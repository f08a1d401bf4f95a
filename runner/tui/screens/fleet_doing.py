"""What is chosen in the fleet, and what can be done with it."""

from collections.abc import Sequence

from runner.app.fleet.matrix import Line
from runner.app.fleet.row import Row
from runner.app.fleet.why import Why
from runner.tui.page import Page
from runner.tui.screens.fleet_matrix import NEEDS
from runner.tui.screens.fleet_reading import Place, Shown
from runner.tui.widgets.table import VirtualTable

NOBODY = "no agent is chosen"


class FleetChoice(Page):
    """A page on which one agent in one environment is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: dict[bool, Shown] = {}
        """The matrix by True, the fleet by False."""
        self._why: Why | None = None
        self._wants_matrix = False
        self._column: int | None = None

    @property
    def in_matrix(self) -> bool:
        """Whether all environments are shown: there must be room for them."""
        return self._wants_matrix and self.app.size.width >= NEEDS

    @property
    def table(self) -> VirtualTable:
        """The table that is shown."""
        return self.query_one("#matrix" if self.in_matrix else "#rows", VirtualTable)

    @property
    def shown(self) -> Shown | None:
        """What was read of what is shown."""
        return self._shown.get(self.in_matrix)

    @property
    def line(self) -> Line | None:
        """The line of the matrix under the cursor."""
        agent, matrix = self.table.cursor_key, self.shown.matrix if self.shown else None
        return matrix.line(agent) if matrix and agent and self.in_matrix else None

    @property
    def row(self) -> Row | None:
        """The agent under the cursor: in this environment, or in the chosen one of the matrix."""
        if line := self.line:
            return line.cells[self.column] if line.cells else None
        agent, fleet = self.table.cursor_key, self.shown.fleet if self.shown else None
        return fleet.row(agent) if fleet and agent else None

    @property
    def column(self) -> int:
        """Which environment of the matrix is chosen: first the one that is looked at."""
        matrix = self.shown.matrix if self.shown else None
        names = [stage.name for stage in matrix.stages] if matrix else []
        here = self.world.environment
        column = self._column
        if column is None:
            column = names.index(here) if here in names else 0
        return min(column, max(len(names) - 1, 0))

    @property
    def place(self) -> Place | None:
        """The agent and the environment under the cursor."""
        row = self.row
        return (row.agent, row.environment) if row else None

    @property
    def why(self) -> Why | None:
        """Why the chosen row is as it is; None before that was read."""
        why = self._why
        return why if why and (why.row.agent, why.row.environment) == self.place else None

    @property
    def right(self) -> Row | None:
        """The same agent in the environment to the right of the chosen one."""
        line = self.line
        return line.cells[self.column + 1] if line and self.column + 1 < len(line.cells) else None

    def stand_on(self, agent: str) -> None:
        """Go to an agent, in the table that is shown."""
        if not self.table.go_to(agent) and self.shown:
            self.toast(f"{agent} is not shown: a filter may hide it")

    async def on_virtual_table_opened(self) -> None:
        """Enter, and a click on the row that is chosen."""
        await self.action_open_runs()

    async def action_open_runs(self) -> None:
        """Show the runs of the agent here."""
        if row := self._wanted():
            where = f" env:{row.environment}" if row.environment else ""
            await self.ui.open_runs(f"agent:{row.agent}{where}")

    async def action_versions(self) -> None:
        """Show the versions of the agent."""
        if row := self._wanted():
            await self.ui.open_versions(row.agent)

    def action_diff(self) -> None:
        """Compare what was live before with what is; of the matrix a cell with its right."""
        row = self._wanted()
        if row is None:
            return
        if self.in_matrix:
            self._diff_right(row)
            return
        why = self.why
        before = (why.since.before if why.since else None) or why.back if why else None
        if before is None or row.version is None:
            self.toast(f"nothing is known to have been live before in {row.environment or 'it'}")
        else:
            self.ui.open_diff(row.agent, before, row.version)

    def _diff_right(self, row: Row) -> None:
        right = self.right
        if right is None or None in {row.sync, right.sync}:
            self.toast("there are not two versions to compare: choose a cell with one to its right")
        else:
            self.ui.open_diff(row.agent, right.environment or "", row.environment)

    def action_rollback(self) -> None:
        """Ask about the way back."""
        row = self._wanted()
        if row and row.environment and row.sync:
            self.ui.open_move("rollback", row.agent, row.environment, None, self.refresh_data)
        elif row:
            self.toast(f"{row.agent} has no pointer here: there is nothing to roll back")

    def action_promote(self) -> None:
        """Ask about the newest release; of the matrix, about the cell's version to its right."""
        row = self._wanted()
        if row is None:
            return
        if self.in_matrix:
            self._promote_right(row)
        elif row.environment is None:
            self.toast("there is no environment to promote to: agentctl.yaml declares none")
        else:
            offer = self.why.offer if self.why else None
            self.ui.open_move("promote", row.agent, row.environment, offer, self.refresh_data)

    def _promote_right(self, row: Row) -> None:
        right = self.right
        if right is None or right.environment is None:
            self.toast(f"{row.environment} is the last environment: nothing is to its right")
        elif row.sync is None or row.version is None:
            self.toast(f"{row.agent} has no pointer in {row.environment}: nothing to promote")
        else:
            self.ui.open_move(
                "promote", row.agent, right.environment, row.version, self.refresh_data
            )

    def action_dry_run(self) -> None:
        """Ask for a dry run of what is live here, or of what there is."""
        if row := self._wanted():
            ref = row.environment if row.sync and row.environment else row.version
            self.ui.open_dry_run(row.agent, ref or "worktree")

    def _wanted(self) -> Row | None:
        """Return the chosen row; say so where there is none."""
        if self.row is None:
            self.toast(NOBODY)
        return self.row

    def yanks(self) -> Sequence[tuple[str, str]]:
        """Return the agent's names, and what mends it."""
        row = self.row
        if row is None:
            return ()
        named = [
            ("name", row.agent),
            ("marked names", " ".join(self.table.marks)),
            ("version", f"{row.agent}@{row.version}" if row.version else ""),
            ("digest", row.digest or ""),
        ]
        if why := self.why:
            mends = [each.mend.partition("\n")[0] for each in why.findings if each.mend]
            named += [("mend", mends[0] if mends else ""), ("failed run", why.failed or "")]
        return [(word, text) for word, text in named if text]
