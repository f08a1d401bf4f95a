"""docs/releases.md: what it shows of the repository that `agentctl init` makes is what one gets."""

import re
from pathlib import Path

import pytest

from runner.config.scaffold import new_agent
from runner.domain.snapshot import Snapshot
from tests.release_world import ReleaseWorld, make_release_world

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "releases.md").read_text(encoding="utf-8")
PROMPT = "agent-configs/hello/system-prompt.md"


@pytest.fixture
def world(tmp_path: Path) -> ReleaseWorld:
    return make_release_world(tmp_path / "world")


def test_the_digests_shown_are_those_of_the_agent_before_and_after_the_edit() -> None:
    edit = re.search(r"sed -i.bak 's/(.+)/(.+)/' (\S+)", PAGE)
    assert edit
    assert edit[3] == PROMPT
    before = new_agent("hello")
    after = {
        path: data.replace(edit[1].encode(), edit[2].encode()) for path, data in before.items()
    }
    digests = {Snapshot(files).digest for files in (before, after)}
    assert len(digests) == 2
    assert set(re.findall(r"h1:[\w+/]{43}=", PAGE)) == digests


def test_the_edit_asks_for_the_step_that_is_shown(world: ReleaseWorld) -> None:
    world.release("v0.1.0")
    world.replace(PROMPT, "one short", "one friendly")
    world.commit()
    made = world.release()
    assert made.plan.version == "v0.2.0"
    assert f"release  hello {made.plan.version}\n  tag     hello/v0.2.0\n" in PAGE
