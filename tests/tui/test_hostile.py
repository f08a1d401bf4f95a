"""Whatever is written into prompts, journals and pointers, every screen stays up and shows text.

`AGENTCTL_FUZZ_S=60` breaks the world in new ways for so many seconds; unsaid, in a few known ways.
"""

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from runner.app.plain_text import CONTROL
from runner.boundary.surroundings import countdown
from runner.domain.errors import AgentctlError
from runner.tui.look import Look
from runner.tui.registry import SCREENS as FIRST
from runner.tui.screens.run import RunPage
from tests.fuzzing import HOWS, WORDS, changed
from tests.tui.agents import NAMES
from tests.tui.plays import HOSTILE
from tests.tui.screens import (
    SCREENS,
    Shown,
    assert_within,
    drive,
    open_on,
    press,
    screen_text,
    settled,
)
from tests.tui.world import UiWorld, make_ui_world

FUZZ_S = float(os.environ.get("AGENTCTL_FUZZ_S", "0"))
SEEDS = 3
KEYS = (
    *"jkgGnNvdpPRtTwWEesSyclmxXVJKoaAuUziIfFhr0123456789!/:?[]{} ",
    *("enter", "escape", "tab", "shift+tab", "up", "down", "left", "right", "pageup", "pagedown"),
    *("home", "end", "backspace", "delete", "ctrl+r", "ctrl+f", "ctrl+b", "ctrl+u", "ctrl+p"),
    *("ctrl+a", "ctrl+e", "ctrl+w", "f1", "f5", "insert", "é", "日", "\x7f"),
)
LOOKS = (Look(), Look(colour=False), Look(ascii=True), Look(read_only=True))
TARGETS = (
    "agentctl.yaml",
    ".agentctl/ledger.jsonl",
    ".agentctl/journal/*/*/*.jsonl",
    "agent-configs/*/*.yaml",
    "agent-configs/*/system-prompt.md",
    "agent-configs/environments/*/*.yaml",
    ".git/HEAD",
    ".git/refs/heads/main",
    ".git/index",
)
LONG_LINE = b"x" * (1 << 20)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a screen exports lands here."""
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    monkeypatch.setenv("PAGER", "cat")


def assert_plain(pilot: Pilot[Any]) -> None:
    """The screen is text of its own size, in which nothing steers a terminal."""
    text = screen_text(pilot.app)
    assert_within(text, pilot.app.size.width)
    steers = CONTROL.search(text.replace("\n", ""))
    assert steers is None, repr(text[max(steers.start() - 60, 0) : steers.end() + 60])


def poison(world: UiWorld) -> None:
    """Write hostile text wherever a person or a program can write it."""
    quoted = "".join(f"\\u{ord(char):04x}" if ord(char) < 0xFFFF else "?" for char in HOSTILE)
    for agent in NAMES:
        path = world.root / f"agent-configs/{agent}/agent.yaml"
        text = path.read_text()
        path.write_text(text.replace("description: ", f'description: "{quoted}"  # ', 1))
        prompt = world.root / f"agent-configs/{agent}/system-prompt.md"
        prompt.write_text(prompt.read_text() + HOSTILE.replace("\x00", "") + "\n")
    world.git("config", "user.name", "[/bold]\x1b[31mMallory\u202e")
    why = "[/red] [@click=app.quit]here[/] \u202egnp.exe \x1b[2J"
    pointer = world.root / "agent-configs/environments/prod/kb-sync.yaml"
    pointer.write_text(pointer.read_text() + "# by hand\n")
    world.git("commit", "--quiet", "-m", why, "--", str(pointer))
    world.git("tag", "-a", "-m", why, "kb-sync/v0.4.0")


async def test_hostile_text_is_shown_as_text_on_every_screen(ui_world: UiWorld) -> None:
    """In a small terminal and in a large one, one after the other."""
    poison(ui_world)
    hostile = {
        **SCREENS,
        "worktree": Shown("diff:kb-sync:v0.3.0:worktree"),
        "released": Shown("diff:kb-sync:v0.3.0:v0.4.0"),
        "of-kb-sync": Shown("versions:kb-sync"),
        "compare-hostile": Shown("compare:{hostile}:{in_doubt}"),
        "rollback-kb-sync": Shown("rollback:kb-sync:v0.3.0"),
    }
    async with drive(ui_world, (80, 24), environment="dev") as pilot:
        for number, shown in enumerate(hostile.values()):
            await open_on(pilot, ui_world, shown)
            assert_plain(pilot)
            await pilot.resize_terminal(*((160, 45), (80, 24))[number % 2])
            await settled(pilot)
            assert_plain(pilot)


async def test_hostile_runs_are_text_in_every_tab(ui_world: UiWorld) -> None:
    async with drive(ui_world, opening="run:{hostile}") as pilot:
        for tab in "smTcxl":
            await press(pilot, tab)
            for key in ("G", "n", "enter", "pageup", "right", "end", "escape", "g"):
                await pilot.press(key)
                assert_plain(pilot)
            if not isinstance(pilot.app.screen, RunPage):
                await open_on(pilot, ui_world, Shown("run:{hostile}"))


def damage(world: UiWorld, luck: random.Random) -> None:
    """Change, cut, lengthen or take away some of the files that screens read."""
    for _change in range(luck.randint(1, 6)):
        paths = sorted(world.root.glob(luck.choice(TARGETS)))
        if not paths:
            continue
        path = luck.choice(paths)
        fate = luck.random()
        if path.is_dir():
            shutil.rmtree(path)
        elif fate < 0.1:
            path.unlink()
        elif fate < 0.15:
            path.unlink()
            path.mkdir()
        else:
            word = LONG_LINE if fate < 0.2 else luck.choice([*WORDS, HOSTILE.encode()])
            how = (luck.choice(HOWS), luck.random(), luck.random(), word)
            path.write_bytes(changed(path.read_bytes(), [how]))
    if luck.random() < 0.1:
        gone = luck.choice([".git", ".agentctl", "agent-configs"])
        shutil.rmtree(world.root / gone, ignore_errors=True)  # it may be gone already


async def misuse(pilot: Pilot[Any], world: UiWorld, luck: random.Random) -> None:
    """Open screens, press any keys, resize, and break more while it is shown."""
    for _opened in range(3):
        shown = SCREENS[luck.choice(list(SCREENS))]
        try:
            await open_on(pilot, world, shown)
        except AgentctlError:
            await open_on(pilot, world, Shown(luck.choice(FIRST).name))
        for _pressed in range(10):
            if not pilot.app.is_running:
                return
            await pilot.press(luck.choice(KEYS))
        if luck.random() < 0.3:
            await pilot.resize_terminal(luck.randint(1, 220), luck.randint(1, 70))
        if luck.random() < 0.5:
            damage(world, luck)
            await pilot.press("ctrl+r")
        if not pilot.app.is_running:
            return
        await settled(pilot)
        assert_plain(pilot)


async def broken(directory: Path, seed: int) -> None:
    """One world that is broken by chance, and somebody who presses keys by chance."""
    luck = random.Random(seed)
    world = make_ui_world(directory)
    if luck.random() < 0.5:
        poison(world)
    if luck.random() < 0.8:
        damage(world, luck)
    size = (luck.randint(20, 210), luck.randint(5, 60))
    async with drive(world, size, luck.choice(LOOKS), luck.choice(["prod", "dev", None])) as pilot:
        await misuse(pilot, world, luck)


def seeds() -> Iterator[int]:
    """A few that are known, or new ones until the time is up."""
    if not FUZZ_S:
        yield from range(SEEDS)
        return
    left_s = countdown(FUZZ_S)
    while left_s():
        yield random.randrange(1 << 32)


async def test_nothing_that_is_broken_crashes_a_screen(tmp_path: Path) -> None:
    for seed in seeds():
        directory = tmp_path / str(seed)
        directory.mkdir()
        try:
            await broken(directory, seed)
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise
        shutil.rmtree(directory)


@pytest.mark.parametrize("screen", [entry.name for entry in FIRST] + ["run:{throttled}"])
async def test_files_may_go_while_they_are_shown(ui_world: UiWorld, screen: str) -> None:
    async with drive(ui_world, opening=screen) as pilot:
        for gone in (".agentctl/journal", ".agentctl", ".git", "agent-configs", "agentctl.yaml"):
            path = ui_world.root / gone
            (shutil.rmtree if path.is_dir() else Path.unlink)(path)
            await pilot.press("ctrl+r", "j")
            await settled(pilot)
            assert_plain(pilot)


async def test_a_journal_may_be_torn_grow_and_shrink_while_it_is_shown(ui_world: UiWorld) -> None:
    path = ui_world.journal("throttled")
    whole = path.read_bytes()
    async with drive(ui_world, opening="run:{throttled}") as pilot:
        for data in (whole[:-40], whole[:1000], b"", whole + b'{"run":', b"\0" * 4096, whole):
            path.write_bytes(data)
            await press(pilot, "ctrl+r", "G")
            assert_plain(pilot)
