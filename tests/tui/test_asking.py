"""The help, the yank menu, the command line and the palette, over a real screen."""

import asyncio
from collections.abc import Sequence
from contextlib import asynccontextmanager
from typing import ClassVar

import pytest
from textual.binding import Binding
from textual.command import CommandPalette
from textual.widgets import Input

from runner.app.plain_text import CONTROL
from runner.domain.errors import UsageError
from runner.tui.asking.command_line import CommandLine
from runner.tui.asking.completing import completed
from runner.tui.asking.help import HelpDialog
from runner.tui.asking.move import MoveDialog
from runner.tui.asking.words import read_command, resolved
from runner.tui.asking.yank import YankDialog, yanks
from runner.tui.look import Look
from runner.tui.opening import Opening
from runner.tui.page import Page
from runner.tui.palette import UiCommands
from runner.tui.ui import AgentctlUi
from runner.tui.widgets.entry import Entry
from runner.tui.widgets.table import Column, VirtualTable
from runner.tui.world import World
from tests.tui.bare import HOSTILE, Bare, rows
from tests.tui.screens import drive, press, screen_text, settled, until
from tests.tui.world import UiWorld, make_ui_world


@pytest.fixture(scope="module")
def world_once(tmp_path_factory: pytest.TempPathFactory) -> UiWorld:
    """One world for all tests here: none of them changes it."""
    return make_ui_world(tmp_path_factory.mktemp("asking"))


class Doable(Page):
    """A screen with a list and two actions, of which one changes something."""

    NAME = "doable"
    TITLE = "Doable"
    BINDINGS: ClassVar = [
        Binding("w", "wave", "Wave a hand", id="doable.wave"),
        Binding("R", "rollback", "Roll back", id="doable.rollback"),
        Binding("x", "never", "Never possible", id="doable.never"),
    ]
    waved = 0

    def compose_body(self):
        yield VirtualTable([Column("NAME", 10, grow=True)])

    def on_ready(self) -> None:
        self.query_one(VirtualTable).show(rows(0, 30))

    def check_action(self, action, parameters):
        return None if action == "never" else super().check_action(action, parameters)

    def action_wave(self) -> None:
        self.waved += 1

    def action_rollback(self) -> None:
        self.waved += 100

    def command(self) -> str:
        return "agentctl runs --query 'status:failed'"

    def yanks(self) -> Sequence[tuple[str, str]]:
        return [("run", "01J8"), ("reason", "one\ntwo\x1b[31m\u202e"), ("row", "[/x]")]


@asynccontextmanager
async def doable(world, look: Look | None = None, size=(100, 30)):
    """The UI with that screen on top of the schedules."""
    seen = World(world.root, world.state, "prod", world.clock)
    app = AgentctlUi(seen, look or Look(), Opening("schedules"))
    async with app.run_test(size=size, notifications=True) as pilot:
        await settled(pilot)
        app.push_screen(Doable())
        await settled(pilot)
        yield pilot


async def write(pilot, text: str, *keys: str) -> None:
    """Put a text into the field, and press keys."""
    pilot.app.screen.query_one(Entry).value = text
    await settled(pilot)
    await press(pilot, *keys)


def notes(app) -> str:
    return " ".join(str(note.message) for note in app._notifications)


async def test_the_help_lists_what_can_be_done_here_and_enter_does_it(world_once):
    async with doable(world_once) as pilot:
        page = pilot.app.screen
        await press(pilot, "question_mark")
        text = screen_text(pilot.app)
        for word in ("Wave a hand", "Roll back", "First row", "g home", "Copy", "Next pane"):
            assert word in text or word in _all_of(pilot.app.screen)
        await write(pilot, "wave", "enter")
        assert pilot.app.screen is page
        assert page.waved == 1


def _all_of(dialog: HelpDialog) -> str:
    return " ".join(choice.words for choice in dialog.choices.choices).replace("copy", "Copy")


async def test_in_the_help_letters_are_typed_and_escape_closes_it(world_once):
    async with doable(world_once) as pilot:
        page = pilot.app.screen
        await press(pilot, "question_mark")
        await pilot.press(*"wjkq1:?", "down", "pagedown", "up", "pageup")
        assert isinstance(pilot.app.screen, HelpDialog)
        assert pilot.app.screen.query_one(Entry).value == "wjkq1:?"
        assert len(pilot.app.screen.menu._rows) == 0
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, HelpDialog)
        await press(pilot, "escape")
        assert (pilot.app.screen, page.waved) == (page, 0)


async def test_the_help_of_a_read_only_screen_has_nothing_that_changes_something(world_once):
    async with doable(world_once, Look(read_only=True)) as pilot:
        await press(pilot, "question_mark")
        await write(pilot, "roll back")
        assert "Roll back" not in screen_text(pilot.app)


