"""Real repositories with releases as tags, made with the git binary."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

AGENT = "agent-configs/triage"
FILES = {"agent.yaml": b"name: triage\n", "tools/hi.sh": b"#!/bin/sh\n"}
DIGEST = "h1:ICVk3BVgnlPs9soV2U4p5KUHtHpGsmF3FYjAxmPdqDU="


def git(directory: Path, *words: str, stdin: bytes = b"") -> str:
    """What git says, in an environment without settings of the machine's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", "-C", str(directory), *words],
        input=stdin,
        capture_output=True,
        check=False,
        env={**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8", "replace").strip()


@dataclass(frozen=True)
class Repository:
    """A repository with a working tree and one agent in it."""

    root: Path

    def git(self, *words: str, stdin: bytes = b"") -> str:
        return git(self.root, *words, stdin=stdin)

    def write(self, path: str, data: bytes | str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data if isinstance(data, bytes) else data.encode())
        return file

    def commit(self, message: str = "Change") -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def tag(self, version: str, message: str = "Release", agent: str = "triage") -> str:
        """Make an annotated tag and return its object."""
        name = f"{agent}/{version}"
        self.git("tag", "--annotate", "--force", "--message", message, name)
        return self.git("rev-parse", f"refs/tags/{name}")


def settled(root: Path, *options: str) -> Repository:
    """An empty repository whose commits and tags are Ann's."""
    git(root.parent, "init", "--quiet", "-b", "main", *options, str(root))
    git(root, "config", "user.name", "Ann")
    git(root, "config", "user.email", "ann@example.com")
    return Repository(root)


def released(root: Path, version: str = "v1.0.0", message: str = "Release") -> Repository:
    """A repository whose one agent has one release."""
    made = settled(root)
    for path, data in FILES.items():
        made.write(f"{AGENT}/{path}", data)
    made.commit("Begin")
    made.tag(version, message)
    return made


def new_key(directory: Path, name: str) -> tuple[Path, str]:
    """Make an SSH key; return its private file and the line that allows it to sign."""
    key = directory / f"key-{name}"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(key)],
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    kind, public, *_rest = key.with_suffix(".pub").read_text().split()
    return key, f"{name}@example.com {kind} {public}\n"


def sign(made: Repository, name: str, key: Path) -> None:
    """Make an annotated tag that is signed with a key."""
    settings = ("-c", "gpg.format=ssh", "-c", f"user.signingkey={key}")
    made.git(*settings, "tag", "--sign", "--message", "Release", name)
