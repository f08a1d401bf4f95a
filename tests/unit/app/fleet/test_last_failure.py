"""Why a run failed, from the end of its journal."""

import json
from pathlib import Path
from typing import Any

import pytest

from runner.app.fleet.last_failure import last_failure

FINISHED = {
    "type": "run.finished",
    "status": "failed",
    "outcome": "none",
    "task_id": "T",
    "duration_s": 1.0,
    "iterations": 1,
    "tool_calls": 1,
    "tokens": {"input": 1, "cached_input": 0, "output": 1},
    "cost_usd": None,
    "model": "m",
    "prompt_version": "v1.0.0",
}
REFUSED = {
    "type": "tool.refused",
    "step": "t1.c1",
    "tool": "pay",
    "arguments": "{}",
    "reason": "denied",
    "text": "the agent may not",
}
STOP = {"limit": "max_tool_calls", "used": 20, "cap": 20}


def tool(outcome: str = "failed", **failure: Any) -> dict[str, Any]:
    failed = {"kind": "tool_failed", "message": "send: HTTP 429", "status": 429, **failure}
    told = {"type": "tool.finished", "step": "t1.c1", "tool": "send", "text": "was not sent"}
    return {**told, "outcome": outcome, "failure": failed if failure else None, "duration_s": 1.0}


def said(tmp_path: Path, *events: dict[str, Any], torn: bytes = b"") -> str:
    path = tmp_path / "run.jsonl"
    lines = [json.dumps({"run": "r", "seq": 1, **event}, separators=(",", ":")) for event in events]
    path.write_bytes("\n".join([*lines, ""]).encode() + torn)
    return last_failure(path)


def ended(kind: str, **more: Any) -> dict[str, Any]:
    return {**FINISHED, "failure": {"kind": kind, "message": "it broke", **more}}


@pytest.mark.parametrize(
    ("events", "wanted"),
    [
        ([tool(made=False), ended("tool_failed")], "tool send → HTTP 429"),
        ([tool(message="sorry"), FINISHED], "tool send → 429 sorry"),
        ([tool(), FINISHED], "tool send → was not sent"),
        ([tool("done"), ended("overload", status=529)], "529 it broke"),
        ([ended("rate_limit", message="429: slow down", status=429)], "429: slow down"),
        (
            [tool(made=False), ended("empty_answer")],
            "it broke; before that, tool send → HTTP 429",
        ),
        ([REFUSED, ended("tool_refused")], "tool pay refused: the agent may not"),
        ([FINISHED], "outcome none"),
        ([], ""),
    ],
)
def test_the_cause_is_told(tmp_path: Path, events: list[dict[str, Any]], wanted: str) -> None:
    assert said(tmp_path, *events) == wanted


def test_a_limit_is_told_with_what_failed_before_it(tmp_path: Path) -> None:
    stopped = {**FINISHED, "status": "stopped", "stop": STOP}
    assert said(tmp_path, stopped).startswith("max_tool_calls")
    assert said(tmp_path, tool(), stopped).endswith("; before that, tool send → was not sent")


def test_a_journal_that_is_torn_or_gone_tells_what_it_can(tmp_path: Path) -> None:
    assert said(tmp_path, tool(), torn=b'{"type":"run.finished","st') == "tool send → was not sent"
    assert last_failure(tmp_path / "nowhere.jsonl") == ""
    (tmp_path / "bad.jsonl").write_bytes(
        b'[]\n{"type":"run.finished"}\n\xff"type":"tool.refused"\n'
    )
    assert last_failure(tmp_path / "bad.jsonl") == ""


def test_only_the_end_of_a_long_journal_is_read(tmp_path: Path) -> None:
    quiet = {"type": "run.progress", "step": "t1", "active_s": 1.0, "text": "x" * 3000}
    assert said(tmp_path, tool(), *[quiet] * 500) == ""
