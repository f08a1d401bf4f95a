"""The world that the terminal UI is tested on: a real repository, real pointers, real journals.

Everything in it is the same each time: dates of commits and tags, names of runs, the clock. So
commits, digests and hashes are too, and a screen of it can be compared with a file.
"""

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from runner.app.project import Project
from runner.testing import TickingClock
from tests.bench.figures import without_fsync
from tests.tui.agents import LONG_NAME, SYNC
from tests.tui.making import Maker, clock_at, git
from tests.tui.plays import Play
from tests.tui.story import FILES, NOW, steps

STAGED = f"agent-configs/environments/staging/{LONG_NAME}.yaml"
LOCKED = "Leave pages alone that are locked.\n"


@dataclass(frozen=True)
class UiWorld:
    """A project, its clock, and the runs that tests name."""

    root: Path
    clock: TickingClock
    runs: dict[str, str]
    """Ids by what they are: ok, before, throttled, throttled_0.., lucky, rate_limited, limit, dry,
    composite, half, in_doubt, gone, interrupted, resumed, hostile (with a long answer), report_46.
    """
    ids: tuple[str, ...]
    """Every run, oldest first."""

    @property
    def state(self) -> Path:
        return self.root / ".agentctl"

    @property
    def project(self) -> Project:
        """A fresh one: what it caches is read again."""
        return Project(self.root, self.state)

    def journal(self, run: str) -> Path:
        """The journal of a run, by its id or by what it is."""
        return next(self.state.glob(f"journal/*/*/{self.runs.get(run, run)}.jsonl"))

    def git(self, *words: str) -> str:
        return git(self.root, *words)

    def play(self, play: Play, agent: str, given: dict[str, Any], **more: Any) -> str:
        """Run something now, in `environment` prod, and return its id; the clock goes on."""
        environment = more.pop("environment", "prod")
        return self._maker().run(play, agent, environment, given, **more)

    def move(self, action: Any, agent: str, ref: str | None, to: str, why: str = "") -> None:
        """Promote or roll back now, as another person would."""
        self._maker().move(action, agent, ref, to, why)

    def _maker(self) -> Maker:
        # Names of runs count those that are there already.
        return Maker(
            self.root, self.clock, [j.stem for j in self.state.glob("journal/*/*/*.jsonl")]
        )


def make_ui_world(directory: Path) -> UiWorld:
    """A copy of the world in a directory: making it takes seconds."""
    made = _made_once()
    root = directory / "agents"
    shutil.copytree(made.root, root, symlinks=True)
    return UiWorld(root, clock_at(NOW), made.runs, made.ids)


@cache
def _made_once() -> UiWorld:
    scratch = Path(tempfile.mkdtemp(prefix="agentctl-ui-"))
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    maker, runs = Maker(scratch / "agents", clock_at(NOW)), {}
    told = steps()
    maker.clock.elapsed_s = clock_at(told[0].at).elapsed_s - 3600
    maker.begin(FILES)
    with without_fsync():
        for step in told:
            maker.clock.elapsed_s = clock_at(step.at).elapsed_s
            made = step.do(maker)
            if step.name and made:
                runs[step.name] = made
    maker.write({"agent-configs/kb-sync/system-prompt.md": SYNC + LOCKED})
    pointer = (maker.root / STAGED).read_text()
    maker.write({STAGED: pointer.replace("8931", "8932")})  # drifted: nobody committed it
    return UiWorld(maker.root, maker.clock, runs, tuple(maker.ids))