async def test_what_is_not_possible_now_is_listed_and_not_done(world_once):
    async with doable(world_once) as pilot:
        await press(pilot, "question_mark")
        await write(pilot, "never", "enter")
        assert isinstance(pilot.app.screen, HelpDialog)
        assert "not possible here" in notes(pilot.app)


async def test_the_help_shows_keys_that_the_user_chose(world_once):
    async with doable(world_once, Look(keys={"doable.wave": "f5"})) as pilot:
        page = pilot.app.screen
        await press(pilot, "question_mark")
        await write(pilot, "wave")
        assert "f5" in screen_text(pilot.app)
        await press(pilot, "escape", "f5")
        assert page.waved == 1


async def test_y_and_c_copy_the_command_and_say_so(world_once):
    async with doable(world_once) as pilot:
        page = pilot.app.screen
        await press(pilot, "y")
        assert "agentctl runs --query 'status:failed'" in screen_text(pilot.app)
        await press(pilot, "c")
        assert pilot.app.screen is page
        assert pilot.app.clipboard == page.command()
        assert "command copied: agentctl runs" in notes(pilot.app)


async def test_the_yank_menu_shows_the_whole_text_of_a_line_and_copies_it(world_once):
    async with doable(world_once) as pilot:
        await press(pilot, "y", "j", "j")
        text = screen_text(pilot.app)
        assert "two␛[31m·" in text
        assert not CONTROL.search(text.replace("\n", ""))
        await press(pilot, "enter")
        assert pilot.app.clipboard == "one\ntwo␛[31m·"
        await press(pilot, "y", "y")
        assert pilot.app.clipboard.startswith("agentctl")
        await press(pilot, "y", "space", "o")
        assert pilot.app.clipboard == "[/x]"
        await press(pilot, "y", "escape")
        assert not isinstance(pilot.app.screen, YankDialog)


def test_every_yank_has_a_key_of_its_own_that_does_not_move():
    made = yanks("agentctl runs", [("run", "1"), ("reason", "2"), ("query", "3"), ("jkg", "4")])
    keys = [yank.key for yank in made]
    assert keys[:4] == ["c", "r", "e", "q"]
    assert len(set(keys)) == 5
    assert not set(keys) & set("jkgGy")
    assert len(yanks("x", [("same", str(n)) for n in range(100)])) < 40


async def test_a_command_that_is_wrong_stays_with_a_word_about_it(world_once):
    async with doable(world_once) as pilot:
        await press(pilot, "colon")
        await write(pilot, "rns", "enter")
        assert isinstance(pilot.app.screen, CommandLine)
        assert "did you mean `runs`?" in screen_text(pilot.app)
        assert "▌ r0" in screen_text(pilot.app)
        await press(pilot, "backspace")
        assert "did you mean" not in screen_text(pilot.app)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, Doable)


async def test_a_command_about_something_that_is_not_there_says_so(world_once):
    async with doable(world_once) as pilot:
        await press(pilot, "colon")
        await write(pilot, "rollback invoice-triag", "enter")
        assert isinstance(pilot.app.screen, CommandLine)
        assert "invoice-triage" in screen_text(pilot.app).partition("\n :")[0][-400:]
        await press(pilot, "escape", "colon")
        await write(pilot, "env nowhere", "enter")
        assert "environments: dev, staging, prod" in screen_text(pilot.app)


async def test_commands_open_screens_and_dialogs(world_once):
    async with doable(world_once) as pilot:
        await press(pilot, "colon")
        await write(pilot, "env staging", "enter")
        assert pilot.app.world.environment == "staging"
        await press(pilot, "colon")
        await write(pilot, "schedules --env prod", "enter")
        assert pilot.app.world.environment == "prod"
        assert pilot.app.current_mode == "schedules"
        await press(pilot, "colon")
        await write(pilot, "help", "enter")
        assert isinstance(pilot.app.screen, HelpDialog)
        await press(pilot, "escape", "colon")
        await write(pilot, "rollback invoice-triage", "enter")
        assert isinstance(pilot.app.screen, MoveDialog)


async def test_q_leaves(world_once):
    async with doable(world_once) as pilot:
        await press(pilot, "colon", "q", "enter")
        assert pilot.app._exit


async def test_an_empty_command_line_closes(world_once):
    async with doable(world_once) as pilot:
        await press(pilot, "colon", "enter")
        assert isinstance(pilot.app.screen, Doable)


