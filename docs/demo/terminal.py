"""The night of `incident.py` in a real terminal: the UI in tmux, keys typed, screens captured.

`make screenshots` writes what it sees to docs/terminal-session.md; a test plays it as well.
"""

import os
import shutil
import subprocess  # noqa: TID251  a terminal is driven as a person would
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import incident
from stage import ROOT, DemoError, Stage, expect, surroundings

PAGE = ROOT / "docs/terminal-session.md"
COLUMNS, ROWS = 100, 30
PATIENCE_S = 30.0
LOOK_S = 0.1
READ_S = 0.5
HEAD = f"""# A night on call, in a terminal

What `agentctl ui` showed in a terminal of {COLUMNS} by {ROWS}, written by `make screenshots`: tmux
typed the keys, and each screen was captured as it stood. The repository is the one of `make demo`:
`log-digest` v1.2.0 passed staging and was promoted to prod, where it fails. The model's answers are
recordings; repository, commits, tools, journals and the terminal are real.
"""


@dataclass(frozen=True)
class Terminal:
    """A tmux server of its own, with one session that runs the UI."""

    socket: str

    def tmux(self, *words: str) -> str:
        """Call tmux; its output."""
        done = subprocess.run(  # noqa: S603  tmux alone, with words of ours
            ["tmux", "-L", self.socket, *words],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        expect(done.returncode == 0, f"tmux {words[0]}: {done.stderr.strip()}")
        return done.stdout

    def keys(self, *keys: str) -> None:
        """Press keys, by tmux's names for them."""
        self.tmux("send-keys", "-t", "ui", *keys)

    def types(self, text: str) -> None:
        """Type a text, letter by letter."""
        self.tmux("send-keys", "-t", "ui", "-l", text)

    def screen(self) -> str:
        """Return what stands on the screen."""
        return self.tmux("capture-pane", "-p", "-t", "ui")

    def sees(self, *words: str) -> str:
        """Wait until all words stand on the screen, and return it."""
        ends = time.monotonic() + PATIENCE_S  # noqa: TID251  a person's patience, not a run's time
        while True:
            screen = self.screen()
            if all(word in screen for word in words):
                return screen
            if time.monotonic() > ends:  # noqa: TID251
                raise DemoError(f"{words} did not come; the screen shows:\n{screen}")
            time.sleep(LOOK_S)  # noqa: TID251


@contextmanager
def terminal(stage: Stage) -> Iterator[Terminal]:
    """Start the UI in a terminal, and end both."""
    shown = Terminal(f"agentctl-{os.getpid()}")
    command = f"{Path(sys.executable).parent / 'agentctl'} ui --env prod"
    env = {**surroundings(), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    for name in ("COLUMNS", "LINES", "NO_COLOR", "TEXTUAL_ANIMATIONS"):
        env.pop(name, None)  # the terminal itself says how large it is
    words = ["tmux", "-L", shown.socket, "-f", os.devnull, "new-session", "-d", "-s", "ui"]
    words += ["-x", str(COLUMNS), "-y", str(ROWS), "-c", str(stage.project), command]
    started = subprocess.run(words, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    expect(started.returncode == 0, f"tmux did not start: {started.stderr.strip()}")
    try:
        yield shown
    finally:
        subprocess.run(  # noqa: S603
            ["tmux", "-L", shown.socket, "kill-server"],  # noqa: S607
            capture_output=True,
            check=False,
        )


def play(stage: Stage) -> Iterator[tuple[str, str]]:
    """Yield each step of the story, and the screen that it came to."""
    with terminal(stage) as ui:
        seen = ui.sees("log-digest", "failing", "index.md is missing")
        yield "The fleet, in prod. One agent fails, and why stands below.", seen
        ui.keys("Enter")
        seen = ui.sees("agent:log-digest", "stopped", "v1.2.0", "v1.1.0")
        yield "Enter: its runs. v1.1.0 succeeded, v1.2.0 was stopped.", seen
        ui.keys("Enter")
        ui.sees("■ stopped", "turn 3")
        ui.keys("J")
        seen = ui.sees("Args", "Result", "index.md is missing")
        yield (
            "Enter opens the run, J goes to the step that failed: what it asked, what it got.",
            seen,
        )
        ui.keys("Escape")
        ui.sees("agent:log-digest")
        ui.keys("1")
        ui.sees("WHY")
        ui.keys("d")
        seen = ui.sees("v1.1.0", "v1.2.0", "write_report.py")
        yield "d on the fleet: what changed between the version before and this one.", seen
        ui.keys("Escape")
        ui.sees("WHY")
        yield from _back(stage, ui)


def _back(stage: Stage, ui: Terminal) -> Iterator[tuple[str, str]]:
    ui.keys("R")
    ui.sees("Reason")
    time.sleep(READ_S)  # noqa: TID251  a key that is held down does nothing at first
    ui.types("its tool wants an index that prod has not")
    ui.sees("index that prod has not")
    ui.keys("Enter")
    time.sleep(READ_S)  # noqa: TID251  as long as a hand takes
    ui.types(incident.AGENT)
    seen = ui.sees(f"Agent's name  {incident.AGENT}")
    yield "R: what a rollback would do. prod is protected, so its agent's name is typed.", seen
    ui.sees("y Roll back")
    ui.keys("Enter")
    time.sleep(READ_S)  # noqa: TID251
    ui.keys("y")
    seen = ui.sees("u undo")
    yield "Done: one commit. The dialog says what to watch, and how it is undone.", seen
    ui.keys("Escape")
    ui.sees("WHY", "held")
    incident.succeed(stage)
    seen = ui.sees("healthy", "v1.1.0")
    yield "The next run, started by cron or by hand, succeeds; the screen shows it by itself.", seen
    ui.keys("2")
    seen = ui.sees("succeeded", "stopped")
    yield "2: the runs.", seen
    ui.keys("q")


def main() -> int:
    """Play it, and write the page; with `--check`, only play."""
    if shutil.which("tmux") is None:
        sys.stderr.write("tmux is missing (Debian: apt-get install tmux)\n")
        return 1
    with TemporaryDirectory(prefix="agentctl-night-") as directory:
        stage = Stage(Path(directory), "")
        try:
            incident.prepare(stage)
            incident.fail(stage)
            parts = [f"{told}\n\n```text\n{_bare(seen)}\n```\n" for told, seen in play(stage)]
        except DemoError as error:
            sys.stderr.write(f"nothing was written: {error}\n")
            return 1
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text("\n".join([HEAD, *parts]), encoding="utf-8")
    return 0


def _bare(screen: str) -> str:
    return "\n".join(line.rstrip() for line in screen.rstrip().split("\n"))


if __name__ == "__main__":
    sys.exit(main())
