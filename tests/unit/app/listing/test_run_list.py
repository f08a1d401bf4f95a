import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runner.app.listing.run_list import Wanted, list_runs, parse_since
from runner.boundary.files import lock_exclusive, open_append
from runner.domain.errors import UsageError
from tests.ledger_world import NOW, Ledgers


@pytest.fixture
def ledgers(tmp_path: Path) -> Ledgers:
    return Ledgers(tmp_path)


def test_runs_come_newest_first_with_their_ends(ledgers: Ledgers) -> None:
    ledgers.started("r1")
    ledgers.started("r2", subject="INV-7")
    ledgers.ended("r1", "succeeded", cost_usd=0.5)
    rows, more = list_runs(ledgers.root, None, Wanted(limit=0))
    assert [(row["run"], row["status"], row["cost_usd"]) for row in rows] == [
        ("r2", "running", None),
        ("r1", "succeeded", 0.5),
    ]
    assert rows[1]["tokens"] == {"input": 5, "cached_input": 0, "output": 2}
    assert not more


def test_the_last_end_of_a_run_holds(ledgers: Ledgers) -> None:
    ledgers.started("r1")
    ledgers.ended("r1", "in_doubt")
    ledgers.ended("r1", "succeeded")
    assert ledgers.runs("status:succeeded") == ["r1"]
    assert ledgers.runs("status:in_doubt") == []


def test_a_list_says_when_there_are_more(ledgers: Ledgers) -> None:
    for number in range(3):
        ledgers.started(f"r{number}")
    rows, more = list_runs(ledgers.root, None, Wanted(limit=2))
    assert [row["run"] for row in rows] == ["r2", "r1"]
    assert more
    assert not list_runs(ledgers.root, None, Wanted(limit=3))[1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("agent:a", ["r3", "r1"]),
        ("agent:A", ["r3", "r1"]),
        ("-agent:a", ["r2"]),
        ("status:failed", ["r2"]),
        ("status:running", ["r3"]),
        ("status:running,failed", ["r3", "r2"]),
        ("env:prod", ["r2"]),
        ("env:none", ["r3", "r1"]),
        ("outcome:none", ["r3", "r2"]),
        ("outcome:reported_success", ["r1"]),
        ("subject:x", []),
        ('agent:a subject:"*agent*"', ["r1"]),
    ],
)
def test_a_line_is_left_unread_only_when_it_cannot_match(
    ledgers: Ledgers, query: str, found: list[str]
) -> None:
    ledgers.started("r1", subject='"agent":"b"')
    ledgers.ended("r1", "succeeded", outcome="reported_success")
    ledgers.started("r2", agent="b", environment="prod")
    ledgers.ended("r2", "failed")
    ledgers.started("r3")
    assert ledgers.runs(query) == found


def test_since_stops_at_the_first_run_that_is_older(ledgers: Ledgers) -> None:
    ledgers.started("before-a-clock-stepped-back")
    ledgers.started("old", timedelta(days=2))
    ledgers.started("new", timedelta(hours=1))
    assert ledgers.runs(since="2h") == ["new"]
    assert ledgers.runs("age<2h") == ["new"]
    assert ledgers.runs(since=(NOW - timedelta(days=3)).isoformat())[-1].startswith("before")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2h", NOW - timedelta(hours=2)),
        ("3d", NOW - timedelta(days=3)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T09:00:00Z", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("2026-11-20T09:00:00+02:00", datetime(2026, 11, 20, 7, tzinfo=UTC)),
    ],
)
def test_since_is_a_duration_a_date_or_a_time(text: str, wanted: datetime) -> None:
    assert parse_since(text, NOW) == wanted


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2h30", "2026-13-01", "2026-11-20T09:00", "9" * 30 + "d"]
)
def test_another_since_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="is no time") as told:
        parse_since(text, NOW)
    assert "2026-11-20" in told.value.help


def test_a_run_that_a_process_holds_is_alive(ledgers: Ledgers) -> None:
    ledgers.started("r1")
    ledgers.ended("r1", "in_doubt")
    journal = ledgers.state / "r1.jsonl"
    fd = open_append(journal, new=True)
    lock_exclusive(fd, journal)
    [row] = list_runs(ledgers.root, None, Wanted())[0]
    assert (row["status"], row["alive"]) == ("running", True)
    assert ledgers.runs("status:running -status:gone") == ["r1"]


