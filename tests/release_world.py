"""A real repository with an agent to release, made with the git binary."""

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from runner.app.releasing.releasing import Made, make_release, plan_release
from runner.app.releasing.version import Wish
from runner.config.scaffold import PROJECT_FILES, new_agent
from runner.domain.change import Bump
from tests.pointer_world import git, settle_in

AGENT = "agent-configs/hello"


@dataclass(frozen=True)
class ReleaseWorld:
    """A working tree with one agent, committed on main."""

    root: Path

    def git(self, *words: str) -> str:
        return git(self.root, *words)

    def write(self, path: str, text: str | bytes) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def replace(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text()
        assert old in text
        self.write(path, text.replace(old, new))

    def commit(self, message: str = "Change it") -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def release(self, version: str | None = None, **said: object) -> Made:
        wish = Wish("hello", version=version, **said)  # type: ignore[arg-type]
        return make_release(plan_release(self.root, None, wish))

    def tags(self) -> list[str]:
        return self.git("tag", "--list").split()

    def change(self, kind: Bump) -> None:
        """Make and commit a change that asks for a step."""
        if kind == "patch":
            self.replace(f"{AGENT}/agent.yaml", "description: Count", "description: Now count")
        elif kind == "minor":
            self.replace(f"{AGENT}/system-prompt.md", "You count words", "You count all words")
        else:
            self.replace(f"{AGENT}/agent.yaml", "required: [text]", "required: [text, more]")
            self.replace(
                f"{AGENT}/agent.yaml",
                "    text: {type: string, minLength: 1,",
                "    more: {type: string, description: More text.}\n"
                "    text: {type: string, minLength: 1,",
            )
        self.commit()


def make_release_world(root: Path) -> ReleaseWorld:
    """An agent `hello`, and another, committed on main: a copy, since making it takes processes."""
    shutil.copytree(_made_once(), root, symlinks=True)
    return ReleaseWorld(root)


@cache
def _made_once() -> Path:
    root = Path(tempfile.mkdtemp(prefix="agentctl-world-")) / "world"
    atexit.register(shutil.rmtree, root.parent, ignore_errors=True)
    git(root.parent, "init", "--quiet", "-b", "main", str(root))
    settle_in(root)
    world = ReleaseWorld(root)
    for path, text in PROJECT_FILES.items():
        world.write(path, text)
    for name in ("hello", "other"):
        for path, data in new_agent(name).items():
            world.write(f"agent-configs/{name}/{path}", data)
    world.commit("Begin")
    return root
