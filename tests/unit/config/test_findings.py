"""Many problems: the first are told, the others counted, and nobody waits for them."""

import json
import time
from typing import Any

import pytest

from runner.config.findings import in_order
from runner.config.report import render
from runner.domain.diagnostics import Diagnostic, Place


def problem(line: int, file: str = "a.yaml", **fields: Any) -> Diagnostic:
    return Diagnostic(code="AC101", message="x", place=Place(file=file, line=line), **fields)


def test_a_hundred_problems_of_each_file_are_told_and_the_others_counted() -> None:
    found = in_order([*map(problem, range(150, 0, -1)), problem(3, "b.yaml")])
    assert [d.place.line for d in found[:100]] == list(range(1, 101))
    assert found[100].message == "and at least 50 more in this file"
    assert (found[100].code, found[100].place.line) == ("AC025", 101)
    assert found[101:] == (problem(3, "b.yaml"),)


def test_an_error_is_not_lost_behind_warnings() -> None:
    warnings = [problem(line, severity="warning") for line in range(1, 101)]
    assert in_order([*warnings, problem(200)])[-1].severity == "error"
    assert in_order([*warnings, problem(200, severity="warning")])[-1].severity == "warning"


STUBS = [{"name": f"t{n}"} for n in range(20_001)]
SECRETS = [{"name": "t", "call": {"headers": {"Authorization": "abcdefgh"}}} for _ in range(4000)]
SILENT = [
    {
        "name": f"t{n}",
        "description": "x",
        "inputSchema": {"type": "object"},
        "annotations": {},
        "call": {"kind": "command", "argv": ["cat"]},
    }
    for n in range(3000)
]


@pytest.mark.parametrize("entries", [STUBS, SECRETS, SILENT], ids=["stubs", "secrets", "silent"])
@pytest.mark.parametrize("indent", [None, 0], ids=["one line", "many lines"])
def test_a_large_file_of_mistakes_is_told_quickly_and_briefly(
    check: Any, good_files: dict[str, str], entries: list[Any], indent: int | None
) -> None:
    agent = good_files["agent.yaml"].replace("tools.yaml", "tools.json")
    text = json.dumps(entries, indent=indent)
    start = time.process_time()
    spec, found = check({"agent.yaml": agent, "tools.json": text, "examples.yaml": "[]"})
    assert time.process_time() - start < 4
    assert spec is None
    assert 100 < len(found) < 110
    assert "AC025" in {d.code for d in found}
    assert max(len(d.place.source) for d in found) <= 240
    assert "abcdefgh" not in render(found)


def test_a_problem_far_to_the_right_is_shown(check: Any, good_files: dict[str, str]) -> None:
    long = good_files["agent.yaml"].replace(
        "limits: {", f"limits: {{{' ' * 3000}max_iteration: 3,{' ' * 3000}"
    )
    _, (problem,) = check({"agent.yaml": long})
    lines = render([problem]).split("\n")
    source, caret = lines[3], lines[4]
    assert source[caret.index("^") : caret.rindex("^") + 1] == "max_iteration"
    assert problem.place.column == 3010
