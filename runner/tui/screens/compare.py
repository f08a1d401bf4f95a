"""Two runs side by side, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from shlex import quote
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.events import Resize

from runner.app.listing.run_list import short_id
from runner.app.story.comparing import Pair, RunComparison, compare_runs, differences_of
from runner.app.story.reading import JournalReader, open_journal
from runner.app.story.steps import RunSteps
from runner.domain.release import WORKTREE
from runner.tui.look import Cell, Look, badge
from runner.tui.page import Page, bound
from runner.tui.screens.compare_rows import BELOW, BESIDE, CONFIG, TOTALS, PairRows, side_lines
from runner.tui.screens.diff_lines import NARROWEST, Laid, Manner, lay_out
from runner.tui.screens.run_head import Told, used
from runner.tui.screens.run_tabs import text_of_lines
from runner.tui.widgets.lines import LineView
from runner.tui.widgets.table import VirtualTable
from runner.tui.world import World

LIVE_S = 0.5
LEAST = 40
"""Columns that differences are laid out for at the least."""


@dataclass(frozen=True)
class Compared:
    """A comparison and what read its journals."""

    left: JournalReader
    right: JournalReader
    found: RunComparison


@dataclass(frozen=True)
class Sides(Manner):
    """Side by side wherever that is wanted: the screen knows whether there is room."""

    @property
    def beside(self) -> bool:
        """Whether two sides are shown."""
        return self.sides


@dataclass(frozen=True)
class Detail:
    """How the steps of one pair differ, laid out for a width."""

    key: str
    width: int
    laid: Laid


class ComparePage(Page):
    """Two runs, by their ids."""

    NAME = "compare"
    TITLE = "Compare"
    HINTS = (
        ("next_difference", "next difference"),
        ("difference_before", "before"),
        ("read", "read"),
        ("swap", "swap"),
        ("diff_versions", "diff of the versions"),
        ("yank", "copy"),
    )
    BINDINGS: ClassVar[list[Any]] = [
        bound("n", "next_difference", "Next difference", "compare"),
        bound("N", "difference_before", "Difference before", "compare"),
        bound("enter", "read", "Read the difference", "compare"),
        bound("z", "fill", "Difference on the whole screen", "compare"),
        bound("X", "swap", "Swap the sides", "compare"),
        bound("d", "diff_versions", "Diff of the two versions", "compare"),
        bound("escape", "close", "Back", "compare"),
    ]
    DEFAULT_CSS = """
    ComparePage #pairs { height: 1fr; }
    ComparePage #detail { height: 1fr; border-top: solid $panel; }
    ComparePage.-full #pairs { display: none; }
    ComparePage.-full #about { display: none; }
    """

    def __init__(self, left: str, right: str) -> None:
        super().__init__()
        self._ids = (left, right)
        self._compared: Compared | None = None
        self._rows: PairRows | None = None
        self._detail: Detail | None = None
        self._begun = False

    def compose_body(self) -> ComposeResult:
        """Yield both runs' lines, the pairs, and how the chosen one differs."""
        yield Told(id="about")
        yield VirtualTable(BESIDE, id="pairs")
        yield LineView(id="detail")

    def on_ready(self) -> None:
        """Watch runs that go on."""
        if self.look.ascii:
            self._detail_view.styles.border_top = ("ascii", "white")
        self.set_interval(LIVE_S, self._watch)

    def refresh_data(self) -> None:
        """Read what both journals have by now."""
        call = partial(compare, self.world, self._ids, self._compared)
        self.read("compared", call, target=self._ids)

    def _watch(self) -> None:
        found = self._compared.found if self._compared else None
        live = found is not None and (found.left.alive or found.right.alive)
        if live and self.is_current and not self.reading:
            self.refresh_data()

    def on_read(self, what: str, value: Any) -> None:
        """Show the comparison, or how one pair differs."""
        if what == "compared":
            self._show(value)
        else:
            self._show_detail(value)
        self._tell_notices()

    @property
    def _table(self) -> VirtualTable:
        return self.query_one("#pairs", VirtualTable)

    @property
    def _detail_view(self) -> LineView:
        return self.query_one("#detail", LineView)

    @property
    def pair(self) -> Pair | None:
        """The pair under the cursor; None on the lines before the steps."""
        at = self._table.cursor - 2
        pairs = self._compared.found.pairs if self._compared else ()
        return pairs[at] if 0 <= at < len(pairs) else None

    def _show(self, compared: Compared) -> None:
        if compared is self._compared:
            return
        self._compared = compared
        found = compared.found
        sides = (("left ", found.left), ("right", found.right))
        self.query_one("#about", Told).tell([about(n, run, self.look) for n, run in sides])
        self._show_rows()
        if not self._begun and self._rows and self._rows.stops:
            self._table.go_to(self._rows.key(self._rows.stops[0]))
        self._begun = True
        self._detail = None
        self._read_detail()
        self.restate()

    def _show_rows(self) -> None:
        if self._compared is None:
            return
        self._table.columns_are(BESIDE if self._beside else BELOW)
        hide = self.world.hide
        self._rows = PairRows(self._compared.found, self.look, hide, beside=self._beside)
        self._table.show(self._rows)

    @property
    def _beside(self) -> bool:
        """Whether there is room for two sides."""
        return self.app.size.width >= NARROWEST

    def on_resize(self, event: Resize) -> None:
        """Lay out for the new width."""
        self._show_rows()
        self._read_detail()

    def on_virtual_table_moved(self) -> None:
        """Show how the pair differs that the cursor came to."""
        self._read_detail()

    def on_virtual_table_opened(self) -> None:
        """Enter, and a second click on a pair."""
        self.action_read()

    def _read_detail(self) -> None:
        compared, pair = self._compared, self.pair
        if compared is None:
            return
        if pair is None:
            self._detail = None
            self._detail_view.show([*self._facts(compared.found)], keep=False)
            return
        width = self._room
        if self._detail and (self._detail.key, self._detail.width) == (pair.key, width):
            return
        manner = Sides(width, sides=self._beside)
        call = partial(detail_of, self.world, compared, pair, (manner, self.look))
        self.read("detail", call, target=(pair.key, width))

    def _facts(self, found: RunComparison) -> Sequence[Cell]:
        config = self._table.cursor_key == CONFIG
        sides = found.config if config else found.totals
        return [*side_lines(sides, self.world.hide, self._room)]

    @property
    def _room(self) -> int:
        """Columns for a difference, beside a scroll bar."""
        return max(self._detail_view.size.width - 1, LEAST)

    def _show_detail(self, detail: Detail) -> None:
        if self.pair is None or self.pair.key != detail.key:
            return
        same = self._detail is not None and self._detail.key == detail.key
        self._detail = detail
        cells: list[Cell] = detail.laid.cells[1:] or [("the same in both", "dim")]
        stops = [stop - 1 for stop in detail.laid.stops if stop]
        self._detail_view.show(cells, keep=same, stops=stops)

    def _tell_notices(self) -> None:
        if self._compared is None or self._unread:
            return
        found = self._compared.found
        told = [
            f"{short_id(run.run)}: {self.world.hide(notice.sentence)}"
            for run in (found.left, found.right)
            for notice in run.notices
        ]
        self.banner("; ".join(told) or None, "warning")

    def action_next_difference(self) -> None:
        """Go to the next pair that differs."""
        self._go(1)

    def action_difference_before(self) -> None:
        """Go to the pair before that differs."""
        self._go(-1)

    def _go(self, direction: int) -> None:
        at = self._table.cursor
        stops = self._rows.stops if self._rows else []
        beyond = [stop for stop in stops if (stop - at) * direction > 0]
        if self._rows is None or not beyond:
            self.toast(f"no difference {'after' if direction > 0 else 'before'} this one")
        else:
            self._table.go_to(self._rows.key(min(beyond) if direction > 0 else max(beyond)))

    def action_read(self) -> None:
        """Read the difference; escape goes back to the pairs."""
        self._detail_view.focus()

    def action_fill(self) -> None:
        """Give the difference the whole screen, or a part of it again."""
        full = not self.has_class("-full")
        self.set_class(full, "-full")
        (self._detail_view if full else self._table).focus()

    def action_swap(self) -> None:
        """Swap the sides."""
        key = self._table.cursor_key or ""
        left, _bar, right = key.partition("|")
        self._ids = (self._ids[1], self._ids[0])
        self._compared = None
        self._table.go_to(key if key in {CONFIG, TOTALS} else f"{right}|{left}")
        self.refresh_data()

    def action_diff_versions(self) -> None:
        """Show how the versions differ that the runs ran."""
        found = self._compared.found if self._compared else None
        one, other = (found.left.start, found.right.start) if found else (None, None)
        if one is None or other is None or one.agent != other.agent:
            self.toast("the runs are not of one agent")
        elif one.digest == other.digest or WORKTREE in {one.version, other.version}:
            self.toast("the runs are not of two released versions")
        else:
            self.ui.open_diff(one.agent, one.version, other.version)

    async def action_close(self) -> None:
        """Leave what was opened last, and then the comparison."""
        if self.has_class("-full"):
            self.action_fill()
        elif self._detail_view.has_focus:
            self._table.focus()
        else:
            await self.ui.action_back()

    def crumbs(self) -> tuple[str, ...]:
        """Return which runs these are."""
        return ("Runs", " and ".join(short_id(run) for run in self._ids))

    def command(self) -> str:
        """Return the command line that prints how they differ."""
        shown = (f"<(agentctl show {quote(short_id(run))} --full)" for run in self._ids)
        return f"diff {' '.join(shown)}"

    def yanks(self) -> Sequence[tuple[str, str]]:
        """Return both ids, and the difference that is shown."""
        found = [("left run", self._ids[0]), ("right run", self._ids[1])]
        if self._detail is not None:
            found.append(("difference", text_of_lines(self._detail.laid.cells)))
        return found


