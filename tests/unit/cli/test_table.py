from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from runner.cli.output import Column
from runner.cli.runs import COLUMNS
from runner.cli.table import fitted, write_table

NAMES = (
    Column("NAME", lambda row: row["name"], colour=lambda _row: "red"),
    Column("N", lambda row: str(row["n"]), right=True),
    Column("ABOUT", lambda row: row.get("about", ""), may_shrink=True),
)


def test_a_coloured_cell_keeps_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    write_table([{"name": "a", "n": 1}, {"name": "bcd e", "n": 22}], NAMES, colour=True)
    out = capsys.readouterr().out
    assert "\x1b[31ma\x1b[0m       1" in out
    bare = out.replace("\x1b[31m", "").replace("\x1b[0m", "")
    assert bare.splitlines() == ["NAME    N  ABOUT", "a       1", "bcd e  22"]


def test_wide_characters_take_two_columns(capsys: pytest.CaptureFixture[str]) -> None:
    write_table([{"name": "請求", "n": 1}, {"name": "abcd", "n": 2}], NAMES, colour=False)
    assert capsys.readouterr().out.splitlines()[1:] == ["請求  1", "abcd  2"]


def test_on_a_narrow_screen_one_column_shrinks_and_then_the_last_go() -> None:
    natural = [8, 3, 40]
    assert fitted(NAMES, natural, 60) == [8, 3, 40]
    assert fitted(NAMES, natural, 40) == [8, 3, 25]
    assert fitted(NAMES, natural, 20) == [8, 3, 5]
    assert fitted(NAMES, natural, 19) == [8, 3]
    assert fitted(NAMES, natural, 1) == [8]


@given(st.lists(st.integers(1, 60), min_size=3, max_size=3), st.integers(20, 200))
def test_a_table_is_never_wider_than_the_screen(natural: list[int], screen: int) -> None:
    widths = fitted(NAMES, natural, screen)
    assert len(widths) == 1 or sum(widths) + 2 * (len(widths) - 1) <= screen


def test_at_80_columns_a_runs_name_and_version_are_whole() -> None:
    run: dict[str, Any] = {
        "run": "01M7Z49H75TSJNV8TVYBZKVYY2", "age_s": 7200, "agent": "invoice-triage",
        "version": "v1.10.0", "status": "succeeded", "alive": False, "mode": "dry_run",
        "duration_s": 90.0, "cost_usd": 0.0123, "subject": "INV-2026-000123 of a supplier",
    }  # fmt: skip
    natural = [max(cell_len(c.title), cell_len(c.text(run))) for c in COLUMNS]
    widths = fitted(COLUMNS, natural, 80)
    shown = [column.title for column in COLUMNS[: len(widths)]]
    assert shown[:5] == ["RUN", "AGE", "AGENT", "VERSION", "STATUS"]
    assert widths[: len(shown) - 1] == natural[: len(shown) - 1]
    assert shown[-1] in {"COST", "SUBJECT"}
