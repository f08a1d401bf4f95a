"""Real repositories with pointers in them, made with the git binary, for tests of moves."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from runner.boundary.clock import SystemClock
from runner.config.project import read_pointer
from runner.domain.pointing import pointer_path
from runner.domain.ports import Clock
from runner.releases.git_pointers import GitPointers
from runner.releases.git_repository import GitRepository

DIGESTS = {f"v1.{n}.0": "h1:" + "ABCDEFGHIJ"[n] * 43 + "=" for n in range(10)}
PATH = pointer_path("prod", "triage")
IDENTITY = {"user.name": "Ann", "user.email": "ann@example.com"}


def content(version: str, held: str | None = None) -> bytes:
    """The file of a pointer, with a hold where one is wanted."""
    text = f'version: {version}\ndigest: "{DIGESTS[version]}"\n'
    if held:
        text += (
            f'hold:\n  blocked: [{{version: {held}, digest: "{DIGESTS[held]}"}}]\n'
            "  reason: it failed\n  by: ann\n  at: 2026-11-20T09:00:00Z\n"
        )
    return text.encode()


def git(directory: Path, *words: str, stdin: bytes = b"", check: bool = True) -> str:
    """What git says, in an environment without settings of the machine's."""
    done = subprocess.run(
        ["git", "-C", str(directory), *words],
        input=stdin,
        capture_output=True,
        check=False,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
        },
    )
    assert done.returncode == 0 or not check, done.stderr.decode()
    return done.stdout.decode().strip()


@dataclass(frozen=True)
class World:
    """A clone with a working tree, and where it was cloned from."""

    root: Path
    bare: Path
    opened: list[GitRepository] = field(default_factory=list)

    def close(self) -> None:
        for repository in self.opened:
            repository.close()

    def git(self, *words: str) -> str:
        return git(self.root, *words)

    def pointers(
        self, branch: str | None = None, root: Path | None = None, clock: Clock | None = None
    ) -> GitPointers:
        repository = GitRepository(root or self.root)
        self.opened.append(repository)
        return GitPointers(repository, read_pointer, clock or SystemClock(), branch)

    def write(self, path: str, text: str | bytes) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)

    def commit(self, message: str, *paths: str) -> str:
        self.git("add", "--", *(paths or (".",)))
        self.git("commit", "--quiet", "-m", message)
        return self.git("rev-parse", "HEAD")

    def pushed(self) -> str:
        return git(self.bare, "rev-parse", "refs/heads/main")

    def clone(self, name: str) -> "World":
        other = self.root.parent / name
        git(self.root.parent, "clone", "--quiet", str(self.bare), str(other))
        settle_in(other)
        return World(other, self.bare, self.opened)


def settle_in(root: Path) -> None:
    """Say who commits in a repository."""
    for name, value in IDENTITY.items():
        git(root, "config", name, value)


def make_world(directory: Path) -> World:
    """A bare repository, and a clone with two agents in prod at v1.0.0 and other files."""
    bare, root = directory / "server.git", directory / "here"
    git(directory, "init", "--quiet", "--bare", "-b", "main", str(bare))
    git(directory, "init", "--quiet", "-b", "main", str(root))
    settle_in(root)
    world = World(root, bare)
    world.write(PATH, content("v1.0.0"))
    world.write(pointer_path("prod", "digest"), content("v1.0.0"))
    for name in ("notes.txt", "other.txt", "agentctl.yaml"):
        world.write(name, f"# {name}\n")
    world.commit("Begin")
    world.git("remote", "add", "origin", "../server.git")
    world.git("push", "--quiet", "-u", "origin", "main")
    return world
