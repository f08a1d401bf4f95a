"""The lines about a run above its steps, and the bar of its tabs."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.message import Message
from textual.widget import Widget

from runner.app.listing.run_list import short_id
from runner.app.story.payloads import first_line
from runner.app.story.steps import RunSteps, resume_command
from runner.domain.durations import show_duration
from runner.domain.events import RunStarted
from runner.domain.job import Totals
from runner.tui.look import Cell, Look, Piece, badge
from runner.tui.tints import look_of, tint
from runner.tui.widgets.cells import fitted

DIGEST = 12


class Told(Widget):
    """A few lines, each cut at the width; as high as it has lines."""

    DEFAULT_CSS = "Told { height: 1; width: 100%; padding: 0 1; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self.lines: tuple[Cell, ...] = ()

    def tell(self, lines: Sequence[Cell]) -> None:
        """Show other lines."""
        if (*lines,) != self.lines:
            self.lines = (*lines,)
            self.styles.height = max(len(lines), 1)
            self.refresh()

    def render(self) -> RenderResult:
        """Return the lines as they fit."""
        made = Text(no_wrap=True, end="")
        for number, line in enumerate(self.lines):
            made.append("\n" if number else "")
            parts, _cut = fitted(line, self.size.width, simple=look_of(self.app).ascii)
            for text, tone in parts:
                made.append(text, tint(self.app, tone))
        return made


def head_lines(run: RunSteps, look: Look, hide: Callable[[Any], Any]) -> Iterator[Cell]:
    """Yield which run this is and how it stands, and what it came from; untrusted texts too.

    `hide` takes out what the project's `redact` names.
    """
    start = run.start
    first: list[Piece] = [(short_id(run.run), "strong"), ("  ", "plain"), (run.label, "plain")]
    if start is not None:
        first += [("  ", "plain"), (start.environment or "no environment", "accent")]
    first += [("  ", "plain"), badge(run.shown_status, ascii=look.ascii)]
    if not run.complete:
        first += [(f"  {run.read_bytes / max(run.size, 1):.0%} of the journal", "warning")]
    first += [(f"  {used(run.totals)}", "plain")]
    if start is not None:
        first += [(f"  {start.digest[:DIGEST]}", "dim")]
    yield tuple(first)
    if start is not None:
        yield f"{start.mode}, by {start.trigger}, {first_line(hide(_facts(start)), 400)}", "dim"
    if run.why:
        yield first_line(hide(run.why), 400), "bad" if run.status == "failed" else "warning"
    if command := resume_command(run):
        yield (("goes on with ", "dim"), (hide(command), "strong"))


def used(totals: Totals) -> str:
    """Return how long a run took and what it used, in few words."""
    took = show_duration(totals.duration_s)
    cost = "" if totals.cost_usd is None else f"  ${totals.cost_usd:.4f}"
    return f"{took}  {totals.tokens.total:,} tok{cost}"


def _facts(start: RunStarted) -> str:
    facts = [f"attempt {start.attempt}", f"model {start.model}", f"job {start.job}"]
    facts += [f"about {start.subject}"] if start.subject else []
    return ", ".join(facts)


class TabBar(Widget):
    """The tabs, the one that is shown in reverse video, and what is filtered."""

    DEFAULT_CSS = "TabBar { height: 1; width: 100%; background: $surface; }"

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self._tabs: tuple[tuple[str, str, str], ...] = ()
        self._chosen = ""
        self._notes: tuple[str, ...] = ()

    def tell(
        self, tabs: Sequence[tuple[str, str, str]], chosen: str, notes: Sequence[str] = ()
    ) -> None:
        """Show tabs, each with its name, key and title; `notes` stand at the right, if they fit."""
        self._tabs, self._chosen, self._notes = (*tabs,), chosen, (*notes,)
        self.refresh()

    def render(self) -> RenderResult:
        """Return one line."""
        made = Text(no_wrap=True, end="")
        for name, key, title in self._tabs:
            here = name == self._chosen
            style = (
                tint(self.app, "strong") + Style(reverse=True) if here else tint(self.app, "dim")
            )
            made.append(f" {key} {title} ", style)
        for shown in (self._notes, self._notes[:1]):
            note = ", ".join(shown)
            room = self.size.width - made.cell_len - len(note) - 1
            if note and room >= 1:
                made.append(" " * room + note, tint(self.app, "accent"))
                break
        return made

    def on_click(self, event: events.Click) -> None:
        """Say which tab was clicked."""
        at = 0
        for name, key, title in self._tabs:
            size = len(f" {key} {title} ")
            if at <= event.x < at + size:
                self.post_message(self.Chosen(name))
                return
            at += size
