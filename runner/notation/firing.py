"""When a cron expression fires next, in a zone with summer time. Nothing here fires anything.

The rule at a change of the clock is the one of Debian's cron (cron(8), "Daylight Saving Time"): a
job at a fixed time that falls into the hour that is skipped runs once right after it, and one in
the hour that comes twice runs the first time only; a job whose minute or hour begins with `*`
follows the clock. A change of three hours or more is a new clock: nothing is made up for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from croniter import croniter

from runner.notation.cron import without_lone_ranges

LARGEST_CHANGE = timedelta(hours=3)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Fire:
    """One slot of a schedule: the moment in UTC, and the name that makes it unique.

    `slot` is the local time without offset of a fixed-time job, the UTC time of a wildcard job.
    """

    at: datetime
    slot: str


def next_fire(cron: str, timezone: str, after: datetime) -> Fire | None:
    """Return the first slot later than `after` (with an offset); None when it never fires again.

    `cron` and `timezone` have passed `check_cron` and `check_timezone`.
    """
    return next(fires(cron, timezone, after), None)


def fires(cron: str, timezone: str, after: datetime) -> Iterator[Fire]:
    """Yield the slots later than `after`, in order; as many as one asks for."""
    zone = ZoneInfo(timezone)
    made = _following_the_clock if follows_the_clock(cron) else _at_fixed_times
    try:
        yield from made(cron, zone, after.astimezone(UTC))
    except OverflowError:
        return  # the calendar ends


def fires_per_day(cron: str) -> float:
    """Return how often it fires a day, on average over a year of 365 days from 2026 on."""
    days = cron.split()[2:]
    expanded = croniter.expand(without_lone_ranges(cron))[0]
    times = _size(expanded[0], 60) * _size(expanded[1], 24)
    year = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    found = _matches(" ".join(["0", "0", *days]), year - SECOND)
    dates = sum(1 for _ in takewhile(lambda day: day < year + 365 * DAY, found))
    return times * dates / 365


def _size(field: Sequence[object], all_of_them: int) -> int:
    return all_of_them if list(field) == ["*"] else len(field)


def local(moment: datetime, timezone: str) -> datetime:
    """Return a moment as the clocks of a zone show it, with its offset."""
    return moment.astimezone(ZoneInfo(timezone))


def follows_the_clock(cron: str) -> bool:
    """Return whether minute or hour begin with `*`: such a job has no fixed time."""
    minute, hour, *_ = cron.split()
    return minute.startswith("*") or hour.startswith("*")


def _at_fixed_times(cron: str, zone: ZoneInfo, after: datetime) -> Iterator[Fire]:
    """Every local time once: moments do not go back while local times go on."""
    shown = after.astimezone(zone).replace(tzinfo=None)
    last = after
    for wall in _matches(cron, shown - 2 * LARGEST_CHANGE):
        moment = _moment(wall, zone)
        if moment is not None and moment > last:
            last = moment
            yield Fire(moment, wall.isoformat(timespec="minutes"))


def _moment(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment of a local time: the first of two, or the end of the gap that swallowed it."""
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    later = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    before, behind = sorted((moment, later))
    if behind - before >= LARGEST_CHANGE:
        return None
    return _change(before, behind, zone)


def _following_the_clock(cron: str, zone: ZoneInfo, after: datetime) -> Iterator[Fire]:
    """Stretch by stretch between changes of the clock: in each, local time is UTC and an offset."""
    start = after.replace(microsecond=0)
    offset = _offset(start, zone)
    while True:
        for wall in _matches(cron, (start + offset).replace(tzinfo=None)):
            moment = wall.replace(tzinfo=UTC) - offset
            change = _first_change(start, moment, offset, zone)
            if change is not None:
                # The moment of the change may match as well.
                start, offset = change - SECOND, _offset(change, zone)
                break
            yield Fire(moment, moment.isoformat(timespec="minutes").replace("+00:00", "Z"))
            start = moment
        else:
            return


def _first_change(
    start: datetime, end: datetime, offset: timedelta, zone: ZoneInfo
) -> datetime | None:
    """The first second after `start`, `end` at the latest, at which the offset is another."""
    at = start
    following = start + SECOND
    while at < end:
        if _offset(following, zone) != offset:
            return _change(at, following, zone)
        at, following = following, min(following + DAY, end)
    return None


def _change(before: datetime, behind: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the offset changes between two moments, by halving."""
    changed = _offset(behind, zone)
    low, high = int(before.timestamp()), int(behind.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(datetime.fromtimestamp(middle, UTC), zone) == changed:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high, UTC)


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def _matches(cron: str, after: datetime) -> Iterator[datetime]:
    """Local times later than `after` that match, as if clocks never changed.

    `*/2` in one of the two day fields counts as `*` there, as in Debian's cron.
    """
    found = croniter(without_lone_ranges(cron), after, implement_cron_bug=True)
    while True:
        try:
            wall: datetime = found.get_next(datetime)
        except ValueError:
            return  # croniter found no such day within fifty years, or the calendar ends
        yield wall