async def test_tab_completes_what_is_typed(world_once):
    async with doable(world_once) as pilot:
        await press(pilot, "colon")
        await pilot.press(*"diff inv")
        await press(pilot, "tab")
        assert pilot.app.screen.query_one(Input).value == "diff invoice-triage"
        await pilot.press("tab", "space", *"sta")
        await press(pilot, "tab")
        assert pilot.app.screen.query_one(Input).value == "diff invoice-triage staging"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("sc", "schedules"),
        ("agentctl sc", "agentctl schedules"),
        ("versions inv", "versions invoice-triage"),
        ("diff invoice-triage v1.1", "diff invoice-triage v1.1.0"),
        ("diff invoice-triage v1.1.0 work", "diff invoice-triage v1.1.0 worktree"),
        ("promote invoice-triage v1.1.0 --to st", "promote invoice-triage v1.1.0 --to staging"),
        ("promote invoice-triage --f", "promote invoice-triage --from"),
        ("rollback invoice-triage --to v1.1", "rollback invoice-triage --to v1.1.0"),
        ("rollback invoice-triage --env pr", "rollback invoice-triage --env prod"),
        ("env st", "env staging"),
        ("show la", "show last"),
        ("runs sta", "runs status:"),
        ("runs -status:fai", "runs -status:failed"),
        ("runs status:failed,sto", "runs status:failed,stopped"),
        ("runs agent:inv", "runs agent:invoice-triage"),
        ("runs --st", "runs --status"),
        ("runs nofield:x", None),
        ("nothing at", None),
        ("env nowhere", None),
        ("", None),
    ],
)
def test_a_half_typed_word_is_completed(world_once, typed, expected):
    names = ("dev", "staging", "prod")
    world = World(world_once.root, world_once.state, "prod", world_once.clock, names)
    assert completed(typed, world) == expected


async def test_without_a_project_nothing_is_offered_and_nothing_breaks(world_once, tmp_path):
    from runner.tui.asking.completing import WordSuggester

    world = World(tmp_path / "nowhere", None, None, world_once.clock)
    assert await WordSuggester(world).get_suggestion("versions inv") is None
    assert await WordSuggester(world).get_suggestion("ver") == "versions"


async def test_the_palette_finds_actions_environments_and_agents(world_once):
    async with doable(world_once) as pilot:
        page = pilot.app.screen
        found = UiCommands(page)
        await found.startup()
        assert "Wave a hand" in [hit.text async for hit in found.discover()]
        hits = [hit.text async for hit in found.search("invoice")]
        assert {"Runs of invoice-triage", "Versions of invoice-triage"} <= set(hits)
        assert [hit.text async for hit in found.search("env staging")] == ["Environment staging"]
        await pilot.press("ctrl+p")
        await pilot.pause()
        assert isinstance(pilot.app.screen, CommandPalette)
        await pilot.press(*"wave")
        await until(pilot, lambda: "Wave a hand" in screen_text(pilot.app))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: page.waved == 1)


async def test_with_ascii_the_dialogs_are_ascii(world_once):
    async with doable(world_once, Look(ascii=True), size=(80, 24)) as pilot:
        for keys in (("question_mark",), ("y",), ("colon",), ("ctrl+p",)):
            await press(pilot, *keys)
            await asyncio.sleep(0.1)
            pilot.app.notify("told", severity="error", markup=False)
            await settled(pilot)
            assert screen_text(pilot.app).isascii()
            await press(pilot, "escape")


async def test_over_a_dialog_the_palette_leads_nowhere_else(world_once):
    async with doable(world_once) as pilot:
        await press(pilot, "question_mark")
        found = UiCommands(pilot.app.screen)
        await found.startup()
        assert not [hit.text async for hit in found.search("invoice")]
        assert not [hit.text async for hit in found.search("env staging")]


@pytest.mark.parametrize("screen", ["fleet", "status", "schedules"])
async def test_a_command_with_an_agent_stands_on_its_row(world_once, screen):
    async with drive(world_once) as pilot:
        await press(pilot, "colon")
        await write(pilot, f"{screen} kb-sync", "enter")
        table = next(each for each in pilot.app.screen.query(VirtualTable) if each.display)
        assert table.cursor_key.partition("/")[0] == "kb-sync"
        await press(pilot, "colon")
        await write(pilot, f"{screen} kb-snyc", "enter")
        assert isinstance(pilot.app.screen, CommandLine)
        assert "kb-sync" in screen_text(pilot.app).partition(":")[0] or "did you mean" in (
            screen_text(pilot.app)
        )


async def test_a_field_takes_hostile_text_as_plain_text():
    entry = Entry()
    async with Bare(entry).run_test(size=(40, 3)) as pilot:
        for text in HOSTILE:
            entry.value = text
            await pilot.pause()
            assert not CONTROL.search(entry.value)
            entry.value.encode("utf-8")
            assert "\n" not in entry.value


def test_show_opens_a_run_or_the_versions_of_an_agent(world_once):
    root, state = world_once.root, world_once.state

    def opened(typed: str) -> Opening:
        return resolved(read_command(typed), root, state).opening

    assert opened("show last") == Opening("run", (world_once.ids[-1],))
    assert opened(f"logs {world_once.runs['ok']}") == Opening("run", (world_once.runs["ok"],))
    assert opened("show invoice-triage") == Opening("versions", ("invoice-triage",))
    assert opened("show invoice-triage@prod") == Opening("versions", ("invoice-triage",))
    for typed in ("show nothing-like-it", "versions nobody", "runs nofield:x", "rollback nobody"):
        with pytest.raises(UsageError):
            opened(typed)
