"""Promotions and rollbacks as a person makes them: real keys, real repositories, real files."""

import os
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from runner.boundary.clock import SystemClock
from runner.tui.asking.move import MoveDialog
from runner.tui.asking.parts import Confirm, Facts, Toggle
from runner.tui.look import Look
from runner.tui.opening import Opening
from runner.tui.shots import screen_text
from runner.tui.ui import AgentctlUi
from runner.tui.world import World
from tests.move_world import MoveWorld, make_move_world
from tests.pointer_world import git
from tests.tui.screens import assert_within, settled

SIZE = (100, 40)


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine() -> Iterator[None]:
    before = dict(os.environ)
    os.environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both versions were live in prod; in staging nothing was."""
    world = make_move_world(tmp_path_factory.mktemp("moves") / "here", "git")
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    return world.root


@pytest.fixture
def world(made: Path, tmp_path: Path) -> MoveWorld:
    shutil.copytree(made, tmp_path / "here", symlinks=True)
    return MoveWorld(tmp_path / "here")


@pytest.fixture
def with_server(world: MoveWorld) -> MoveWorld:
    git(world.root.parent, "clone", "--quiet", "--bare", str(world.root), "server.git")
    world.git("remote", "add", "origin", "../server.git")
    world.git("fetch", "--quiet")
    return world


class Person:
    """Somebody at a dialog."""

    def __init__(self, pilot: Pilot[Any]) -> None:
        self.pilot = pilot

    @property
    def ui(self) -> AgentctlUi:
        ui = self.pilot.app
        assert isinstance(ui, AgentctlUi)
        return ui

    @property
    def dialog(self) -> MoveDialog:
        dialog = next(s for s in self.ui.screen_stack if isinstance(s, MoveDialog))
        assert isinstance(dialog, MoveDialog)
        return dialog

    @property
    def there(self) -> bool:
        return any(isinstance(screen, MoveDialog) for screen in self.ui.screen_stack)

    @property
    def ready(self) -> bool:
        return not self.dialog.query_one(Confirm).disabled

    @property
    def focused(self) -> str | None:
        return self.ui.focused.id if self.ui.focused else None

    def fact(self, label: str) -> str:
        told = self.dialog.query_one(Facts).told
        return " | ".join(line.text for line in told if line.label == label)

    @property
    def state(self) -> str:
        return str(self.dialog.query_one("#state").render())

    @property
    def same(self) -> str:
        return str(self.dialog.query_one("#same").render())

    def value(self, field: str) -> str:
        return self.dialog.query_one(f"#{field}", Input).value

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
        await settled(self.pilot)

    async def fill(self, field: str, text: str) -> None:
        self.dialog.query_one(f"#{field}", Input).value = text
        await self.pilot.pause(0.45 if field == "ref" else 0)
        await settled(self.pilot)

    async def confirm(self, *, by_click: bool = False) -> None:
        """Go to what confirms, say y, and wait for what comes of it."""
        told = self.dialog.query_one(Facts).told
        if by_click:
            await self.pilot.click(Confirm)
        else:
            self.dialog.query_one(Confirm).focus()
            await self.pilot.press("y")
        await self.over(told)

    async def over(self, told: object) -> None:
        """Wait until it is done, or said why not."""
        end = time.monotonic() + 30
        while self.dialog.query_one(Facts).told == told or not (
            self.state == "done" or self.fact("not done")
        ):
            assert time.monotonic() < end, self.state
            await self.pilot.pause(0.01)
        await settled(self.pilot)

    async def opens(self, action: str, ref: str | None = None, to: str = "prod") -> None:
        self.ui.open_move(action, "hello", to, ref)
        await settled(self.pilot)


@asynccontextmanager
async def person(
    world: MoveWorld, look: Look | None = None, size: tuple[int, int] = SIZE
) -> AsyncIterator[Person]:
    seen = World(world.root, None, "prod", SystemClock())
    ui = AgentctlUi(seen, look or Look(), Opening("schedules"))
    async with ui.run_test(size=size) as pilot:
        await settled(pilot)
        yield Person(pilot)
        await settled(pilot)


async def test_it_opens_on_the_plan_with_the_reason_to_be_typed(world: MoveWorld) -> None:
    async with person(world) as someone:
        await someone.opens("rollback")
        assert someone.focused == "reason"
        assert someone.fact("from").startswith("v0.2.0  h1:")
        assert someone.fact("to").startswith("v0.1.0  h1:")
        assert "is blocked in prod" in someone.fact("hold")
        assert someone.fact("git").startswith("one commit on main that touches ")
        assert (someone.ready, someone.state) == (False, "give a reason")
        assert someone.same == "$ agentctl rollback hello --env prod --reason TEXT"
        await someone.press("escape")
        assert not someone.there
    assert world.pointer().version == "v0.2.0"


async def test_reason_and_the_agents_name_and_then_y_where_it_says_so(world: MoveWorld) -> None:
    async with person(world) as someone:
        await someone.opens("rollback")
        await someone.press(*"bad tone", "enter")
        assert (someone.focused, someone.state) == ("typed", "type the agent's name, hello")
        await someone.press(*"hell")
        assert not someone.ready
        await someone.press("o")
        assert someone.ready
        assert someone.same == "$ agentctl rollback hello --env prod --reason 'bad tone'"
        await someone.press("tab")
        assert someone.focused == "confirm"
        await someone.confirm()
        assert someone.state == "done"
        assert someone.fact("done").startswith("main@")
        assert "next, where there is a remote: git push origin main" in someone.fact("note")
        assert someone.fact("watch") == "none: no schedule is live there"
    pointer = world.pointer()
    assert pointer.version == "v0.1.0"
    assert pointer.hold is not None
    assert pointer.hold.reason == "bad tone"


async def test_enter_goes_on_to_what_confirms_and_never_confirms(world: MoveWorld) -> None:
    async with person(world) as someone:
        await someone.opens("rollback")
        while someone.dialog.ignores("enter"):  # it opened it, and may be held down
            await someone.pilot.pause(0.02)
        been = []
        for word in ("why", "", "", "", "hello", "", ""):
            await someone.press(*word)
            await someone.pilot.press("enter")
            been.append(someone.focused)
        rounds = ["typed", "ref", "reason", "typed"]
        assert been == [*rounds, "confirm", "confirm", "confirm"]
        await settled(someone.pilot)
        await someone.press("enter", "enter", "space")
        assert someone.ready
    assert world.pointer().version == "v0.2.0"


class Deaf(MoveDialog):
    """A machine may be slow, so that keys of a test come late."""

    DEAF_S = 60.0


class Attentive(MoveDialog):
    DEAF_S = 0.001


@pytest.mark.parametrize(("dialog", "heard"), [(Deaf, "xy"), (Attentive, "RRxyR")])
async def test_the_key_that_opened_it_is_not_typed_while_it_is_held(
    world: MoveWorld, dialog: type[MoveDialog], heard: str
) -> None:
    async with person(world) as someone:
        someone.ui.push_screen(dialog("rollback", "hello", "prod"))
        await someone.pilot.pause(0.05)
        await someone.press("R", "R", "x", "y", "R")
        assert someone.value("reason") == heard


async def test_a_key_that_the_user_chose_is_ignored_as_well(world: MoveWorld) -> None:
    async with person(world, Look(keys={"fleet.promote": "m"})) as someone:
        someone.ui.push_screen(Deaf("promote", "hello", "staging", "v0.1.0"))
        await someone.press("m", "m", "x")
        assert someone.value("reason") == "x"


def test_it_listens_again_after_300_milliseconds() -> None:
    assert MoveDialog.DEAF_S == 0.3


async def test_where_nothing_is_protected_y_alone_is_enough(world: MoveWorld) -> None:
    async with person(world) as someone:
        await someone.opens("promote", "v0.1.0", "staging")
        assert someone.ready
        assert not someone.dialog.query_one("#named").display
        await someone.press("y", "y")
        assert someone.value("reason") == "yy"
        await someone.press("tab")
        assert someone.focused == "confirm"
        await someone.confirm()
        assert someone.fact("commit").endswith(" on main")
        assert "u undo" not in screen_text(someone.ui)  # there was no pointer to go back to
    assert world.pointer("staging").version == "v0.1.0"
    assert world.moves("staging")[0].reason.splitlines()[2] == "yy"


async def test_a_click_confirms_once_all_is_said_and_not_before(world: MoveWorld) -> None:
    async with person(world) as someone:
        await someone.opens("rollback")
        await someone.pilot.click(Confirm)
        await settled(someone.pilot)
        assert world.pointer().version == "v0.2.0"
        await someone.fill("reason", "why")
        await someone.fill("typed", "hello")
        await someone.confirm(by_click=True)
        assert someone.state == "done"
    assert world.pointer().version == "v0.1.0"


async def test_what_moved_meanwhile_makes_the_plan_stale_and_it_can_be_made_again(
    world: MoveWorld,
) -> None:
    async with person(world) as someone:
        await someone.opens("rollback")
        await someone.fill("reason", "why")
        await someone.fill("typed", "hello")
        moves = len(world.moves())
        world.promote("v0.1.0", reason="somebody else")
        await someone.confirm()
        assert "stale plan; nothing done" in someone.fact("not done")
        assert (someone.there, someone.ready) == (True, False)
        assert "ctrl+r plans again" in someone.state
        assert len(world.moves()) == moves + 1
        someone.dialog.query_one(Facts).focus()
        await someone.press("ctrl+r")
        assert someone.fact("from").startswith("v0.1.0")
        assert someone.value("reason") == "why"


async def test_undo_is_the_opposite_move_through_the_same_dialog(world: MoveWorld) -> None:
    async with person(world) as someone:
        await someone.opens("rollback")
        await someone.fill("reason", "why")
        await someone.fill("typed", "hello")
        await someone.confirm()
        await someone.press("u")
        assert someone.fact("to").startswith("v0.2.0")
        assert "may run in prod again: held by" in someone.fact("lifts")
        assert (someone.value("reason"), someone.value("typed")) == ("", "")
        assert (someone.ready, someone.state, someone.focused) == (False, "give a reason", "reason")
        await someone.fill("reason", "it was not that")
        await someone.fill("typed", "hello")
        await someone.confirm()
        assert someone.state == "done"
    assert (world.pointer().version, world.pointer().hold) == ("v0.2.0", None)


async def test_what_opened_it_hears_once_it_is_closed_and_something_has_moved(
    world: MoveWorld,
) -> None:
    heard = []
    async with person(world) as someone:
        for reason in ("", "why"):
            someone.ui.open_move("promote", "hello", "staging", "v0.1.0", lambda: heard.append(1))
            await settled(someone.pilot)
            if reason:
                await someone.confirm()
            await someone.press("escape")
        assert heard == [1]


async def test_a_held_release_says_why_not_and_is_let_go_on_purpose(world: MoveWorld) -> None:
    world.rollback(reason="bad tone")
    async with person(world) as someone:
        await someone.opens("promote", "v0.2.0")
        assert "is held in prod: bad tone" in someone.fact("why not")
        assert "--lift-hold" in someone.fact("help")
        assert not someone.ready
        assert someone.state == "it is refused: it is held. Lift the hold, or esc"
        lift = someone.dialog.query_one("#lift", Toggle)
        lift.focus()
        await someone.press("space")
        assert (someone.fact("why not"), someone.state) == ("", "give a reason")
        assert "--lift-hold" in someone.same
        await someone.fill("reason", "mended")
        await someone.fill("typed", "hello")
        await someone.confirm()
        assert someone.state == "done"
    assert (world.pointer().version, world.pointer().hold) == ("v0.2.0", None)


RULES = "environments: {{staging: {{}}, prod: {{protected: true, {}}}}}\n"


async def test_runs_that_a_rule_asks_for_are_counted(world: MoveWorld) -> None:
    (world.root / "agentctl.yaml").write_text(RULES.format("requires: staging, min_runs: 2"))
    world.git("commit", "--quiet", "-am", "Ask for runs")
    digest = world.promote("v0.1.0", "staging").plan.after.digest
    assert digest is not None
    world.ran(digest, "succeeded")
    async with person(world) as someone:
        await someone.opens("promote", "v0.1.0")
        assert "asks for 2 runs of hello v0.1.0" in someone.fact("why not")
        world.ran(digest, "succeeded")
        someone.dialog.query_one(Facts).focus()
        await someone.press("ctrl+r")
        assert someone.fact("rules") == (
            "met: it was good in staging; 100% of 2 runs succeeded, 2 asked for"
        )


async def test_another_release_is_typed_or_chosen(world: MoveWorld) -> None:
    async with person(world) as someone:
        await someone.opens("promote", None, "staging")
        assert "v0.2.0, chosen" in screen_text(someone.ui)
        await someone.press("shift+tab", "down", "down")
        assert someone.value("ref") == "v0.2.0"
        await someone.press("down", "down", "down", "up")
        assert someone.value("ref") == "prod"
        await someone.fill("ref", "v0.1.0")
        assert someone.fact("to").startswith("v0.1.0")
        assert someone.same == "$ agentctl promote hello v0.1.0 --to staging"
        await someone.fill("ref", "v9.9.9")
        assert "v9.9.9" in someone.fact("why not")
        assert not someone.ready
        await someone.fill("ref", "")
        assert someone.fact("to").startswith("v0.2.0")


async def test_nothing_is_confirmed_while_another_release_is_being_typed(world: MoveWorld) -> None:
    async with person(world) as someone:
        await someone.opens("promote", "v0.2.0", "staging")
        assert someone.ready
        someone.dialog.query_one("#ref", Input).value = "v0.1.0"
        await someone.pilot.pause()
        assert not someone.ready
        assert "planning" in someone.state


async def test_without_git_the_file_is_moved(tmp_path: Path) -> None:
    world = make_move_world(tmp_path / "here", "files")
    world.promote("v0.1.0")
    world.promote("v0.2.0")
    async with person(world) as someone:
        await someone.opens("rollback")
        assert someone.fact("file").startswith("no git here: ")
        assert not someone.dialog.query_one("#push").display
        await someone.fill("reason", "why")
        await someone.fill("typed", "hello")
        await someone.confirm()
        assert someone.fact("done") == "agent-configs/environments/prod/hello.yaml"
        assert someone.fact("commit") == ""
    assert world.pointer().version == "v0.1.0"


async def test_it_is_pushed_where_that_is_switched_on(with_server: MoveWorld) -> None:
    async with person(with_server) as someone:
        await someone.opens("promote", "v0.1.0", "staging")
        assert someone.fact("git").endswith("it is not pushed")
        someone.dialog.query_one("#push").focus()
        await someone.press("space")
        assert someone.fact("git").endswith("pushed to origin/main")
        assert someone.same.endswith("--push")
        await someone.confirm()
        assert someone.fact("pushed") == "the server has it"
    head = with_server.git("rev-parse", "main")
    assert git(with_server.root.parent / "server.git", "rev-parse", "main") == head


async def test_a_push_that_fails_moves_nothing_and_leaves_the_dialog(
    with_server: MoveWorld,
) -> None:
    shutil.rmtree(with_server.root.parent / "server.git")
    head = with_server.git("rev-parse", "main")
    async with person(with_server) as someone:
        await someone.opens("promote", "v0.1.0", "staging")
        await someone.fill("reason", "try it")
        push = someone.dialog.query_one("#push")
        push.focus()
        await someone.press("space")
        await someone.confirm()
        assert "origin" in someone.fact("not done")
        assert someone.there
        assert someone.value("reason") == "try it"
        assert with_server.git("rev-parse", "main") == head
        push.focus()
        await someone.press("space")
        await someone.confirm()
        assert someone.state == "done"
    assert with_server.pointer("staging").version == "v0.1.0"


async def test_it_cannot_be_left_while_it_is_written(world: MoveWorld) -> None:
    go, hook = world.root.parent / "go", world.root / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f"#!/bin/sh\nn=0; while [ ! -e {go} ] && [ $n -lt 900 ]; do sleep 0.01; n=$((n+1)); done\n"
    )
    hook.chmod(0o755)
    async with person(world) as someone:
        await someone.opens("promote", "v0.1.0", "staging")
        someone.dialog.query_one(Confirm).focus()
        await someone.pilot.press("y")
        await someone.pilot.press("escape", "y", "ctrl+q")
        assert someone.there
        assert "writing" in someone.state
        assert someone.fact("doing")
        go.touch()
        await someone.over(())
        assert someone.state == "done"
    assert len(world.moves("staging")) == 1


async def test_read_only_says_so_and_nothing_else(world: MoveWorld) -> None:
    async with person(world, Look(read_only=True)) as someone:
        await someone.opens("rollback")
        assert not someone.there
        someone.ui.push_screen(MoveDialog("rollback", "hello", "prod"))
        await settled(someone.pilot)
        assert "read-only: nothing is moved from here" in screen_text(someone.ui)
        assert not someone.dialog.query(Confirm)
        await someone.press("escape")
        assert not someone.there


async def test_the_full_diff_a_dry_run_and_the_command_are_a_key_away(world: MoveWorld) -> None:
    async with person(world) as someone:
        await someone.opens("rollback")
        someone.dialog.query_one(Facts).focus()
        await someone.press("c")
        assert someone.ui.clipboard == "agentctl rollback hello --env prod --reason TEXT"
        for key, kind in (("d", "DiffPage"), ("x", "DryRunDialog")):
            await someone.press(key)
            assert type(someone.ui.screen).__name__ == kind
            await someone.press("escape")
            assert isinstance(someone.ui.screen, MoveDialog)


async def test_markup_and_steering_are_text(world: MoveWorld) -> None:
    prompt = world.root / "agent-configs/hello/system-prompt.md"
    prompt.write_text("You [/bold] count.\n")
    world.git("commit", "--quiet", "-am", "[red]what[/] is this")
    async with person(world) as someone:
        await someone.opens("promote", "worktree", "dev")
        await someone.fill("reason", "[/red] a [link=x]b")
        assert "[/red] a [link=x]b" in screen_text(someone.ui)
        await someone.confirm()
        assert someone.state == "done"
    assert "[/red] a [link=x]b" in world.moves("dev")[0].reason


async def test_what_the_project_hides_is_hidden(world: MoveWorld) -> None:
    settings = world.root / "agentctl.yaml"
    settings.write_text(settings.read_text() + "redact: ['bad [a-z]+']\n")
    world.git("commit", "--quiet", "-am", "Hide")
    world.rollback(reason="bad word")
    async with person(world) as someone:
        await someone.opens("promote", "v0.2.0")
        assert "is held in prod: [redacted]" in someone.fact("why not")
        await someone.fill("reason", "a bad word")
        await someone.press("ctrl+r")
        assert "--reason 'a [redacted]'" in someone.same


async def test_all_lines_of_a_pasted_reason_are_taken(world: MoveWorld) -> None:
    async with person(world) as someone:
        await someone.opens("rollback")
        someone.dialog.query_one("#reason", Input).post_message(
            events.Paste("it fails:\r\n  \x1b[31m429\n\nsince noon\n")
        )
        await settled(someone.pilot)
        assert someone.value("reason") == "it fails: ␛[31m429 since noon"


async def test_settings_that_cannot_be_read_are_said_and_nothing_is_shown_unhidden(
    world: MoveWorld,
) -> None:
    (world.root / "agentctl.yaml").write_text("redact: [")
    async with person(world) as someone:
        await someone.opens("rollback")
        assert "not YAML" in someone.fact("why not") + someone.fact("not done")
        assert "[redacted]" in someone.same


async def test_it_fits_the_smallest_terminal(world: MoveWorld) -> None:
    async with person(world, Look(ascii=True, colour=False), size=(60, 14)) as someone:
        await someone.opens("rollback")
        text = screen_text(someone.ui)
        assert_within(text, 60)
        assert text.isascii(), [line for line in text.splitlines() if not line.isascii()]
        for word in ("Roll back hello in prod", "v0.2.0", "Reason", "Agent's name", "esc cancel"):
            assert word in text
