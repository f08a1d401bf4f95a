"""Cron expressions and time zones, checked. Home of croniter and zoneinfo.

Accepted are the five fields of POSIX cron with the two additions that Debian's cron has had for
ever: steps (`*/5`, `0-30/10`) and three-letter names of months and days, alone or in lists.
Refused are a sixth field, `L`, `W`, `#`, `?`, `@hourly` and the like.
"""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, MONTHS),
    ("day of week", 0, 7, DAYS),
)
PART = re.compile(
    r"(?:\*|(?P<first>[0-9]{1,2})(?:-(?P<last>[0-9]{1,2}))?)(?:/(?P<step>[0-9]{1,2}))?"
)
OF_THE_MACHINE = re.compile(r"(localtime|posixrules|Factory)$|(posix|right)/")
"""Files that lie beside the zones of a machine."""
NUMBERS = re.compile(r"(?<![0-9])([0-9]+)-([0-9]+)(?:/[0-9]+)?")
SOME_YEAR = datetime(2024, 1, 1, tzinfo=UTC)


def check_cron(text: str) -> str | None:
    """Return what is wrong with a cron expression in one sentence, or None."""
    fields = text.split()
    if text.startswith("@"):
        return f"`{text}` is not supported; write the five fields, such as `0 * * * *`"
    if len(fields) != len(FIELDS):
        return (
            f"a cron expression has five fields (minute hour day month weekday), not {len(fields)}"
        )
    for field, (name, low, high, names) in zip(fields, FIELDS, strict=True):
        if message := _check_field(field, name, (low, high), names):
            return message
    return _never(text)


def without_lone_ranges(cron: str) -> str:
    """Return an expression in which `1-1` is `1`: croniter takes the former for the whole field."""
    return NUMBERS.sub(lambda m: m[1] if int(m[1]) == int(m[2]) else m[0], cron)


def check_timezone(name: str) -> str | None:
    """Return what is wrong with the name of an IANA time zone, or None."""
    if OF_THE_MACHINE.match(name):
        return f"`{name}` is another zone on another machine; write one such as Europe/Berlin"
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"`{name}` is not an IANA time zone, such as Europe/Berlin or UTC"
    return None


def _check_field(
    field: str, name: str, bounds: tuple[int, int], names: tuple[str, ...]
) -> str | None:
    for part in field.split(","):
        if part.lower() in names:
            continue
        match = PART.fullmatch(part)
        if match is None and set(part.lower().split("-")) <= set(names):
            return f"`{part}`: names stand alone or in a list; write a range in numbers: 1-5"
        if match is None:
            return f"`{part}` cannot stand in the field {name}"
        if message := _check_part(match, name, bounds):
            return message
    return None


def _check_part(match: re.Match[str], name: str, bounds: tuple[int, int]) -> str | None:
    low, high = bounds
    numbers = [int(number) for number in (match["first"], match["last"]) if number]
    if any(not low <= number <= high for number in numbers):
        return f"`{match[0]}`: the field {name} goes from {low} to {high}"
    if len(numbers) == 2 and numbers[0] > numbers[1]:
        return f"`{match[0]}`: a range goes from the lower number to the higher"
    if match["step"] is None:
        return None
    if len(numbers) == 1:
        return f"`{match[0]}`: a step follows `*` or a range"
    return None if 1 <= int(match["step"]) <= high else f"`{match[0]}`: the step is out of range"


def _never(text: str) -> str | None:
    """Return that a checked expression has no day. Only a day with a month can miss each other."""
    _minute, _hour, day, month, _weekday = text.split()
    if day.startswith("*") or month == "*":
        return None
    from croniter import croniter  # noqa: PLC0415  7 ms that hardly any expression needs
    from croniter.croniter import CroniterBadDateError, CroniterError  # noqa: PLC0415  same

    try:
        croniter(without_lone_ranges(text), SOME_YEAR).get_next(datetime)
    except CroniterBadDateError:
        return f"`{text}` never happens: there is no such day"
    except CroniterError as error:
        return f"`{text}` is not a cron expression: {error}"
    return None