def about(side: str, run: RunSteps, look: Look) -> Cell:
    """Return one run in a line."""
    environment = run.start.environment if run.start else None
    return (
        (f"{side}  ", "dim"),
        (short_id(run.run), "strong"),
        (f"  {run.label}  {environment or 'no environment'}  ", "plain"),
        badge(run.shown_status, ascii=look.ascii),
        (f"  {used(run.totals)}", "plain"),
    )


def compare(world: World, ids: tuple[str, str], before: Compared | None) -> Compared:
    """For a worker: both runs as far as they are, and how they differ."""
    world.hide("")
    left, right = (
        (before.left, before.right)
        if before
        else [open_journal(world.root, world.state, part) for part in ids]
    )
    one, other = _read(left), _read(right)
    if before and (before.found.left, before.found.right) == (one, other):
        return before
    return Compared(left, right, compare_runs((left, one), (right, other)))


def _read(reader: JournalReader) -> RunSteps:
    run = reader.update()
    while not run.complete:
        run = reader.update()
    return run


def detail_of(world: World, compared: Compared, pair: Pair, shown: tuple[Manner, Look]) -> Detail:
    """For a worker: how the steps of a pair differ, laid out for a width."""
    manner, look = shown
    differences = differences_of(compared.left, compared.right, pair, world.hide)
    return Detail(pair.key, manner.width, lay_out((), differences, manner, look))
