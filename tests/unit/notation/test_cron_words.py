"""Cron expressions in words."""

from datetime import UTC, datetime
from itertools import islice, pairwise

import pytest

from runner.notation.cron import check_cron
from runner.notation.cron_words import cron_words, names_a_time
from runner.notation.firing import fires

TABLE = [
    ("* * * * *", "every minute"),
    ("*/15 * * * *", "every 15 minutes"),
    ("*/7 * * * *", None),
    ("0 * * * *", "every hour"),
    ("5 * * * *", "every hour at minute 5"),
    ("0 */2 * * *", "every 2 hours"),
    ("30 */6 * * *", "every 6 hours at minute 30"),
    ("0 */5 * * *", None),
    ("0 2 * * *", "every day at 02:00"),
    ("0 2,14 * * *", "every day at 02:00 and 14:00"),
    ("0,30 9 * * *", "every day at 09:00 and 09:30"),
    ("0 3,2,1 * * *", "every day at 01:00, 02:00 and 03:00"),
    ("0,10,20 1,2 * * *", None),
    ("0 9 * * 1", "every Monday at 09:00"),
    ("0 9 * * mon,FRI", "every Monday and Friday at 09:00"),
    ("0 9 * * 0", "every Sunday at 09:00"),
    ("0 9 * * 7", "every Sunday at 09:00"),
    ("0 9 * * 1-5", "Monday to Friday at 09:00"),
    ("0 9 * * 5-7", "Friday to Sunday at 09:00"),
    ("0 9 * * 0-6", "every day at 09:00"),
    ("0 9 * * 1-5/2", None),
    ("*/15 9-17 * * 1-5", "every 15 minutes from 09:00 to 17:45, Monday to Friday"),
    ("*/30 8 * * *", "every 30 minutes from 08:00 to 08:30"),
    ("0 9-17 * * *", "every hour from 09:00 to 17:00"),
    ("20 9-17 * * *", "every hour from 09:20 to 17:20"),
    ("0 6 1 * *", "on day 1 of every month at 06:00"),
    ("0 6 1,15 * *", "on days 1 and 15 of every month at 06:00"),
    ("0 6 1 jan *", "every year on 1 January at 06:00"),
    ("0 6 1 1,7 *", "every year on 1 January and 1 July at 06:00"),
    ("0 6 13 * 5", None),
    ("0 6 * 2 *", None),
    ("0 6 1-5 * *", None),
    ("0 6 1,2 3 *", None),
    ("0 2 * * 1-1", "every Monday at 02:00"),
    ("5 8-8 * * *", "every day at 08:05"),
    ("0 2 * * 0,7", "every Sunday at 02:00"),
]


@pytest.mark.parametrize(("cron", "words"), TABLE)
def test_an_expression_has_plain_words_or_none(cron: str, words: str | None) -> None:
    assert check_cron(cron) is None
    assert cron_words(cron) == words


@pytest.mark.parametrize("cron", [cron for cron, words in TABLE if words and "from" not in words])
def test_what_is_said_to_come_every_so_often_does(cron: str) -> None:
    words = cron_words(cron) or ""
    if " at 0" in words or " at 1" in words:
        return
    number = next((int(word) for word in words.split() if word.isdigit()), 1)
    seconds = number * (3600 if "hour" in words else 60) if "minute 5" not in words else 3600
    first = datetime(2026, 1, 1, tzinfo=UTC)
    times = [fire.at for fire in islice(fires(cron, "UTC", first), 50)]
    assert {(after - before).seconds for before, after in pairwise(times)} == {seconds}


@pytest.mark.parametrize(
    ("cron", "matters"),
    [("*/5 * * * *", False), ("5 * * * *", False), ("0 2 * * *", True), ("* * * * 1", True)],
)
def test_the_zone_matters_where_a_day_or_an_hour_is_named(cron: str, matters: bool) -> None:
    assert names_a_time(cron) is matters
