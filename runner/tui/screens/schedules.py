"""Schedules: in words, with the times to come, and where they are live."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult

from runner.app.fleet.scheduling import Planned, Schedules, Slot, Unread, list_schedules, load_ahead
from runner.domain.schedule import Recurring
from runner.tui.look import Cell, Look
from runner.tui.page import Page, bound
from runner.tui.widgets.cells import wrapped
from runner.tui.widgets.columns import LEAD
from runner.tui.widgets.lines import LineView
from runner.tui.widgets.table import Column, VirtualTable
from runner.tui.world import World

COLUMNS = (
    Column("AGENT", 8),
    Column("SCHEDULE", 8),
    Column("VERSION", 7),
    Column("MEANS", 16, grow=True, rank=1),
    Column("NEXT", 16),
    Column("LIVE", 6),
    Column("CRON", 14, rank=3),
    Column("A DAY", 5, right=True, rank=2),
)
BARS = " ▁▂▃▄▅▆▇█"
PLAIN_BARS = " .:-=+*#@"
SCROLL_BAR = 1
"""Columns that it takes beside the times."""
Read = tuple[Schedules, tuple[int, ...]]
"""The schedules, and how many runs they start in each of the next hours."""


class ScheduleRows:
    """Schedules as rows."""

    def __init__(self, planned: Sequence[Planned], look: Look, *, in_utc: bool) -> None:
        self.planned = planned
        self._look = look
        self._in_utc = in_utc
        self._places = {self.key(at): at for at in range(len(planned))}

    def __len__(self) -> int:
        return len(self.planned)

    def key(self, index: int) -> str:
        """Return what stays the same while times go by."""
        return self.name(self.planned[index])

    @staticmethod
    def name(each: Planned) -> str:
        """Return the key of a schedule."""
        return f"{each.agent}/{each.schedule.name}/{each.environment}"

    def index_of(self, key: str) -> int | None:
        """Return where a schedule stands."""
        return self._places.get(key)

    def cells(self, index: int) -> Sequence[Cell]:
        """Return a schedule's row."""
        each = self.planned[index]
        live: Cell = (self._look.glyph("✔ live", "+ live"), "good") if each.live else ("no", "dim")
        cron = each.schedule.cron if isinstance(each.schedule, Recurring) else "once"
        return (
            each.agent,
            each.schedule.name,
            each.version,
            each.words,
            shown(each.fires[0], in_utc=self._in_utc) if each.fires else ("never again", "dim"),
            live,
            cron,
            f"{each.runs_a_day:.1f}".removesuffix(".0"),
        )


class SchedulesPage(Page):
    """When agents would run."""

    NAME = "schedules"
    TITLE = "Schedules"
    HINTS = (("open_runs", "runs"), ("zone", "UTC/local"), ("dry_run", "dry run"), ("yank", "copy"))
    BINDINGS: ClassVar[list[Any]] = [
        bound("enter", "open_runs", "Runs of the agent", "schedules"),
        bound("z", "zone", "Times in UTC, or as the schedule's clocks show them", "schedules"),
        bound("v", "open_versions", "Versions of the agent", "schedules"),
        bound("t", "dry_run", "Dry run of the version", "schedules"),
    ]
    DEFAULT_CSS = """
    SchedulesPage #rows { height: 1fr; }
    SchedulesPage #times { height: 15; border-top: solid $panel; }
    SchedulesPage.-short #times { height: 7; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._found: Schedules | None = None
        self._load: tuple[int, ...] = ()
        self._wanted: str | None = None
        """An agent to go to, once its schedules are read."""
        self._in_utc = True

    def compose_body(self) -> ComposeResult:
        """Yield the list, and below it the times of the one that is chosen."""
        yield VirtualTable(COLUMNS, id="rows")
        yield LineView(id="times")

    def on_ready(self) -> None:
        """Draw the line above the times as this terminal can."""
        if self.look.ascii:
            self.query_one("#times").styles.border_top = ("ascii", "gray")

    def refresh_data(self) -> None:
        """Read the schedules of the versions that the environment runs."""
        self.read("schedules", partial(_read, self.world, self.world.environment))

    def on_resize(self) -> None:
        """Give the words what room there is now."""
        self._show()

    def forget(self) -> None:
        """Another environment is looked at: what it runs is not known yet."""
        super().forget()
        self._found, self._load = None, ()
        if self.is_mounted:
            self._show()

    def on_read(self, what: str, value: Read) -> None:
        """Show them; what cannot be read is named."""
        self._found, self._load = value
        self._show()
        self._stand()
        self.banner("; ".join(unread_words(self._found.unread)) or None, "warning")

    def stand_on(self, agent: str) -> None:
        """Go to the first schedule of an agent, as soon as there are any."""
        self._wanted = agent
        self._stand()

    def _stand(self) -> None:
        if self._wanted is None or self._found is None:
            return
        agent, self._wanted = self._wanted, None
        rows = ((each.agent, ScheduleRows.name(each)) for each in self._planned)
        key = next((name for of, name in rows if of == agent), None)
        if key is None:
            self.toast(f"{agent} has no schedule here")
        else:
            self.query_one(VirtualTable).go_to(key)

    @property
    def _planned(self) -> list[Planned]:
        """In the order of the rows."""
        return sorted(self._found.planned if self._found else (), key=_soonest)

    def _show(self) -> None:
        planned = self._planned
        table = self.query_one(VirtualTable)
        table.columns_are(columns_for(planned, self.app.size.width - LEAD - 1))
        table.show(ScheduleRows(planned, self.look, in_utc=self._in_utc))
        self._show_times()

    @property
    def chosen(self) -> Planned | None:
        """The schedule under the cursor."""
        planned, at = self._planned, self.query_one(VirtualTable).cursor
        return planned[at] if at < len(planned) else None

    def on_virtual_table_moved(self) -> None:
        """Show the times of the one that the cursor came to."""
        self._show_times()

    async def on_virtual_table_opened(self) -> None:
        """Enter, and a click on the row that is chosen."""
        await self.action_open_runs()

    def _show_times(self) -> None:
        self.query_one(LineView).show([*self._times()], keep=False)

    def _times(self) -> Iterator[Cell]:
        each = self.chosen
        if each is None:
            said = "no agent here has a schedule" if self._found else "nothing is read yet"
            yield (said, "dim")
            return
        where = f" in {each.environment}" if each.environment else ""
        told: Cell = (
            (f"{each.agent} {each.schedule.name}", "strong"),
            (f"  {each.version}{where}: {each.words}", "plain"),
        )
        yield from wrapped(told, self.app.size.width - SCROLL_BAR, simple=self.look.ascii)
        for number, slot in enumerate(each.fires, 1):
            yield f"  {number:>2}  {_utc(slot.at)}   {slot.shown:%a %Y-%m-%d %H:%M %z}"
        yield from load(self._load, self.world.now(), self.look)
        yield ("nothing fires schedules yet: cron can call `agentctl run`", "dim")

    async def action_open_runs(self) -> None:
        """Show the runs of the agent."""
        if self.chosen:
            await self.ui.open_runs(f"agent:{self.chosen.agent}")

    async def action_open_versions(self) -> None:
        """Show the versions of the agent."""
        if self.chosen:
            await self.ui.open_versions(self.chosen.agent)

    def action_dry_run(self) -> None:
        """Ask for a dry run of the version that would run."""
        if self.chosen:
            self.ui.open_dry_run(self.chosen.agent, self.chosen.version)

    def action_zone(self) -> None:
        """Show the next times in the other zone."""
        self._in_utc = not self._in_utc
        self._show()

    def crumbs(self) -> tuple[str, ...]:
        """Return the screen's name, and which zone its times are in."""
        return (self.TITLE, "UTC" if self._in_utc else "local times")

    def command(self) -> str:
        """Return the command that lists them."""
        environment = self.world.environment
        return "agentctl schedules list" + (f" --env {environment}" if environment else "")

    def yanks(self) -> Sequence[tuple[str, str]]:
        """Return the cron line, and the next times."""
        each = self.chosen
        if each is None:
            return ()
        cron = each.schedule.cron if isinstance(each.schedule, Recurring) else ""
        times = "\n".join(_utc(slot.at) for slot in each.fires)
        return tuple((word, text) for word, text in (("cron", cron), ("next times", times)) if text)


