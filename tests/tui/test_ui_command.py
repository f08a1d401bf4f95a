"""`agentctl ui`, as somebody types it, with a terminal and without one."""

import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from runner.app.plain_text import CONTROL
from runner.cli.main import cli
from runner.cli.ui import THEMES
from runner.domain.errors import AgentctlError
from runner.tui.actions import action_names, clashes
from runner.tui.look import Look
from runner.tui.opening import FORMS, Opening, read_opening
from runner.tui.shots import take_shot
from runner.tui.themes import THEMES as DRAWN
from runner.tui.world import World
from tests.tui.screens import drive, press
from tests.tui.world import UiWorld

LOADED = "import sys, runner.__main__ as m\ntry: m.main()\nfinally: print(*sorted(sys.modules))"
ALTERNATE, NORMAL = b"\x1b[?1049h", b"\x1b[?1049l"
COLOUR = re.compile(r"#[0-9a-f]{6}")
CRASH = """\
import sys
from pathlib import Path
from runner.cli.failing import report
from runner.tui.look import Look
from runner.tui.opening import Opening
from runner.tui.starting import run_ui
from runner.tui.world import World


class Broken:
    def now(self):
        raise ZeroDivisionError("no time")


try:
    run_ui(World(Path(sys.argv[1]), None, "prod", Broken()), Look(), Opening("schedules"))
except Exception as error:
    sys.exit(report(error))
"""


def ui(world: UiWorld, *args: str, before: tuple[str, ...] = ()) -> Any:
    """What the command gives in this process, where no stream is a terminal."""
    return CliRunner().invoke(
        cli, ["-C", str(world.root), *before, "ui", *args], standalone_mode=False
    )


def refused(done: Any) -> AgentctlError:
    assert isinstance(done.exception, AgentctlError), done.exception
    assert done.exception.exit_code == 2
    return done.exception


@pytest.mark.parametrize("args", [("--help",), ("runs",), ("status",)], ids=str)
def test_no_other_command_imports_textual(ui_world: UiWorld, args: tuple[str, ...]) -> None:
    child = subprocess.run(
        [sys.executable, "-c", LOADED, "-C", str(ui_world.root), *args],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(child.stdout.splitlines()[-1].split())
    assert "click" in loaded
    assert loaded.isdisjoint({"textual", "runner.tui"})


def test_without_a_terminal_it_names_what_works_there(ui_world: UiWorld) -> None:
    error = refused(ui(ui_world))
    assert "needs a terminal" in error.message
    assert "--screenshot fleet" in error.help


def test_a_screen_is_drawn_to_stdout(ui_world: UiWorld) -> None:
    done = ui(ui_world, "--screenshot", "schedules", "--size", "100x30")
    assert done.exception is None
    assert len(done.stdout.splitlines()) == 30
    assert "half-hourly" not in done.stdout
    assert "quarter-hourly" in done.stdout
    assert not CONTROL.search(done.stdout.replace("\n", ""))


def test_a_screen_is_drawn_to_a_picture_that_loads_nothing(
    ui_world: UiWorld, tmp_path: Path
) -> None:
    target = tmp_path / "schedules.svg"
    done = ui(ui_world, "--screenshot", "schedules", "-o", str(target))
    assert done.exception is None
    assert done.stdout == ""
    drawn = target.read_text()
    assert drawn.startswith("<svg")
    assert "quarter-hourly" in drawn
    assert "url(http" not in drawn


WITHOUT = {"#c5c8c6", "#868887", "#292929", "#ff5f57", "#febc2e", "#28c840"}
"""Of a picture without colours: text, dim text, ground, and the three dots of its frame."""


@pytest.mark.parametrize(
    ("before", "env", "coloured"),
    [
        ((), {}, True),
        (("--color", "never"), {}, False),
        ((), {"NO_COLOR": "1"}, False),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
    ],
    ids=str,
)
def test_colour_is_drawn_where_it_is_wanted(
    ui_world: UiWorld,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    before: tuple[str, ...],
    env: dict[str, str],
    coloured: bool,
) -> None:
    target = tmp_path / "shot.svg"
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert not ui(ui_world, "--screenshot", "schedules", "-o", str(target), before=before).exception
    assert (set(COLOUR.findall(target.read_text())) - WITHOUT != set()) == coloured


def test_ascii_draws_ascii(ui_world: UiWorld) -> None:
    done = ui(ui_world, "--screenshot", "fleet", "--ascii")
    assert done.exception is None
    assert done.stdout.isascii()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--screenshot", "flet"), "did you mean `fleet`?"),
        (("--screenshot", "diff:invoice-triage"), "write diff:AGENT:A[:B]"),
        (("--screenshot", "run:zzz"), "no run has 'zzz' in its id"),
        (("--screenshot", "versions:invoice-triag"), "did you mean invoice-triage?"),
        (("--screenshot", "runs:cots>1"), "did you mean `cost`?"),
        (("--screenshot", "fleet", "runs"), "are two screens"),
        (("--screenshot", "fleet", "-o", "fleet.png"), "name it .svg or .txt"),
        (("--screenshot", "fleet", "--size", "big"), "--size 120x40"),
        (("--screenshot", "fleet", "--env", "prd"), "environments: dev, staging, prod"),
        (("--screenshot", "fleet", "--config", "none.yaml"), "there is no such file"),
        (("--size", "80x24"), "are for --screenshot"),
        (("--read-only", "--screenshot", "rollback:refund-bot"), "leave --read-only out"),
    ],
    ids=str,
)
def test_what_was_meant_is_said(ui_world: UiWorld, args: tuple[str, ...], words: str) -> None:
    error = refused(ui(ui_world, *args))
    assert words in f"{error.message} {error.help}"


