"""A case of the corpus: one broken project in a text file, and what is expected of its check.

A case begins with comments and `expect CODE SEVERITY FILE:LINE:COLUMN`, one line for each problem
in the order they are told; `7..9` as a line stands for each of 7, 8 and 9. Sections follow, each a
change of the right project in `corpus/base`:

    === PATH                  the file has this content
    === edit PATH             lines with `-` give way to lines with `+`, pair by pair;
                              with `+` alone the lines are added at the end
    === bytes PATH            as the first, and \\xNN stands for a byte
    === repeat N PATH         the content, N times
    === row N PATH            the same, without the newline at its end
    === numbered N PATH       N files; {n} in path and content is the number, from 1
    === link PATH -> TARGET   a symbolic link
    === fifo PATH             a named pipe
    === gone PATH             the file or directory is removed

A path is relative to the agent `triage`; one that begins with `/` to the project.
"""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
BASE = CORPUS / "base"
AGENT = "agent-configs/triage/"
HEAD = re.compile(r"^=== (.*)\n", re.MULTILINE)
RANGE = re.compile(r"([0-9]+)\.\.([0-9]+)")
VERB = re.compile(r"(edit|bytes|repeat [0-9]+|row [0-9]+|numbered [0-9]+|link|fifo|gone) (.+)")


@dataclass(frozen=True)
class Section:
    verb: str
    path: str
    content: str


@dataclass(frozen=True)
class Case:
    name: str
    why: str
    expected: tuple[str, ...]
    sections: tuple[Section, ...]

    def write(self, root: Path) -> None:
        """Write the broken project; `root` must not exist."""
        shutil.copytree(BASE, root)
        for section in self.sections:
            _apply(root, section)


def cases() -> list[Case]:
    """Every case, by name."""
    return [read_case(path) for path in sorted(CORPUS.glob("*.case"))]


def read_case(path: Path) -> Case:
    head, *rest = HEAD.split(path.read_bytes().decode("utf-8"))
    lines = head.splitlines()
    sections = tuple(
        _section(words, text) for words, text in zip(rest[::2], rest[1::2], strict=True)
    )
    return Case(
        name=path.stem,
        why=" ".join(line.lstrip("# ") for line in lines if line.startswith("#")),
        expected=tuple(
            each for line in lines if line.startswith("expect ") for each in _each(line)
        ),
        sections=sections,
    )


def place(file: str, line: int, column: int) -> str:
    """Return a place as cases write it."""
    path = file.removeprefix(AGENT) if file.startswith(AGENT) else f"/{file}"
    return f"{path}:{line}:{column}"


def _each(line: str) -> Iterator[str]:
    text = line.removeprefix("expect ")
    found = RANGE.search(text)
    if found is None:
        yield text
        return
    for number in range(int(found[1]), int(found[2]) + 1):
        yield text.replace(found[0], str(number))


def _section(words: str, text: str) -> Section:
    match = VERB.fullmatch(words)
    return Section(match[1], match[2], text) if match else Section("file", words, text)


def _apply(root: Path, section: Section) -> None:
    verb, _, number = section.verb.partition(" ")
    path, _, target = section.path.partition(" -> ")
    at = root / path[1:] if path.startswith("/") else root / AGENT / path
    at.parent.mkdir(parents=True, exist_ok=True)
    if verb == "gone":
        shutil.rmtree(at) if at.is_dir() else at.unlink()
    elif verb == "link":
        at.symlink_to(target)
    elif verb == "fifo":
        os.mkfifo(at)
    elif verb == "numbered":
        for n in range(1, int(number) + 1):
            Path(str(at).replace("{n}", str(n))).write_text(section.content.replace("{n}", str(n)))
    elif verb == "edit":
        at.write_text(_edited(at.read_text(), section.content))
    else:
        content = section.content.removesuffix("\n") if verb == "row" else section.content
        at.write_bytes(_bytes(content, verb) * int(number or 1))


def _bytes(content: str, verb: str) -> bytes:
    data = content.encode()
    if verb != "bytes":
        return data
    escape = re.compile(rb"\\x([0-9a-f]{2})")
    return escape.sub(lambda match: bytes([int(match[1], 16)]), data)


def _edited(text: str, edits: str) -> str:
    for old, new in _pairs(edits.splitlines()):
        if not old:
            text += new
            continue
        assert text.count(old) == 1, f"not there once: {old!r}"
        text = text.replace(old, new)
    return text


def _pairs(lines: list[str]) -> Iterator[tuple[str, str]]:
    old = new = ""
    for line in lines:
        assert line[:1] in {"-", "+"}, line
        if line.startswith("-") and new:
            yield old, new
            old = new = ""
        if line.startswith("-"):
            old += line[1:] + "\n"
        else:
            new += line[1:] + "\n"
    yield old, new
