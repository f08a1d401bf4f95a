import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.app.listing.run_export import COLUMNS, export_runs
from runner.app.listing.run_feed import RunFeed
from runner.app.listing.run_list import Wanted, list_runs
from runner.boundary.clock import SystemClock
from runner.domain.errors import StateError, UsageError
from tests.ledger_world import Ledgers


@pytest.fixture
def ledgers(tmp_path: Path) -> Ledgers:
    return Ledgers(tmp_path)


def rows(ledgers: Ledgers) -> list[dict[str, Any]]:
    fed = RunFeed(ledgers.root, None, SystemClock()).step()
    return [row for index in range(len(fed.runs)) if (row := fed.row(index))]


def test_json_lines_are_those_of_the_command(ledgers: Ledgers, tmp_path: Path) -> None:
    ledgers.started("r1", subject="\x1b[2J \u202e")
    ledgers.ended("r1", "succeeded", cost_usd=0.25)
    target = tmp_path / "runs.jsonl"
    assert export_runs(rows(ledgers), target) == 1
    assert "\x1b" not in target.read_text()
    [line] = map(json.loads, target.read_text().splitlines())
    assert {**line, "age_s": 0} == {**list_runs(ledgers.root, None, Wanted())[0][0], "age_s": 0}
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_table_has_a_line_of_names_and_no_formula(ledgers: Ledgers, tmp_path: Path) -> None:
    ledgers.started("r1", subject='=HYPERLINK("x")', environment="prod")
    ledgers.ended("r1", "failed")
    ledgers.started("r2", subject='a "b", c\x1b')
    target = tmp_path / "runs.csv"
    assert export_runs(rows(ledgers), target) == 2
    second, first = csv.DictReader(target.read_text().splitlines())
    assert tuple(first) == COLUMNS
    assert (first["subject"], second["subject"]) == ('\'=HYPERLINK("x")', 'a "b", c\u241b')
    assert (first["tokens_input"], first["environment"], second["tokens_input"]) == (
        "5",
        "prod",
        "",
    )


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "runs.jsonl"
    target.write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        export_runs([], target)
    assert target.read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "why"), [("runs", "JSON lines or CSV"), ("", "JSON lines or CSV"), ("no/a.csv", "no")]
)
def test_a_name_that_will_not_do_is_told(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        export_runs([], tmp_path / name)


def test_nothing_is_left_of_a_file_that_could_not_be_finished(tmp_path: Path) -> None:
    def failing() -> Iterator[dict[str, Any]]:
        raise StateError("the ledger cannot be read")
        yield {}

    with pytest.raises(StateError):
        export_runs(failing(), tmp_path / "runs.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_a_feed_hides_what_the_project_names(ledgers: Ledgers) -> None:
    settings = ledgers.root / "agentctl.yaml"
    feed = RunFeed(ledgers.root, None, SystemClock())
    ledgers.started("r1", subject="cust-1234")
    fed = feed.step()
    assert (fed.row(0) or {})["subject"] == "cust-1234"
    settings.write_text('redact: ["cust-[0-9]{4}", "agent"]\n')
    fed = feed.step()
    assert (fed.row(0) or {})["subject"] == "[redacted]"
    assert (fed.row(0) or {})["agent"] == "a", "names of fields stay"


@pytest.mark.parametrize("name", ["runs.jsonl", "runs.csv"])
def test_half_a_pair_of_surrogates_is_written_all_the_same(
    ledgers: Ledgers, tmp_path: Path, name: str
) -> None:
    ledgers.started("r1")
    [row] = rows(ledgers)
    target = tmp_path / name
    assert export_runs([row | {"subject": "\ud800!"}], target) == 1
    if name.endswith("jsonl"):
        assert json.loads(target.read_text())["subject"] == "\ud800!"
    else:
        assert "\\ud800!" in target.read_text()


@pytest.mark.parametrize(
    ("name", "error"),
    [("~nobody-of-this-name/r.csv", UsageError), ("x" * 300 + ".csv", StateError)],
)
def test_a_name_that_can_be_no_file_is_refused(name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        export_runs([], Path(name))
