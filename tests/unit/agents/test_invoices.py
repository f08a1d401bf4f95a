"""The reading tool of invoice-triage, as a function over real files."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
AGENT = ROOT / "agent-configs" / "invoice-triage"
HEADER = "number,vendor,date,amount,currency,purchase_order,ordered_amount\n"

ListExceptions = Callable[[str, str], dict[str, Any]]


@pytest.fixture(params=[".", "v1.0.0", "v1.1.0"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def list_exceptions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ListExceptions:
    def call(rows: str, since: str = "2026-11-01", version: str = ".") -> dict[str, Any]:
        export = tmp_path / "invoices.csv"
        export.write_text(rows, encoding="utf-8")
        monkeypatch.setenv("INVOICES_CSV", str(export))
        script = AGENT / version / "tools" / "invoices.py"
        spec = importlib.util.spec_from_file_location("invoices", script)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        result: dict[str, Any] = module.list_exceptions(since)
        return result

    return call


def row(number: str, day: str = "2026-11-05", amount: str = "100.00", **others: str) -> str:
    order = others.get("order", f"PO-{number}")
    ordered = others.get("ordered", amount if order else "")
    return f"{number},Vendor {number},{day},{amount},EUR,{order},{ordered}\n"


def names(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(found["invoice"], found["problem"]) for found in result["exceptions"]]


def test_every_version_finds_invoices_without_an_order_and_above_their_order(
    list_exceptions: ListExceptions, version: str
) -> None:
    rows = HEADER + row("1") + row("2", order="") + row("3", amount="110.00", ordered="100.00")
    result = list_exceptions(rows, version=version)
    assert result["checked"] == 3
    assert names(result) == [
        ("2", "no purchase order"),
        ("3", "billed 110.00 EUR, ordered 100.00 EUR"),
    ]


def test_two_percent_above_the_order_is_tolerated(list_exceptions: ListExceptions) -> None:
    rows = HEADER + row("1", amount="102.00", ordered="100.00")
    rows += row("2", amount="102.01", ordered="100.00")
    assert [found["invoice"] for found in list_exceptions(rows)["exceptions"]] == ["2"]


def test_a_second_bill_for_the_same_order_and_amount_is_an_urgent_duplicate(
    list_exceptions: ListExceptions,
) -> None:
    rows = HEADER + row("1", day="2026-10-05", order="PO-7") + row("2", order="PO-7")
    assert list_exceptions(rows)["exceptions"] == [
        {
            "invoice": "2",
            "vendor": "Vendor 2",
            "priority": "P1",
            "problem": "duplicate: order PO-7 was already billed by 1",
        }
    ]


def test_two_partial_bills_of_one_order_are_no_duplicates(list_exceptions: ListExceptions) -> None:
    rows = HEADER + row("1", order="PO-7", ordered="200.00")
    rows += row("2", amount="90.00", order="PO-7", ordered="200.00")
    assert list_exceptions(rows)["exceptions"] == []


def test_days_before_and_intercompany_invoices_are_left_out(
    list_exceptions: ListExceptions,
) -> None:
    rows = HEADER + row("1", day="2026-10-31", order="") + row("IC-2", order="")
    assert list_exceptions(rows) == {"checked": 0, "exceptions": []}


def test_an_export_of_another_shape_is_refused_by_what_it_lacks(
    list_exceptions: ListExceptions, version: str
) -> None:
    with pytest.raises(ValueError, match="lacks the columns date, ordered_amount"):
        list_exceptions("number,vendor,amount,currency,purchase_order\n", version=version)


@pytest.mark.parametrize("bad", [row("1", amount="ten"), row("1", day="yesterday"), "1,Vendor\n"])
def test_a_row_that_cannot_be_read_is_named_by_its_line(
    list_exceptions: ListExceptions, bad: str
) -> None:
    with pytest.raises(ValueError, match="line 3 of the export"):
        list_exceptions(HEADER + row("0") + bad)
