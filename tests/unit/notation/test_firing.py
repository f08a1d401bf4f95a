"""When schedules fire, over changes of the clock."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.notation.firing import Fire, fires, fires_per_day, follows_the_clock, next_fire

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Amman")
MINUTE = timedelta(minutes=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def shown(cron: str, zone: str, after: str, count: int) -> list[str]:
    found = islice(fires(cron, zone, at(after)), count)
    return [fire.at.isoformat().replace("+00:00", "Z") for fire in found]


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        # An ordinary day, and "later than" is strict.
        ("0 2 * * *", "UTC", "2026-05-01T02:00:00Z", ["2026-05-02T02:00:00Z"]),
        ("0 2 * * *", "UTC", "2026-05-01T01:59:59Z", ["2026-05-01T02:00:00Z"]),
        # Berlin, 29 March 2026: 02:00 to 03:00 is skipped. The fixed job runs right after.
        (
            "30 2 * * *",
            "Europe/Berlin",
            "2026-03-28T12:00:00Z",
            ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"],
        ),
        # Two fixed times in the gap are one run.
        (
            "0,30 2 * * *",
            "Europe/Berlin",
            "2026-03-28T12:00:00Z",
            ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z", "2026-03-30T00:30:00Z"],
        ),
        # A fixed job at the end of the gap and one inside it meet.
        ("0 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", ["2026-03-29T01:00:00Z"]),
        # A wildcard job does not make up for the gap.
        (
            "*/30 2 * * *",
            "Europe/Berlin",
            "2026-03-28T12:00:00Z",
            ["2026-03-30T00:00:00Z", "2026-03-30T00:30:00Z"],
        ),
        (
            "30 * * * *",
            "Europe/Berlin",
            "2026-03-29T00:00:00Z",
            ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"],
        ),
        # Berlin, 25 October 2026: 02:00 to 03:00 comes twice. Fixed: the first time only.
        (
            "30 2 * * *",
            "Europe/Berlin",
            "2026-10-24T12:00:00Z",
            ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
        ),
        (
            "30 * * * *",
            "Europe/Berlin",
            "2026-10-25T00:00:00Z",
            ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"],
        ),
        # Asked in the second 02:30: the fixed job has run.
        ("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", ["2026-10-26T01:30:00Z"]),
        # New York, 8 March and 1 November 2026.
        ("30 2 * * *", "America/New_York", "2026-03-08T05:00:00Z", ["2026-03-08T07:00:00Z"]),
        (
            "30 1 * * *",
            "America/New_York",
            "2026-10-31T12:00:00Z",
            ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"],
        ),
        # Lord Howe changes by half an hour: 5 April (back, at 02:00) and 4 October 2026.
        (
            "45 1 * * *",
            "Australia/Lord_Howe",
            "2026-04-04T00:00:00Z",
            ["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"],
        ),
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", ["2026-10-03T15:30:00Z"]),
        # Amman has kept summer time since October 2022; before, the change was at midnight.
        ("30 0 * * *", "Asia/Amman", "2021-03-25T12:00:00Z", ["2021-03-25T22:00:00Z"]),
        ("0 1 * * *", "Asia/Amman", "2026-10-29T12:00:00Z", ["2026-10-29T22:00:00Z"]),
        # A day that a zone left out is a new clock, not a gap to make up for.
        ("0 12 30 12 *", "Pacific/Apia", "2011-12-29T12:00:00Z", ["2012-12-29T22:00:00Z"]),
        # Day of month or day of week, when both are named; and, when one begins with a star.
        ("0 0 13 * 5", "UTC", "2026-11-01T00:00:00Z", ["2026-11-06T00:00:00Z"]),
        ("0 0 */2 * 1", "UTC", "2026-11-01T00:00:00Z", ["2026-11-09T00:00:00Z"]),
        ("0 0 29 2 *", "UTC", "2026-11-01T00:00:00Z", ["2028-02-29T00:00:00Z"]),
    ],
)
def test_known_answers(cron: str, zone: str, after: str, expected: list[str]) -> None:
    assert shown(cron, zone, after, len(expected)) == expected


def test_a_slot_is_named_by_its_local_time_or_for_a_wildcard_job_by_utc() -> None:
    after = at("2026-10-24T12:00:00Z")
    fixed, clock = (next_fire(c, ZONES[0], after) for c in ("30 2 * * *", "30 * * * *"))
    assert fixed == Fire(at("2026-10-25T00:30:00Z"), "2026-10-25T02:30")
    assert clock == Fire(at("2026-10-24T12:30:00Z"), "2026-10-24T12:30Z")


@pytest.mark.parametrize(
    ("range_of_one", "number"),
    [
        ("0 2 * * 1-1", "0 2 * * 1"),
        ("0 2 * * 5-5/7", "0 2 * * 5"),
        ("0 8-8 * * *", "0 8 * * *"),
        ("30-30/5,45 2 * * *", "30,45 2 * * *"),
        ("0 0 31-31 12-12 *", "0 0 31 12 *"),
        ("0 0 1-11 * *", "0 0 1-11 * *"),
    ],
)
def test_a_range_of_one_number_is_that_number_and_not_the_whole_field(
    range_of_one: str, number: str
) -> None:
    start = at("2026-11-21T00:00:00Z")
    found, wanted = (list(islice(fires(c, "UTC", start), 20)) for c in (range_of_one, number))
    assert found == wanted
    assert fires_per_day(range_of_one) == fires_per_day(number)


def test_what_never_fires_again_has_no_next() -> None:
    assert next_fire("0 0 30 2 *", "UTC", at("2026-01-01T00:00:00Z")) is None
    assert next_fire("0 0 1 1 *", "UTC", datetime(9999, 6, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("cron", "count"),
    [("0 2 * * *", 1), ("*/15 * * * *", 96), ("0 9 * * 1-5", 261 / 365), ("0 0 30 2 *", 0)],
)
def test_runs_a_day(cron: str, count: float) -> None:
    assert fires_per_day(cron) == pytest.approx(count)


def fields(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    return st.one_of(
        st.just("*"),
        st.integers(2, 20).map(lambda step: f"*/{step}"),
        st.lists(number, min_size=1, max_size=3).map(lambda ns: ",".join(map(str, ns))),
    )


CRONS = st.tuples(fields(0, 59), fields(0, 4), st.just("*"), st.just("*"), fields(0, 6)).map(
    " ".join
)
FIRST, LAST = datetime(2018, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(int(FIRST.timestamp()), int(LAST.timestamp())).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
)


def a_change(zone: str, near: datetime) -> datetime:
    """A moment within a day before the next change of the zone's clock, else the moment itself."""
    tz = ZoneInfo(zone)
    for days in range(400):
        here = near + timedelta(days=days)
        after = here + timedelta(days=1)
        if here.astimezone(tz).utcoffset() != after.astimezone(tz).utcoffset():
            return here
    return near


