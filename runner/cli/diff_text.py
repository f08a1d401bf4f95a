"""How a comparison is told to a person: one screen, or everything with the text of every file."""

import re
import sys
from collections.abc import Iterator, Sequence
from shutil import get_terminal_size

from runner.app.diffing import Difference, Upcoming
from runner.boundary.surroundings import is_terminal
from runner.cli.main import Shell
from runner.cli.output import coloured
from runner.cli.terminal import Colour, one_line, painted, plain
from runner.domain.change import Change, Level, Side
from runner.rollout.changes_schedules import often
from runner.rollout.effort import Effort, EffortChange

WIDTH = 118
NARROWEST = 60
MOST = 40
"""Lines of the screen without -v."""
HUNKS = 3
"""Places shown of one text."""
INDENT = " " * 8
NOTHING = "  no difference"
MARKED = re.compile(r"\[-.*?-\]|\{\+.*?\+\}")
PLACE = 30
COLOURS: dict[Level, Colour | None] = {
    "breaking": "red",
    "widening": "yellow",
    "behaviour": "cyan",
    "note": None,
}
SIGNS: dict[str, Colour | None] = {"-": "red", "+": "green", "~": "yellow", "@": "cyan"}


def diff_text(shell: Shell, found: Difference, *, verbose: bool) -> str:
    """Return a comparison for a person, made plain and then coloured where wanted."""
    colour = coloured(shell, sys.stdout)
    head, foot = list(_head(found)), list(_foot(found))
    if verbose:
        changes = _changes(found.comparison.changes, colour=colour)
        return "\n".join([*head, *changes, *foot, *_texts(found, colour=colour)])
    width = max(get_terminal_size().columns, NARROWEST) if is_terminal(sys.stdout) else WIDTH
    room = MOST - len(head) - len(foot)
    changes = folded(found.comparison.changes, room, width, colour=colour)
    short = [[_cut(line, width) for line in part] for part in (head, foot)]
    return "\n".join([*short[0], *changes, *short[1]])


def _head(found: Difference) -> Iterator[str]:
    before, after = found.comparison.before, found.comparison.after
    count = len(found.files)
    files = f"{count} file differs" if count == 1 else f"{count} files differ"
    yield plain(f"{after.agent}  {_named(before)} → {_named(after)}  {files}")
    wide = max(len(_named(side)) for side in (before, after))
    for side in (before, after):
        commit = f"  commit {side.commit[:12]}" if side.commit else ""
        yield plain(f"  {_named(side):<{wide}}  {side.digest[:15]}…  {side.origin}{commit}")
    yield ""


def _named(side: Side) -> str:
    return f"{side.environment} ({side.version})" if side.environment else side.version


def _changes(changes: Sequence[Change], *, colour: bool) -> Iterator[str]:
    """Yield every change with every place of a text, nothing cut."""
    if not changes:
        yield NOTHING
    wide = _widest(changes)
    for change in changes:
        yield _line(change, None, wide, colour=colour)
        for place in _places(change):
            yield _place(place, None, colour=colour)


def folded(
    changes: Sequence[Change], room: int, width: int, *, colour: bool, all_by: str = "-v"
) -> Iterator[str]:
    """Yield at most `room` lines: the weightiest changes, some places of texts, what is left.

    `all_by` is what one says to see all of them.
    """
    if not changes:
        yield NOTHING
    listed = changes if len(changes) <= room else changes[: room - 1]
    spare = max(room - len(listed) - 1, 0)
    wide = _widest(listed)
    for change in listed:
        yield _line(change, width, wide, colour=colour)
        places = _places(change)
        shown = places[: min(HUNKS, spare)]
        spare -= len(shown)
        yield from (_place(place, width, colour=colour) for place in shown)
        if shown and len(places) > len(shown) and spare:
            spare -= 1
            yield f"{INDENT}… {len(places) - len(shown)} more places, {all_by} shows all"
    if len(listed) < len(changes):
        yield _left_out(changes[len(listed) :], all_by)


def _widest(changes: Sequence[Change]) -> int:
    return max((len(_where(change)) for change in changes), default=0)


def _where(change: Change) -> str:
    return one_line(" ".join(word for word in (change.area, change.name) if word), PLACE)


def _line(change: Change, width: int | None, wide: int, *, colour: bool) -> str:
    text = one_line(change.text, len(change.text))
    line = f"  {mark(change)} {change.level:<9}  {_where(change):<{wide}}  {text}"
    line = line if width is None else _cut(line, width)
    paint = COLOURS[change.level] if colour else None
    return line.replace(change.level, painted(change.level, paint), 1)


