"""Broken projects, each with every problem that its check must tell, at its place."""

from pathlib import Path

import pytest

from runner.app.checking import check
from tests.corpus_case import Case, cases, place

CASES = cases()


def found_in(root: Path) -> list[str]:
    report = check(root, None, [])
    return [
        f"{d.code} {d.severity} {place(d.place.file, d.place.line, d.place.column)}"
        for d in report.diagnostics
    ]


def test_the_project_that_all_cases_break_is_right(tmp_path: Path) -> None:
    Case("base", "", (), ()).write(tmp_path / "project")
    assert found_in(tmp_path / "project") == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_project_has_these_problems_at_these_places(case: Case, tmp_path: Path) -> None:
    case.write(tmp_path / "project")
    found = found_in(tmp_path / "project")
    assert found == list(case.expected), case.why


def test_a_case_says_why_and_is_named_by_a_code_that_it_expects() -> None:
    for case in CASES:
        assert case.why, case.name
        codes = {line.partition(" ")[0] for line in case.expected}
        assert case.name.partition("-")[0] in codes, case.name


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 200
