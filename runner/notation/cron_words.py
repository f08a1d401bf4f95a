"""A cron expression in words: `every day at 02:00`, `every 15 minutes`. What has none stays cron.

Pure: the expression has passed `check_cron`. Only expressions that say one plain thing get words;
a sentence that must be read twice is worse than the five fields.
"""

import re
from collections.abc import Sequence

from runner.notation.cron import without_lone_ranges

WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
MOST_TIMES = 4
STEP = re.compile(r"\*/([0-9]+)")
RANGE = re.compile(r"([0-9]+)-([0-9]+)")


def cron_words(cron: str) -> str | None:
    """Return what an expression means, without its zone; None where words would not be plain."""
    minute, hour, *date = without_lone_ranges(cron).split()
    days = _days(*date)
    if days is None:
        return None
    if times := _times(minute, hour):
        return f"{days or 'every day'} at {times}"
    rhythm = _rhythm(minute, hour)
    return ", ".join(filter(None, (rhythm, days))) if rhythm else None


def names_a_time(cron: str) -> bool:
    """Return whether the zone matters to what the words say: a day, or an hour of the clock."""
    _minute, hour, *date = cron.split()
    return hour != "*" or date != ["*", "*", "*"]


def _times(minute: str, hour: str) -> str:
    """`02:00 and 14:00`; empty when these are no few fixed times."""
    minutes, hours = _numbers(minute), _numbers(hour)
    if not minutes or not hours or len(minutes) * len(hours) > MOST_TIMES:
        return ""
    return _list([f"{h:02}:{m:02}" for h in hours for m in minutes])


def _rhythm(minute: str, hour: str) -> str | None:
    """`every 15 minutes`, `every 2 hours at minute 5`, `every hour from 09:00 to 17:00`."""
    step = _step(minute, 60)
    if step:
        return _between(_every(step, "minute"), hour, 60 - step)
    if not minute.isdigit():
        return None
    at = int(minute)
    hours = _step(hour, 24)
    if hours:
        return _every(hours, "hour") + (f" at minute {at}" if at else "")
    return _between("every hour", hour, at) if RANGE.fullmatch(hour) else None


def _between(rhythm: str, hour: str, last_minute: int) -> str | None:
    """The rhythm within hours of the day; `last_minute` is where the last hour's rhythm ends."""
    if hour == "*":
        return rhythm
    if hour.isdigit():
        return f"{rhythm} from {int(hour):02}:00 to {int(hour):02}:{last_minute:02}"
    found = RANGE.fullmatch(hour)
    if found is None:
        return None
    first = last_minute if rhythm == "every hour" else 0
    return f"{rhythm} from {int(found[1]):02}:{first:02} to {int(found[2]):02}:{last_minute:02}"


def _step(field: str, size: int) -> int:
    """How many units lie between two fires; 0 when the distance is not always the same."""
    found = STEP.fullmatch(field)
    step = 1 if field == "*" else int(found[1]) if found else 0
    return step if step and size % step == 0 else 0


def _every(number: int, unit: str) -> str:
    return f"every {unit}" if number == 1 else f"every {number} {unit}s"


def _days(day: str, month: str, weekday: str) -> str | None:
    """`every Monday`, `on day 1 of every month`; empty for every day, None where it is not plain.

    A day of the month beside a weekday means either of the two: that has no plain words.
    """
    if day == "*":
        return _weekdays(weekday) if month == "*" else None
    numbers = _numbers(day)
    if weekday != "*" or not numbers:
        return None
    if month == "*":
        word = "day" if len(numbers) == 1 else "days"
        return f"on {word} {_list([str(number) for number in numbers])} of every month"
    months = _named(month, MONTHS, 1)
    if len(numbers) > 1 or not months:
        return None
    return f"every year on {_list([f'{numbers[0]} {name}' for name in months])}"


def _weekdays(field: str) -> str | None:
    if field == "*":
        return ""
    found = RANGE.fullmatch(field)
    if found:
        first, last = (int(number) for number in found.groups())
        return f"{WEEKDAYS[first % 7]} to {WEEKDAYS[last % 7]}" if last - first < 6 else ""
    names = _named(field, WEEKDAYS, 0)
    return f"every {_list(names)}" if names else None


def _named(field: str, names: Sequence[str], first: int) -> list[str]:
    """The names of a list of numbers or three-letter names; empty when it is something else."""
    found = []
    for part in field.lower().split(","):
        short = [name for name in names if name[:3].lower() == part]
        if short:
            found += short
        elif part.isdigit():
            found.append(names[(int(part) - first) % len(names)])
        else:
            return []
    return list(dict.fromkeys(found))


def _numbers(field: str) -> list[int]:
    """The numbers of a list, in order; empty when it is something else."""
    parts = field.split(",")
    return sorted({int(part) for part in parts}) if all(part.isdigit() for part in parts) else []


def _list(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]
