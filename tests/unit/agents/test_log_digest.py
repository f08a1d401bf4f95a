"""The two tools of log-digest, as the processes that they are."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
AGENT = ROOT / "agent-configs" / "log-digest"
LOG = """\
2026-11-19T14:00:00Z ERROR pay card timed out (order 88401)
2026-11-19T14:01:00Z WARN web disk 91% full
2026-11-19T14:02:00Z ERROR pay card timed out (order 88402)
2026-11-19T14:03:00Z ERROR stock answered 503
2026-11-19T14:04:00Z INFO web served
2026-11-20T00:00:00Z ERROR pay another day
torn
"""


def call(script: Path, arguments: dict[str, Any], env: dict[str, str]) -> Any:
    done = subprocess.run(
        [sys.executable, script],
        input=json.dumps(arguments),
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def summarise(tmp_path: Path, log: str, version: str = ".", day: str = "2026-11-19") -> Any:
    path = tmp_path / "shop.log"
    path.write_text(log, encoding="utf-8")
    script = AGENT / version / "tools" / "summarise_log.py"
    return call(script, {"day": day}, {"LOG_FILE": str(path)})


def write(reports: Path, headline: str = "all bad") -> str:
    script = AGENT / "tools" / "write_report.py"
    report = {"day": "2026-11-19", "headline": headline, "findings": ["pay: 2 errors."]}
    name: str = call(script, report, {"REPORTS_DIR": str(reports)})["report"]
    return name


def test_the_summary_counts_what_differs_only_in_a_number_as_one(tmp_path: Path) -> None:
    assert summarise(tmp_path, LOG) == {
        "lines": 5,
        "problems": [
            {"service": "pay", "level": "ERROR", "message": "card timed out (order #)", "count": 2},
            {"service": "stock", "level": "ERROR", "message": "answered 503", "count": 1},
            {"service": "web", "level": "WARN", "message": "disk 91% full", "count": 1},
        ],
    }


@pytest.mark.parametrize(
    ("version", "counts"), [("v1.0.0", [1, 1, 1]), ("v1.1.0", [2, 1]), (".", [2, 1, 1])]
)
def test_each_version_counts_in_its_own_way(
    tmp_path: Path, version: str, counts: list[int]
) -> None:
    problems = summarise(tmp_path, LOG, version)["problems"]
    assert [problem["count"] for problem in problems] == counts


def test_a_day_without_lines_has_no_problems(tmp_path: Path) -> None:
    assert summarise(tmp_path, LOG, day="2026-01-01") == {"lines": 0, "problems": []}


def test_only_the_ten_most_frequent_problems_are_listed(tmp_path: Path) -> None:
    words = [chr(ord("a") + n) for n in range(15)]
    log = "".join(f"2026-11-19T10:00:00Z ERROR web {word}\n" for word in words)
    assert len(summarise(tmp_path, log)["problems"]) == 10


def test_a_report_is_written_once_however_often_it_is_asked_for(tmp_path: Path) -> None:
    assert [write(tmp_path), write(tmp_path)] == ["2026-11-19.md"] * 2
    written = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert written == {"2026-11-19.md": "# 2026-11-19: all bad\n\n- pay: 2 errors.\n"}


def test_another_report_of_the_same_day_overwrites_nothing(tmp_path: Path) -> None:
    names = [write(tmp_path), write(tmp_path, "not so bad"), write(tmp_path, "not so bad")]
    assert names == ["2026-11-19.md", "2026-11-19-2.md", "2026-11-19-2.md"]
    assert "all bad" in (tmp_path / "2026-11-19.md").read_text()


@pytest.mark.parametrize("version", [".", "v1.0.0", "v1.1.0"])
def test_the_tools_are_programs_in_every_version(version: str) -> None:
    for script in sorted((AGENT / version / "tools").glob("*.py")):
        assert script.read_bytes().startswith(b"#!/usr/bin/env python3\n")
        assert os.access(script, os.X_OK)
