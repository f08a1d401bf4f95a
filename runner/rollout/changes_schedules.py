"""Schedules: how often, when, with which input."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import islice

from runner.domain.change import Change
from runner.domain.schedule import Once, Recurring, Schedule
from runner.rollout.findings import shown
from runner.rollout.plain import Row, Told, differing, dumped, moved

RULES = {
    "cron": "schedule-cron-changed",
    "timezone": "schedule-zone-changed",
    "at": "schedule-time-changed",
    "input": "schedule-input-changed",
    "type": "schedule-type-changed",
}
"""Every other field is a policy: what becomes of slots that were missed, overlap, jitter."""


def schedule_changes(before: Sequence[Schedule], after: Sequence[Schedule]) -> Iterator[Change]:
    """Yield which schedules came, went and changed."""
    old, new = {s.name: s for s in before}, {s.name: s for s in after}
    for name, schedule in old.items():
        if name not in new:
            text = f"removed: {in_words(schedule)}"
            gone: Row = (name, dumped(schedule), None)
            yield Told("schedules").change("schedule-removed", "behaviour", text, gone)
        else:
            yield from _one(schedule, new[name])
    for name, schedule in new.items():
        if name not in old:
            text = f"added: {in_words(schedule)}"
            new_one: Row = (name, None, dumped(schedule))
            yield Told("schedules").change("schedule-added", "behaviour", text, new_one)


@cache
def fires_per_day(cron: str) -> float:
    """Return how often an expression fires a day; counting takes milliseconds, so it is kept."""
    from runner.notation import firing  # noqa: PLC0415  croniter, which few comparisons need

    return firing.fires_per_day(cron)


def crons(schedules: Sequence[Schedule]) -> list[str]:
    """Return the expressions of schedules, sorted: how often they run comes from these alone."""
    return sorted(schedule.cron for schedule in schedules if isinstance(schedule, Recurring))


def next_fires(schedule: Schedule, now: datetime, count: int = 3) -> list[datetime]:
    """Return the next moments of a schedule in UTC, at most `count`."""
    if isinstance(schedule, Once):
        return [schedule.at] if schedule.at > now else []
    from runner.notation.firing import fires  # noqa: PLC0415  as above

    return [fire.at for fire in islice(fires(schedule.cron, schedule.timezone, now), count)]


def in_words(schedule: Schedule) -> str:
    """Return when a schedule fires: its expression, its zone and how often that is."""
    if isinstance(schedule, Once):
        return f"once at {schedule.at.isoformat()}"
    return f"{schedule.cron} {schedule.timezone}, {often(fires_per_day(schedule.cron))}"


def often(per_day: float) -> str:
    """Return how often something runs: a day, or in a month where that is less than once."""
    if per_day >= 0.95:
        rate, unit = f"{per_day:,.3g}", "day"
    else:
        rate, unit = f"{per_day * 365 / 12:,.2g}", "month"
    return f"{rate} run{'' if rate == '1' else 's'} a {unit}"


def _one(before: Schedule, after: Schedule) -> Iterator[Change]:
    if before.type != after.type:
        text = f"{in_words(before)} → {in_words(after)}"
        row = (before.name, dumped(before), dumped(after))
        yield Told("schedules").change(RULES["type"], "behaviour", text, row)
        return
    for field, old, new in differing(before, after):
        rule = RULES.get(field, "schedule-policy-changed")
        text = f"{field} {moved(old, new)}"
        if field == "cron":
            text = f"{moved(old, new)}: {_rate(before)} → {_rate(after)}"
        elif field == "input":
            text = f"input {shown(old)} → {shown(new)}"
        yield Told("schedules", before.name).change(rule, "behaviour", text, (field, old, new))


def _rate(schedule: Schedule) -> str:
    return often(fires_per_day(schedule.cron)) if isinstance(schedule, Recurring) else "once"