def test_read_only_before_the_command_counts_too(ui_world: UiWorld) -> None:
    drawn = ui(ui_world, "--screenshot", "fleet", before=("--read-only",)).stdout
    assert " RO " in drawn.splitlines()[0]
    assert " RO " not in ui(ui_world, "--screenshot", "fleet").stdout.splitlines()[0]


def test_choices_come_from_a_file(ui_world: UiWorld, tmp_path: Path) -> None:
    chosen = tmp_path / "mine.yaml"
    chosen.write_text("ascii: true\nkeys: {app.leave: f10}\n")
    drawn = ui(ui_world, "--screenshot", "fleet", "--config", str(chosen))
    assert drawn.stdout.isascii()


def test_a_wrong_choice_is_found_where_it_stands(ui_world: UiWorld, tmp_path: Path) -> None:
    chosen = tmp_path / "mine.yaml"
    chosen.write_text("keys:\n  app.laeve: x\n")
    error = refused(ui(ui_world, "--screenshot", "fleet", "--config", str(chosen)))
    (problem,) = error.diagnostics  # type: ignore[attr-defined]
    assert (problem.code, problem.place.line, problem.place.column) == ("AC115", 2, 3)
    assert problem.help == "did you mean `app.leave`?"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("fleet.rollback: d", "`d` is the key of `fleet.diff` as well"),
        ("fleet.rollback: ctrl+b", "`ctrl+b` is the key of `lines.page_up` as well"),
        ("app.help: p", "`p` is the key of"),
        ("fleet.rollback: f8\n  fleet.promote: f8", "`f8` is the key of"),
    ],
)
def test_a_key_that_something_else_on_the_screen_has_is_refused(
    ui_world: UiWorld, tmp_path: Path, keys: str, said: str
) -> None:
    """One of both would be shown with a key that does something else."""
    chosen = tmp_path / "mine.yaml"
    chosen.write_text(f"keys:\n  {keys}\n")
    error = refused(ui(ui_world, "--screenshot", "fleet", "--config", str(chosen)))
    problem = error.diagnostics[0]  # type: ignore[attr-defined]
    assert (problem.code, problem.place.line) == ("AC102", 2)
    assert said in problem.message


@pytest.mark.parametrize(
    "keys",
    [
        {"fleet.rollback": "d", "fleet.diff": "R"},
        {"fleet.open_runs": "enter,o"},
        {"chooser.leave": "q", "table.down": "j,down,ctrl+n"},
        {"app.reload": "ctrl+r,f5"},
    ],
)
def test_keys_that_are_swapped_added_or_for_another_dialog_clash_with_nothing(
    keys: dict[str, str],
) -> None:
    assert not [*clashes(keys)]


def test_the_usual_file_is_that_of_the_user(
    ui_world: UiWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "agentctl").mkdir()
    (tmp_path / "agentctl/ui.yaml").write_text("ascii: true\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert ui(ui_world, "--screenshot", "fleet").stdout.isascii()
    monkeypatch.setenv("XDG_CONFIG_HOME", "agentctl")  # not absolute: the standard passes it over
    monkeypatch.setenv("HOME", str(tmp_path))
    assert not ui(ui_world, "--screenshot", "fleet").stdout.isascii()


def test_the_themes_that_can_be_asked_for_are_there() -> None:
    assert list(THEMES) == [theme.name for theme in DRAWN]


def test_every_action_has_a_name_of_its_screen() -> None:
    assert {"app.leave", "app.help", "go.fleet"} <= action_names()


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("fleet", Opening("fleet")),
        ("runs", Opening("runs")),
        ("runs:agent:a status:failed", Opening("runs", ("agent:a status:failed",))),
        ("diff:a:v1.0.0", Opening("diff", ("a", "v1.0.0"))),
        ("rollback:a:v1.0.0", Opening("rollback", ("a", "v1.0.0"))),
    ],
)
def test_a_screen_is_read_as_it_is_typed(text: str, opening: Opening) -> None:
    assert read_opening(text) == opening
    assert opening.below in FORMS


