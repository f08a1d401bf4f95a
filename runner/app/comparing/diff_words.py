"""How a comparison is told, in words that the command line and a screen share. Pure.

What a person or an agent wrote is in them as it stands: who shows them makes it plain.
"""

from collections.abc import Iterator, Sequence

from runner.app.comparing.diffing import Difference, Upcoming
from runner.app.plain_text import one_line
from runner.domain.change import Change, Side
from runner.rollout.changes_schedules import often
from runner.rollout.effort import Effort, EffortChange

NOTHING = "no difference"
PLACE = 30
"""Characters of the place of a change."""
DIGEST = 15


def files_words(found: Difference) -> str:
    """Return how many files differ."""
    count = len(found.files)
    return f"{count} file differs" if count == 1 else f"{count} files differ"


def side_name(side: Side) -> str:
    """Return a version, and the environment that named it where one did."""
    return f"{side.environment} ({side.version})" if side.environment else side.version


def head_words(found: Difference) -> Iterator[str]:
    """Yield what is compared: a headline, and each side with its digest and where it lies."""
    before, after = found.comparison.before, found.comparison.after
    names = f"{side_name(before)} → {side_name(after)}"
    yield f"{after.agent}  {names}  {files_words(found)}"
    wide = max(len(side_name(side)) for side in (before, after))
    for side in (before, after):
        commit = f"  commit {side.commit[:12]}" if side.commit else ""
        yield f"  {side_name(side):<{wide}}  {side.digest[:DIGEST]}…  {side.origin}{commit}"


def place_of(change: Change) -> str:
    """Return where in the agent a change is, on one line: `tools open_ticket`."""
    return one_line(" ".join(word for word in (change.area, change.name) if word), PLACE)


def widest_place(changes: Sequence[Change]) -> int:
    """Return the characters of the longest place; 0 of none."""
    return max((len(place_of(change)) for change in changes), default=0)


def sign_of(change: Change) -> str:
    """Return the sign of a change: `!` breaking, `+` added, `-` removed, `~` changed."""
    if change.level == "breaking":
        return "!"
    if change.before is None and change.after is not None:
        return "+"
    return "-" if change.after is None and change.before is not None else "~"


def hunks_of(change: Change) -> list[str]:
    """Return the places of a text that changed, in small, with marks; empty of other changes."""
    found = change.after.get("hunks") if isinstance(change.after, dict) else None
    return [str(place) for place in found] if isinstance(found, list) else []


def left_out(changes: Sequence[Change]) -> str:
    """Return what changes come to that are not shown: `12 more (2 behaviour, 10 notes)`."""
    levels = [change.level for change in changes]
    counted = ", ".join(_counted(level, levels.count(level)) for level in dict.fromkeys(levels))
    return f"{len(changes)} more ({counted})"


def foot_words(found: Difference) -> Iterator[str]:
    """Yield the next fires, what a run takes, and what the changes come to."""
    for upcoming in found.upcoming[:3]:
        yield f"next fires of {upcoming.schedule}: {_fires(upcoming)}"
    yield from _cost(found.effort)
    yield total_words(found)


def total_words(found: Difference) -> str:
    """Return the changes counted by level, with the step of the version that they ask for."""
    counts = found.counts()
    total = ", ".join(_counted(level, count) for level, count in counts.items() if count)
    return f"{total or 'nothing differs'}{_advice(found)}"


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
