"""Waivers on a day: 2026-01-01."""

from typing import Any

import pytest

LOOSE = (", description: What it is about", "")


def test_a_waived_finding_is_counted_with_its_reason(small: Any, codes: Any) -> None:
    small.change("tools.yaml", *LOOSE)
    assert codes(small.report()) == ["AC315"]
    small.waive("AC315")
    report = small.report()
    assert codes(report) == []
    (waived,) = report.waived
    assert waived.diagnostic.code == "AC315"
    assert (waived.reason, str(waived.until)) == ("It was agreed so.", "2026-06-30")
    assert report.clean == ("opener@worktree",)


@pytest.mark.parametrize(("until", "expected"), [("2025-12-31", 2), ("2026-01-01", 0)])
def test_a_waiver_holds_to_the_end_of_its_day(small: Any, until: str, expected: int) -> None:
    small.change("tools.yaml", *LOOSE)
    small.waive("AC315", until)
    report = small.report()
    assert len(report.diagnostics) == expected


def test_an_expired_waiver_is_told_at_its_day_and_the_finding_is_back(
    small: Any, codes: Any
) -> None:
    small.change("tools.yaml", *LOOSE)
    small.waive("AC315", "2025-12-31")
    report = small.report()
    assert codes(report) == ["AC228", "AC315"]
    expired = report.diagnostics[0]
    assert expired.severity == "warning"
    assert expired.place.source[expired.place.column - 1 :].startswith("2025-12-31")
    assert "It was agreed so." in expired.message


def test_a_waiver_of_another_file_covers_nothing(small: Any, codes: Any) -> None:
    small.change("tools.yaml", *LOOSE)
    small.waive("AC315", more=", file: agent.yaml")
    assert codes(small.report()) == ["AC229", "AC315"]


def test_a_waiver_of_its_own_file_covers_it(small: Any, codes: Any) -> None:
    small.change("tools.yaml", *LOOSE)
    small.waive("AC315", more=", file: tools.yaml")
    assert codes(small.report("opener")) == []


def test_an_error_cannot_be_waived(small: Any, codes: Any) -> None:
    small.change("tools.yaml", "url: ", "ulr: ")
    small.waive("AC115")
    report = small.report()
    assert codes(report) == ["AC227", "AC115"]
    assert report.diagnostics[0].severity == "error"
    assert "is an error here" in report.diagnostics[0].message


@pytest.mark.parametrize("code", ["AC228", "AC229"])
def test_a_waiver_cannot_waive_what_is_said_of_waivers(small: Any, codes: Any, code: str) -> None:
    small.waive(code)
    assert codes(small.report()) == ["AC229"]


def test_a_check_that_does_not_exist_is_told_once(small: Any, codes: Any) -> None:
    small.waive("AC399")
    assert codes(small.report()) == ["AC227"]


def test_an_item_of_the_checklist_is_not_asked_for_here(small: Any, codes: Any) -> None:
    small.waive("alerts")
    assert codes(small.report()) == []


def test_warnings_of_a_release_are_told_only_when_it_is_asked_for(small: Any, codes: Any) -> None:
    small.change("tools.yaml", *LOOSE)
    small.release("v1.0.0")
    small.write("tools.yaml", "[]\n")
    report = small.report()
    assert codes(report) == []
    assert report.untold == 1
    assert "opener@v1.0.0" in report.clean
    assert codes(small.report("opener@v1.0.0")) == ["AC315"]


def test_errors_of_a_release_are_always_told(small: Any, codes: Any) -> None:
    small.release("v1.0.0")
    small.change("tools.yaml", "url: ", "ulr: ", "v1.0.0")
    assert codes(small.report("opener")) == ["AC115", "AC103"] or "AC115" in codes(small.report())