@pytest.mark.parametrize("args", [(), ("--env", "prod")], ids=str)
def test_it_starts_where_the_settings_cannot_be_read(
    ui_world: UiWorld, args: tuple[str, ...]
) -> None:
    ui_world.git("rm", "-q", "--cached", "agentctl.yaml")
    ui_world.git("commit", "-qm", "Forget the settings")
    (ui_world.root / "agentctl.yaml").write_text("environments: [", encoding="utf-8")
    done = ui(ui_world, "--screenshot", "fleet", *args)
    assert done.exception is None
    assert "this is not YAML" in done.output


class BrokenClock:
    """A bug of ours."""

    def now(self) -> Any:
        raise ZeroDivisionError("no time")

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        return


def test_a_crash_is_told_to_who_asked_for_a_picture(ui_world: UiWorld) -> None:
    world = World(ui_world.root, None, "prod", BrokenClock())
    with pytest.raises(ZeroDivisionError):
        take_shot(world, Look(), Opening("schedules"), (80, 24), "txt")


@contextmanager
def on_terminal(*words: str) -> Iterator["Typing"]:
    ours, theirs = pty.openpty()
    typing = Typing(ours, theirs, termios.tcgetattr(theirs), words)
    try:
        yield typing
    finally:
        if typing.child.poll() is None:
            typing.child.kill()
            typing.child.wait()
        os.close(ours)
        os.close(theirs)


class Typing:
    """A process on a terminal of its own, whose settings are looked at before and after."""

    def __init__(self, ours: int, theirs: int, before: Any, words: tuple[str, ...]) -> None:
        self.ours, self.theirs, self.before, self.said = ours, theirs, before, b""
        termios.tcsetwinsize(theirs, (24, 80))
        self.child = subprocess.Popen(
            [sys.executable, *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm-256color"},
        )

    def wait_for(self, text: bytes) -> None:
        end = time.monotonic() + 60
        while text not in self.said:
            assert time.monotonic() < end, self.said[-2000:]
            assert self.child.poll() is None or self._more(), self.said[-2000:]
            self._more()

    def type(self, text: str) -> None:
        os.write(self.ours, text.encode())

    def end(self) -> int:
        while self.child.poll() is None or self._more():
            self._more()
        return self.child.wait(60)

    @property
    def restored(self) -> bool:
        last = self.said.rfind(ALTERNATE)
        left = self.said.find(NORMAL, last) > last >= 0
        return left and termios.tcgetattr(self.theirs)[:4] == self.before[:4]

    def _more(self) -> bool:
        if not select.select([self.ours], [], [], 0.05)[0]:
            return False
        self.said += os.read(self.ours, 1 << 16)
        return True


def test_on_a_terminal_it_is_shown_and_left(ui_world: UiWorld) -> None:
    with on_terminal("-m", "runner", "-C", str(ui_world.root), "ui", "schedules") as typing:
        typing.wait_for(b"quarter-hourly")
        typing.type("q")
        assert typing.end() == 0
        assert typing.restored


def test_ended_by_the_system_it_restores_the_terminal(ui_world: UiWorld) -> None:
    with on_terminal("-m", "runner", "-C", str(ui_world.root), "ui", "schedules") as typing:
        typing.wait_for(b"quarter-hourly")
        typing.child.terminate()
        assert typing.end() == 143
        assert typing.restored


def test_a_crash_is_told_as_a_bug_on_a_terminal_as_it_was(ui_world: UiWorld) -> None:
    with on_terminal("-c", CRASH, str(ui_world.root)) as typing:
        assert typing.end() == 70
        assert typing.restored
        told = typing.said[typing.said.rfind(NORMAL) :].decode()
        assert "a bug in agentctl" in told
        assert "ZeroDivisionError: no time" in told
        assert "Traceback" not in typing.said.decode()


async def test_a_key_of_the_users_file_does_what_it_names(ui_world: UiWorld) -> None:
    look = Look(keys={"app.leave": "x", "go.runs": "f8"})
    async with drive(ui_world, look=look) as pilot:
        await press(pilot, "q", "2")
        assert pilot.app.current_mode == "fleet"
        await press(pilot, "f8")
        assert pilot.app.current_mode == "runs"
