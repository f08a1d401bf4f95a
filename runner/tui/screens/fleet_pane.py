"""The pane under the fleet: why the chosen agent is as it is, and the keys that mend it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from runner.app.fleet.row import Row
from runner.app.fleet.why import Action, Finding, Why
from runner.domain.durations import show_age, show_duration
from runner.tui.look import Cell, Look, Piece, badge
from runner.tui.screens.fleet_rows import count

WORDS: dict[Action, str] = {
    "rollback": "roll back",
    "diff": "diff",
    "promote": "promote",
    "dry_run": "dry run",
    "runs": "runs",
}
NAMES: dict[Action, str] = {"runs": "open_runs"}
"""What the page calls an action that the findings call otherwise."""


@dataclass(frozen=True)
class Pane:
    """What the pane needs to know of its page."""

    look: Look
    now: datetime
    key_of: Callable[[str], str]
    """The key of an action; empty where it cannot be taken."""
    where: str = ""
    """What is said before the text, where that does not go without saying."""

    def lines(self, row: Row, why: Why | None) -> Iterator[Cell]:
        """Yield the lines about a row; without its why what the row itself says."""
        findings = why.findings if why else _of_row(row)
        first, *others = findings
        yield self._finding("WHY", first)
        if why and why.since:
            yield _labelled("SINCE", why.since.sentence(self.now))
        for finding in others:
            yield self._finding("ALSO", finding)
        yield _labelled("DAY", self._day(row))
        if row.next_fire:
            yield _labelled("NEXT", self._next(row))
        for finding in findings:
            if finding.mend:
                yield _labelled("MEND", f"$ {finding.mend.partition(chr(10))[0]}")

    def _finding(self, label: str, finding: Finding) -> Cell:
        word, tone = badge(finding.word, ascii=self.look.ascii)
        parts: list[Piece] = [(f"{label:<7}", "dim"), (word.strip(), tone)]
        if finding.text:
            parts.append((f"  {self.where}{self._flat(finding.text)}", "plain"))
        parts += self._actions(finding)
        return tuple(parts)

    def _flat(self, text: str) -> str:
        """The arrow between a tool and what it said is ours."""
        flat = " ".join(text.split())
        return flat.replace(" → ", " -> ") if self.look.ascii else flat

    def _actions(self, finding: Finding) -> Iterator[Piece]:
        keys = [(self.key_of(NAMES.get(each, each)), WORDS[each]) for each in finding.actions]
        keys = [(key, word) for key, word in keys if key]
        gap = self.look.glyph("\u00a0", " ")  # a line is not broken within a hint
        if keys:
            yield f"  {self.look.glyph('→', '->')}", "dim"
        for key, word in keys:
            yield f" [{key}]", "strong"
            yield f"{gap}{word.replace(' ', gap)} ", "plain"

    def _day(self, row: Row) -> str:
        figures = row.figures
        runs = f"{figures.day_runs} run{'' if figures.day_runs == 1 else 's'} in 24 h"
        usd = "" if figures.day_usd is None else _usd(figures.day_usd)
        unpriced = f"{figures.day_unpriced} without a price" if figures.day_unpriced else ""
        tokens = f"{count(figures.day_tokens)} tokens" if figures.day_tokens else ""
        p95 = "" if figures.p95_s is None else f"p95 {show_duration(figures.p95_s)}"
        told = filter(None, (runs, usd, unpriced, tokens, p95))
        return f" {self.look.glyph('·', '-')} ".join(told)

    def _next(self, row: Row) -> str:
        fire = row.next_fire
        assert fire is not None
        away = show_age(max((fire.at - self.now).total_seconds(), 0))
        return f"{fire.schedule} in {away}, {fire.at:%a %Y-%m-%d %H:%M}Z"


def _usd(usd: float) -> str:
    return f"${usd:.2f}" if usd >= 1 else f"${usd:.4f}"


def _labelled(label: str, text: str) -> Cell:
    return ((f"{label:<7}", "dim"), (text, "plain"))


def _of_row(row: Row) -> tuple[Finding, ...]:
    """Return what a row says before anything more was read."""
    if row.sync is None:
        return (Finding("no pointer", ""),)
    if row.sync.word != "synced":
        return (Finding(row.sync.word, row.sync.why),)
    return (Finding(row.health.word, row.health.why),)
