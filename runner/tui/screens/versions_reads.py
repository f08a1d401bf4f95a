"""What the Versions page reads. For worker threads: no widget is touched here."""

from runner.app.comparing.diff_view import Compared, read_view
from runner.app.comparing.diffing import Difference
from runner.app.released.statistics import Statistics, hidden_statistics, read_statistics
from runner.app.released.table import VersionTable, hidden, list_table
from runner.domain.errors import AgentctlError
from runner.tui.world import World


def start_of(table: VersionTable, environment: str | None) -> str:
    """Return the row that is looked at first: what is live, else the newest release."""
    live = table.live_in(environment) if environment else None
    if live and live.version and table.row(live.version):
        return live.version
    newest = next((row.version for row in table.rows if row.released), None)
    return newest or (table.rows[0].version if table.rows else "")


def read_table(world: World, agent: str) -> VersionTable:
    """Return the list of versions, fit to be shown."""
    return hidden(list_table(world.root, world.state, agent, world.clock), world.hide)


def read_counts(world: World, table: VersionTable, before: Statistics | None) -> Statistics:
    """Return what takes longer to know, fit to be shown."""
    found = read_statistics(world.root, world.state, table, world.clock, before)
    return hidden_statistics(found, world.hide)


def read_difference(world: World, compared: Compared) -> tuple[Compared, Difference | str]:
    """Return what was compared, with the comparison or why there is none."""
    try:
        found = read_view(world.root, world.state, compared, world.clock)
    except AgentctlError as error:
        said = error.message + (f"; {error.help}" if error.help else "")
        return compared, str(world.hide(said))
    return compared, found.difference