def mark(change: Change) -> str:
    """Return the sign of a change: `!` breaking, `+` added, `-` removed, `~` changed."""
    if change.level == "breaking":
        return "!"
    if change.before is None and change.after is not None:
        return "+"
    return "-" if change.after is None and change.before is not None else "~"


def _places(change: Change) -> list[str]:
    """The places of a text that changed, in small."""
    found = change.after.get("hunks") if isinstance(change.after, dict) else None
    return [str(place) for place in found] if isinstance(found, list) else []


def _place(place: str, width: int | None, *, colour: bool) -> str:
    text = one_line(place, len(place) if width is None else width - len(INDENT))
    return INDENT + _marks(text, colour=colour)


def _marks(text: str, *, colour: bool) -> str:
    """Paint the marks inside a line; they stay there for those who see no colour."""
    if not colour:
        return text
    return MARKED.sub(lambda m: painted(m[0], "red" if m[0].startswith("[") else "green"), text)


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"


def _left_out(changes: Sequence[Change], all_by: str) -> str:
    levels = [change.level for change in changes]
    counted = ", ".join(_counted(level, levels.count(level)) for level in dict.fromkeys(levels))
    return f"  … {len(changes)} more ({counted}): {all_by} shows all"


def _foot(found: Difference) -> Iterator[str]:
    yield ""
    for upcoming in found.upcoming[:3]:
        yield plain(f"next fires of {upcoming.schedule}: {_fires(upcoming)}")
    yield from _cost(found.effort)
    counts = found.counts()
    total = ", ".join(_counted(level, count) for level, count in counts.items() if count)
    yield f"{total or 'nothing differs'}{_advice(found)}"


def _advice(found: Difference) -> str:
    bump, declared = found.comparison.bump, found.declared()
    if bump == "none":
        return ""
    if declared is None:
        return f"; suggested bump: {bump}"
    said = "" if declared.enough else ", which is too small"
    return f"; suggested bump: {bump} (declared: {declared.step}{said})"


def _counted(level: str, count: int) -> str:
    return f"{count} {level}{'s' if level == 'note' and count != 1 else ''}"


def _fires(upcoming: Upcoming) -> str:
    shown = [f"{at:%Y-%m-%d %H:%M}" for at in upcoming.local()]
    return f"{', '.join(shown) or 'none'} {upcoming.timezone}"


def _cost(effort: EffortChange) -> Iterator[str]:
    before, after = effort.before, effort.after
    if effort.observed and before.observed and after.observed:
        tokens = f"{before.observed.input_tokens:,.0f} → {after.observed.input_tokens:,.0f} tokens"
        runs = f"{before.observed.runs:,} and {_runs(after.observed.runs)}"
        yield f"observed: {tokens} in, median of {runs}{_money(effort)}"
        return
    tokens = f"{before.first_request_tokens:,} → {after.first_request_tokens:,} tokens"
    yield f"estimated: {tokens} in the first request (UTF-8 bytes / 4){_money(effort)}"
    for word, side in (("before", before), ("after", after)):
        yield from _seen(word, side)


def _money(effort: EffortChange) -> str:
    """What a day costs, where that is known; how often it runs, where that is news."""
    before, after = effort.before, effort.after
    days = [effort.usd_per_day(side) for side in (before, after)]
    if None in days or not (before.crons or after.crons):
        return f"; {_rates(effort)}" if before.crons != after.crons else ""
    what = "" if effort.observed else ", input of the first request alone"
    return f"; {_rates(effort)}, ${days[0]:,.2f} → ${days[1]:,.2f} a day{what}"


def _rates(effort: EffortChange) -> str:
    before, after = effort.before.runs_per_day, effort.after.runs_per_day
    return often(after) if before == after else f"{often(before)} → {often(after)}"


def _seen(word: str, side: Effort) -> Iterator[str]:
    if side.observed:
        seen = side.observed
        yield f"observed {word}: {seen.input_tokens:,.0f} tokens in, median of {_runs(seen.runs)}"


def _runs(count: int) -> str:
    return f"{count:,} run{'' if count == 1 else 's'}"


def _texts(found: Difference, *, colour: bool) -> Iterator[str]:
    for path, lines in found.texts().items():
        yield ""
        yield plain(path)
        for line in lines:
            text = plain(line.text)
            paint = SIGNS.get(line.sign) if colour else None
            if line.sign == "~":
                yield f"{painted('~', paint)} {_marks(text, colour=colour)}"
            else:
                yield painted(f"{line.sign} {text}", paint) if paint else f"{line.sign} {text}"
