"""Releases in git: reading one, listing a thousand of 20,000, and what differs between two."""

import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from runner.releases.git_tags import GitTagStore
from runner.rollout.words import words_changed
from tests.bench.figures import ROOT, Cost, Row, cost_of_call, cost_of_command, ms, typical
from tests.tag_world import git

EXAMPLE = ROOT / "agent-configs" / "invoice-triage"
SMALL, LARGE = (1, 5), (20, 1000)
"""How many agents, and how many tags each has."""
READ = "a release, from git, cold"
WORDS_A_LINE = 12


def rows(directory: Path) -> list[Row]:
    """Return the rows; `directory` is for repositories made here."""
    small, large = (repository(directory / str(size[0]), *size) for size in (SMALL, LARGE))
    listing = cost(lambda: store(large).versions(name(1)), times=11)
    listed = cost_of_command(("releases", "list", name(1)), large, times=3)
    return [
        *_loads(f"{READ}, of 5 tags", small, SMALL[1]),
        *_loads(f"{READ}, of 20,000 tags", large, LARGE[1]),
        Row("1,000 tags of one agent of 20,000 listed, CPU with git's", ms(listing.cpu_s)),
        Row("  wall clock", ms(listing.wall_s), "60 ms"),
        Row("agentctl releases list there, the newest 50, CPU with git's", ms(listed.cpu_s)),
        *_words(),
        _difference(directory / "two"),
    ]


def _loads(what: str, root: Path, tags: int) -> list[Row]:
    """Return what a load costs that opens the repository for itself; GitPython is imported."""
    spent = cost(lambda: store(root).load(name(0), f"v1.{tags // 2}.0"), times=25)
    return [
        Row(f"{what}, CPU with git's", ms(spent.cpu_s)),
        Row("  wall clock", ms(spent.wall_s), "10 ms"),
    ]


def _words() -> Iterator[Row]:
    """Yield what it costs to find the changed words: a few, and when all are others."""
    for what, words, target in (("2,000 words", 2_000, "50 ms"), ("100 kB", 16_000, "1 s")):
        before = prompt(words, 0)
        for change, after in (("50 edits", edited(before)), ("all new", prompt(words, 1))):
            spent = cost(partial(words_changed, before, after), times=5)
            size = f"{len(before) / 1000:.0f} kB"
            yield Row(
                f"changed words of a prompt of {what} ({size}), {change}, CPU",
                ms(spent.cpu_s),
                target,
            )


def _difference(root: Path) -> Row:
    """Return what the whole command costs between two real releases."""
    git(root.parent, "init", "--quiet", "-b", "main", str(root))
    for version in ("v1.0.0", "v1.1.0"):
        write(root / "agent-configs" / "invoice-triage", files(EXAMPLE / version))
        git(root, "add", "--all")
        git(root, *WHO, "commit", "--quiet", "-m", version)
        git(root, *WHO, "tag", "-a", "-m", version, f"invoice-triage/{version}")
    spent = cost_of_command(("diff", "invoice-triage", "v1.0.0", "v1.1.0"), root)
    return Row("agentctl diff of two tags, CPU with git's", ms(spent.cpu_s), "400 ms")


WHO = ("-c", "user.name=Bench", "-c", "user.email=bench@example.com", "-c", "tag.gpgSign=false")


def cost(call: Callable[[], object], *, times: int) -> Cost:
    """Return what a call typically costs with its children, after one that fills caches."""
    return typical([cost_of_call(call, children=True) for _ in range(times + 1)][1:])


def store(root: Path) -> GitTagStore:
    return GitTagStore(root, "agent-configs")


def name(number: int) -> str:
    return f"agent-{number}"


def files(directory: Path) -> dict[str, bytes]:
    """Return the files of an agent, without version directories."""
    inside = [path.relative_to(directory) for path in directory.rglob("*") if path.is_file()]
    kept = [path for path in inside if not path.parts[0].startswith("v1.")]
    return {
        path.as_posix(): (directory / path).read_bytes() for path in kept if "__" not in str(path)
    }


def write(directory: Path, contents: dict[str, bytes]) -> None:
    for path, data in contents.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(data)


def repository(root: Path, agents: int, tags: int) -> Path:
    """Make a repository as a clone leaves it: one pack, packed references, and no files."""
    root.parent.mkdir(parents=True, exist_ok=True)
    git(root.parent, "init", "--quiet", "-b", "main", str(root))
    git(root, "fast-import", "--quiet", stdin=b"".join(history(agents, tags)))
    git(root, "pack-refs", "--all")
    (root / "agent-configs").mkdir()
    return root


def history(agents: int, tags: int) -> Iterator[bytes]:
    """Yield for `git fast-import` a commit with its annotated tag for each version."""
    for version in range(tags):
        for agent in range(agents):
            changed = files(EXAMPLE) if version == 0 else {"system-prompt.md": b""}
            said = b"You sort invoices, in the manner of %d.\n" % version * 40
            yield commit(name(agent), changed | {"system-prompt.md": said}, f"v1.{version}.0")


def commit(agent: str, changed: dict[str, bytes], version: str) -> bytes:
    """Return one commit and its tag."""
    who = b"Bench <bench@example.com> 1767225600 +0000"
    lines = [b"commit refs/heads/main\nmark :1\ncommitter " + who + b"\n", data(version.encode())]
    for path, content in changed.items():
        text = content.replace(b"name: invoice-triage", f"name: {agent}".encode())
        lines.append(f"M 100644 inline agent-configs/{agent}/{path}\n".encode() + data(text))
    lines.append(f"tag {agent}/{version}\nfrom :1\n".encode())
    return b"".join([*lines, b"tagger " + who + b"\n", data(version.encode())])


def data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def prompt(words: int, seed: int) -> str:
    """Return so many made-up words in lines, the same for the same seed."""
    chance = random.Random(seed)
    made = [
        "".join(chance.choices("abcdefghijklmnop", k=chance.randint(2, 8))) for _ in range(words)
    ]
    lines = [made[at : at + WORDS_A_LINE] for at in range(0, words, WORDS_A_LINE)]
    return "".join(" ".join(line) + "\n" for line in lines)


def edited(text: str) -> str:
    """Return a text with fifty of its words replaced, here and there."""
    words = text.split(" ")
    for at in range(0, len(words), max(1, len(words) // 50)):
        words[at] = words[at].replace(words[at].strip(), "changed")
    return " ".join(words)
