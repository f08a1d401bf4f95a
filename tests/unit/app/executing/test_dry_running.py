"""Dry runs that a screen starts: real processes, a real model server on this machine."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.app.executing.dry_running import DryRun, Offer, offer_dry_run, read_typed, start_dry_run
from runner.app.story.history import read_view
from runner.config.scaffold import new_agent
from runner.domain.errors import AgentctlError, UsageError
from runner.journal.reader import find_run
from runner.testing import TickingClock
from tests.scripted_server import HANG, ScriptedServer, as_json, chat

SCHEDULES = """\
- {name: nightly, type: recurring, cron: "0 2 * * *", input: {text: the nightly text}}
"""


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer([as_json(chat("Three words.")) for _ in range(4)]) as made:
        yield made


@pytest.fixture
def root(tmp_path: Path, server: ScriptedServer) -> Path:
    agent = tmp_path / "agent-configs/hello"
    for path, data in new_agent("hello").items():
        target = agent / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data.replace(b"http://127.0.0.1:8900", server.url.encode()))
    (agent / "schedules.yaml").write_text(SCHEDULES)
    with (agent / "agent.yaml").open("a") as file:
        file.write("schedules: {file: schedules.yaml}\n")
    return tmp_path


def offer(root: Path, name: str = "hello", environment: str | None = None) -> Offer:
    return offer_dry_run(root, None, name, environment, TickingClock())


def run(root: Path, given: dict[str, Any]) -> DryRun:
    return start_dry_run(root, None, offer(root), given)


def ended(dry: DryRun) -> int:
    end = time.monotonic() + 30
    while (code := dry.process.code) is None:
        assert time.monotonic() < end
        time.sleep(0.02)
    return code


def test_inputs_come_from_schedules_and_at_the_end_from_the_schema(root: Path) -> None:
    assert [(each.name, each.input) for each in offer(root).examples] == [
        ("schedule nightly", {"text": "the nightly text"}),
        ("made up from input_schema", {"text": "an example"}),
    ]


def test_a_run_is_watched_from_its_first_line_and_is_dry(root: Path) -> None:
    dry = run(root, {"text": "one two three"})
    found = dry.begun()
    assert ended(dry) == 0
    view = read_view(find_run(root / ".agentctl", found))
    assert (view.status, view.start.mode, view.start.input) == (
        "succeeded",
        "dry_run",
        {"text": "one two three"},
    )
    assert dry.found() == found
    first = offer(root).examples[0]
    assert first.name.startswith(f"run {found[-8:]}: succeeded, ")
    assert json.loads(first.text) == {"text": "one two three"}


def test_what_stops_it_before_it_begins_is_told_as_the_command_tells_it(root: Path) -> None:
    made = offer(root)
    path = root / "agent-configs/hello/agent.yaml"
    path.write_text(path.read_text() + "on_failure: {pause_afterr: 3}\n")
    with pytest.raises(UsageError, match=r"AC1\d\d"):
        start_dry_run(root, None, made, {"text": "x"}).begun()


def test_an_input_that_does_not_fit_starts_nothing(root: Path) -> None:
    with pytest.raises(UsageError, match="does not fit input_schema"):
        run(root, {"words": 3})
    assert not (root / ".agentctl/journal").exists()


def test_it_can_be_cancelled_and_its_journal_says_so(root: Path, server: ScriptedServer) -> None:
    server.script[:] = [HANG]
    dry = run(root, {"text": "one"})
    found = dry.begun()
    dry.cancel()
    assert ended(dry) == 130
    assert read_view(find_run(root / ".agentctl", found)).interrupted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 1, column"),
        ("[1]", "the input is one object"),
        ("", "does not fit input_schema"),
        ('{"text": 3}', "does not fit input_schema"),
        ('{"text": "a", "text": "b"}', "line 1, column"),
    ],
)
def test_what_was_typed_wrongly_is_said_with_its_place(root: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_typed(offer(root).release.spec, text)


def test_json_and_yaml_are_both_read(root: Path) -> None:
    spec = offer(root).release.spec
    assert read_typed(spec, '{"text": "a b"}') == read_typed(spec, "text: a b\n")


def test_an_unknown_version_is_an_error(root: Path) -> None:
    with pytest.raises(AgentctlError, match="v9"):
        offer(root, "hello@v9.9.9")