@pytest.mark.parametrize(
    "damage",
    [
        b"not json\n",
        b'{"ledger":"L","seq":9,"ts":"x","type":"run.started","run":"bad"}\n',
        b'{"ledger":"L","seq":9,"ts":"2026-01-01T00:00:00.0Z","type":"run.started","run":"bad"}\n',
        b'{"ledger":"L","seq":9,"ts":"2026-01-01T00:00:00.0Z","type":"run.started","run":"bad",'
         b'"job":' + b"[" * 50_000 + b"}\n",
        b'{"ledger":"L","seq":9,"ts":"\xff","type":"run.ended","run":"\xff"}\n',
        b'{"ledger":"L","seq":9,"ts":"2026-01-01T00:00:00.0Z","type":"run.ended","run":"r1"}\n',
    ],
)  # fmt: skip
def test_a_list_goes_on_over_a_damaged_line(ledgers: Ledgers, damage: bytes) -> None:
    ledgers.started("r1")
    with (ledgers.state / "ledger.jsonl").open("ab") as file:
        file.write(damage)
    ledgers.started("r2")
    assert ledgers.runs() == ["r2", "r1"]


def test_a_field_of_another_type_leaves_the_line_out(ledgers: Ledgers) -> None:
    ledgers.started("r1")
    path = ledgers.state / "ledger.jsonl"
    fields = json.loads(path.read_bytes())
    for name, value in (("agent", 5), ("subject", []), ("journal", "a\0b"), ("run", "x" * 3)):
        with path.open("ab") as file:
            file.write(json.dumps({**fields, name: value}, separators=(",", ":")).encode() + b"\n")
    assert ledgers.runs() == ["xxx", "r1"]


def test_a_negative_limit_is_told(ledgers: Ledgers) -> None:
    with pytest.raises(UsageError, match="--limit -1"):
        list_runs(ledgers.root, None, Wanted(limit=-1))


@pytest.mark.parametrize("cost", [None, 0.0, 1e-07, 12.5])
def test_an_end_reads_the_same_in_any_order_of_its_fields(
    ledgers: Ledgers, cost: float | None
) -> None:
    ledgers.started("r1")
    ledgers.ended("r1", "failed", cost_usd=cost, duration_s=0.25, iterations=7)
    [written] = list_runs(ledgers.root, None, Wanted())[0]
    path = ledgers.state / "ledger.jsonl"
    start, end = path.read_bytes().splitlines(keepends=True)
    fields = json.loads(end)
    turned = {name: fields.pop(name) for name in ("ledger", "seq", "ts", "type", "run", "tokens")}
    path.write_bytes(start + json.dumps({**turned, **fields}, separators=(",", ":")).encode())
    [other] = list_runs(ledgers.root, None, Wanted())[0]
    assert {**written, "age_s": 0} == {**other, "age_s": 0}
    assert (written["cost_usd"], written["iterations"]) == (cost, 7)


def test_case_is_compared_beyond_ascii_too(ledgers: Ledgers) -> None:
    ledgers.started("r1", subject="\u212a")
    assert ledgers.runs("k") == ["r1"]
    assert ledgers.runs("subject:K") == ["r1"]


@pytest.mark.parametrize(
    "changed",
    [
        (b'"duration_s":1.0', b'"duration_s":1e999'),
        (b'"cost_usd":null', b'"cost_usd":1e999'),
        (b'"cost_usd":null', b'"cost_usd":NaN'),
        (b'"duration_s":1.0', b'"duration_s":1' + b"0" * 400),
        (b'"cost_usd":null', b'"cost_usd" :1' + b"0" * 400),
    ],
)
def test_an_end_with_a_number_that_is_none_is_left_out(
    ledgers: Ledgers, changed: tuple[bytes, bytes]
) -> None:
    ledgers.started("r1")
    ledgers.ended("r1", "succeeded")
    path = ledgers.state / "ledger.jsonl"
    assert changed[0] in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(*changed))
    [row], _more = list_runs(ledgers.root, None, Wanted())
    assert (row["status"], row["cost_usd"], row["duration_s"]) == ("running", None, None)