def columns_for(planned: Sequence[Planned], room: int) -> list[Column]:
    """Return the columns for so many cells: names are whole, and the words as far as they can be.

    What the words say matters more than the cron line that they are made of.
    """
    longest = (max((len(name) for name in names), default=0) for names in _names(planned))
    named = [
        replace(column, width=max(column.width, size))
        for column, size in zip(COLUMNS, longest, strict=False)
    ]
    means, *rest = COLUMNS[len(named) :]
    taken = sum(column.width + 1 for column in (*named, *rest) if not column.rank)
    words = max((len(each.words) for each in planned), default=0)
    return [*named, replace(means, width=max(means.width, min(words, room - taken, 48))), *rest]


def shown(slot: Slot, *, in_utc: bool) -> str:
    """Return a time in UTC, or as the clocks of its zone show it."""
    return f"{slot.at:%a %m-%d %H:%M}Z" if in_utc else f"{slot.shown:%a %m-%d %H:%M %Z}"


def load(hours: Sequence[int], now: datetime, look: Look) -> Iterator[Cell]:
    """Yield how many runs live schedules would start in each of the next hours."""
    most = max(hours, default=0)
    if not most:
        return
    bars = PLAIN_BARS if look.ascii else BARS
    names = " ".join(f"{(now.hour + after) % 24:02d}" for after in range(len(hours)))
    tops = "  ".join(bars[-(-count * (len(bars) - 1) // most)] for count in hours)
    yield (f"24 h    {names}", "dim")
    yield (("live    ", "dim"), (f" {tops}", "accent"))


def _soonest(each: Planned) -> tuple[bool, datetime, str, str]:
    first = each.fires[0].at if each.fires else datetime.max.replace(tzinfo=UTC)
    return not each.live, first, each.agent, each.schedule.name


def _names(planned: Sequence[Planned]) -> Iterator[list[str]]:
    yield [each.agent for each in planned]
    yield [each.schedule.name for each in planned]
    yield [each.version for each in planned]


def _utc(moment: datetime) -> str:
    return f"{moment:%a %Y-%m-%d %H:%M}Z"


def unread_words(unread: Sequence[Unread]) -> Iterator[str]:
    """Yield why versions cannot be read, each reason once: a broken agentctl.yaml breaks all."""
    by_reason: dict[str, list[str]] = {}
    for each in unread:
        agent = each.name.partition("@")[0]
        by_reason.setdefault(each.error.message.replace(agent, "*"), []).append(each.name)
    told = {each.name: each.error.message for each in unread}
    for first, *others in by_reason.values():
        more = f" and {len(others)} more" if others else ""
        yield f"{first}{more} cannot be read: {told[first]}"


def _read(world: World, environment: str | None) -> Read:
    """For a worker: the schedules, and the runs of the hours to come."""
    found = list_schedules(world.root, world.state, None, environment, world.clock)
    for each in found.unread:
        world.hide_error(each.error)
    return found, load_ahead(found.planned, world.now())