def by_the_minute(cron: str, zone: str, after: datetime, hours: int) -> list[datetime]:
    """Debian's rule, minute by minute: what cron itself does when it wakes up each minute."""
    tz = ZoneInfo(zone)
    minute, hour, _day, _month, weekday = (expand(field) for field in cron.split())

    def matches(wall: datetime) -> bool:
        return wall.minute in minute and wall.hour in hour and wall.isoweekday() % 7 in weekday

    found = []
    start = after.replace(second=0, microsecond=0) - timedelta(hours=8)
    seen = (start - MINUTE).astimezone(tz).replace(tzinfo=None)
    for count in range((hours + 8) * 60):
        moment = start + count * MINUTE
        wall = moment.astimezone(tz).replace(tzinfo=None)
        if follows_the_clock(cron):
            due = matches(wall)
        else:
            skipped = int((wall - seen) / MINUTE)
            due = any(matches(wall - n * MINUTE) for n in range(skipped))
            seen = max(seen, wall)
        if due and moment > after:
            found.append(moment)
    return found


def expand(field: str) -> set[int]:
    if field.startswith("*"):
        return set(range(0, 60, int(field[2:] or "1")))
    return {int(number) for number in field.split(",")}


@given(CRONS, st.sampled_from(ZONES), MOMENTS)
def test_it_fires_when_debian_s_cron_would(cron: str, zone: str, near: datetime) -> None:
    after = a_change(zone, near)
    wanted = by_the_minute(cron, zone, after, 60)
    found = [fire.at for fire in islice(fires(cron, zone, after), len(wanted))]
    assert found == wanted


@given(CRONS, st.sampled_from(ZONES), MOMENTS)
def test_moments_grow_slots_are_unique_and_asking_again_goes_on(
    cron: str, zone: str, near: datetime
) -> None:
    found = list(islice(fires(cron, zone, a_change(zone, near)), 30))
    assert all(one.at < two.at for one, two in pairwise(found))
    assert len({fire.slot for fire in found}) == len(found)
    assert [next_fire(cron, zone, fire.at) for fire in found[:-1]] == found[1:]
