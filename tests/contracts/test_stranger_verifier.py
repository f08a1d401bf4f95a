"""The verifier that strangers are given: it agrees with ours on good and on damaged journals."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from runner.domain.events import Event, RunFinished, RunProgress, RunResumed
from runner.domain.messages import TokenUsage
from runner.journal.writer import FileJournal
from runner.testing import TickingClock

DOCS = Path(__file__).parents[2] / "docs"
RUN = "01JD00000000000000000000A0"

EVENTS_WRITTEN: list[Event] = [
    RunResumed(active_s=0, runner="Grüße"),
    RunProgress(step="t1.model", active_s=1),
    RunFinished(
        status="succeeded",
        outcome="none",
        task_id="j",
        duration_s=1,
        iterations=1,
        tool_calls=0,
        tokens=TokenUsage(),
        cost_usd=None,
        model="m",
        prompt_version="p",
    ),
]


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    clock = TickingClock()
    with FileJournal.create(tmp_path, RUN, "triage", clock, lambda value: value) as written:
        for event in EVENTS_WRITTEN:
            written.append(event)
        return written.path


def verdict(path: Path) -> tuple[int, str]:
    script = [sys.executable, "-I", str(DOCS / "verify_journal.py"), str(path)]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr.strip()


def test_a_good_journal_is_verified(journal: Path) -> None:
    assert verdict(journal) == (0, "")


Change = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data.replace(b"t1.model", b"t2.model"), "line 2 was changed or cut"),
        (lambda data: data[:-1], "line 3 was changed or cut"),
        (lambda data: data.split(b"\n", 1)[1], "line 1 stands in the wrong place"),
        (lambda data: data + data.splitlines(True)[-1], "line 4 stands in the wrong place"),
        (lambda data: b"", "the journal is empty"),
    ],
)
def test_a_damaged_journal_is_not(journal: Path, change: Change, words: str) -> None:
    journal.write_bytes(change(journal.read_bytes()))
    assert verdict(journal) == (1, words)


def test_a_journal_under_another_name_is_not(journal: Path) -> None:
    code, words = verdict(journal.rename(journal.with_stem("01JDOTHER")))
    assert (code, words) == (1, "line 1 stands in the wrong place")


def test_the_verifier_imports_nothing_of_ours() -> None:
    text = (DOCS / "verify_journal.py").read_text()
    assert "runner" not in text
    assert len([line for line in text.splitlines() if line.strip()]) <= 30


def test_every_event_type_is_documented_and_no_other() -> None:
    text = (DOCS / "journal.md").read_text()
    table = text.split("## Event types")[1].split("\n## ")[0]
    documented = set(re.findall(r"^\| `([a-z]+\.[a-z]+)`", table, re.MULTILINE))
    known = {member.model_fields["type"].default for member in get_args(get_args(Event)[0])}
    assert documented == known
