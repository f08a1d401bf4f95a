"""Runs: what the query picks, newest first, as it comes."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from runner.app.listing.query import Query, parse_query
from runner.app.listing.query_typing import shown_problem, terms_in, value_of, with_term, without
from runner.app.listing.run_feed import Fed, RunFeed
from runner.domain.errors import UsageError
from runner.tui.look import Cell, Piece
from runner.tui.page import Page, bound
from runner.tui.screens.runs_export import ExportDialog
from runner.tui.screens.runs_query import QueryLine, Said
from runner.tui.screens.runs_rows import RunRows, Widths, columns_for
from runner.tui.widgets.table import VirtualTable

FAILURES = "status:failed,stopped,cancelled,in_doubt,gone"
"""What did not end well, or did not end."""
REBUILT = "the ledger was replaced or cut; it is read again from its end"
NO_RUNS = "no runs; `agentctl run AGENT` starts one"


class RunsPage(Page):
    """The runs of a project, as the ledger tells them."""

    NAME = "runs"
    TITLE = "Runs"
    AUTO_FOCUS = "#rows"
    HINTS = (
        ("open_run", "open"),
        ("query", "query"),
        ("failures", "failures"),
        ("all", "all"),
        ("mark", "mark"),
        ("compare", "compare"),
        ("versions", "versions"),
        ("export", "export"),
        ("yank", "copy"),
    )
    BINDINGS: ClassVar[list[Any]] = [
        bound("enter", "open_run", "Open the run", "runs"),
        bound("slash", "query", "Ask for other runs", "runs"),
        bound("exclamation_mark", "failures", "Failures only, or all again", "runs"),
        bound("0", "all", "All runs, of every environment", "runs"),
        bound("space", "mark", "Mark the run, or take its mark away", "runs"),
        bound("d", "compare", "Compare the two marked runs", "runs"),
        bound("v", "versions", "Versions of the agent", "runs"),
        bound("x", "export", "Export the runs, or the marked ones", "runs"),
    ]
    DEFAULT_CSS = """
    RunsPage #asking { height: 1; }
    RunsPage #prompt { width: 3; padding: 0 0 0 1; display: block; }
    RunsPage #query { width: 1fr; }
    RunsPage #counts { width: auto; display: block; }
    RunsPage #rows { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._text: str | None = None
        self._query = Query()
        self._environment: str | None = None
        self._fed: Fed | None = None
        self._widths = Widths()
        self._laid: tuple[int, int] | None = None
        self._feed: RunFeed | None = None
        self._rebuilt = self._gone = False

    def compose_body(self) -> ComposeResult:
        """Yield the query with the counts beside it, what is wrong with it, and the runs."""
        with Horizontal(id="asking"):
            yield Said(id="prompt")
            yield QueryLine(self._known, id="query")
            yield Said(id="counts")
        yield Said(id="problem")
        yield VirtualTable(columns_for(self._widths), id="rows")
        yield Said(id="notice")

    def on_ready(self) -> None:
        """Ask for the environment that is looked at, unless something else was asked."""
        world = self.world
        self._feed = RunFeed(world.root, world.state, world.clock)
        self._environment = world.environment
        self._say("prompt", ("/ ", "strong"))
        self.table.follow = True
        asked, self._text = self._text, ""
        here = f"env:{world.environment}" if world.environment else ""
        self.ask(here if asked is None else asked)

    def ask(self, query: str) -> None:
        """Show the runs that match a query."""
        if not self._feed:
            self._text = query
            return  # it is asked once there is something to ask
        line = self.query_one("#query", QueryLine)
        with line.prevent(Input.Changed):
            line.value = query
        self._take(line.value)

    @property
    def table(self) -> VirtualTable:
        """The list."""
        return self.query_one("#rows", VirtualTable)

    @property
    def row(self) -> dict[str, Any] | None:
        """The run under the cursor."""
        key = self.table.cursor_key
        index = self._fed.runs.index_of(key) if self._fed and key is not None else None
        return self._fed.row(index) if self._fed and index is not None else None

    def refresh_data(self) -> None:
        """Read what was appended; after a switch, the runs of that environment."""
        environment = self.world.environment
        if environment != self._environment and environment:
            self._environment = environment
            self.ask(with_term(self._text or "", f"env:{environment}"))
        elif self._feed:
            self.read("runs", self._feed.step)

    def on_read(self, what: str, value: Fed) -> None:
        """Show what is known by now, and read on until that is all."""
        if self._feed and (value.query != self._query or not value.runs.complete):
            self.read("runs", self._feed.step)
        if value.query != self._query or not self._is_there:
            return
        what = value.runs.change.what
        self._rebuilt = self._rebuilt or what == "rebuilt"
        self._gone = value.runs.missing and (self._gone or what == "gone")
        self._fed = value
        self._show(value)

    def _show(self, fed: Fed) -> None:
        table = self.table
        rows = RunRows(fed, self.look, self.world.now(), self._widths)
        top = 0 if table.follow else table.scroll_offset.y
        rows.see(top, top + (table.size.height or self.app.size.height) - 1)
        self._lay()
        table.show(rows)
        self._tell()

    def _lay(self) -> None:
        """Make room for the names that were seen."""
        wanted = self._widths.agent, self._widths.version
        if wanted != self._laid and self._is_there:
            self._laid = wanted
            self.table.columns_are(columns_for(self._widths))

    def _tell(self) -> None:
        """Say how many there are, and what is out of the ordinary."""
        if self._fed and self._is_there:
            self._say("counts", tuple(self._counts(self._fed)))
            self._say("notice", tuple(self._notices(self._fed)))
            if not self._typing:
                self._say("problem", self._emptiness(self._fed))

    def _say(self, name: str, cell: Cell) -> None:
        self.query_one(f"#{name}", Said).tell(cell)

    @property
    def _is_there(self) -> bool:
        """False while the application ends: what was on the screen goes before the screen."""
        return bool(self.query("#rows")) and bool(self.query("#notice"))

    def _counts(self, fed: Fed) -> Iterator[Piece]:
        runs = fed.runs
        yield f"{len(runs):,} of {runs.total:,} ", "plain"
        if not runs.complete:
            yield "reading", "accent"
        elif self.table.follow or not len(runs):
            yield f"{self.look.glyph('●', '*')} live", "live"
        else:
            yield f"{self.look.glyph('○', 'o')} g follows", "dim"

    def _notices(self, fed: Fed) -> Iterator[Piece]:
        """Yield what is said under the rows: new ones above, and what is wrong with the ledger."""
        told: list[Piece] = []
        if new := self.table.unseen:
            told.append((f"{new:,} new {self.look.glyph('▲', '^')} g follows", "accent"))
        if self._rebuilt:
            told.append((REBUILT, "warning"))
        if skipped := fed.runs.skipped:
            lines = "1 line" if skipped == 1 else f"{skipped:,} lines"
            told.append((f"{lines} cannot be read: `agentctl audit verify`", "warning"))
        if fed.runs.torn and not fed.runs.change:
            told.append(("the last line is cut short", "warning"))
        for number, piece in enumerate(told):
            yield from ((("   ", "plain"), piece) if number else (piece,))

    def _emptiness(self, fed: Fed) -> Cell:
        runs = fed.runs
        if len(runs) or not runs.complete:
            return ""
        if self._gone:
            return "the ledger is gone: it was moved or deleted", "bad"
        if runs.total:
            return f"no run matches; {self.key_of('all')} shows all", "dim"
        return NO_RUNS, "dim"

    @property
    def _typing(self) -> bool:
        """Whether the line says something else than what was asked."""
        return self.query_one("#query", QueryLine).value.strip() != (self._text or "")

    def _take(self, text: str) -> None:
        """Ask what was typed, or say what is wrong with it; what is shown stays then."""
        query = self._parsed(text)
        if query is None:
            return
        self._text, self._query, self._rebuilt = text.strip(), query, False
        self._widths = Widths(agents=self._widths.agents)
        if self._feed:
            self._feed.ask(query)
            self.read("runs", self._feed.step)
        self.restate()

    def _parsed(self, text: str) -> Query | None:
        """Return the query that a text is; what is wrong with it is said beside it."""
        try:
            query = parse_query(text)
        except UsageError as error:
            self._say("problem", (shown_problem(error), "bad"))
            return None
        self._say("problem", "")
        return query

    def _known(self) -> Mapping[str, Sequence[str]]:
        return {"agent": sorted(self._widths.agents), "env": self.world.environments}

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say while it is typed what is wrong with it."""
        event.stop()
        self._parsed(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Show what was asked, unless there is something wrong with it."""
        event.stop()
        if self._parsed(event.value) is not None:
            self.query_one("#query", QueryLine).remember()
            self.ask(event.value.strip())
            self.table.focus()

    def on_query_line_left(self) -> None:
        """Go to the runs."""
        self.table.focus()

    def on_resize(self) -> None:
        """Make room for the names that came into view."""
        self.call_after_refresh(self._lay)

    def on_virtual_table_moved(self) -> None:
        """Follow, or do not; names that come into view get their room."""
        self._tell()
        self.call_after_refresh(self._lay)

    def on_virtual_table_opened(self, event: VirtualTable.Opened) -> None:
        """Enter, and a click on the row that is chosen."""
        self._open(event.key)

    def action_open_run(self) -> None:
        """Open the run under the cursor."""
        if (key := self.table.cursor_key) is not None:
            self._open(key)

    def _open(self, key: str) -> None:
        if key.startswith("@"):
            self.toast("this run is not in the ledger any more", bad=True)
        else:
            self.ui.open_run(key)

    def action_query(self) -> None:
        """Go to the query."""
        self.query_one("#query", QueryLine).focus()

    def action_failures(self) -> None:
        """Ask for failures only; the second time, without that."""
        text = self._text or ""
        only = FAILURES in terms_in(text)
        self.ask(without(text, FAILURES) if only else with_term(text, FAILURES))

    def action_all(self) -> None:
        """Ask for everything."""
        self.ask("")

    def action_mark(self) -> None:
        """Mark the run under the cursor."""
        self.table.action_mark()

    def action_compare(self) -> None:
        """Compare two marked runs, or the marked one with the one under the cursor."""
        marks, key = self.table.marks, self.table.cursor_key
        if len(marks) == 1 and key is not None and key not in marks:
            marks.append(key)
        if len(marks) != 2:
            has = f"{len(marks) or 'none'} {'are' if len(marks) > 1 else 'is'} marked"
            self.toast(f"two runs are compared, and {has}: {self.key_of('mark')} marks one")
            return
        left, right = sorted(marks, key=self._age, reverse=True)
        self.ui.open_compare(left, right)

    def _age(self, key: str) -> int:
        """Return the place of a run in the list: the older, the further down."""
        index = self._fed.runs.index_of(key) if self._fed else None
        return -1 if index is None else index

    async def action_versions(self) -> None:
        """Show the versions of the agent."""
        if row := self.row:
            await self.ui.open_versions(row["agent"])

    def action_export(self) -> None:
        """Ask for a file for the marked runs, or for all that are shown."""
        fed = self._fed
        if fed is None or not fed.runs.complete:
            self.toast("the runs are still being read")
            return
        marks = [index for key in self.table.marks if (index := fed.runs.index_of(key)) is not None]
        picked = sorted(marks) or range(len(fed.runs))
        rows = lambda: (row for index in picked if (row := fed.row(index)))  # noqa: E731
        what = "1 run" if len(picked) == 1 else f"{len(picked):,} runs"
        self.app.push_screen(ExportDialog(rows, f"{what}{' that are marked' if marks else ''}"))

    def crumbs(self) -> tuple[str, ...]:
        """Return the screen's name, and whose runs these are where it is not the environment."""
        asked = value_of(self._text or "", "env")
        if asked == self.world.environment:
            return (self.TITLE,)
        return (self.TITLE, asked or "every environment")

    def command(self) -> str:
        """Return the command that lists them."""
        return f"agentctl runs --query {shlex.quote(self._text)}" if self._text else "agentctl runs"

    def yanks(self) -> Sequence[tuple[str, str]]:
        """Return the run's id, its journal, and the command that shows it."""
        row = self.row
        if row is None or self._fed is None:
            return ()
        return (
            ("run", row["run"]),
            ("journal", str(self._fed.state / row["journal"])),
            ("show it", shlex.join(["agentctl", "show", row["run"]])),
            ("query", self._text or ""),
        )
