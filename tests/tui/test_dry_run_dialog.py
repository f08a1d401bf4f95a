"""Dry runs as a person starts them: real keys, real processes, a real model server here."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from runner.app.story.history import read_view
from runner.boundary.clock import SystemClock
from runner.config.scaffold import new_agent
from runner.journal.reader import journals
from runner.tui.asking.dry_run import DryRunDialog
from runner.tui.asking.parts import Confirm, Facts, Picker
from runner.tui.look import Look
from runner.tui.opening import Opening
from runner.tui.shots import screen_text
from runner.tui.ui import AgentctlUi
from runner.tui.world import World
from tests.scripted_server import HANG, ScriptedServer, as_json, chat
from tests.tui.screens import settled

SCHEDULES = '- {name: nightly, type: recurring, cron: "0 2 * * *", input: {text: key-1234 here}}\n'


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer([as_json(chat("Two words."))]) as made:
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
    (tmp_path / "agentctl.yaml").write_text('environments: {dev: {}}\nredact: ["key-[0-9]+"]\n')
    return tmp_path


class Person:
    """Somebody at a dialog."""

    def __init__(self, pilot: Pilot[Any], root: Path) -> None:
        self.pilot = pilot
        self.state_dir = root / ".agentctl"

    @property
    def ui(self) -> AgentctlUi:
        ui = self.pilot.app
        assert isinstance(ui, AgentctlUi)
        return ui

    @property
    def dialog(self) -> DryRunDialog:
        dialog = next(s for s in self.ui.screen_stack if isinstance(s, DryRunDialog))
        assert isinstance(dialog, DryRunDialog)
        return dialog

    @property
    def ready(self) -> bool:
        return not self.dialog.query_one(Confirm).disabled

    @property
    def typed(self) -> str:
        return self.dialog.query_one(TextArea).text

    @property
    def state(self) -> str:
        return str(self.dialog.query_one("#state").render())

    def fact(self, label: str) -> str:
        told = self.dialog.query_one(Facts).told
        return " | ".join(line.text for line in told if line.label == label)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
        await settled(self.pilot)

    async def write(self, text: str) -> None:
        self.dialog.query_one(TextArea).text = text
        await settled(self.pilot)

    async def start(self) -> None:
        self.dialog.query_one(Confirm).focus()
        await self.press("y")

    async def over(self) -> None:
        end = time.monotonic() + 30
        while "has ended" not in self.state:
            assert time.monotonic() < end, self.state
            await self.pilot.pause(0.1)

    def runs(self) -> list[Any]:
        return [read_view(path) for path in journals(self.state_dir)]


@asynccontextmanager
async def person(root: Path, look: Look | None = None) -> AsyncIterator[Person]:
    ui = AgentctlUi(World(root, None, "dev", SystemClock()), look or Look(), Opening("schedules"))
    async with ui.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        yield Person(pilot, root)
        await settled(pilot)


async def test_an_input_is_chosen_or_changed_and_what_is_wrong_with_it_is_beside_it(
    root: Path,
) -> None:
    async with person(root) as someone:
        someone.ui.open_dry_run("hello", "worktree")
        await settled(someone.pilot)
        assert isinstance(someone.ui.focused, Picker)
        assert "schedule nightly  (1 of 2)" in screen_text(someone.ui)
        assert '"text": "[redacted] here"' in someone.typed
        assert someone.ready
        assert "simulated" in someone.fact("effects")
        await someone.press("down")
        assert '"text": "an example"' in someone.typed
        for text, said in (
            ("{", "line 1, column"),
            ('{"words": 3}', "the input does not fit input_schema"),
        ):
            await someone.write(text)
            assert said in someone.fact("not yet")
            assert (someone.ready, someone.state) == (False, "the input does not fit")
        await someone.write('{"text": "mine"}')
        assert (someone.ready, someone.fact("not yet")) == (True, "")
        await someone.press("escape")
        assert not isinstance(someone.ui.screen, DryRunDialog)
        assert someone.runs() == []


async def test_it_is_started_and_watched_and_what_is_hidden_is_sent_as_it_is(root: Path) -> None:
    async with person(root) as someone:
        someone.ui.open_dry_run("hello", "")
        await settled(someone.pilot)
        await someone.start()
        assert type(someone.ui.screen).__name__ == "RunPage"
        assert len(someone.runs()) == 1
        await someone.press("escape")
        await someone.over()
        assert someone.state.endswith("exit code 0")
        await someone.press("o")
        assert type(someone.ui.screen).__name__ == "RunPage"
        run = someone.runs()[0]
        assert (run.start.mode, run.status) == ("dry_run", "succeeded")
        assert run.start.input == {"text": "key-1234 here"}
        assert someone.fact("run") == run.id


async def test_it_can_be_cancelled_while_it_runs(root: Path, server: ScriptedServer) -> None:
    server.script[:] = [HANG]
    async with person(root) as someone:
        someone.ui.open_dry_run("hello", "worktree")
        await settled(someone.pilot)
        await someone.start()
        await someone.press("escape")
        assert "goes on, also when this is closed" in someone.state
        await someone.press("x")
        await someone.over()
        assert someone.state.endswith("exit code 130")
        assert someone.runs()[0].interrupted


async def test_what_stops_it_is_said_and_the_input_stays(root: Path) -> None:
    async with person(root) as someone:
        someone.ui.open_dry_run("hello", "worktree")
        await settled(someone.pilot)
        await someone.write('{"text": "mine"}')
        spec = root / "agent-configs/hello/agent.yaml"
        spec.write_text(spec.read_text() + "nonsense: true\n")
        await someone.start()
        assert isinstance(someone.ui.screen, DryRunDialog)
        assert "nonsense" in someone.fact("not yet")
        assert (someone.typed, someone.ready) == ('{"text": "mine"}', True)
        assert someone.runs() == []


async def test_an_unknown_version_and_read_only_start_nothing(root: Path) -> None:
    async with person(root) as someone:
        someone.ui.open_dry_run("hello", "v9.9.9")
        await settled(someone.pilot)
        assert "v9.9.9" in someone.fact("not yet")
        assert (someone.state, someone.ready) == ("there is nothing to run", False)
    async with person(root, Look(read_only=True)) as someone:
        someone.ui.open_dry_run("hello", "worktree")
        someone.ui.push_screen(DryRunDialog("hello", "worktree"))
        await settled(someone.pilot)
        assert "read-only: nothing is run from here" in screen_text(someone.ui)


async def test_inputs_that_look_the_same_are_told_apart_by_their_place(root: Path) -> None:
    more = SCHEDULES.replace("nightly", "weekly").replace("key-1234", "key-99")
    (root / "agent-configs/hello/schedules.yaml").write_text(SCHEDULES + more)
    async with person(root) as someone:
        someone.ui.open_dry_run("hello", "worktree")
        await settled(someone.pilot)
        await someone.press("down")
        assert "schedule weekly  (2 of 3)" in screen_text(someone.ui)
        assert someone.dialog._given == {"text": "key-99 here"}
        await someone.write('{"text": "[redacted] there"}')
        assert "is sent as it stands" in someone.fact("note")
        await someone.press("up")
        assert (someone.dialog._given, someone.fact("note")) == ({"text": "key-1234 here"}, "")


async def test_what_was_typed_last_is_what_starts(root: Path) -> None:
    async with person(root) as someone:
        someone.ui.open_dry_run("hello", "worktree")
        await settled(someone.pilot)
        area = someone.dialog.query_one(TextArea)
        for number in range(20):  # faster than they are checked
            area.text = f'{{"text": "{"x" * 20_000} {number}"}}'
            await someone.pilot.pause()
        await settled(someone.pilot)
        assert someone.ready
        given = someone.dialog._given
        assert given is not None
        assert given["text"].endswith("x 19")
        area.text = "{"
        area.text = '{"text": "short"}'
        await settled(someone.pilot)
        assert (someone.dialog._given, someone.fact("not yet")) == ({"text": "short"}, "")
